"""What other people do to one's posts, gathered into lines; and whose posts a user is not shown."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "happening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("by_handle", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_happening_chat_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_happening_user_id")),
        sa.ForeignKeyConstraint(["line_id"], ["delivery.id"], name=op.f("fk_happening_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
        sa.UniqueConstraint(
            "chat_id", "kind", "about", "by_id", name=op.f("uq_happening_chat_id_kind_about_by_id")
        ),
    )
    op.create_index(op.f("ix_happening_seen_at"), "happening", ["seen_at"])
    op.create_index(op.f("ix_happening_line_id"), "happening", ["line_id"])
    op.create_table(
        "mute",
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mute_user_id")),
        sa.PrimaryKeyConstraint("server", "native_id", "user_id", "kind", name=op.f("pk_mute")),
    )
    op.create_index(op.f("ix_mute_user_id"), "mute", ["user_id"])
