"""Mastodon, and every server that speaks its API: GoToSocial, Takahe, Pleroma, Akkoma, Pixelfed, snac …

`wire` makes the calls, `entities` is what comes back, `servers` what a server says; `reading`, `html`,
`quotes` and `filters` make the bot's nouns of it; `linking`, `writing` with `media`, `voting`, `people`,
`timelines`, `public` and `streaming` (over `sharing`) are what can be done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial

from adapters.mastodon import (
    limits,
    linking,
    media,
    people,
    public,
    servers,
    streaming,
    timelines,
    voting,
    writing,
)
from adapters.mastodon.servers import limits_of
from adapters.mastodon.sharing import Streams
from adapters.mastodon.wire import Wire
from bridgebot.adapter import AdapterConfig, Context, OnUnconfirmed, SocialAdapter, SocialCapabilities
from bridgebot.errors import Unsupported
from bridgebot.model import (
    Account,
    Audience,
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
    Source,
    Timeline,
    TimelineKind,
)

__all__ = ["Adapter", "Config", "limits_of"]

_KINDS = frozenset(set(TimelineKind) - {TimelineKind.FEED})


class Config(AdapterConfig):
    """Any server can be linked; these options are for servers in one's own network."""

    servers: Mapping[str, str] = {}  # name → where that server is reached, instead of https://NAME


class Adapter(SocialAdapter[Config]):
    title = "Mastodon"
    capabilities = SocialCapabilities(
        limits=Limits(
            servers.LENGTH, "graphemes", servers.URL_LENGTH, short_mentions=True, files=servers.FILES
        ),
        publish=True,
        audiences=frozenset(Audience),
        warnings=True,
        languages=True,
        replies=True,
        polls=True,
        quotes=True,
        uploads=True,
        # app/services/process_mentions_service.rb: who is not named in the text is not told of an answer,
        # and nobody else sees a direct post.
        replies_name=True,
        federated=True,
        edit=True,
        typed=True,
        delete=True,
        favourite=True,
        boost=True,
        bookmark=True,
        follow=True,
        mute=True,
        block=True,
        approve=True,
        report=True,
        whois=True,
        search=True,
        thread=True,
        get=True,
        find=True,
        listen=True,
        check=True,
        web_link=True,
        timelines=_KINDS,
        anonymous=frozenset({TimelineKind.PERSON, TimelineKind.TAG}),
        addresses=public.ADDRESSES,
        latest=True,
        openly=frozenset({"whois"}),
        # Mastodon honours the key of a publication for an hour, GoToSocial and Takahe ignore it: so it
        # is looked whether the post is there, and the same key goes with the next attempt.
        on_unconfirmed=OnUnconfirmed.LOOK,
        rates=limits.RATES,
        scopes=linking.TOLD,
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._wire = Wire(context.http, context.clock, config.servers, context.rates, context.name)
        self._streams = Streams(partial(streaming.follow, context.http))

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Consent | Account:
        if progress:
            return await linking.finish(self._wire, progress, answer)
        return await linking.ask(self._wire, self.context, answer, owner, redirect)

    async def unlink(self, account: Account) -> None:
        await linking.revoke(self._wire, account)

    async def describe(self, account: Account) -> Limits:
        return limits_of(await linking.instance_of(self._wire, account.server, linking=False))

    async def check(self, account: Account) -> None:
        await people.check(self._wire, account)

    # --- posts ---

    async def upload(
        self, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]], *, key: str
    ) -> str:
        return await media.upload(self._wire, account, file, read)

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        return await writing.publish(self._wire, account, draft, key)

    async def find(
        self, account: Account, key: str, draft: Draft, *, since: datetime, but: frozenset[str] = frozenset()
    ) -> Post | None:
        ago = self.context.clock.now() - since  # two clocks differ, their pace does not
        return await writing.find(self._wire, account, draft, ago, but)

    async def edit(self, account: Account, post_id: str, draft: Draft) -> Post:
        return await writing.edit(self._wire, account, post_id, draft)

    async def typed(self, account: Account, post_id: str) -> str:
        return (await writing.source(self._wire, account, post_id)).text

    async def delete(self, account: Account, post_id: str) -> None:
        await writing.delete(self._wire, account, post_id)

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        await people.mark(self._wire, account, post_id, "favourite" if on else "unfavourite")

    async def boost(self, account: Account, post_id: str, on: bool) -> None:
        await people.mark(self._wire, account, post_id, "reblog" if on else "unreblog")

    async def bookmark(self, account: Account, post_id: str, on: bool) -> None:
        await people.mark(self._wire, account, post_id, "bookmark" if on else "unbookmark")

    async def vote(self, account: Account, post_id: str, choices: tuple[int, ...]) -> Poll:
        return await voting.vote(self._wire, account, post_id, choices)

    async def report(self, account: Account, post_id: str, comment: str) -> None:
        await people.report(self._wire, account, post_id, comment)

    # --- people ---

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        return await people.follow(self._wire, account, handle, on)

    async def mute(self, account: Account, handle: str, on: bool) -> Profile:
        return await people.keep_off(self._wire, account, handle, "mute" if on else "unmute")

    async def block(self, account: Account, handle: str, on: bool) -> Profile:
        return await people.keep_off(self._wire, account, handle, "block" if on else "unblock")

    async def lock(self, account: Account, on: bool) -> None:
        await people.lock(self._wire, account, on)

    async def requests(self, account: Account) -> tuple[Profile, ...]:
        return await people.requests(self._wire, account)

    async def approve(self, account: Account, handle: str, on: bool) -> Profile:
        return await people.approve(self._wire, account, handle, on)

    async def whois(self, account: Account | None, handle: str) -> Profile:
        if account is None and "whois" in self.capabilities.openly:
            return await public.whois(self._wire, handle)
        return await people.whois(self._wire, _needed(account), handle)

    # --- reading ---

    async def search(self, account: Account | None, words: str) -> tuple[Post, ...]:
        return await people.search(self._wire, _needed(account), words)

    async def lists(self, account: Account) -> tuple[PeopleList, ...]:
        return await people.lists(self._wire, account)

    async def thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        return await people.thread(self._wire, _needed(account), post_id)

    async def get(self, account: Account | None, post_id: str) -> Post:
        return await people.get(self._wire, _needed(account), post_id)

    async def sources(self, address: str) -> tuple[Source, ...]:
        if not self.capabilities.addresses:
            raise Unsupported()
        return await public.sources(self._wire, address)

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        self._must_read(timeline, account)
        return await public.latest(self._wire, timeline, account)

    def _must_read(self, timeline: Timeline, account: Account | None) -> None:
        able = self.capabilities
        if timeline.kind not in (able.anonymous if account is None else able.timelines):
            raise Unsupported()

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        self._must_read(timeline, account)
        if timeline.kind is TimelineKind.BOOKMARKS:
            return Page(await people.bookmarks(self._wire, _needed(account)), "looked up")
        reader = timelines.Reader(self._wire, timeline, account)
        return await (reader.first() if cursor is None else reader.on(cursor))

    def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        return streaming.listen(self._streams, timeline, _needed(account))


def _needed(account: Account | None) -> Account:
    """Ids and handles mean something only on a server, which the account names."""
    if account is None:
        raise Unsupported()
    return account
