"""A chat gets another id: what is known of it goes along, whatever came of the new one before."""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store import lanes, posts
from bridgebot.store import tables as t
from bridgebot.store.grants import bylines, grants
from bridgebot.store.rows import Chat, many, replace
from bridgebot.store.tx import Tx


def move_chat(tx: Tx, adapter: str, old_id: str, new_id: str) -> None:
    """The network gave the chat, with all topics in it, another id; its message ids live on there."""
    for chat in _called(tx, adapter, old_id):
        for early in _called(tx, adapter, new_id):
            if early.topic == chat.topic:  # somebody wrote there before the move was told
                _merge(tx, early, chat)
        tx.update(t.chat, t.chat.c.id == chat.id, native_id=new_id)
        moved = replace(chat, native_id=new_id)
        tx.update(t.copy, t.copy.c.realm == chat.realm, realm=moved.realm)


def _called(tx: Tx, adapter: str, native_id: str) -> list[Chat]:
    where = (t.chat.c.adapter == adapter, t.chat.c.native_id == native_id)
    return many(tx.connection, Chat, sa.select(t.chat).where(*where))


def _merge(tx: Tx, early: Chat, chat: Chat) -> None:
    """Everything of the early row becomes the chat's, under numbers of the chat's own."""
    _renumber(tx, early, chat)
    known = sa.select(grants.c.account_id).where(grants.c.chat_id == chat.id).scalar_subquery()
    twice = (grants.c.chat_id == early.id, grants.c.account_id.in_(known))
    tx.connection.execute(sa.delete(grants).where(*twice))
    for table, column in (
        (grants, "chat_id"),
        (bylines, "chat_id"),
        (t.route, "chat_id"),
        (t.route, "source_chat_id"),
        (t.copy, "chat_id"),
        (t.inbox, "chat_id"),
        (t.question, "chat_id"),
        (t.link_request, "chat_id"),
        (t.digest, "chat_id"),
    ):
        tx.update(table, table.c[column] == early.id, **{column: chat.id})
    here = t.delivery.c.chat_id == early.id
    tx.update(t.delivery, here, chat_id=chat.id, lane=f"chat:{chat.id}")
    lanes.look_again(tx, f"chat:{chat.id}")
    tx.connection.execute(sa.delete(t.button).where(t.button.c.chat_id == early.id))
    tx.connection.execute(sa.delete(t.chat).where(t.chat.c.id == early.id))


def _renumber(tx: Tx, early: Chat, chat: Chat) -> None:
    numbers = sa.select(t.short_id.c.post_id).where(t.short_id.c.chat_id == early.id).order_by(t.short_id.c.n)
    known = tx.scalars(numbers)
    tx.connection.execute(sa.delete(t.short_id).where(t.short_id.c.chat_id == early.id))
    for post_id in known:
        posts.number(tx, chat.id, post_id)
