"""Where a post stands on one server is found without looking at all of its copies."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_copy_post", "copy", ["post_id", "realm"], unique=False)
    op.drop_index("ix_copy_post_id", table_name="copy")


def downgrade() -> None:
    op.create_index("ix_copy_post_id", "copy", ["post_id"], unique=False)
    op.drop_index("ix_copy_post", table_name="copy")
