"""Emphasis and media of posts, buttons, how linking began, what could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("next_language", sa.Text(), nullable=True))
    op.add_column("post", sa.Column("spans", sa.JSON(), nullable=True))
    op.add_column("post", sa.Column("media", sa.JSON(), nullable=True))
    op.add_column("account", sa.Column("begun_with", sa.Text(), nullable=True))
    op.add_column("inbox", sa.Column("kept", sa.Text(), nullable=True))
    op.create_table(
        "button",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_button_chat_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_button_post_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_button")),
        sa.UniqueConstraint("chat_id", "post_id", "kind", name=op.f("uq_button_chat_id_post_id_kind")),
    )
    op.create_index(op.f("ix_button_post_id"), "button", ["post_id"], unique=False)
