"""How far a user has read each timeline on their reading page."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reached",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("timeline_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reached_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["timeline_id"], ["timeline.id"], name=op.f("fk_reached_timeline_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "timeline_id", name=op.f("pk_reached")),
    )


def downgrade() -> None:
    op.drop_table("reached")
