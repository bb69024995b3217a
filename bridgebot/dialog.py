"""Talking in a chat: saying something, asking something, and understanding the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bridgebot import model
from bridgebot.adapter import Network
from bridgebot.config import Quotas
from bridgebot.store import Tx, deliveries, keep, people, talk
from bridgebot.store.deliveries import ANSWER, FOLLOW_UP, Order
from bridgebot.store.quotas import Allowances
from bridgebot.store.restored import Gap
from bridgebot.store.rows import Chat, Delivery, Person, Question, User
from bridgebot.store.vault import digest
from bridgebot.texts import Texts, listed, negotiate

RELINK_LIFE = timedelta(days=90)  # longer than anybody is away; /relink does the same for ever
# A button beside words that are whole without it: no answer is awaited.
OFFERS = frozenset(
    {"relink", "disconnect", "account", "devices", "scheduled", "follow-request", "kept-off", "theirs"}
)
SHARED = frozenset({"draft", "loan"})  # asked of a group: whoever may there answers, by button or by name


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
    invites_per_operator: int = 50
    invites_per_user: int = 0
    newcomers_per_day: int = 1000
    quotas: Quotas = Quotas()
    allowances: Allowances = field(default_factory=Allowances, compare=False)
    web: str | None = None  # where people reach the bot's pages; None: nobody serves any
    digest_after: int = 20  # items that may wait for a chat longer than a minute; 0: any number
    public_url: str | None = None  # where people reach the bot's own pages; None: nowhere
    privacy: str = ""  # the operator's own words about it
    file_sites: tuple[str, ...] = ()  # origins of their own network at which the media of posts may lie
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
    asked: bool = True  # whether a question may be open here that words can answer
    # Who speaks, with their rights in the group at this moment; None: the bot began.
    sender: model.Person | None = None

    @property
    def administers(self) -> bool:
        """Whether who speaks decides here: in their own chat, or in a group that they administer now."""
        return self.chat.direct or self._is_administrator

    @property
    def _is_administrator(self) -> bool:
        sender = self.sender
        return sender is not None and sender.admin and not sender.weak and not sender.outside

    def text(self, key: str, /, **arguments: str | int) -> str:
        return self.house.texts(self.language, key, **arguments)

    def listed(self, items: Iterable[str]) -> str:
        """Several in one sentence; "" where there are none."""
        return listed(self.language, items)

    def say(self, key: str, /, **arguments: str | int) -> int | None:
        """Answer with a text by its key; the notice that says it."""
        return self.write(self.text(key, **arguments))

    def write(self, text: str, *, once: str | None = None) -> int | None:
        """Answer with words that are ready; the notice that says them."""
        user_id, cause_id = self.user.id, self.cause_id
        return notice(
            self.tx, self.now, self.chat, text, self.language, user_id=user_id, cause_id=cause_id, once=once
        )

    def take_away(self, message_id: str) -> None:
        """Delete what the person wrote here, where the chat can do that: a secret is not left standing."""
        network = self.house.network(self.chat.adapter)
        if not self.chat.direct or network is None or network.chat is None or not network.chat.delete_theirs:
            return
        order = Order(
            action="take-away",
            lane=f"chat:{self.chat.id}",
            urgency=ANSWER,
            chat_id=self.chat.id,
            cause_id=self.cause_id,
            user_id=self.user.id,
            arguments={"id": message_id},
        )
        deliveries.queue(self.tx, self.now, order)

    def hand_over(self, text: str) -> None:
        """Answer with words that hold a secret: they are not kept once they are out. Each message that asks
        has an answer of its own.
        """
        self.write(text, once=keep.handed(digest(f"{self.cause_id} {text}")))

    def ask(
        self,
        kind: str,
        text: str,
        arguments: dict[str, Any],
        options: Sequence[str] = (),
        *,
        hint: bool = True,
        foreign: bool = False,
        life: timedelta = talk.QUESTION_LIFE,
    ) -> tuple[int, int | None]:
        """Ask; `options` are keys of the answers (`option-<key>` are their words), none means any text.

        `hint` False: where there are no buttons, the text alone must say what can be answered. `foreign`:
        somebody's words stand in it, marked. Returns the question and the notice that asks it.
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
        told = notice(
            self.tx,
            self.now,
            self.chat,
            text,
            self.language,
            user_id=self.user.id,
            cause_id=self.cause_id,
            question_id=question_id,
            hint=hint,
            foreign=foreign,
        )
        return question_id, told


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
    foreign: bool = False,
    once: str | None = None,
    digest: str | None = None,
    urgency: int = ANSWER,
    action: str = "notice",
    picture: str | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """Queue a word from the bot that is no post; None where it was said before."""
    arguments: dict[str, Any] = {"text": text, "language": language}
    if question_id is not None:
        arguments |= {"question": question_id, "hint": hint}
        once = _once(question_id)
    if foreign:  # where it has to be cut, each part begins with the mark of foreign lines
        arguments |= {"foreign": True}
    if picture is not None:  # the address of one that is shown with it
        arguments |= {"picture": picture}
    if digest is not None:  # what the button carries that shows what is kept
        arguments |= {"digest": digest}
    order = Order(
        action=action,
        lane=f"chat:{chat.id}",
        urgency=urgency,
        once=once,
        chat_id=chat.id,
        cause_id=cause_id,
        user_id=user_id,
        arguments=arguments,
        due_at=due_at,
    )
    return deliveries.queue(tx, now, order)


def unsaid(tx: Tx, told: Delivery) -> bool:
    """Whether surely nobody has read a notice yet."""
    sent = any(part.native_ids for part in deliveries.parts(tx, told.id))
    waits = told.state in ("queued", deliveries.HELD)
    return waits and not sent and not told.arguments.get("unanswered")


def retell(
    tx: Tx, house: House, told: Delivery, text: str, due: datetime, now: datetime, /, **more: Any
) -> bool:
    """Let a notice say something else: before it left as it is, afterwards where it stands, with at most
    one change that waits. False: this chat's messages cannot change, or this one could not.
    """
    if unsaid(tx, told):
        _reword(tx, told, told.arguments | more | {"text": text}, due)
        return True
    changes = deliveries.after(tx, told.id)
    if not _can_change(tx, house, told) or any(d.state == "failed" for d in (told, *changes)):
        return False
    waiting = [change for change in changes if unsaid(tx, change)]
    if waiting:
        _reword(tx, waiting[0], waiting[0].arguments | more | {"text": text}, due)
        return True
    order = Order(
        action="notice-change",
        lane=told.lane,
        urgency=told.urgency,
        after_id=told.id,
        chat_id=told.chat_id,
        cause_id=told.cause_id,
        user_id=told.user_id,
        arguments=told.arguments | more | {"text": text},
        due_at=due,
    )
    deliveries.queue(tx, now, order)
    return True


def _can_change(tx: Tx, house: House, told: Delivery) -> bool:
    network = house.network(people.chat_by_id(tx, told.chat_id or 0).adapter)
    return network is not None and network.chat is not None and network.chat.edit


def _reword(tx: Tx, told: Delivery, arguments: dict[str, Any], due: datetime) -> None:
    deliveries.thaw(tx, told.id)
    deliveries.change(tx, told.id, arguments=arguments, due_at=due)


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
        language = language_in(tx, house, chat, user_id)
        text = house.texts(language, key, **arguments)
        notice(tx, now, chat, text, language, user_id=user_id, once=once)


def on_its_own(tx: Tx, now: datetime, house: House, chat: Chat, user_id: int) -> Talk:
    """An exchange that the bot begins."""
    return Talk(tx, now, house, chat, people.user(tx, user_id), language_in(tx, house, chat, user_id))


def language_in(tx: Tx, house: House, chat: Chat, user_id: int) -> str:
    """The user's language in this chat: chosen, else what its network reports, else the operator's."""
    person = people.person_in(tx, chat) or people.person_of(tx, user_id)
    return spoken(house, people.user(tx, user_id), person)


def language_of(tx: Tx, house: House, user_id: int) -> str:
    """The user's language: chosen, else reported by the chat network, else the operator's."""
    return spoken(house, people.user(tx, user_id), people.person_of(tx, user_id))


def spoken(house: House, user: User | None, person: Person | None) -> str:
    chosen = user.language if user else None
    reported = person.language if person else None
    return negotiate(chosen or reported or house.language)


def option_labels(house: House, language: str, options: Sequence[str]) -> list[str]:
    """What the answers are called, for buttons and for words; of `revoke:2`, the text has the number."""
    named = (option.partition(":") for option in options)
    return [house.texts(language, f"option-{name}", number=number) for name, _, number in named]


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


def awaited(exchange: Talk) -> list[Question]:
    """The questions here that words can answer, the latest first."""
    if not exchange.asked:
        return []
    open_ = talk.open_questions(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    return [question for question in open_ if question.kind not in OFFERS | SHARED]


def close(tx: Tx, now: datetime, house: House, question: Question, state: str = "answered") -> bool:
    """Close a question and take its buttons away; False when it was closed before: an answer counts once."""
    if not talk.close_question(tx, question.id, state):
        return False
    chat = people.chat_by_id(tx, question.chat_id)
    network = house.network(chat.adapter)
    asked = deliveries.by_once(tx, _once(question.id)) if question.options else None
    if asked is None or network is None or network.chat is None:
        return True
    if network.chat.buttons and network.chat.edit and asked.state in ("sent", "sending", "unconfirmed"):
        order = Order(
            action="notice-change",
            lane=asked.lane,
            urgency=FOLLOW_UP,
            after_id=asked.id,
            chat_id=chat.id,
            user_id=asked.user_id,
            once=f"{_once(question.id)}:closed",
        )
        deliveries.queue(tx, now, order)
    return True


def _once(question_id: int) -> str:
    return f"question:{question_id}"


def expire(tx: Tx, now: datetime, house: House) -> None:
    """Close the questions whose time is over, and say so: a dialogue never ends in silence."""
    for question in talk.expired(tx, now):
        close(tx, now, house, question, "expired")
        if question.kind in OFFERS:
            continue
        chat = people.chat_by_id(tx, question.chat_id)
        language = language_in(tx, house, chat, question.user_id)
        text = house.texts(language, f"expired-{question.kind}", **_named(tx, question))
        notice(tx, now, chat, text, language, user_id=question.user_id)


def _named(tx: Tx, question: Question) -> dict[str, int]:
    """Of several that may be open, which."""
    return {"number": talk.arguments(tx, question)["number"]} if question.kind == "draft" else {}


EXPIRY_CHECK = timedelta(seconds=30)
