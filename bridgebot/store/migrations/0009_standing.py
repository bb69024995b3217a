"""The index of what has not ended leaves out what is queued, which a post for many chats has most of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    standing = sa.text("ended_at IS NULL AND state != 'queued'")
    op.create_index(
        "ix_delivery_standing",
        "delivery",
        ["state", "created_at"],
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.drop_index("ix_delivery_open", table_name="delivery")


def downgrade() -> None:
    not_ended = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["state", "created_at"],
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    )
    op.drop_index("ix_delivery_standing", table_name="delivery")
