"""Credentials that are being renewed; one user on several chat networks."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "renewal",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_renewal_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_renewal")),
    )
    op.create_table(
        "arrival",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_arrival_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_arrival")),
    )
    op.create_table(
        "home",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_home_user_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_home_chat_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_home")),
    )
    op.create_table(
        "connect_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_connect_request_user_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_connect_request_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_request")),
        sa.UniqueConstraint("digest", name=op.f("uq_connect_request_digest")),
    )
    op.create_index(op.f("ix_connect_request_user_id"), "connect_request", ["user_id"], unique=False)
    op.create_index("ix_connect_request_named", "connect_request", ["adapter", "native_id"], unique=False)
