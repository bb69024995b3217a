"""Who writes where, in one look: with each thing that comes in all of it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.rows import Chat, Person, Row, User, fields
from bridgebot.store.talk import is_open
from bridgebot.store.tx import Tx

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a sender and of the chat where they write, so far."""

    person: Person | None = None
    chat: Chat | None = None
    user: User | None = None
    held: str | None = None  # why nothing leaves for the chat
    asked: bool = False  # whether a question is open there that they may answer


def look_up(tx: Tx, now: datetime, adapter: str, person: model.Person, chat: model.Chat) -> Sender:
    """Reads only: nothing of somebody new is noted."""
    row = _SENDER.rows(tx, adapter, person.id, chat.id, chat.topic, now)[0]
    found = {kind: _read(kind, row[start:end]) for kind, start, end in _PLACES}
    return Sender(found[Person], found[Chat], found[User], row[-2], bool(row[-1]))


def _read(kind: type[R], values: Sequence[Any]) -> R | None:
    return None if values[0] is None else kind(*values)


def _columns(table: sa.Table, kind: type[Any]) -> list[sa.Column[Any]]:
    return [table.c[name] for name in fields(kind)]


_KINDS = ((t.person, Person), (t.chat, Chat), (t.user, User))


def _sender(adapter: Any, person_id: Any, chat_id: Any, topic: Any, now: Any) -> sa.Select[Any]:
    one = sa.select(sa.literal_column("1").label("one")).subquery("one")
    who = sa.and_(t.person.c.adapter == adapter, t.person.c.native_id == person_id)
    where = sa.and_(t.chat.c.adapter == adapter, t.chat.c.native_id == chat_id, t.chat.c.topic == topic)
    lane = sa.select(t.lane.c.held).where(t.lane.c.name == "chat:" + sa.cast(t.chat.c.id, sa.Text))
    asked = sa.exists().where(t.question.c.chat_id == t.chat.c.id, t.question.c.user_id == t.user.c.id)
    columns = [column for table, kind in _KINDS for column in _columns(table, kind)]
    return sa.select(*columns, lane.scalar_subquery(), asked.where(*is_open(now))).select_from(
        one.outerjoin(t.person, who)
        .outerjoin(t.chat, where)
        .outerjoin(t.user, t.user.c.id == t.person.c.user_id)
    )


_SENDER = Statement(_sender)
_ENDS = [0]
for _table, _kind in _KINDS:
    _ENDS.append(_ENDS[-1] + len(fields(_kind)))
_PLACES = [(kind, *ends) for (_, kind), ends in zip(_KINDS, pairwise(_ENDS), strict=True)]
