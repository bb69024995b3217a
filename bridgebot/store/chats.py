"""Chats that others read: by their titles, and as a whole with all of their topics."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.store.rows import Chat, many
from bridgebot.store.tx import Tx


def whole(tx: Tx, found: Chat) -> Chat:
    """The group of which a chat is a topic; one without topics is that itself."""
    if not found.topic:
        return found
    return people.chat(tx, found.adapter, model.Chat(found.native_id, direct=False, title=found.title), None)


def titled(tx: Tx, title: str, adapters: Iterable[str], most: int) -> list[Chat]:
    """Groups and channels of this title, or with this native id, that the bot is in, on these networks; the
    oldest first.
    """
    lower = sa.func.lower(t.chat.c.title) == title.lower()
    same = sa.or_(t.chat.c.title == title, lower, t.chat.c.native_id == title)
    where = (same, t.chat.c.adapter.in_(list(adapters)), t.chat.c.open, t.chat.c.topic == "")
    query = sa.select(t.chat).where(sa.not_(t.chat.c.direct), *where).order_by(t.chat.c.id).limit(most)
    return many(tx.connection, Chat, query)
