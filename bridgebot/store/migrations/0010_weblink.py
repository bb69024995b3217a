"""Linking over the bot's own pages; what a network granted is kept with the account."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("scopes", sa.JSON(), nullable=False, server_default="[]"))
    for name in ("page", "back"):
        op.add_column("link_request", sa.Column(name, sa.Text(), nullable=True))
        op.create_index(op.f(f"ix_link_request_{name}"), "link_request", [name], unique=True)
    op.add_column("link_request", sa.Column("browser", sa.Text(), nullable=True))
    op.add_column("link_request", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    under_way = sa.text("state NOT IN ('done', 'ended')")
    op.create_index(
        "ix_link_request_open",
        "link_request",
        ["expires_at"],
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
