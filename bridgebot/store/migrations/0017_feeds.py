"""The address of a feed is encrypted; a mark stands in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timeline", sa.Column("address", sa.Text(), nullable=True))
