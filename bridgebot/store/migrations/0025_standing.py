"""What a copy says is known also after edits, and all that a post showed before one."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("version", sa.Column("beside", sa.JSON(), nullable=True))
    # Which edits reached which copies was not counted till now: most did.
    op.execute("UPDATE copy SET version = (SELECT p.version FROM post p WHERE p.id = copy.post_id)")


def downgrade() -> None:
    op.drop_column("version", "beside")
