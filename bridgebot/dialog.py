"""Talking in a chat: saying something, asking something, and understanding the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridgebot.adapter import Network
from bridgebot.store import Tx, deliveries, lanes, people, routes, talk
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.restored import Gap
from bridgebot.store.rows import Chat, Person, Question, User
from bridgebot.texts import Texts, negotiate


@dataclass(frozen=True, slots=True)
class House:
    """What everything that is said depends on, besides the rows."""

    networks: Mapping[str, Network]
    texts: Texts
    language: str = "en"  # the operator's: for whom nothing better is known
    timezone: str = "UTC"
    access: str = "invite"  # open, invite, allowlist
    allow: frozenset[str] = frozenset()  # `adapter:native id`
    operators: frozenset[str] = frozenset()
    restored: Gap | None = None  # of which nobody knows what was done, since a copy was put back

    def network(self, name: str) -> Network | None:
        return self.networks.get(name)

    def title(self, adapter: str) -> str:
        """How people read the network's name; an adapter that is not configured now keeps its own."""
        network = self.networks.get(adapter)
        return network.title if network else adapter


@dataclass(frozen=True, slots=True)
class Talk:
    """One exchange in one unit of work: who speaks, where, in which language, and why."""

    tx: Tx
    now: datetime
    house: House
    chat: Chat
    user: User
    language: str
    cause_id: int | None = None

    def text(self, key: str, /, **arguments: str | int) -> str:
        return self.house.texts(self.language, key, **arguments)

    def say(self, key: str, /, **arguments: str | int) -> None:
        """Answer with a text by its key."""
        self.write(self.text(key, **arguments))

    def write(self, text: str) -> None:
        """Answer with words that are ready."""
        notice(
            self.tx, self.now, self.chat, text, self.language, user_id=self.user.id, cause_id=self.cause_id
        )

    def ask(
        self,
        kind: str,
        text: str,
        arguments: dict[str, Any],
        options: Sequence[str] = (),
        *,
        hint: bool = True,
        life: timedelta = talk.QUESTION_LIFE,
    ) -> None:
        """Ask; `options` are keys of the answers (`option-<key>` are their words), none means any text.

        `hint` False: where there are no buttons, the text alone must say what can be answered.
        """
        question_id = talk.ask(
            self.tx,
            self.now,
            chat_id=self.chat.id,
            user_id=self.user.id,
            kind=kind,
            arguments=arguments,
            options=options,
            cause_id=self.cause_id,
            life=life,
        )
        notice(
            self.tx,
            self.now,
            self.chat,
            text,
            self.language,
            user_id=self.user.id,
            cause_id=self.cause_id,
            question_id=question_id,
            hint=hint,
        )


def notice(
    tx: Tx,
    now: datetime,
    chat: Chat,
    text: str,
    language: str,
    *,
    user_id: int | None,
    cause_id: int | None = None,
    question_id: int | None = None,
    hint: bool = True,
    once: str | None = None,
) -> None:
    """Queue a word from the bot that is no post."""
    arguments: dict[str, Any] = {"text": text, "language": language}
    if question_id is not None:
        arguments |= {"question": question_id, "hint": hint}
    order = Order(
        action="notice",
        lane=f"chat:{chat.id}",
        urgency=ANSWER,
        once=once,
        chat_id=chat.id,
        cause_id=cause_id,
        user_id=user_id,
        arguments=arguments,
    )
    deliveries.queue(tx, now, order)


def tell(
    tx: Tx,
    now: datetime,
    house: House,
    user_id: int,
    key: str,
    /,
    *,
    once: str | None = None,
    **arguments: str | int,
) -> None:
    """Say something to a user on the bot's own accord, in their direct chat."""
    chat = people.direct_chat(tx, user_id)
    if chat is not None:
        language = language_of(tx, house, user_id)
        text = house.texts(language, key, **arguments)
        notice(tx, now, chat, text, language, user_id=user_id, once=once)


def expire_account(tx: Tx, now: datetime, house: House, account_id: int) -> None:
    """Hold an account's lane and timelines, and tell its owner once."""
    account = people.account(tx, account_id)
    lanes.hold(tx, f"account:{account_id}", "auth")
    routes.hold_timelines(tx, account_id, "auth")
    if account.state == "active":
        people.set_account(tx, account_id, state="expired")
        network = house.title(account.adapter)
        tell(tx, now, house, account.user_id, "account-expired-notice", network=network, name=account.name)


def language_of(tx: Tx, house: House, user_id: int) -> str:
    """The user's language: chosen, else reported by the chat network, else the operator's."""
    return spoken(house, people.user(tx, user_id), people.person_of(tx, user_id))


def spoken(house: House, user: User | None, person: Person | None) -> str:
    chosen = user.language if user else None
    reported = person.language if person else None
    return negotiate(chosen or reported or house.language)


def option_labels(house: House, language: str, options: Sequence[str]) -> list[str]:
    """What the answers are called, for buttons and for words."""
    return [house.texts(language, f"option-{option}") for option in options]


def options_line(house: House, language: str, options: Sequence[str]) -> str:
    """How to answer where there are no buttons."""
    labels = " · ".join(option_labels(house, language, options))
    return house.texts(language, "options-hint", options=labels)


def chosen(house: House, question: Question, text: str) -> str | None:
    """The option that a text names: its label in any language, its key, a synonym or its number. Pure."""
    word = text.strip().strip("[]［］.。!！").casefold()
    for number, option in enumerate(question.options, start=1):
        if word in {option, str(number)}:
            return option
        for language in house.texts.languages:
            names = house.texts(language, f"option-{option}-words").split(",")
            label = house.texts(language, f"option-{option}")
            if word in {name.strip().casefold() for name in (*names, label)}:
                return option
    return None


def expire(tx: Tx, now: datetime, house: House) -> None:
    """Close the questions whose time is over, and say so: a dialogue never ends in silence."""
    for question in talk.expired(tx, now):
        talk.close_question(tx, question.id, "expired")
        chat = people.chat_by_id(tx, question.chat_id)
        language = language_of(tx, house, question.user_id)
        text = house.texts(language, f"expired-{question.kind}")
        notice(tx, now, chat, text, language, user_id=question.user_id)


EXPIRY_CHECK = timedelta(seconds=30)
