"""Who made an operator one and who invited whom; quotas, announcements, figures, an audit log that stays."""

import sqlalchemy as sa
from alembic import op

from bridgebot.store.tables_of_operators import APPEND_ONLY

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("role_by", sa.Text(), nullable=True))
    op.execute(  # who used a claim was made operator by that; all others by the list
        "UPDATE user SET role_by = CASE WHEN id IN"
        " (SELECT used_by FROM invite WHERE role = 'operator' AND used_by IS NOT NULL)"
        " THEN 'claim' ELSE 'list' END WHERE role = 'operator'"
    )
    with op.batch_alter_table("invite") as batch:
        batch.add_column(sa.Column("made_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("made_at", sa.BigInteger(), nullable=True))
        batch.create_foreign_key("fk_invite_made_by", "user", ["made_by"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("audit") as batch:
        batch.drop_constraint("fk_audit_user_id", type_="foreignkey")
    nobody = sa.text("user_id IS NULL")
    op.create_index(
        "ix_inbox_strangers", "inbox", ["received_at"], sqlite_where=nobody, postgresql_where=nobody
    )
    for table, column in (("inbox", "undone_by"), ("question", "cause_id")):  # asked when a row goes
        some = sa.column(column).is_not(None)
        op.create_index(
            op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=some, postgresql_where=some
        )
    op.create_index(op.f("ix_chat_person_id"), "chat", ["person_id"], unique=False)
    op.create_index(op.f("ix_user_created_at"), "user", ["created_at"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    for trigger in APPEND_ONLY:
        op.execute(trigger)
    _guesses_and_quotas()
    _announcements_and_figures()


def _guesses_and_quotas() -> None:
    op.create_table(
        "guess",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_guess_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guess")),
    )
    op.create_index(op.f("ix_guess_at"), "guess", ["at"], unique=False)
    op.create_table(
        "quota",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_quota_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "name", name=op.f("pk_quota")),
    )


def _announcements_and_figures() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_announcement_made_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_table(
        "visit",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visit_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_visit")),
    )
    op.create_table(
        "figure",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", "key", name=op.f("pk_figure")),
    )
