"""Where an account is kept, on a network of one realm and many hosts."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("host", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "host")
