"""The reading page: whose browser is signed in from which chat, and what a timeline brought, newest first."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("visit") as visit:
        visit.add_column(sa.Column("chat_id", sa.Integer(), nullable=True))
        visit.add_column(sa.Column("since", sa.BigInteger(), nullable=True))
        visit.create_foreign_key(op.f("fk_visit_chat_id"), "chat", ["chat_id"], ["id"], ondelete="SET NULL")
    op.create_index("ix_sighting_seen", "sighting", ["timeline_id", "seen_at", "post_id"])
    mine = sa.text("user_id IS NOT NULL")
    op.create_index(
        "ix_post_mine", "post", ["user_id", "created_at"], sqlite_where=mine, postgresql_where=mine
    )
    marks = sa.text("action IN ('favourite', 'boost', 'bookmark')")
    op.create_index(
        "ix_delivery_marks", "delivery", ["user_id", "post_id"], sqlite_where=marks, postgresql_where=marks
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_marks", table_name="delivery")
    op.drop_index("ix_post_mine", table_name="post")
    op.drop_index("ix_sighting_seen", table_name="sighting")
    with op.batch_alter_table("visit") as visit:
        visit.drop_column("since")
        visit.drop_column("chat_id")
