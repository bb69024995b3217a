"""The files that a writer put beside a post, and whether they want to describe them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("describes", sa.Boolean(), nullable=True))
    op.add_column("post", sa.Column("files", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("post", "files")
    op.drop_column("user", "describes")
