"""The stage of the social contract, and the protocol of a social network seen from its people."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol, runtime_checkable
from urllib.parse import parse_qs, urlsplit

from bridgebot.adapter import SocialAdapter, SocialCapabilities
from bridgebot.model import (
    Account,
    Audience,
    Browser,
    Consent,
    Draft,
    Post,
    Question,
    Redirect,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.contract import TEXTS, Contract, Remote, Stage

RETRY_AFTER = 7  # seconds, as told with RATE
FOLLOWED = tuple(kind for kind in TimelineKind if kind is not TimelineKind.BOOKMARKS)  # read on and on
Mark = Literal["favourite", "boost", "bookmark", "follow", "mute", "block"]


class SocialFailure(enum.StrEnum):
    """What a server can be told to do with the next request; `failures` says which of these it knows.

    CUT, LOST and REFUSED last until `heal`: HTTP clients open a new connection for a read by
    themselves. The others hit one request, so that an adapter which tries again is found out.
    """

    AUTH = "credentials refused"  # 401
    RATE = "too many"  # 429, try again in 7 seconds
    REJECTED = "refused"  # 400 or 422
    REFUSED = "nobody listens"  # the connection is refused
    CUT = "cut after acting"  # does what was asked, then closes the connection without an answer
    LOST = "cut before acting"  # reads the request, closes the connection, does nothing
    BROKEN = "server error"  # 500, nothing done
    NONSENSE = "no answer of the API"  # 200 with an HTML page, nothing done


LASTING = frozenset({SocialFailure.CUT, SocialFailure.LOST, SocialFailure.REFUSED})


class SocialRemote(Remote, Protocol):
    """A server and its people. Accounts are made by linking, with the answers that `answer` gives."""

    @property
    def failures(self) -> frozenset[SocialFailure]:
        """Which failures this server can be made to show."""

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        """What `ada` or `lin` answers to this step of linking; or an answer that will not do. To
        `Consent`: they allow it in a browser, and this is the code with which it is sent back.
        """

    async def person(self) -> str:
        """The handle of somebody who exists on the server and is neither ada nor lin."""

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        """A timeline of this kind that `account` may read: of that person, of a tag, of a list …"""

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        """A post appears, not by the adapter, where `account` sees it in `timeline`; its native id.

        OWN: the account posts with another app. HOME and LIST: somebody whom it follows. MENTIONS:
        somebody names it (add the name behind `text`). TAG: with the tag (behind `text`). None: by a
        stranger, in no timeline of the account.
        """

    async def edit(self, post_id: str, text: str) -> None:
        """The author edits a post that `add` made, elsewhere (only where posts can be edited)."""

    async def delete(self, post_id: str) -> None:
        """The author deletes a post that `add` made, elsewhere."""

    async def posts(self) -> Sequence[Post]:
        """Every post that stands on the server now, oldest first."""

    async def files(self, post_id: str) -> Sequence[bytes]:
        """What the files under a post hold, in their order (only with `uploads`)."""

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        """Has this account favourited, boosted or bookmarked this post, or does it follow, mute or block
        this handle?
        """

    async def fail(self, failure: SocialFailure) -> None:
        """The next request, or with LASTING every request, goes wrong like this."""

    async def heal(self) -> None:
        """From now on everything goes well."""


class AddressedRemote(SocialRemote, Protocol):
    """A server where anybody may read something: of adapters that declare `addresses`."""

    async def written(self, timeline: Timeline) -> Sequence[str]:
        """Every way in which people write where this timeline, which `timeline` gave, can be read; none for
        a kind that has no address.
        """

    async def nowhere(self) -> Sequence[str]:
        """Addresses of the right form at which there is nothing: at least one."""


@runtime_checkable
class EndsPolls(Protocol):
    """What a `SocialRemote` may do besides: polls are seen to end only where tests can end them."""

    async def end_poll(self, post_id: str) -> None:
        """The poll of a post is over now, before its time."""


@runtime_checkable
class NamesApplications(Protocol):
    """What a `SocialRemote` may do besides: a network that says with what a post was written."""

    @property
    def crossposter(self) -> str:
        """What the adapter knows as a bridge: an application that brings posts from elsewhere."""

    async def add_with(self, application: str, text: str, *, account: Account) -> str:
        """The account posts with this application; the post's native id."""


@runtime_checkable
class AsksForPatience(Protocol):
    """What a `SocialRemote` may do besides: a network that says itself when a timeline is worth reading."""

    async def leave_alone(self, timeline: Timeline, seconds: float) -> None:
        """From now on this timeline asks not to be read again for so many seconds, an hour or more."""


@runtime_checkable
class Moves(Protocol):
    """What a `SocialRemote` may do besides: what a timeline shows may go elsewhere, and its place tells."""

    async def move(self, timeline: Timeline) -> str:
        """It lives elsewhere for good, with all that stands in it; the argument by which it is read there.
        What is added to the timeline from now on stands there.
        """


SocialStage = Stage[SocialAdapter, SocialRemote]  # type: ignore[type-arg] # of any configuration


class SocialContractBase(Contract[SocialAdapter, SocialRemote]):  # type: ignore[type-arg] # as above
    """What an author may have to say about a network before the promises can be tested on it."""

    texts: ClassVar[Sequence[str]] = TEXTS  # take out only what the network itself cannot carry
    edits_elsewhere: ClassVar[bool] = True  # people can edit posts; timelines bring it
    notifies: ClassVar[frozenset[Literal["favourite", "boost", "follow"]]] = frozenset()  # in MENTIONS
    tells_gone: ClassVar[bool] = True  # timelines tell of deleted posts
    keeps_bytes: ClassVar[bool] = True  # uploaded files are served as they came, not made anew
    names_posts: ClassVar[bool] = True  # streams name posts, and do not only say that there are some


def can(stage: SocialStage) -> SocialCapabilities:
    """What the adapter declares."""
    return stage.adapter.capabilities


# Whose account is none, where there is nothing to link: for the other side, which asks whom something is for.
NOBODY = Account("nobody", "@nobody", "nowhere")


def reader(stage: SocialStage, account: Account) -> Account | None:
    """As whom things are read: with the account, where there are accounts."""
    return None if can(stage).accountless else account


async def link(stage: SocialStage, who: str = "ada") -> Account:
    """Link an account as a person would, step by step. Where there is nothing to link: nobody's."""
    if can(stage).accountless:
        return NOBODY
    step = await stage.adapter.link(None, None)
    for _ in range(10):
        if isinstance(step, Account):
            return step
        step = await stage.adapter.link(step.progress, await stage.remote.answer(step, who))
    raise AssertionError("linking does not end after ten answers")


async def asks_consent(stage: SocialStage, redirect: Redirect, who: str = "ada") -> Consent:
    """Link until the browser is to be sent to the network's page of consent."""
    step = await stage.adapter.link(None, None, redirect=redirect)
    for _ in range(10):
        if isinstance(step, Consent):
            return step
        assert isinstance(step, Question), "with `web_link` and a redirect, linking asks for consent"
        answer = await stage.remote.answer(step, who)
        step = await stage.adapter.link(step.progress, answer, redirect=redirect)
    raise AssertionError("linking asks for no consent after ten answers")


def code_in(address: str) -> str:
    """The code with which a browser was sent to this address."""
    return parse_qs(urlsplit(address).query)["code"][0]


async def standing(stage: SocialStage, text: str) -> list[Post]:
    """The posts on the server that have exactly this text."""
    return [post for post in await stage.remote.posts() if post.text == text]


async def on_server(stage: SocialStage, post_id: str) -> Post | None:
    """What the server has under this id."""
    return next((post for post in await stage.remote.posts() if post.id == post_id), None)


async def publish(stage: SocialStage, account: Account, text: str, **more: object) -> Post:
    """Publish a draft with a key of its own."""
    draft = Draft(text, **more)  # type: ignore[arg-type]
    return await stage.adapter.publish(account, draft, key=f"{account.id} {text[:20]} {len(text)} {more}")
