"""A chat network is disconnected from a user: by itself, or by one that was there before it.

Who came later can turn nobody out who was there before: else whoever got hold of one chat could lock the
others out of their own accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridgebot import dialog
from bridgebot.commands import access
from bridgebot.commands.connecting import named
from bridgebot.dialog import Talk
from bridgebot.flow import cancel
from bridgebot.model import Message
from bridgebot.store import folding, held, keep, links, people, persons, routes, sessions, talk
from bridgebot.store.rows import Chat, Person

HERE = ("here", "this", "这里", "本聊天")


def disconnect(exchange: Talk, argument: str, message: Message) -> None:
    """/disconnect NETWORK ID, /disconnect here."""
    mine = persons.of_user(exchange.tx, exchange.user.id)
    me = people.person_in(exchange.tx, exchange.chat)
    if len(mine) < 2:
        exchange.say("disconnect-the-only")
        return
    chosen = me if argument.strip().lower() in HERE else _named(exchange, mine, argument)
    if chosen is None:
        lines = [f"/disconnect {person.adapter} {person.native_id}" for person in mine]
        exchange.write("\n".join([exchange.text("usage-disconnect"), *lines]))
    else:
        _part(exchange, [chosen])


def pressed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Disconnect]: of those who are still connected."""
    mine = persons.of_user(exchange.tx, exchange.user.id)
    chosen = [person for person in mine if person.id in arguments["persons"]]
    if not chosen or len(mine) < 2:
        exchange.say("disconnected-already")
    else:
        _part(exchange, chosen)


def _named(exchange: Talk, mine: Sequence[Person], argument: str) -> Person | None:
    network, _, id = argument.strip().partition(" ")
    typed = network.casefold()
    fits = [p for p in mine if typed in (p.adapter, exchange.house.title(p.adapter).casefold())]
    return next((person for person in fits if person.native_id == id.strip()), None)


def _part(exchange: Talk, chosen: Sequence[Person]) -> None:
    """Each of them who may be turned out by whoever asks; who is left is told."""
    me = people.person_in(exchange.tx, exchange.chat)
    for person in chosen:
        if me is None or not (me.id == person.id or persons.is_before(exchange.tx, me, person)):
            exchange.say("disconnect-older", who=_name(exchange, person))
        elif len(persons.of_user(exchange.tx, exchange.user.id)) < 2:
            exchange.say("disconnect-the-only")
        else:
            _let_go(exchange, person, me)


def _name(exchange: Talk, person: Person) -> str:
    return named(exchange.house, person.adapter, person.native_id)


def _let_go(exchange: Talk, person: Person, by: Person) -> None:
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    for chat in people.chats_of(tx, person.id):
        _empty(exchange, chat)
    chats = folding.part(tx, now, person)
    keep.audit(tx, now, user_id, "disconnected", f"{person.adapter}:{person.native_id}")
    access.as_listed(tx, now, exchange.house, by if by.id != person.id else _left(exchange), exchange.user)
    names = {"who": _name(exchange, person), "by": _name(exchange, by)}
    for chat in chats:
        language = dialog.spoken(exchange.house, None, person)
        text = exchange.house.texts(language, "disconnected-here", **names)
        dialog.notice(tx, now, chat, text, language, user_id=None)
    for chat in people.direct_chats(tx, user_id):
        dialog.on_its_own(tx, now, exchange.house, chat, user_id).say("disconnected", **names)


def _left(exchange: Talk) -> Person:
    """Whoever of the user's is still there, first."""
    return persons.of_user(exchange.tx, exchange.user.id)[0]


def _empty(exchange: Talk, chat: Chat) -> None:
    """What comes into the chat and goes out of it ends, and what is on its way there never comes."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    for route in [*routes.into_chat(tx, chat.id), *routes.from_chat(tx, chat.id, user_id)]:
        if route.user_id == user_id:
            routes.end(tx, route.id)
    for question in talk.open_questions(tx, now, chat.id, user_id):
        dialog.close(tx, now, exchange.house, question)
    lane = f"chat:{chat.id}"
    for waiting in [*held.waiting(tx, lane), *held.kept(tx, lane)]:
        if waiting.action != "notice-change" or waiting.arguments:
            cancel(tx, now, waiting)
    links.stop_in(tx, chat.id)
    sessions.end_in(tx, chat.id)


__all__ = ["disconnect", "pressed"]
