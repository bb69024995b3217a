"""The contract of a social network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import ClassVar

from bridgebot.adapter.abilities import SocialCapabilities
from bridgebot.adapter.base import Adapter, C
from bridgebot.errors import Unsupported
from bridgebot.model import (
    Account,
    Browser,
    Consent,
    Draft,
    File,
    Hint,
    Limits,
    Page,
    PeopleList,
    Poll,
    Post,
    Profile,
    Question,
    Redirect,
    Report,
    Source,
    Timeline,
)


class SocialAdapter(Adapter[C]):
    """A social network. `link` is required, the rest is declared."""

    capabilities: ClassVar[SocialCapabilities] = SocialCapabilities()

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Consent | Account:
        """One step of linking an account. The first call gets (None, None), or (None, answer) where
        the person already said what the first question would ask. `progress` is what the step
        before asked to be kept. The last step proves the credentials by a call. `owner` is the chat
        identity that will own the account (`Telegram 4711`), to be shown where consent is given.

        `redirect` is given where people reach the bot's pages: an adapter that can (capability `web_link`)
        then answers with `Consent` instead of `Browser`, and the next `answer` is the code with which the
        browser came back. Each call of one attempt gets the same `redirect.url`.

        Raises `Rejected` for an answer that will not do (the same question is then asked again).
        """
        raise NotImplementedError

    async def describe(self, account: Account) -> Limits:
        """The limits of this account's server, with what it lacks. The default: those declared."""
        return self.capabilities.limits

    async def check(self, account: Account) -> None:
        """Prove that this account's server answers (capability `check`), by a cheap call that changes
        nothing. Raises as any read does.
        """
        raise Unsupported()

    async def sign_in(self, account: Account) -> str:
        """An address that signs one browser in as this account (capability `sign_in`): good once, for ten
        minutes at most, and opening it changes nothing before a button is pressed.
        """
        raise Unsupported()

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        """Publish (capability `publish`); returns the post as the network now shows it.

        `key` is a UUID of this one publication: where `on_unconfirmed` is `repeat`, the same key
        again publishes nothing and returns the same post.
        """
        raise Unsupported()

    async def upload(
        self, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]], *, key: str
    ) -> str:
        """Hand over a file ahead of the post that will show it (capability `uploads`); returns what
        `Uploaded.ref` is to say. `read` gives its bytes, from the first, each time it is called. A file that
        no post names is forgotten by the network, so the same upload once more is harmless. `Rejected` for
        what the network does not show. Where it is still at work on the file, `publish` raises `Temporary`.
        """
        raise Unsupported()

    async def holds(self, url: str) -> bool:
        """Whether this is the address of a file that the adapter itself serves (capability `serves`), or an
        earlier one: then `download` gives it, and nobody asks for it over HTTP. It may be one that no longer
        is there.
        """
        return False

    def download(self, url: str) -> AsyncIterator[bytes]:
        """What a file at an address that `holds` knows contains, piece by piece, from the first (capability
        `serves`), as anybody gets it who has the address. `TargetGone` where it is not there, or its post.
        """
        raise Unsupported()

    async def vote(self, account: Account, post_id: str, choices: tuple[int, ...]) -> Poll:
        """Vote in a post's poll (capability `polls`), for choices counted from 0; returns it as it then
        stands. `Rejected` where it is over, one has voted, or these cannot be chosen: then none counts.
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
        """Replace text and warning of an own post (capability `edit`). Poll and quote stand in the draft as
        they are: they stay, and so do the poll's end and its votes. `draft.files` are those that it has, in
        their order, perhaps described anew; those that are not named stay as they are.
        """
        raise Unsupported()

    async def typed(self, account: Account, post_id: str) -> str:
        """The words of an own post as they were typed, to be changed and handed to `edit` (capability
        `typed`): with the signs of markup, and names as their author wrote them. `TargetGone` if it is gone.
        """
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

    async def mute(self, account: Account, handle: str, on: bool) -> Profile:
        """See nothing of somebody, or again (capability `mute`); repeating it is no error."""
        raise Unsupported()

    async def block(self, account: Account, handle: str, on: bool) -> Profile:
        """Keep somebody away, or not any more (capability `block`); repeating it is no error."""
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
        """Look somebody up (capability `whois`); `TargetGone` if there is no such person. Without an account
        where `openly` says so: the handle then names the server, too.
        """
        raise Unsupported()

    async def search(self, account: Account | None, words: str) -> tuple[Post, ...]:
        """Posts in which these words stand, the newest first, at most 20 (capability `search`); of those that
        anybody may read where there is no account (`openly`).
        """
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

    async def sources(self, address: str) -> tuple[Source, ...]:
        """What anybody may read at an address that matches one of `addresses`: of kinds in `anonymous`.
        Several where the person must choose (a page with three feeds); `TargetGone` where nothing is. One
        thing is the same `Timeline` however its address is written, so that it is read once for everybody.
        """
        raise Unsupported()

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        """What a timeline shows now, the newest first, at most 20 (capability `latest`); for the kinds, and
        the readers, of `fetch`.
        """
        raise Unsupported()

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        """Read on from `cursor` (a kind declared in `timelines`). With None: no posts, only the
        cursor from which everything later is read. Pages are oldest first; the same cursor again
        gives the same posts again.

        BOOKMARKS alone is looked up and not read on: with None it gives the 20 posts, or fewer, that the
        account put aside last, the last of them last, and what its cursor says does not count.
        """
        raise Unsupported()

    def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        """Word of what is new, changed or gone in a timeline, as it happens (capability `listen`);
        a hint without a post tells of notifications.
        Hints may be lost or repeated: the poll behind them is what counts.
        """
        raise Unsupported()

    async def refresh(self, account: Account) -> Account:
        """The same account with fresh credentials (capability `refresh`); called by one at a time, once for
        all the calls that raised `AuthExpired` together. Where credentials say themselves when their time is
        over, a call may raise that without asking the network. Raises `AuthExpired` where the network gives
        none: then only the person can help.
        """
        raise Unsupported()

    async def unlink(self, account: Account) -> None:
        """Revoke the credentials at the network, best effort. The default: nothing to revoke."""
        return
