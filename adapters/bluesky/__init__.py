"""Bluesky, and every server that speaks the AT Protocol.

`wire` makes the calls, `identity` finds who is kept where, `session` keeps signed in, `linking` asks for what
that needs. `writing` and `marks` put into a person's `repository` what `records`, `facets` and `cards` make,
under the keys of `tid`. `entities` is what comes back, `reading` makes the bot's nouns of it (with `rich`,
`showing` and `names`), `timelines` and `people` ask for it, `places` knows how people write what can be read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from adapters.bluesky import limits, linking, marks, people, places, session, timelines, writing
from adapters.bluesky.config import Config
from adapters.bluesky.wire import Wire
from bridgebot.adapter import Context, OnUnconfirmed, SocialAdapter, SocialCapabilities
from bridgebot.errors import Unsupported
from bridgebot.model import (
    Account,
    Audience,
    Draft,
    File,
    Limits,
    Page,
    PeopleList,
    Post,
    Profile,
    Question,
    Redirect,
    Source,
    Timeline,
)

__all__ = ["Adapter", "Config"]


class Adapter(SocialAdapter[Config]):
    title = "Bluesky"
    capabilities = SocialCapabilities(
        limits=limits.POST,
        publish=True,
        audiences=frozenset({Audience.PUBLIC}),
        warnings=True,
        languages=True,
        replies=True,
        quotes=True,
        uploads=True,
        markup=frozenset({"link"}),
        # No `edit`: a repository takes another version of a post, the app view shows the first one for ever.
        delete=True,
        favourite=True,
        boost=True,
        bookmark=True,
        follow=True,
        mute=True,
        block=True,
        report=True,
        whois=True,
        search=True,
        thread=True,
        get=True,
        check=True,
        refresh=True,
        timelines=places.KINDS,
        anonymous=places.ANONYMOUS,
        addresses=places.ADDRESSES,
        latest=True,
        openly=frozenset({"whois"}),
        # A post lies under a key that follows from the key of its publication, and a second one does not fit
        # there: it either is the same to the byte or is refused.
        on_unconfirmed=OnUnconfirmed.REPEAT,
        rates=limits.RATES,
        scopes=(
            ("com.atproto.appPass", "bluesky-scope-app"),
            ("com.atproto.appPassPrivileged", "bluesky-scope-messages"),
            ("com.atproto.access", "bluesky-scope-all"),
        ),
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._wire = Wire(context.http, context.clock, config, context.rates)

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Account:
        if progress:
            return await linking.finish(self._wire, progress, answer)
        return await linking.ask(self._wire, answer)

    async def unlink(self, account: Account) -> None:
        await session.end(self._wire, account)

    async def refresh(self, account: Account) -> Account:
        return await session.refresh(self._wire, account)

    async def describe(self, account: Account) -> Limits:
        return limits.POST

    async def check(self, account: Account) -> None:
        await people.check(self._wire, account)

    # --- posts ---

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        return await writing.publish(self._wire, account, draft, key)

    async def upload(
        self, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]], *, key: str
    ) -> str:
        return await writing.upload(self._wire, account, file, read)

    async def delete(self, account: Account, post_id: str) -> None:
        await writing.delete(self._wire, account, post_id)

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        await marks.favourite(self._wire, account, post_id, on)

    async def boost(self, account: Account, post_id: str, on: bool) -> None:
        await marks.boost(self._wire, account, post_id, on)

    async def bookmark(self, account: Account, post_id: str, on: bool) -> None:
        await marks.bookmark(self._wire, account, post_id, on)

    async def report(self, account: Account, post_id: str, comment: str) -> None:
        await marks.report(self._wire, account, post_id, comment)

    # --- people ---

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        return await marks.follow(self._wire, account, handle, on)

    async def mute(self, account: Account, handle: str, on: bool) -> Profile:
        return await marks.mute(self._wire, account, handle, on)

    async def block(self, account: Account, handle: str, on: bool) -> Profile:
        return await marks.block(self._wire, account, handle, on)

    async def whois(self, account: Account | None, handle: str) -> Profile:
        return await people.whois(self._wire, account, handle)

    # --- reading ---

    async def search(self, account: Account | None, words: str) -> tuple[Post, ...]:
        if account is None:  # the network answers that to people alone
            raise Unsupported()
        return await people.search(self._wire, account, words)

    async def lists(self, account: Account) -> tuple[PeopleList, ...]:
        return await people.lists(self._wire, account)

    async def thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        return await people.thread(self._wire, account, post_id)

    async def get(self, account: Account | None, post_id: str) -> Post:
        return await people.get(self._wire, account, post_id)

    async def sources(self, address: str) -> tuple[Source, ...]:
        return await people.sources(self._wire, address)

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        reader = self._reader(timeline, account)
        return await (reader.first() if cursor is None else reader.on(cursor))

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        return await self._reader(timeline, account).latest()

    def _reader(self, timeline: Timeline, account: Account | None) -> timelines.Reader:
        if timeline.kind not in self.capabilities.timelines:
            raise Unsupported()
        if account is None and timeline.kind not in self.capabilities.anonymous:
            raise Unsupported()
        return timelines.Reader(self._wire, timeline, account)
