"""The inbox, and the questions that are open in a chat."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.model import Message, Reaction
from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement, fixed
from bridgebot.store.rows import Inbox, Question, many, noun, one, plain
from bridgebot.store.tx import Tx

QUESTION_LIFE = timedelta(minutes=10)
REACTIONS = 20  # of one person to one message that are looked at: more do not come in a moment
KEPT = timedelta(days=1)  # longer no message waits to be read, but where the bot does not run


# --- inbox ---


def take_in(
    tx: Tx, now: datetime, adapter: str, event: str, kind: str, native_id: str, facts: Mapping[str, Any]
) -> int | None:
    """Note that an event came, with what is known of it; None when it came before."""
    values = {
        "adapter": adapter,
        "event": event,
        "kind": kind,
        "native_id": native_id,
        "state": "done",
        "received_at": now,
        **facts,
    }
    return tx.insert_once(t.inbox, values)  # type: ignore[no-any-return]


_LATEST = (t.inbox.c.received_at.desc(), t.inbox.c.id.desc())


def set_inbox(tx: Tx, inbox_id: int, **values: Any) -> None:
    tx.change(t.inbox, inbox_id, **values)


_INBOX = Query(Inbox, lambda inbox_id: sa.select(t.inbox).where(t.inbox.c.id == inbox_id))


def inbox(tx: Tx, inbox_id: int) -> Inbox | None:
    return _INBOX.one(tx, inbox_id)


def keep(tx: Tx, inbox_id: int, thing: Message | Reaction | None) -> None:
    """Keep what is read in a moment, encrypted; None: it is kept no longer."""
    set_inbox(tx, inbox_id, kept=tx.vault.encrypt(json.dumps(plain(thing))) if thing is not None else None)


def kept(tx: Tx, inbox_id: int) -> Message | Reaction | None:
    """What is kept with this inbox row."""
    query = sa.select(t.inbox.c.kept, t.inbox.c.kind).where(t.inbox.c.id == inbox_id)
    row = tx.connection.execute(query).first()
    if row is None or row.kept is None:
        return None
    was = Reaction if row.kind == "reaction" else Message
    return noun(json.loads(tx.vault.decrypt(row.kept)), was)  # type: ignore[no-any-return]


def kept_as(tx: Tx, now: datetime, chat_id: int, native_id: str) -> tuple[int, Message] | None:
    """The message of this id that is kept in a chat, and its inbox row."""
    where = (
        t.inbox.c.chat_id == chat_id,
        t.inbox.c.received_at > now - KEPT,
        t.inbox.c.native_id == native_id,
        t.inbox.c.kind == "message",
        t.inbox.c.kept.is_not(None),
    )
    found = tx.scalar(sa.select(t.inbox.c.id).where(*where))
    message = kept(tx, found) if found is not None else None
    return (found, message) if isinstance(message, Message) else None


def last_fingerprint(tx: Tx, chat_id: int, native_id: str, before: int) -> str | None:
    """What a message of this chat said when something last came of it, before this inbox row; None where
    that is not known.
    """
    where = (
        t.inbox.c.id < before,
        t.inbox.c.chat_id == chat_id,
        t.inbox.c.native_id == native_id,
        t.inbox.c.kind != "reaction",
        t.inbox.c.fingerprint.is_not(None),
    )
    return tx.scalar(sa.select(t.inbox.c.fingerprint).where(*where).order_by(*_LATEST))  # type: ignore[no-any-return]


def reactions(tx: Tx, chat_id: int, user_id: int, native_id: str) -> list[Inbox]:
    """The user's last reactions to a message of this chat, of those that counted, the newest first."""
    return _REACTIONS.many(tx, chat_id, user_id, native_id)


def _reactions(chat_id: Any, user_id: Any, native_id: Any) -> sa.Select[Any]:
    i = t.inbox.c
    where = (i.chat_id == chat_id, i.native_id == native_id, i.user_id == user_id)
    counted = (i.kind == fixed("reaction"), i.fingerprint.is_not(None))
    return sa.select(t.inbox).where(*counted, *where).order_by(i.id.desc()).limit(fixed(REACTIONS))


_REACTIONS = Query(Inbox, _reactions)


def same_text(tx: Tx, now: datetime, inbox_id: int, within: timedelta) -> bool:
    """Whether the same was written in the same chat by the same person a moment before."""
    return _SAME_TEXT.value(tx, inbox_id, now - within) is not None


def _same_text(inbox_id: Any, since: Any) -> sa.Select[Any]:
    this, other = t.inbox.alias("this").c, t.inbox.alias("other").c
    return sa.select(other.id).where(
        this.id == inbox_id,
        other.chat_id == this.chat_id,
        other.received_at > since,
        other.id != this.id,
        other.kind == "message",
        other.user_id == this.user_id,
        other.fingerprint == this.fingerprint,
    )


_SAME_TEXT = Statement(_same_text)


def undoable(tx: Tx, chat_id: int, user_id: int, actions: Sequence[str], most: int) -> list[Inbox]:
    """The user's messages in this chat that did something which can be taken back (a memo too), the last
    first; of some, nothing may be left to take back.
    """
    did = sa.select(t.delivery.c.cause_id).where(
        t.delivery.c.action.in_(actions),
        t.delivery.c.account_id.is_not(None),
        t.delivery.c.state.not_in(("failed", "cancelled")),
    )
    kept = (
        sa.select(t.delivery.c.cause_id)
        .join(t.post, t.post.c.id == t.delivery.c.post_id)
        .where(t.delivery.c.action == "receipt", t.post.c.memo, t.post.c.deleted_at.is_(None))
    )
    query = sa.select(t.inbox).where(
        t.inbox.c.chat_id == chat_id,
        t.inbox.c.user_id == user_id,
        t.inbox.c.undone_by.is_(None),
        sa.or_(t.inbox.c.id.in_(did), t.inbox.c.id.in_(kept)),
    )
    return many(tx.connection, Inbox, query.order_by(*_LATEST).limit(most))


def last_undone(tx: Tx, chat_id: int, user_id: int, since: datetime) -> Inbox | None:
    """The user's last message in this chat that took something back, and was not itself done again."""
    query = sa.select(t.inbox).where(
        t.inbox.c.chat_id == chat_id,
        t.inbox.c.user_id == user_id,
        t.inbox.c.undone_by == t.inbox.c.id,
        t.inbox.c.received_at > since,
    )
    return one(tx.connection, Inbox, query.order_by(*_LATEST))


def undone_by(tx: Tx, inbox_id: int) -> list[Inbox]:
    """The messages whose effects this one took back."""
    query = sa.select(t.inbox).where(t.inbox.c.undone_by == inbox_id, t.inbox.c.id != inbox_id)
    return many(tx.connection, Inbox, query.order_by(t.inbox.c.id))


# --- questions ---


def ask(
    tx: Tx,
    now: datetime,
    *,
    chat_id: int,
    user_id: int,
    kind: str,
    arguments: dict[str, Any],
    options: Sequence[str],
    cause_id: int | None,
    life: timedelta = QUESTION_LIFE,
) -> int:
    """Open a question; `options` are the keys of its answers, none means any text."""
    return tx.insert(  # type: ignore[no-any-return]
        t.question,
        {
            "token": secrets.token_urlsafe(12),
            "chat_id": chat_id,
            "user_id": user_id,
            "kind": kind,
            "arguments": tx.vault.encrypt(json.dumps(arguments)),
            "options": list(options),
            "cause_id": cause_id,
            "state": "open",
            "expires_at": now + life,
        },
    )


def arguments(tx: Tx, question: Question) -> dict[str, Any]:
    return json.loads(tx.vault.decrypt(question.arguments))  # type: ignore[no-any-return]


def change_question(
    tx: Tx,
    now: datetime,
    question_id: int,
    arguments: dict[str, Any],
    options: Sequence[str],
    life: timedelta = QUESTION_LIFE,
) -> None:
    """Give an open question other arguments and answers, and its time anew."""
    secret = tx.vault.encrypt(json.dumps(arguments))
    fresh = {"arguments": secret, "options": list(options), "expires_at": now + life}
    tx.update(t.question, t.question.c.id == question_id, **fresh)


def question(tx: Tx, question_id: int) -> Question | None:
    return one(tx.connection, Question, sa.select(t.question).where(t.question.c.id == question_id))


def question_by_token(tx: Tx, token: str) -> Question | None:
    return one(tx.connection, Question, sa.select(t.question).where(t.question.c.token == token))


def open_questions(tx: Tx, now: datetime, chat_id: int, user_id: int) -> list[Question]:
    """What this person has not answered here, the latest question first."""
    return _OPEN_QUESTIONS.many(tx, chat_id, user_id, now)


def open_in_chat(tx: Tx, now: datetime, chat_id: int, kind: str) -> list[Question]:
    """The open questions of a kind in a chat, whoever brought them about, the oldest first."""
    where = (t.question.c.chat_id == chat_id, t.question.c.kind == kind, *is_open(now))
    return many(tx.connection, Question, sa.select(t.question).where(*where).order_by(t.question.c.id))


def open_of_user(tx: Tx, now: datetime, user_id: int, kind: str | None = None) -> list[Question]:
    """Those that a user brought about, in whatever chat; of one kind, or all."""
    which = t.question.c.kind == kind if kind is not None else sa.true()
    where = (t.question.c.user_id == user_id, which, *is_open(now))
    return many(tx.connection, Question, sa.select(t.question).where(*where).order_by(t.question.c.id))


def asked_in_chat(tx: Tx, chat_id: int, kind: str) -> int:
    """How many questions of a kind there ever were in a chat."""
    query = sa.select(sa.func.count()).select_from(t.question)
    return int(tx.scalar(query.where(t.question.c.chat_id == chat_id, t.question.c.kind == kind)))


def is_open(now: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return _OPEN, t.question.c.expires_at > sa.type_coerce(now, t.Time)


_OPEN = t.question.c.state == sa.literal_column("'open'")  # as the index of what is open has it
_OPEN_QUESTIONS = Query(
    Question,
    lambda chat_id, user_id, now: (
        sa.select(t.question)
        .where(
            t.question.c.chat_id == chat_id,
            t.question.c.user_id == user_id,
            *is_open(now),
        )
        .order_by(t.question.c.id.desc())
    ),
)
_EXPIRED = Query(
    Question,
    lambda now: sa.select(t.question).where(_OPEN, t.question.c.expires_at <= now),
)


def close_question(tx: Tx, question_id: int, state: str = "answered") -> bool:
    """False when it was closed before: an answer counts once."""
    where = (t.question.c.id == question_id, t.question.c.state == "open")
    return tx.update(t.question, *where, state=state) == 1


def expired(tx: Tx, now: datetime) -> list[Question]:
    """Questions whose time is over and whose asker has not been told."""
    return _EXPIRED.many(tx, now)
