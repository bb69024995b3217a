"""Earlier versions of one's own posts, who is known to have liked a copy, what is out under no known id."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("copy", sa.Column("met_at", sa.BigInteger(), nullable=True))
    op.add_column("delivery", sa.Column("nameless_at", sa.BigInteger(), nullable=True))
    few = sa.text("nameless_at IS NOT NULL")
    op.create_index(
        "ix_delivery_nameless", "delivery", ["account_id"], sqlite_where=few, postgresql_where=few
    )
    op.create_table(
        "version",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_version_post_id")),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_version")),
    )
