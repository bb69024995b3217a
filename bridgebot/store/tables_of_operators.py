"""The part of the schema that is about access and operators; `tables` names all of it."""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store.columns import Json, Time, metadata


def _user(name: str = "user_id", *, then: str | None = None, key: bool = False) -> sa.Column[int]:
    """Whose a row is; `then` is what becomes of it when the user goes."""
    return sa.Column(
        name, sa.ForeignKey("user.id", ondelete=then), primary_key=key, nullable=False if key else None
    )


invite = sa.Table(
    "invite",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the code
    sa.Column("role", sa.Text, nullable=False),  # user, operator
    sa.Column("expires_at", Time, nullable=False),
    _user("used_by"),
    _user("made_by", then="SET NULL"),  # None: at the command line
    sa.Column("made_at", Time),
)

guess = sa.Table(  # a code that was wrong
    "guess",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", Time, nullable=False, index=True),
)

quota = sa.Table(  # where it is another one than everybody's
    "quota",
    metadata,
    _user(then="CASCADE", key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("most", sa.Integer, nullable=False),
)

announcement = sa.Table(
    "announcement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("texts", Json, nullable=False),  # by language; "": in any other
    _user("made_by", then="SET NULL"),
    sa.Column("made_at", Time, nullable=False),
    sa.Column("after_id", sa.Integer, nullable=False),  # the last user whose it was queued for
    sa.Column("told", sa.Integer, nullable=False),  # how many
    sa.Column("done_at", Time),
)

visit = sa.Table(  # of an operator to the operators' page, of anybody to their reading page
    "visit",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the address, or of the cookie
    sa.Column("kind", sa.Text, nullable=False),  # address, cookie; sign-in, session
    _user(then="CASCADE"),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("chat_id", sa.ForeignKey("chat.id", ondelete="SET NULL")),  # from which a reader signed in
    sa.Column("since", Time),
)

figure = sa.Table(  # what was counted, day by day
    "figure",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),  # 2026-11-26, UTC; "": how far it was counted
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Time, nullable=False, index=True),
    sa.Column("user_id", sa.Integer),  # no reference: lines stay when a user goes, and name nobody then
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
)

# Lines are added, and go when they are old: nothing else, whoever asks. What a user leaves behind who goes
# is their name. `keep.audit` writes, `store.audit` reads.
APPEND_ONLY = (
    """CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    WHEN OLD.at > (SELECT max(at) FROM audit) - 30 * 86400000000
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_is_as_written BEFORE UPDATE ON audit
    WHEN NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.action IS NOT OLD.action
        OR NEW.result IS NOT OLD.result
        OR (NEW.user_id IS NOT OLD.user_id AND NEW.user_id IS NOT NULL)
        OR (NEW.target IS NOT OLD.target AND NEW.target <> '')
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_replaces_nothing BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_names_nobody_gone AFTER DELETE ON user
    BEGIN UPDATE audit SET user_id = NULL WHERE user_id = OLD.id; END""",
)
