"""One person's two chat networks become one user. Nobody is believed who they say they are.

The first side names the other by the id that the network verifies and gets a one-time secret; only that
identity can redeem it; each side is shown the other's verified id and says yes; whoever was there before
is told, with [Disconnect]. Who is still a stranger here may redeem, too, and is let in by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import regex

from bridgebot import dialog
from bridgebot.adapter import Network
from bridgebot.commands import grammar, vocabulary
from bridgebot.dialog import House, Talk
from bridgebot.model import Incoming, Message, Press
from bridgebot.render import clean_name
from bridgebot.store import Tx, connections, folding, invites, keep, people, persons, routes, talk
from bridgebot.store.connections import AGREED, DONE, OPEN, REDEEMED, Request
from bridgebot.store.rows import Chat, Person
from bridgebot.texts import listed

CODE = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
JOIN, CONFIRM, DISCONNECT = "connect-join", "connect-confirm", "disconnect"  # kinds of questions
_ANSWERS = ("connect", "no")


@dataclass(frozen=True, slots=True)
class Side:
    """Who speaks, in a direct chat of their own: perhaps nobody's user yet."""

    tx: Tx
    now: datetime
    house: House
    chat: Chat
    person: Person
    language: str
    cause_id: int | None = None

    def say(self, key: str, /, **arguments: str | int) -> None:
        text = self.house.texts(self.language, key, **arguments)
        told = {"user_id": self.person.user_id, "cause_id": self.cause_id}
        dialog.notice(self.tx, self.now, self.chat, text, self.language, **told)  # type: ignore[arg-type]

    def named(self, person: Person) -> str:
        """A person by what cannot be chosen: `Telegram 4711`."""
        return named(self.house, person.adapter, person.native_id)


def named(house: House, adapter: str, native_id: str) -> str:
    return f"{house.title(adapter)} {clean_name(native_id)}"


def _all(side: Side, several: Iterable[Person]) -> str:
    return listed(side.language, (side.named(person) for person in several))


def _side(exchange: Talk) -> Side | None:
    """Of a user in a direct chat of theirs."""
    person = people.person_in(exchange.tx, exchange.chat)
    if person is None or person.user_id != exchange.user.id or not exchange.chat.direct:
        return None
    head = (exchange.tx, exchange.now, exchange.house, exchange.chat)
    return Side(*head, person, exchange.language, exchange.cause_id)


# --- the first side ----------------------------------------------------------------------------


def connect(exchange: Talk, argument: str, message: Message) -> None:
    """/connect, /connect NETWORK ID, /connect CODE."""
    side = _side(exchange)
    if side is None:
        exchange.say("direct-only", name="connect")
        return
    network, _, id = argument.strip().partition(" ")
    if CODE.fullmatch(network.lower()) and not id:
        _redeem(side, network.lower())
    elif not id:
        _tell_id(side)
    else:
        _name(side, network, id.strip())


def _tell_id(side: Side) -> None:
    """Who one is here, and how it goes on from there."""
    side.say(
        "connect-you", you=side.named(side.person), network=side.person.adapter, id=side.person.native_id
    )


def _chat_network(house: House, name: str) -> Network | None:
    chats = [network for network in house.networks.values() if network.chat]
    typed = name.casefold()
    titled = [network for network in chats if network.title.casefold() == typed]
    exact = next((network for network in chats if network.name == typed), None)
    return exact or (titled[0] if len(titled) == 1 else None)


def _name(side: Side, name: str, id: str) -> None:
    """The other side by its id: a name may be somebody else's tomorrow."""
    network = _chat_network(side.house, name)
    if network is None:
        known = sorted(one.name for one in side.house.networks.values() if one.chat)
        side.say("usage-connect", networks=listed(side.language, known))
    elif id.startswith("@") or regex.search(r"\s|\p{C}", id):
        side.say("connect-not-an-id", id=clean_name(id), network=network.title)
    elif any((network.name, id) == (p.adapter, p.native_id) for p in _mine(side)):
        side.say("connect-already", who=named(side.house, network.name, id))
    else:
        user_id = side.person.user_id or 0
        code = connections.begin(side.tx, side.now, user_id, side.chat.id, network.name, id)
        side.say("connect-code", who=named(side.house, network.name, id), network=network.title, code=code)


def _mine(side: Side) -> list[Person]:
    return persons.of_user(side.tx, side.person.user_id) if side.person.user_id is not None else []


# --- the other side ----------------------------------------------------------------------------


def is_code(exchange: Talk, text: str) -> bool:
    """Whether a text is nothing but a code of ours: it is never posted."""
    word = text.strip().lower()
    return CODE.fullmatch(word) is not None and connections.by_code(exchange.tx, word) is not None


def concerns(tx: Tx, now: datetime, person: Person | None, thing: Incoming) -> bool:
    """Whether a stranger does something about connecting: nobody is silent on that."""
    if isinstance(thing, Message) and _is_command(thing.text):
        return person is None or invites.may_try(tx, now, person.id)
    return person is not None and bool(connections.redeemed_by(tx, now, person))


def _is_command(text: str) -> bool:
    reading = grammar.read(text, vocabulary.VOCABULARY)
    return isinstance(reading, grammar.Command) and reading.name == "connect"


def from_stranger(
    tx: Tx, now: datetime, house: House, person: Person, chat: Chat, thing: Incoming, cause_id: int
) -> bool:
    """What somebody who is no user does about connecting; False when it is something else."""
    side = Side(tx, now, house, chat, person, dialog.spoken(house, None, person), cause_id)
    match thing:
        case Press():
            return _pressed(side, thing)
        case Message():
            return _wrote(side, thing)
        case _:
            return False


def _wrote(side: Side, message: Message) -> bool:
    reading = grammar.read(message.text, vocabulary.VOCABULARY)
    typed = reading.argument if isinstance(reading, grammar.Command) else message.text
    word = typed.strip().lower()
    command = isinstance(reading, grammar.Command) and reading.name == "connect"
    if command and not word and side.house.access != "open":
        return _asked_who_one_is(side)
    if CODE.fullmatch(word) and (command or connections.by_code(side.tx, word) is not None):
        _redeem(side, word)
        return True
    for request in connections.redeemed_by(side.tx, side.now, side.person):
        for question in talk.open_questions(side.tx, side.now, side.chat.id, request.user_id):
            option = dialog.chosen(side.house, question, message.text) if question.kind == JOIN else None
            if option is not None and dialog.close(side.tx, side.now, side.house, question):
                _joined(side, request.id, option)
                return True
    return False


def _asked_who_one_is(side: Side) -> bool:
    """Told as often as wrong codes are answered: who is no user must not have the bot talk for ever."""
    told = invites.may_try(side.tx, side.now, side.person.id)
    if told:
        invites.note_wrong(side.tx, side.now, side.person.id)
        _tell_id(side)
    return told


def _pressed(side: Side, pressed: Press) -> bool:
    """A button under the question whether one is the same person."""
    token, _, index = pressed.data.partition(":")
    question = talk.question_by_token(side.tx, token)
    if question is None or question.kind != JOIN or question.chat_id != side.chat.id:
        return False
    over = question.state != "open" or question.expires_at <= side.now
    if not over and index.isdigit() and int(index) < len(question.options):
        number = talk.arguments(side.tx, question)["request"]
        if dialog.close(side.tx, side.now, side.house, question):
            _joined(side, number, question.options[int(index)])
    return True


def _redeem(side: Side, code: str) -> None:
    """Every way in which a code does not fit has its own sentence; those that guess are counted."""
    tx, now = side.tx, side.now
    if not invites.may_try(tx, now, side.person.id):
        if side.person.user_id is not None:
            side.say("connect-too-many")
        return
    found = connections.by_code(tx, code)
    if found is None or not found.names(side.person):
        invites.note_wrong(tx, now, side.person.id)
        head = (side.person.adapter, side.person.native_id)
        side.say("connect-foreign" if found else "connect-wrong", network=head[0], id=head[1])
    elif found.expires_at <= now:
        side.say("connect-expired")
    elif found.state == REDEEMED or connections.step(tx, now, found.id, OPEN, REDEEMED):
        _ask_to_join(side, found)
    else:
        side.say("connect-used")


def _ask_to_join(side: Side, request: Request) -> None:
    asker = people.user(side.tx, request.user_id)
    problem = _problem(side, request)
    if problem is not None:
        connections.end(side.tx, request.id)
        side.say(problem, network=side.person.adapter, id=side.person.native_id)
        return
    owner = side.person.user_id if side.person.user_id is not None else asker.id
    told = Talk(
        side.tx, side.now, side.house, side.chat, people.user(side.tx, owner), side.language, side.cause_id
    )
    text = told.text("connect-join-ask", you=side.named(side.person), other=_asker(side, request))
    told.ask(JOIN, _with_warning(told, request, text), {"request": request.id}, _ANSWERS)


def _problem(side: Side, request: Request) -> str | None:
    """Why these two cannot be one: a text key, or None."""
    asker, owner = people.user(side.tx, request.user_id), side.person.user_id
    if asker.role == "blocked":
        return "connect-expired"
    if owner == asker.id:
        return "connect-one-already"
    if owner is None:
        return None if _is_let_in(side) else "connect-not-listed"
    if people.user(side.tx, owner).role == "blocked":
        return "connect-expired"
    both = folding.owns(side.tx, owner) and folding.owns(side.tx, asker.id)
    return "connect-both-own" if both else None


def _is_let_in(side: Side) -> bool:
    """Where only the operator's list lets people in, nobody else does."""
    named = f"{side.person.adapter}:{side.person.native_id}"
    return side.house.access != "allowlist" or named in side.house.allow | side.house.operators


def _asker(side: Side, request: Request) -> str:
    """The first side: whoever wrote in the chat where it was asked for."""
    person = people.person_in(side.tx, people.chat_by_id(side.tx, request.chat_id))
    return side.named(person) if person is not None else "?"


def _with_warning(told: Talk, request: Request, text: str) -> str:
    """What goes over with it is said before, not after."""
    named_one = _redeemer(told.tx, request)
    users = [people.user(told.tx, request.user_id)]
    if named_one is not None and named_one.user_id is not None:
        users.append(people.user(told.tx, named_one.user_id))
    operators = any(user.role == "operator" for user in users)
    return f"{text}\n{told.text('connect-operator')}" if operators else text


def _redeemer(tx: Tx, request: Request) -> Person | None:
    return people.person_by_id(tx, request.adapter, request.native_id)


# --- both say yes ------------------------------------------------------------------------------


def joined(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """The other side's word, where they are a user already."""
    side = _side(exchange)
    if side is not None:
        _joined(side, arguments["request"], option)


def _joined(side: Side, request_id: int, option: str) -> None:
    request = connections.request(side.tx, request_id)
    if request is None or not request.names(side.person):
        side.say("question-over")
    elif option == "no":
        _refused(side, request)
    elif (problem := _problem(side, request)) is not None:
        connections.end(side.tx, request.id)
        side.say(problem, network=side.person.adapter, id=side.person.native_id)
    elif not connections.step(side.tx, side.now, request.id, REDEEMED, AGREED):
        side.say("question-over")
    else:
        side.say("connect-agreed", other=_asker(side, request))
        first = _first_side(side, request)
        text = first.text("connect-confirm-ask", you=_asker(side, request), other=side.named(side.person))
        first.ask(CONFIRM, _with_warning(first, request, text), {"request": request.id}, _ANSWERS)


def _refused(side: Side, request: Request) -> None:
    connections.end(side.tx, request.id)
    side.say("connect-refused")
    _first_side(side, request).say("connect-refused-there", other=side.named(side.person))


def _first_side(side: Side, request: Request) -> Talk:
    chat = people.chat_by_id(side.tx, request.chat_id)
    return dialog.on_its_own(side.tx, side.now, side.house, chat, request.user_id)


def confirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """The first side's word: everything is looked at once more, for much may have changed in ten minutes."""
    request = connections.request(exchange.tx, arguments["request"])
    other = _redeemer(exchange.tx, request) if request is not None else None
    side = _side(exchange)
    if request is None or other is None or side is None or request.user_id != exchange.user.id:
        exchange.say("question-over")
        return
    problem = _problem(Side(*_head(exchange), side.chat, other, side.language), request)
    if option == "no":
        connections.end(exchange.tx, request.id)
        exchange.say("connect-refused")
    elif problem is not None:
        connections.end(exchange.tx, request.id)
        exchange.say(problem, network=other.adapter, id=other.native_id)
    elif connections.step(exchange.tx, exchange.now, request.id, AGREED, DONE):
        _unite(exchange, other)
    else:
        exchange.say("question-over")


def _head(exchange: Talk) -> tuple[Tx, datetime, House]:
    return exchange.tx, exchange.now, exchange.house


def _unite(exchange: Talk, other: Person) -> None:
    """One user from here on; every chat of theirs is told."""
    tx, now, house = _head(exchange)
    for user_id in {exchange.user.id, other.user_id} - {None}:
        connections.end_all(tx, user_id or 0)
    stays, came = folding.join(tx, now, exchange.user.id, other)
    for question in talk.open_of_user(tx, now, stays):
        if question.kind in (JOIN, CONFIRM):
            dialog.close(tx, now, house, question)
    everybody = persons.of_user(tx, stays)
    _share_defaults(tx, now, stays)
    keep.audit(tx, now, stays, "connected", ", ".join(f"{p.adapter}:{p.native_id}" for p in came))
    new = {person.id for person in came}
    before = [person for person in everybody if person.id not in new]
    for chat in people.direct_chats(tx, stays):
        told = dialog.on_its_own(tx, now, house, chat, stays)
        here = chat.person_id in new
        side = Side(tx, now, house, chat, everybody[0], told.language)
        names = {"came": _all(side, came), "before": _all(side, before)}
        gone = [chat.person_id] if here else sorted(new)
        text = told.text("connected-here" if here else "connected", **names)
        told.ask(DISCONNECT, text, {"persons": gone}, ("disconnect",), hint=False, life=dialog.RELINK_LIFE)


def _share_defaults(tx: Tx, now: datetime, user_id: int) -> None:
    """Plain posts go to the same accounts from a chat in which nothing was chosen yet."""
    chats = people.direct_chats(tx, user_id)
    chosen = {chat.id: routes.defaults(tx, chat.id, user_id) for chat in chats}
    common = next((accounts for accounts in chosen.values() if accounts), [])
    for chat_id in (chat_id for chat_id, accounts in chosen.items() if not accounts):
        for account in common:
            routes.add(tx, now, user_id, "default", source_chat_id=chat_id, account_id=account.id)


__all__ = ["CODE", "confirmed", "connect", "from_stranger", "is_code", "joined", "named"]
