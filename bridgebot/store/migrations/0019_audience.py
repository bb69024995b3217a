"""What a post answers, while that is not known here: parts of a thread may come before it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("awaits", sa.Text(), nullable=True))
    op.create_index("ix_post_awaits", "post", ["awaits"], sqlite_where=sa.text("awaits IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_post_awaits", "post")
    op.drop_column("post", "awaits")
