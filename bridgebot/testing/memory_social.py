"""A social adapter in memory: for tests of the core, with as much or as little as a test wants."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Unsupported
from bridgebot.model import (
    Account,
    Browser,
    Consent,
    Draft,
    File,
    Hint,
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
from bridgebot.testing.memory_moderation import Moderating
from bridgebot.testing.social_network import PAGE, Change, challenge


class MemorySocial(Moderating):
    """A social network and the adapter to it, in one object.

    `capabilities` takes away what a test wants missing. With `join` in them, linking asks for a
    name and makes the account; else it asks for the token, which is `token-<name>`. With `web_link`
    and a redirect it asks for consent: see `SocialNetwork.consent`.
    """

    # --- linking ---

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Consent | Account:
        if self.capabilities.accountless:
            raise Unsupported()
        able = redirect if self.capabilities.web_link else None
        return await self._call("link", (progress, answer), lambda: self._link(progress, answer, able))

    def _link(
        self, progress: str | None, answer: str | None, redirect: Redirect | None
    ) -> Question | Consent | Account:
        join = self.capabilities.join
        if redirect is not None:
            return self._consent(redirect) if progress is None else self._redeemed(progress, answer, redirect)
        if progress not in (None, "asked"):
            raise Rejected()
        if answer is None:
            key = "memory_social-name" if join else "memory_social-token"
            return Question(key, secret=not join, progress="asked")
        return self._joined(answer) if join else self._proven(answer)

    def _joined(self, name: str) -> Account:
        if not name.isidentifier() or self.network.known(name):
            raise Rejected("memory_social-name-taken")
        return self.account(name)

    def _proven(self, token: str) -> Account:
        if token not in self.network.tokens:
            raise Rejected("memory_social-token-wrong")
        return self._account(self.network.people[self.network.tokens[token]], token)

    def _consent(self, redirect: Redirect) -> Consent:
        verifier = secrets.token_urlsafe(32)
        request = {"redirect_uri": redirect.url, "state": redirect.state, **challenge(verifier)}
        address = f"https://{self.network.server}/authorize?{urlencode(request)}"
        return Consent(address, ("memory_social-scope",), self.network.issuer, verifier, names_issuer=True)

    def _redeemed(self, verifier: str, code: str | None, redirect: Redirect) -> Account:
        token = self.network.redeem(code or "", redirect.url, verifier)
        if token is None:
            raise Rejected("memory_social-token-wrong")
        return replace(self._proven(token), scopes=("everything",))

    async def unlink(self, account: Account) -> None:
        await self._call("unlink", (account,), lambda: self.expire(account))

    async def refresh(self, account: Account) -> Account:
        self._declared("refresh")
        return await self._call("refresh", (account,), lambda: self._refresh(account))

    def _refresh(self, account: Account) -> Account:
        """Each works once: what was replaced is taken for nothing any more."""
        lapsed = self.network.lapsed.pop(account.credentials, None)
        person = self.network.tokens.pop(account.credentials, lapsed)
        if person is None or person in self.network.suspended:
            raise AuthExpired()
        fresh = f"{account.credentials}+"
        self.network.tokens[fresh] = person
        return replace(account, credentials=fresh)

    # --- posts ---

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        self._declared("publish")
        return await self._call("publish", (account, draft, key), lambda: self._publish(account, draft, key))

    def _publish(self, account: Account, draft: Draft, key: str) -> Post:
        author = self._fits(account, draft)
        for other in (draft.reply_to, draft.quote):
            if other is not None:
                self._visible(other, account)
        repeats = self.capabilities.on_unconfirmed is OnUnconfirmed.REPEAT
        known = self.network.keys.get((author.id, key))
        if repeats and known in self.network.standing:
            return self.network.seen(self.network.standing[known], author.id)
        post = self.network.add(author, draft)
        self.network.keys[author.id, key] = post.id
        return post

    async def upload(
        self, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]], *, key: str
    ) -> str:
        self._declared("uploads")
        content = b"".join([chunk async for chunk in read()])
        return await self._call(
            "upload", (account, file, content, key), lambda: self._upload(account, file, content)
        )

    def _upload(self, account: Account, file: File, content: bytes) -> str:
        author, limits = self._author(account), self.capabilities.limits.files
        if limits is None or file.type not in limits.types:
            raise Rejected()
        return self.network.keep(author, file, content)

    async def holds(self, url: str) -> bool:
        return self.capabilities.serves and url.startswith(self.network.file_address(""))

    async def download(self, url: str) -> AsyncIterator[bytes]:
        self._declared("serves")
        yield await self._call("download", (url,), lambda: self.network.file_at(url))

    async def find(
        self, account: Account, key: str, draft: Draft, *, since: datetime, but: frozenset[str] = frozenset()
    ) -> Post | None:
        self._declared("find")
        return await self._call("find", (account, key, draft), lambda: self._find(account, draft, but))

    def _find(self, account: Account, draft: Draft, but: frozenset[str]) -> Post | None:
        author = self._author(account)
        wanted = (author.id, draft.text, draft.reply_to, draft.audience)
        for post in reversed(self.posts):
            same = (post.author.id, post.text, post.reply_to, post.audience) == wanted
            if same and post.id not in but:
                return post
        return None

    async def edit(self, account: Account, post_id: str, draft: Draft) -> Post:
        self._declared("edit")
        return await self._call(
            "edit", (account, post_id, draft), lambda: self._edit(account, post_id, draft)
        )

    def _edit(self, account: Account, post_id: str, draft: Draft) -> Post:
        author, media = self._fits(account, draft), self.network.attached(draft) or None
        self._own(author, post_id)
        post = self.network.change(post_id, draft.text, draft.warning, draft.spans, media)
        return self.network.seen(post, author.id)

    async def delete(self, account: Account, post_id: str) -> None:
        self._declared("delete")
        await self._call("delete", (account, post_id), lambda: self._delete(account, post_id))

    def _delete(self, account: Account, post_id: str) -> None:
        author = self._author(account)
        if post_id in self.network.standing:
            self._own(author, post_id)
            self.network.remove(post_id)

    async def get(self, account: Account | None, post_id: str) -> Post:
        self._declared("get")
        return await self._call("get", (account, post_id), lambda: self._visible(post_id, account))

    async def typed(self, account: Account, post_id: str) -> str:
        self._declared("typed")
        return await self._call("typed", (account, post_id), lambda: self._visible(post_id, account).text)

    async def vote(self, account: Account, post_id: str, choices: tuple[int, ...]) -> Poll:
        self._declared("polls")
        return await self._call(
            "vote", (account, post_id, choices), lambda: self._vote(account, post_id, choices)
        )

    def _vote(self, account: Account, post_id: str, choices: tuple[int, ...]) -> Poll:
        voter, post = self._author(account), self._visible(post_id, account)
        if not self.network.polls.takes(voter.id, post.id, choices, self.network.clock.now()):
            raise Rejected()
        self.network.polls.vote(voter.id, post.id, choices)
        poll = self.network.seen(post, voter.id).poll
        assert poll is not None
        return poll

    async def thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        self._declared("thread")
        return await self._call("thread", (account, post_id), lambda: self._thread(account, post_id))

    def _thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        root = self._visible(post_id, account)
        while root.reply_to in self.network.standing:
            root = self.network.standing[root.reply_to]
        inside = {root.id}
        for post in self.posts:  # oldest first: parents before their answers
            if post.reply_to in inside:
                inside.add(post.id)
        return tuple(post for post in self.posts if post.id in inside and self._sees(account, post))

    async def search(self, account: Account | None, words: str) -> tuple[Post, ...]:
        self._openly("search", account)
        return await self._call("search", (account, words), lambda: self._search(account, words))

    def _search(self, account: Account | None, words: str) -> tuple[Post, ...]:
        found = [post for post in self.posts if words in post.text and self._sees(account, post)]
        return tuple(reversed(found))[:20]

    async def lists(self, account: Account) -> tuple[PeopleList, ...]:
        if TimelineKind.LIST not in self.capabilities.timelines:
            raise Unsupported()
        return await self._call("lists", (account,), lambda: self._lists(account))

    # --- marks and people ---

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        self._declared("favourite")
        await self._call("favourite", (account, post_id, on), lambda: self._favourite(account, post_id, on))

    def _favourite(self, account: Account, post_id: str, on: bool) -> None:
        self._visible(post_id, account)
        self.network.favourite(self._author(account), post_id, on)

    async def boost(self, account: Account, post_id: str, on: bool) -> None:
        self._declared("boost")
        await self._call("boost", (account, post_id, on), lambda: self._boost(account, post_id, on))

    def _boost(self, account: Account, post_id: str, on: bool) -> None:
        self._visible(post_id, account)
        self.network.boost(self._author(account), post_id, on)

    async def bookmark(self, account: Account, post_id: str, on: bool) -> None:
        self._declared("bookmark")
        await self._call("bookmark", (account, post_id, on), lambda: self._bookmark(account, post_id, on))

    def _bookmark(self, account: Account, post_id: str, on: bool) -> None:
        self._visible(post_id, account)
        self.network.bookmark(self._author(account), post_id, on)

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        self._declared("follow")
        return await self._call("follow", (account, handle, on), lambda: self._follow(account, handle, on))

    def _follow(self, account: Account, handle: str, on: bool) -> Profile:
        other = self._person(handle)
        pending = self.network.follow(self._author(account), other, on)
        return replace(self._profile(other), pending=pending)

    async def mute(self, account: Account, handle: str, on: bool) -> Profile:
        self._declared("mute")
        return await self._call(
            "mute", (account, handle, on), lambda: self._keep(account, handle, on, "mute")
        )

    async def block(self, account: Account, handle: str, on: bool) -> Profile:
        self._declared("block")
        return await self._call(
            "block", (account, handle, on), lambda: self._keep(account, handle, on, "block")
        )

    def _keep(self, account: Account, handle: str, on: bool, off: str) -> Profile:
        author, other = self._author(account), self._person(handle)
        (self.network.mute if off == "mute" else self.network.block)(author, other, on)
        return self._profile(other)

    async def whois(self, account: Account | None, handle: str) -> Profile:
        self._openly("whois", account)
        return await self._call("whois", (account, handle), lambda: self._profile(self._person(handle)))

    async def lock(self, account: Account, on: bool) -> None:
        self._declared("approve")
        await self._call("lock", (account, on), lambda: self._lock(account, on))

    def _lock(self, account: Account, on: bool) -> None:
        author = self._author(account)
        self.network.locked.add(author.id) if on else self.network.locked.discard(author.id)

    async def requests(self, account: Account) -> tuple[Profile, ...]:
        self._declared("approve")
        return await self._call("requests", (account,), lambda: self._requests(account))

    def _requests(self, account: Account) -> tuple[Profile, ...]:
        me = self._author(account).id
        waiting = sorted(person for person, other in self.network.pending if other == me)
        return tuple(self._profile(self.network.people[person]) for person in waiting)

    async def approve(self, account: Account, handle: str, on: bool) -> Profile:
        self._declared("approve")
        return await self._call("approve", (account, handle, on), lambda: self._approve(account, handle, on))

    def _approve(self, account: Account, handle: str, on: bool) -> Profile:
        me, other = self._author(account), self._person(handle)
        if (other.id, me.id) not in self.network.pending | self.network.follows:
            raise TargetGone()
        self.network.pending.discard((other.id, me.id))
        if on:
            self.network.follows.add((other.id, me.id))
        return self._profile(other)

    # --- timelines ---

    async def sources(self, address: str) -> tuple[Source, ...]:
        self._declared("addresses")
        return await self._call("sources", (address,), lambda: self._sources(address))

    def _sources(self, address: str) -> tuple[Source, ...]:
        """`@grete@server` is a person, `https://server/grete.feed` a feed, `https://server/@grete` both."""
        path = address.removeprefix(f"https://{self.network.server}/")
        if path == address and not address.endswith(f"@{self.network.server}"):
            raise TargetGone()
        person = self._person(path.removesuffix(".feed"))
        if path == address:
            return (self._source(TimelineKind.PERSON, person),)
        kinds = (TimelineKind.PERSON, TimelineKind.FEED)
        return tuple(self._source(k, person) for k in kinds if not path.endswith(".feed") or k is kinds[1])

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        self._declared("latest")
        return await self._call("latest", (timeline, account), lambda: self._latest(timeline, account))

    def _latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        reader = self._reader(timeline, account)
        shown = [one.post for one in self.network.log if self.network.shows(timeline, one, reader)]
        standing = {post.id: post for post in shown if post.id in self.network.standing}
        return tuple(reversed(standing.values()))[:20]

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        return await self._call(
            "fetch", (timeline, account, cursor), lambda: self._fetch(timeline, account, cursor)
        )

    def _fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        page = self._page(timeline, self._reader(timeline, account), cursor)
        patience, moved = self.network.patience.get(timeline), self.network.moves.get(timeline)
        return replace(page, next_in=patience, moved=moved)

    def _page(self, timeline: Timeline, reader: str | None, cursor: str | None) -> Page:
        log = self.network.log
        if timeline.kind is TimelineKind.BOOKMARKS:
            return Page(self._put_aside(reader), "all")
        if cursor is None:
            return Page((), str(len(log)))
        start, end = int(cursor), min(int(cursor) + PAGE, len(log))
        shown = [change for change in log[start:end] if self.network.shows(timeline, change, reader)]
        shown = [replace(change, post=self.network.seen(change.post, reader)) for change in shown]
        return Page(
            posts=tuple(change.post for change in shown if self.network.stands(change)),
            cursor=str(end),
            more=end < len(log),
            gone=tuple(change.post.id for change in shown if change.gone),
            notifications=tuple(change.notification for change in shown if change.notification),
        )

    def _put_aside(self, reader: str | None) -> tuple[Post, ...]:
        there = self.network.standing
        kept = [there.get(post_id) for person, post_id in self.network.bookmarks if person == reader]
        return tuple(post for post in kept if post and self.network.visible(post, reader))[-PAGE:]

    def _reader(self, timeline: Timeline, account: Account | None) -> str | None:
        if timeline.kind not in self.capabilities.timelines:
            raise Unsupported()
        if account is not None:
            return self._author(account).id
        if timeline.kind not in self.capabilities.anonymous:
            raise Unsupported()
        return None

    async def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        self._declared("listen")
        reader = self._reader(timeline, account)
        stream: asyncio.Queue[Change] = asyncio.Queue()
        self.network.streams.append(stream)
        try:
            await self._call("listen", (timeline, account), lambda: None)
            while True:
                change = await stream.get()
                if self.network.shows(timeline, change, reader):
                    yield Hint(None if change.notification else change.post.id)
        finally:
            self.network.streams.remove(stream)
