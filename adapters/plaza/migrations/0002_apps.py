"""Apps, codes, tokens, browser sessions and the addresses that begin one; bookmarks; posts found by when
they came.
"""

import sqlalchemy as sa
from alembic import op

revision = "plaza_0002"
down_revision = "plaza_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_plaza_post_born"), "plaza_post", ["born"], unique=True)
    _apps()
    _tokens()
    _browsers()
    _bookmarks()


def _bookmarks() -> None:
    op.create_table(
        "plaza_bookmark",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_bookmark_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_bookmark_post_id")),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_plaza_bookmark")),
    )
    op.create_index(op.f("ix_plaza_bookmark_post_id"), "plaza_bookmark", ["post_id"], unique=False)


def _apps() -> None:
    op.create_table(
        "plaza_app",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("redirects", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_app")),
        sa.UniqueConstraint("client_id", name=op.f("uq_plaza_app_client_id")),
    )
    op.create_table(
        "plaza_code",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("redirect", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["plaza_app.id"], name=op.f("fk_plaza_code_app_id")),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_code_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plaza_code")),
    )
    op.create_index(op.f("ix_plaza_code_person_id"), "plaza_code", ["person_id"], unique=False)


def _tokens() -> None:
    op.create_table(
        "plaza_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["plaza_app.id"], name=op.f("fk_plaza_token_app_id")),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_plaza_token_digest")),
    )
    for column in ("app_id", "code", "person_id"):
        op.create_index(op.f(f"ix_plaza_token_{column}"), "plaza_token", [column], unique=False)


def _browsers() -> None:
    op.create_table(
        "plaza_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_plaza_session_digest")),
    )
    op.create_index(op.f("ix_plaza_session_person_id"), "plaza_session", ["person_id"], unique=False)
    op.create_table(
        "plaza_signin",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_signin_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plaza_signin")),
    )
    op.create_index(op.f("ix_plaza_signin_person_id"), "plaza_signin", ["person_id"], unique=False)
