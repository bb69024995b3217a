"""The adapter contract: all that a network's module may import, with `model`, `errors` and `http`.

A module holds `Config`, a subclass of `AdapterConfig`, and `Adapter`, a subclass of `ChatAdapter` or
`SocialAdapter`, made as `Adapter(config, context)`. What is optional raises `Unsupported` here and is
declared in `capabilities` there; the kit (`bridgebot.testing`) tests every promise at the wire. Adapters
never retry, split, truncate, sleep for a rate limit or keep files: outbox, `render` and store do, once.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from bridgebot.errors import Unsupported
from bridgebot.model import (
    Account,
    Audience,
    Browser,
    Chat,
    Draft,
    Hint,
    Incoming,
    Limits,
    Markup,
    OutgoingMessage,
    Page,
    PeopleList,
    Post,
    Profile,
    Question,
    Report,
    Timeline,
    TimelineKind,
)

T = TypeVar("T")


class AdapterConfig(BaseModel):
    """An adapter's options. A field of type `SecretStr` may also be given as `<name>_file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow_addresses: tuple[
        str, ...
    ] = ()  # networks (CIDR) that this adapter may reach though they are private


C = TypeVar("C", bound=AdapterConfig)


class OnUnconfirmed(enum.StrEnum):
    """How a call whose answer never came is settled."""

    REPEAT = "repeat"  # the key, or the action itself, makes a repetition harmless
    LOOK = "look"  # `find` tells whether it happened
    ASK = "ask"  # only the person can tell


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What a chat network can do; everything is off unless said."""

    limits: Limits = Limits(4096)
    groups: bool = False  # there are chats with several people
    replies: bool = False  # native replies, in and out
    buttons: bool = False  # `OutgoingMessage.buttons`, and `Press` coming back
    markup: frozenset[Markup] = frozenset()  # emphasis in, and `OutgoingMessage.spans` out
    address: bool = False  # `address`: there is a link that opens a chat with the bot
    edit: bool = False  # `edit`: the bot changes its own messages
    delete: bool = False  # `delete`: the bot removes its own messages
    edits_in: bool = False  # people's edits arrive as `Edit`
    deletions_in: bool = False  # people's deletions arrive as `Deletion`
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.ASK
    needs_connection: bool = True  # `send` works only while `run` is running


@dataclass(frozen=True, slots=True)
class SocialCapabilities:
    """What a social network can do; everything is off unless said."""

    limits: Limits = Limits(500)
    publish: bool = False
    audiences: frozenset[Audience] = frozenset({Audience.PUBLIC})
    warnings: bool = False  # content warnings
    languages: bool = False
    replies: bool = False  # `Draft.reply_to`
    replies_name: bool = False  # who is answered hears of it only where the text names them
    markup: frozenset[Markup] = frozenset()  # `Draft.spans`
    edit: bool = False
    delete: bool = False
    favourite: bool = False
    boost: bool = False
    bookmark: bool = False
    follow: bool = False
    approve: bool = False  # `lock`, `requests`, `approve`: follows of a locked account
    report: bool = False  # `report`: complain about a post
    moderate: bool = False  # `reports`, `remove`, `suspend`: the operator's network
    whois: bool = False
    search: bool = False
    thread: bool = False
    get: bool = False
    find: bool = False
    listen: bool = False
    refresh: bool = False
    join: bool = False  # `link` makes a new account, its first answer is the wanted name
    timelines: frozenset[TimelineKind] = frozenset()
    anonymous: frozenset[TimelineKind] = frozenset()  # those that can be read without an account
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.ASK
    needs_connection: bool = False


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait so long."""


class Receive(Protocol):
    """Hands one thing in; returns when it is committed, so acknowledge it to the network only then.

    It may be called concurrently; within a chat the order is that of the calls. `state` is written
    in the same unit of work as the thing: an offset, a stanza id.
    """

    async def __call__(self, thing: Incoming, *, state: Mapping[str, str] | None = None) -> None: ...


class State(Protocol):
    """Small values kept for one adapter, encrypted at rest."""

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Routes(Protocol):
    """What an adapter serves over HTTP: a webhook, pages. Declared in the adapter's constructor."""

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Serve `path` (aiohttp's pattern syntax, from the root of the site)."""

    def url(self, path: str) -> str:
        """The absolute address of `path` as people reach it: `web.public_url`, else where it listens."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a menu shows it."""

    name: str  # without the slash: lower case, Latin letters
    description: str


class Menu(Protocol):
    """What stands in the bot's menu, for a chat network that shows one."""

    def __call__(self, language: str) -> Sequence[Command]: ...


class Translate(Protocol):
    """An adapter's own texts and the core's, by key."""

    def __call__(self, language: str, key: str, /, **arguments: str | int) -> str: ...


class Database(Protocol):
    """The house's writer, for an adapter that declares tables of its own.

    A unit is a plain function of (SQLAlchemy connection, now). It must be repeatable and do no
    other I/O: if the group it was committed with is rolled back, it runs again.
    """

    async def run(self, unit: Callable[[Any, datetime], T]) -> T:
        """Run `unit` on the writer; returns after its commit."""

    async def read(self, unit: Callable[[Any, datetime], T]) -> T:
        """Run a unit that writes nothing, beside the writer."""


@dataclass(frozen=True, slots=True)
class Context:
    """All of the house that an adapter sees."""

    name: str  # the adapter's name in the configuration
    http: aiohttp.ClientSession  # guarded: see `bridgebot.http`
    clock: Clock
    state: State
    routes: Routes
    texts: Translate
    menu: Menu
    database: Database


@dataclass(frozen=True, slots=True)
class Network:
    """What the house knows of one configured adapter without asking it: how decisions see it."""

    name: str  # the adapter's name in the configuration
    title: str
    chat: ChatCapabilities | None = None  # one of the two is set
    social: SocialCapabilities | None = None


class Adapter(Generic[C]):
    """What chat and social adapters share."""

    title: ClassVar[str]  # the network's name as people read it: `XMPP`, `Plaza`
    for_trying: ClassVar[bool] = False  # it forgets or pretends: never proposed for a real bot
    migrations: ClassVar[str | None] = None  # folder of alembic versions beside the module: own tables

    def __init__(self, config: C, context: Context) -> None:
        self.config = config
        self.context = context

    def __repr__(self) -> str:
        return f"<{type(self).__module__} {self.context.name}>"  # never the configuration: it holds secrets


class ChatAdapter(Adapter[C]):
    """A chat network. `run` and `send` are required, the rest is declared."""

    capabilities: ClassVar[ChatCapabilities] = ChatCapabilities()

    async def run(self, receive: Receive) -> None:
        """Connect and hand in what comes, until cancelled. Ends otherwise only by an error:
        `Temporary` (connect again), `AuthExpired` or `ConfigError` (the operator must act).

        What people wrote while the bot was away is handed in too where the network keeps it.
        The bot's own messages, reflections, history and fallback bodies are not.
        """
        raise NotImplementedError

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        """Send; returns the native ids, at least one, when the network has it.

        Raises `Temporary` if it surely was not sent (not connected), `Unconfirmed` if no
        acknowledgement came, `TargetGone` if the chat is closed to the bot, `Rejected`.
        """
        raise NotImplementedError

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        """Replace a message that `send` gave (capability `edit`)."""
        raise Unsupported()

    async def delete(self, chat: Chat, message_id: str) -> None:
        """Remove one of the bot's messages (capability `delete`); removing it twice is no error."""
        raise Unsupported()

    async def address(self, start: str) -> str:
        """A link that opens a direct chat with the bot and says `/start START` (capability `address`).
        A call proves the bot's own credentials: `AuthExpired`, `Temporary`. `run` need not be running.
        """
        raise Unsupported()


class SocialAdapter(Adapter[C]):
    """A social network. `link` is required, the rest is declared."""

    capabilities: ClassVar[SocialCapabilities] = SocialCapabilities()

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = ""
    ) -> Question | Browser | Account:
        """One step of linking an account. The first call gets (None, None), or (None, answer) where
        the person already said what the first question would ask. `progress` is what the step
        before asked to be kept. The last step proves the credentials by a call. `owner` is the chat
        identity that will own the account (`Telegram 4711`), to be shown where consent is given.

        Raises `Rejected` for an answer that will not do (the same question is then asked again).
        """
        raise NotImplementedError

    async def describe(self, account: Account) -> Limits:
        """The limits of this account's server, with what it lacks. The default: those declared."""
        return self.capabilities.limits

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        """Publish (capability `publish`); returns the post as the network now shows it.

        `key` is a UUID of this one publication: where `on_unconfirmed` is `repeat`, the same key
        again publishes nothing and returns the same post.
        """
        raise Unsupported()

    async def find(
        self, account: Account, key: str, draft: Draft, *, since: datetime, but: frozenset[str] = frozenset()
    ) -> Post | None:
        """The account's own post that came from this draft, or None (capability `find`).
        The draft was queued at `since`, by the bot's clock; `but` are posts that came from others.
        """
        raise Unsupported()

    async def edit(self, account: Account, post_id: str, draft: Draft) -> Post:
        """Replace text and warning of an own post (capability `edit`)."""
        raise Unsupported()

    async def delete(self, account: Account, post_id: str) -> None:
        """Delete an own post (capability `delete`); one that is already gone is no error."""
        raise Unsupported()

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        """Favourite a post or take that back (capability `favourite`); repeating it is no error."""
        raise Unsupported()

    async def boost(self, account: Account, post_id: str, on: bool) -> None:
        """Boost a post or take that back (capability `boost`); repeating it is no error."""
        raise Unsupported()

    async def bookmark(self, account: Account, post_id: str, on: bool) -> None:
        """Bookmark a post or take that back (capability `bookmark`); repeating it is no error."""
        raise Unsupported()

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        """Follow somebody or stop it (capability `follow`); `pending` where they must approve."""
        raise Unsupported()

    async def lock(self, account: Account, on: bool) -> None:
        """Make follows of the account wait for approval, or not (capability `approve`)."""
        raise Unsupported()

    async def requests(self, account: Account) -> tuple[Profile, ...]:
        """Who waits for approval (capability `approve`)."""
        raise Unsupported()

    async def approve(self, account: Account, handle: str, on: bool) -> Profile:
        """Let somebody follow, or refuse it (capability `approve`)."""
        raise Unsupported()

    async def report(self, account: Account, post_id: str, comment: str) -> None:
        """Complain about a post to those who moderate the network (capability `report`)."""
        raise Unsupported()

    async def reports(self) -> tuple[Report, ...]:
        """The complaints that nobody has settled, oldest first (capability `moderate`)."""
        raise Unsupported()

    async def remove(self, post_id: str) -> None:
        """Take anybody's post away, which settles its reports (capability `moderate`)."""
        raise Unsupported()

    async def suspend(self, handle: str, on: bool) -> None:
        """Hide an account and refuse what it does, or lift that (capability `moderate`)."""
        raise Unsupported()

    async def whois(self, account: Account | None, handle: str) -> Profile:
        """Look somebody up (capability `whois`); `TargetGone` if there is no such person."""
        raise Unsupported()

    async def search(self, account: Account, words: str) -> tuple[Post, ...]:
        """Posts in which these words stand, the newest first, at most 20 (capability `search`)."""
        raise Unsupported()

    async def lists(self, account: Account) -> tuple[PeopleList, ...]:
        """The account's lists of people (where LIST is among `timelines`)."""
        raise Unsupported()

    async def thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        """The thread a post stands in, oldest first, the post included (capability `thread`)."""
        raise Unsupported()

    async def get(self, account: Account | None, post_id: str) -> Post:
        """One post (capability `get`); `TargetGone` if it is deleted or not for this reader."""
        raise Unsupported()

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        """Read on from `cursor` (a kind declared in `timelines`). With None: no posts, only the
        cursor from which everything later is read. Pages are oldest first; the same cursor again
        gives the same posts again.
        """
        raise Unsupported()

    def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        """Word of what is new, changed or gone in a timeline, as it happens (capability `listen`);
        a hint without a post tells of notifications.
        Hints may be lost or repeated: the poll behind them is what counts.
        """
        raise Unsupported()

    async def refresh(self, account: Account) -> Account:
        """The account with fresh credentials (capability `refresh`); called by one at a time."""
        raise Unsupported()

    async def unlink(self, account: Account) -> None:
        """Revoke the credentials at the network, best effort. The default: nothing to revoke."""
        return
