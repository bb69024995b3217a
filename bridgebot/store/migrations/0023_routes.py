"""Routes for which posts are weighed one by one, and chats that are channels."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The routes that read less than everything that passes by: those into accounts, and those with filters.
_PICKY = sa.text("picky IS NOT NULL")
_INTO_ACCOUNTS = sa.text("account_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("route", sa.Column("picky", sa.Boolean(), nullable=True))
    op.add_column("route", sa.Column("carried", sa.JSON(), nullable=True))
    op.execute("UPDATE route SET picky = true WHERE account_id IS NOT NULL")
    op.drop_index("ix_route_into_accounts", table_name="route")
    op.create_index("ix_route_picky", "route", ["timeline_id"], sqlite_where=_PICKY, postgresql_where=_PICKY)
    op.add_column("chat", sa.Column("broadcast", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("chat", "broadcast")
    op.drop_index("ix_route_picky", table_name="route")
    op.create_index(
        "ix_route_into_accounts",
        "route",
        ["timeline_id"],
        sqlite_where=_INTO_ACCOUNTS,
        postgresql_where=_INTO_ACCOUNTS,
    )
    op.drop_column("route", "carried")
    op.drop_column("route", "picky")
