"""Each lane knows when it is next to be looked at, so that a claim costs the same however much waits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lane", sa.Column("realm", sa.Text(), nullable=False, server_default=""))
    op.add_column("lane", sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.add_column("lane", sa.Column("urgency", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_lane_urgency", "lane", ["urgency", "due_at"], unique=False)
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["state", "created_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # What waits is looked at once, at the first start: each lane then finds its own time.
    op.execute(
        "INSERT INTO lane (name, realm, fence, urgency) SELECT DISTINCT lane, '', 0, 0 FROM delivery"
        " WHERE state IN ('queued', 'sending', 'unconfirmed', 'parked')"
        " AND lane NOT IN (SELECT name FROM lane)"
    )
    op.execute(
        "UPDATE lane SET due_at = 0 WHERE held IS NULL AND EXISTS"
        " (SELECT 1 FROM delivery WHERE delivery.lane = lane.name AND delivery.state = 'queued')"
    )
    op.execute(
        "UPDATE lane SET realm = COALESCE("
        "(SELECT chat.adapter FROM chat WHERE lane.name = 'chat:' || chat.id),"
        " (SELECT account.adapter || '/' || account.server FROM account"
        " WHERE lane.name = 'account:' || account.id), '')"
    )
    with op.batch_alter_table("lane") as batch:
        batch.alter_column("realm", server_default=None)
        batch.alter_column("urgency", server_default=None)
