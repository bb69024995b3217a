"""Who writes where, as far as it is known: it is asked with each thing that comes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.rows import Chat, Person, User
from bridgebot.store.talk import is_open
from bridgebot.store.tx import Tx


class Sender(model.Made, frozen=True):
    """What is known of a sender and of the chat where they write, so far."""

    person: Person | None = None
    chat: Chat | None = None
    user: User | None = None
    held: str | None = None  # why nothing leaves for the chat
    asked: bool = False  # whether a question is open there that they may answer


def look_up(tx: Tx, now: datetime, adapter: str, person: model.Person, chat: model.Chat) -> Sender:
    """Reads only: nothing of somebody new is noted."""
    who, where = people.find_person(tx, adapter, person), people.find_chat(tx, adapter, chat)
    user = people.user(tx, who.user_id) if who and who.user_id is not None else None
    if where is None:
        return Sender(who, where, user)
    held, asked = _STANDING.rows(tx, f"chat:{where.id}", where.id, user.id if user else None, now)[0]
    return Sender(who, where, user, held, bool(asked))


def _standing(lane: Any, chat_id: Any, user_id: Any, now: Any) -> sa.Select[Any]:
    held = sa.select(t.lane.c.held).where(t.lane.c.name == lane).scalar_subquery()
    asked = sa.exists().where(t.question.c.chat_id == chat_id, t.question.c.user_id == user_id, *is_open(now))
    return sa.select(held, asked)


_STANDING = Statement(_standing)
