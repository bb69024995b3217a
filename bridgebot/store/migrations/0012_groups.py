"""What an account's owner allows a group to which it is lent, and who wrote what was posted so."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat", sa.Column("replies_at", sa.BigInteger(), nullable=True))
    op.drop_table("grant")  # nothing ever wrote it
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("lent", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_grant_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("chat_id", "account_id", name=op.f("uq_grant_chat_id_account_id")),
    )
    op.create_index(op.f("ix_grant_chat_id"), "grant", ["chat_id"], unique=False)
    op.create_table(
        "byline",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["user.id"], name=op.f("fk_byline_approver_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_byline_author_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_byline_chat_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_byline_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_byline")),
    )


def downgrade() -> None:
    op.drop_column("chat", "replies_at")
    op.drop_table("byline")
    op.drop_table("grant")
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_grant_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("chat_id", "account_id", name=op.f("uq_grant_chat_id_account_id")),
    )
    op.create_index(op.f("ix_grant_chat_id"), "grant", ["chat_id"], unique=False)
