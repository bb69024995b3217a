"""No index that nothing asks for: an entry is written with each row, and most stood for nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNUSED = (
    ("copy", "chat_id"),
    ("inbox", "user_id"),
    ("delivery", "chat_id"),
    ("delivery", "account_id"),
    ("short_id", "post_id"),
    ("button", "post_id"),
)
_MOSTLY_EMPTY = (
    ("post", "user_id"),
    ("post", "parent_id"),
    ("copy", "account_id"),
    ("copy", "delivery_id"),
    ("delivery", "after_id"),
    ("delivery", "cause_id"),
)


def upgrade() -> None:
    for table, column in (*_UNUSED, *_MOSTLY_EMPTY, ("inbox", "chat_id"), ("question", "chat_id")):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    for table, column in _MOSTLY_EMPTY:
        given = sa.column(column).is_not(None)
        op.create_index(
            op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=given, postgresql_where=given
        )
    leads = sa.text("account_id IS NOT NULL")
    op.create_index(
        "ix_route_into_accounts", "route", ["timeline_id"], sqlite_where=leads, postgresql_where=leads
    )
    queued = sa.text("state = 'queued'")
    op.drop_index("ix_delivery_lane", table_name="delivery")
    op.create_index(
        "ix_delivery_lane", "delivery", ["lane", "urgency"], sqlite_where=queued, postgresql_where=queued
    )
    waits = sa.text("state = 'open'")
    op.create_index("ix_question_open", "question", ["chat_id"], sqlite_where=waits, postgresql_where=waits)
    op.drop_column("chat", "short_ids")  # the last one says how many were given out
    # What was said in a chat a moment ago is asked with each message.
    op.create_index("ix_inbox_chat", "inbox", ["chat_id", "received_at"], unique=False)
    # Where a post stands on one server is found without looking at all of its copies.
    op.create_index("ix_copy_post", "copy", ["post_id", "realm"], unique=False)
    op.drop_index("ix_copy_post_id", table_name="copy")
    # Nearly all lanes wait for nothing at nearly all times.
    due = sa.text("due_at IS NOT NULL")
    op.drop_index("ix_lane_urgency", table_name="lane")
    columns = ["urgency", "due_at", "realm"]
    op.create_index("ix_lane_urgency", "lane", columns, sqlite_where=due, postgresql_where=due)
