"""Budgets by the parts of their keys; a claim passes over lanes of a closed realm within the index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("budget")  # nothing ever stood in it
    op.create_table(
        "budget",
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("adapter", "server", "place", "rate", name=op.f("pk_budget")),
    )
    op.drop_index("ix_lane_urgency", table_name="lane")
    op.create_index("ix_lane_urgency", "lane", ["urgency", "due_at", "realm"], unique=False)
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_digest_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("token", name=op.f("uq_digest_token")),
    )
    op.create_index(op.f("ix_digest_chat_id"), "digest", ["chat_id"], unique=False)
    op.add_column("chat", sa.Column("digest_at", sa.BigInteger(), nullable=True))
    # In words: alembic would copy the whole table for the sake of the reference.
    op.execute(
        "ALTER TABLE delivery ADD COLUMN digest_id INTEGER"
        " CONSTRAINT fk_delivery_digest_id REFERENCES digest (id)"
    )
    kept = sa.text("digest_id IS NOT NULL")
    op.create_index(
        "ix_delivery_kept", "delivery", ["chat_id"], unique=False, sqlite_where=kept, postgresql_where=kept
    )
