"""Whether a user's reactions set marks, and which reaction to a message came last."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_REACTIONS = sa.text("kind = 'reaction'")


def upgrade() -> None:
    op.add_column("user", sa.Column("reacts", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_inbox_reactions",
        "inbox",
        ["chat_id", "native_id"],
        sqlite_where=_REACTIONS,
        postgresql_where=_REACTIONS,
    )


def downgrade() -> None:
    op.drop_index("ix_inbox_reactions", table_name="inbox")
    op.drop_column("user", "reacts")
