"""A chat may want pictures told by their addresses alone."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat", sa.Column("pictures", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("chat", "pictures")
