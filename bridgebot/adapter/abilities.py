"""What adapters declare that they can do, and what the house knows of one by that."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Literal

from bridgebot.model import Audience, FileLimits, Limits, Markup, TimelineKind

Open = Literal["whois", "search"]  # methods whose `account` may be None where `openly` names them


class OnUnconfirmed(enum.StrEnum):
    """How a call whose answer never came is settled."""

    REPEAT = "repeat"  # the key, or the action itself, makes a repetition harmless
    LOOK = "look"  # `find` tells whether it happened
    ASK = "ask"  # only the person can tell


class Per(enum.StrEnum):
    """Whose calls a rate counts together."""

    BOT = "bot"  # all that this adapter calls
    CHAT = "chat"  # those about one chat
    GROUP = "group"  # those about one chat with several people
    ACCOUNT = "account"  # those with one account's credentials, reading included
    SERVER = "server"  # those to one server without an account
    HOST = "host"  # reading with the accounts of one host (`Account.host`), whose calls it counts together


@dataclass(frozen=True, slots=True)
class Rate:
    """So much in so many seconds, as the network says it: the house keeps to it before it is told to.

    At most `amount` in any `seconds`. `burst` of them may come at once where somebody waits for the
    answer; the rest is spread evenly over what remains.
    """

    name: str  # unique among the adapter's rates: what `Temporary.rate` and `Rates.heard` name
    per: Per
    amount: int
    seconds: float
    burst: int = 1
    unit: Literal["calls", "bytes"] = "calls"
    # The contract's methods that count (`send`, `publish`, `delete`; `unboost` for `boost` with `on` False);
    # empty: every call.
    operations: frozenset[str] = frozenset()

    def at(self, pace: float) -> Rate:
        """The same for a server that takes `pace` times as much."""
        if pace >= 1:
            return replace(self, amount=round(self.amount * pace))
        return replace(self, seconds=self.seconds / pace)


@dataclass(frozen=True, slots=True)
class Shows:
    """Which pictures, films and sounds a chat network shows in a message of the bot, and how.

    Pictures and films may stand together, at most `files.count`; a sound, and what moves without one
    (`image/gif`), is a message of its own. Whose server they were fetched from never learns who reads.
    """

    files: FileLimits  # what is larger or of another type is made to fit, or told by its address
    caption: Limits | None = None  # of a text in the same message; None: none stands there
    buttons: bool = False  # stand under one picture, film or sound; under several there are never any
    by_address: bool = False  # the network fetches `Exhibit.url` itself; what it cannot fetch is `Rejected`
    hides: bool = False  # `Exhibit.hidden`


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What a chat network can do; everything is off unless said."""

    limits: Limits = Limits(4096)
    groups: bool = False  # there are chats with several people
    administers: bool = False  # `administers`: it can be asked who administers a group or channel
    replies: bool = False  # native replies, in and out
    buttons: bool = False  # `OutgoingMessage.buttons`, and `Press` coming back
    markup: frozenset[Markup] = frozenset()  # emphasis in, and `OutgoingMessage.spans` out
    shows: Shows | None = None  # `OutgoingMessage.media`; None: only words stand in a message
    address: bool = False  # `address`: there is a link that opens a chat with the bot
    check: bool = False  # `check`: it can be proven that reading and writing work
    edit: bool = False  # `edit`: the bot changes its own messages
    delete: bool = False  # `delete`: the bot removes its own messages
    files: bool = False  # `Message.media`, and `download`
    file_bytes: int | None = None  # the largest that `download` gives; None: nobody said
    delete_theirs: bool = False  # and in a direct chat also what the person wrote there
    edits_in: bool = False  # people's edits arrive as `Edit`
    deletions_in: bool = False  # people's deletions arrive as `Deletion`
    reactions_in: bool = False  # people's reactions in direct chats arrive as `Reaction`
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.ASK
    needs_connection: bool = True  # `send` works only while `run` is running
    rates: tuple[Rate, ...] = ()  # what the network lets through in which time


@dataclass(frozen=True, slots=True)
class Address:
    """How people write what can be read on this network, as a regular expression for all of a word."""

    pattern: str
    sure: bool = False  # True: it is this network's and no other's; False: only the network can say


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """A table of an adapter's own in which files of accounts lie: its name and those of its columns."""

    table: str
    owner: str  # an account's native id
    name: str  # of the file, unique there: `12.png`
    content: str  # its bytes


@dataclass(frozen=True, slots=True)
class SocialCapabilities:
    """What a social network can do; everything is off unless said."""

    limits: Limits = Limits(500)
    publish: bool = False
    audiences: frozenset[Audience] = frozenset({Audience.PUBLIC})
    warnings: bool = False  # content warnings
    languages: bool = False
    replies: bool = False  # `Draft.reply_to`
    polls: bool = False  # `Draft.poll`, `Post.poll`, and `vote`
    quotes: bool = False  # `Draft.quote`
    uploads: bool = False  # `upload`, and `Draft.files`
    serves: bool = False  # `holds`, `download`: files under its posts that the adapter itself gives
    federated: bool = False  # `@ada@example.social` in a text calls that person, from whichever server
    replies_name: bool = False  # who is answered hears of it only where the text names them
    markup: frozenset[Markup] = frozenset()  # `Draft.spans`
    edit: bool = False
    typed: bool = False  # `typed`: an own post's words as they were typed, where posts come otherwise
    delete: bool = False
    favourite: bool = False
    boost: bool = False
    bookmark: bool = False
    follow: bool = False
    mute: bool = False  # `mute`: somebody's posts are not shown to the account
    block: bool = False  # `block`: neither sees the other
    approve: bool = False  # `lock`, `requests`, `approve`: follows of a locked account
    report: bool = False  # `report`: complain about a post
    moderate: bool = False  # `reports`, `remove`, `suspend`: the operator's network
    whois: bool = False
    search: bool = False
    thread: bool = False
    get: bool = False
    find: bool = False
    listen: bool = False
    check: bool = False  # `check`: it can be proven that an account's server answers
    refresh: bool = False
    web_link: bool = False  # `link` answers a step with `Consent` where it is given a `redirect`
    join: bool = False  # `link` makes a new account, its first answer is the wanted name
    keeps: tuple[tuple[str, str], ...] = ()  # own tables with an account's rows, and its id's column there
    keeps_files: tuple[KeptFiles, ...] = ()  # own tables with files of an account
    sign_in: bool = False  # `sign_in`: the network has pages of its own, which the bot lets a person into
    timelines: frozenset[TimelineKind] = frozenset()
    anonymous: frozenset[TimelineKind] = frozenset()  # those that can be read without an account
    addresses: tuple[Address, ...] = ()  # what `sources` can be asked for
    latest: bool = False  # `latest`: what a timeline shows now
    openly: frozenset[Open] = frozenset()  # what else is answered without an account
    accountless: bool = False  # there is nothing to link, only things to read
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.ASK
    needs_connection: bool = False
    rates: tuple[Rate, ...] = ()  # what a server lets through in which time
    scopes: tuple[tuple[str, str], ...] = ()  # a network's own words for what it grants, each with a text


@dataclass(frozen=True, slots=True)
class Network:
    """What the house knows of one configured adapter without asking it: how decisions see it."""

    name: str  # the adapter's name in the configuration
    title: str
    chat: ChatCapabilities | None = None  # one of the two is set
    social: SocialCapabilities | None = None
    rates: tuple[Rate, ...] = ()  # those that hold here: as declared, at the configured pace

    @property
    def linkable(self) -> bool:
        """Whether people can have accounts there at all."""
        return self.social is not None and not self.social.accountless
