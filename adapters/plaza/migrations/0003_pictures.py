"""Pictures: those under posts, and uploads that no post shows yet."""

import sqlalchemy as sa
from alembic import op

revision = "plaza_0003"
down_revision = "plaza_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plaza_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("under", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_picture_person_id")),
        sa.ForeignKeyConstraint(["under"], ["plaza_post.id"], name=op.f("fk_plaza_picture_under")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_picture")),
        sa.UniqueConstraint("address", name=op.f("uq_plaza_picture_address")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_plaza_picture_person_id_key")),
        sqlite_autoincrement=True,
    )
    for column in ("person_id", "under"):
        op.create_index(op.f(f"ix_plaza_picture_{column}"), "plaza_picture", [column], unique=False)
    _files()


def _files() -> None:
    op.create_table(
        "plaza_picture_file",
        sa.Column("picture_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["plaza_picture.id"], name=op.f("fk_plaza_picture_file_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_picture_file_person_id")
        ),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_plaza_picture_file")),
        sa.UniqueConstraint("name", name=op.f("uq_plaza_picture_file_name")),
    )
    op.create_index(
        op.f("ix_plaza_picture_file_person_id"), "plaza_picture_file", ["person_id"], unique=False
    )
