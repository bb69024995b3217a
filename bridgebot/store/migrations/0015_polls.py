"""The polls of posts, and the posts that they show."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("poll", sa.JSON(), nullable=True))
    op.add_column("post", sa.Column("quote", sa.JSON(), nullable=True))
