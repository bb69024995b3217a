"""Plaza behind the contract of every social network."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from adapters.plaza import apps
from adapters.plaza.abilities import able, limits
from adapters.plaza.browser.signing import PATH as SIGN_IN
from adapters.plaza.gallery import Gallery
from adapters.plaza.markup import Written, number, written
from adapters.plaza.names import wanted
from adapters.plaza.native import Native
from adapters.plaza.oauth import linking
from adapters.plaza.pages import Pages
from adapters.plaza.settings import Config
from adapters.plaza.signal import Signal
from adapters.plaza.store import browsers, closing, moderation, people, pictures, posts, timelines, tokens
from adapters.plaza.store.rows import Entry, Member, Seen
from bridgebot.adapter import Context, SocialAdapter
from bridgebot.errors import AuthExpired, Rejected, Unsupported
from bridgebot.model import (
    Account,
    Browser,
    Consent,
    Draft,
    File,
    Hint,
    Limits,
    Page,
    Post,
    Profile,
    Question,
    Redirect,
    Report,
    Source,
    Timeline,
    TimelineKind,
)

T = TypeVar("T")

_NAME = "name"  # the progress of an attempt that asked for one
_SIGN_INS = people.Budget("signin", 20, timedelta(hours=1))
_SCOPES = {TimelineKind.MENTIONS: "read:notifications"}


class Adapter(SocialAdapter[Config]):
    """The microblog. Every call proves the account within the unit of work that it does."""

    title = "Plaza"
    live = frozenset({"posts_per_hour", "follows_per_day", "reports_per_day", "person_megabytes"})
    migrations = "migrations"
    sweeps = (pictures.sweep,)
    capabilities = able(Config())

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._signal = Signal()
        self._native = Native(context.name, context.routes.url)
        # Its own people by its own name: which that is, is known here.
        addresses = self._native.addresses()
        self.capabilities = replace(able(config), addresses=addresses)  # type: ignore[misc]
        self._limits = limits(config)
        self._gallery = Gallery(lambda: self.config, self._limits.files)
        pages = Pages(context, config, self._signal)
        apps.declare(context, lambda: self.config, self._signal, pages.frame, self._gallery)

    # --- accounts ---

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Consent | Account:
        """A name is that of a new account, which is made at once; its credentials, which stand nowhere
        else, are the key to it. Without a name, where a browser can come back: an account that is there
        already, by consent as for any app.
        """
        if progress is not None and progress != _NAME:
            member, token = await linking.finish(self.context, progress, answer or "")
            return self._native.account(member, token, tuple(sorted(linking.SCOPES)))
        if answer is None and redirect is not None:
            return await linking.ask(self.context, owner, redirect)
        if not self.config.open:
            raise Rejected("plaza-join-closed")
        if answer is None:
            return Question("plaza-name-question", progress=_NAME)
        name, token = wanted(answer), secrets.token_urlsafe(32)
        salt = await self._salt()
        made = await self.context.database.run(
            lambda connection, now: closing.join(connection, now, name, token, salt)
        )
        account = self._native.account(made, token)
        await self._reads(account, "read", lambda connection, me: None)  # proves the credentials
        return account

    async def unlink(self, account: Account) -> None:
        """Close the account. Its credentials were the only key to it, so what it wrote goes with it:
        nobody could take it back later. The name stays taken, as a hash. A closed account stays closed.
        A token is only given back: the account is whose its key is.
        """

        salt = await self._salt()

        def unit(connection: Any, now: datetime) -> tuple[int, ...]:
            if not people.holds_key(connection, account):
                tokens.give_back(connection, now, account.credentials)
                return ()
            return closing.close(connection, now, people.prove(connection, account, "write"), salt)

        with contextlib.suppress(AuthExpired):
            for post_id in await self.context.database.run(unit):
                self._signal.tell(post_id)

    async def _salt(self) -> str:
        """With which names of closed accounts are hashed; made once, and kept encrypted."""
        kept = await self.context.state.get("salt")
        if kept is None:
            kept = secrets.token_urlsafe(32)
            await self.context.state.set("salt", kept)
        return kept

    async def describe(self, account: Account) -> Limits:
        return self._limits

    async def lock(self, account: Account, on: bool) -> None:
        await self._acts(
            account, "write:accounts", lambda connection, now, me: people.lock(connection, me, on)
        )

    async def sign_in(self, account: Account) -> str:
        """A new address each time; only with the account's own key, so that no app can become a browser."""
        secret = secrets.token_urlsafe(32)

        def unit(connection: Any, now: datetime) -> None:
            if not people.holds_key(connection, account):
                raise Rejected("plaza-signin-key")  # the token is good, for other things
            me = people.acting(connection, account, "write")
            if people.spend(connection, now, me, _SIGN_INS) is not None:
                raise Rejected("plaza-signins-spent", limit=_SIGN_INS.limit)
            browsers.offer(connection, now, me, secret)

        await self.context.database.run(unit)
        return self.context.routes.url(f"{SIGN_IN}/{secret}")

    # --- posts ---

    async def upload(
        self, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]], *, key: str
    ) -> str:
        there, content = await self._gallery.inspected(read(), file.alt)
        room = self._gallery.room()
        kept = await self._acts(
            account,
            "write:media",
            lambda connection, now, me: pictures.keep(connection, now, me, there, content, key, room),
        )
        return str(kept.id)

    async def holds(self, url: str) -> bool:
        name = self._native.picture_at(url)
        if not name or self._native.is_here(url):
            return bool(name)
        # The site may have been called otherwise when that was noted; another Plaza has none of these names.
        return await self.context.database.read(lambda connection, now: pictures.is_known(connection, name))

    async def download(self, url: str) -> AsyncIterator[bytes]:
        name = self._native.picture_at(url)
        yield await self.context.database.read(lambda connection, now: pictures.held(connection, now, name))

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        words, per_hour = self._written(draft), self.config.posts_per_hour
        return await self._changes(
            account,
            "write:statuses",
            lambda connection, now, me: posts.publish(connection, now, me, words, key, per_hour),
        )

    async def find(
        self, account: Account, key: str, draft: Draft, *, since: datetime, but: frozenset[str] = frozenset()
    ) -> Post | None:
        found = await self._reads(
            account, "read:statuses", lambda connection, me: posts.find(connection, _some(me), key)
        )
        return None if found is None else self._native.post(found)

    async def edit(self, account: Account, post_id: str, draft: Draft) -> Post:
        words, per_hour = self._written(draft), self.config.posts_per_hour
        return await self._changes(
            account,
            "write:statuses",
            lambda connection, now, me: posts.edit(
                connection, now, me, number(post_id), words, per_hour, keeping=True
            ),
        )

    async def delete(self, account: Account, post_id: str) -> None:
        def unit(connection: Any, now: datetime, me: Member) -> None:
            if posts.own(connection, me, number(post_id)) is not None:
                posts.wipe(connection, now, number(post_id))

        await self._acts(account, "write:statuses", unit)
        self._signal.tell(number(post_id))

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        subject = await self._acts(
            account,
            "write:favourites",
            lambda connection, now, me: posts.mark_favourite(connection, now, me, number(post_id), on),
        )
        self._signal.nudge(subject.person_id)

    async def boost(self, account: Account, post_id: str, on: bool) -> None:
        subject = await self._acts(
            account,
            "write:statuses",
            lambda connection, now, me: posts.mark_boost(connection, now, me, number(post_id), on),
        )
        self._signal.tell(subject.id)
        self._signal.nudge(subject.person_id)

    async def bookmark(self, account: Account, post_id: str, on: bool) -> None:
        await self._acts(
            account,
            "write:bookmarks",
            lambda connection, now, me: posts.mark_bookmark(connection, now, me, number(post_id), on),
        )

    # --- people ---

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        def unit(connection: Any, now: datetime, me: Member) -> Seen:
            other = people.named(connection, handle)
            if on:
                people.follow_on(connection, now, me, other, self.config.follows_per_day)
            else:
                people.follow_off(connection, me, other)
            return people.seen(connection, me.id, other)

        other = await self._acts(account, "write:follows", unit)
        self._signal.nudge(other.member.id)
        return self._native.profile(other)

    async def requests(self, account: Account) -> tuple[Profile, ...]:
        def unit(connection: Any, me: Member | None) -> tuple[Seen, ...]:
            waiting = people.requests(connection, _some(me))
            return tuple(people.seen(connection, _some(me).id, one) for one in waiting)

        return tuple(self._native.profile(one) for one in await self._reads(account, "read:follows", unit))

    async def approve(self, account: Account, handle: str, on: bool) -> Profile:
        def unit(connection: Any, now: datetime, me: Member) -> Seen:
            other = people.named(connection, handle)
            people.approve(connection, me, other, on)
            return people.seen(connection, me.id, other)

        return self._native.profile(await self._acts(account, "write:follows", unit))

    async def whois(self, account: Account | None, handle: str) -> Profile:
        name = self._native.named(handle)

        def unit(connection: Any, me: Member | None) -> Seen:
            return people.seen(connection, _id(me), people.named(connection, name))

        return self._native.profile(await self._reads(account, "read:accounts", unit))

    # --- reading ---

    async def get(self, account: Account | None, post_id: str) -> Post:
        found = await self._reads(
            account,
            "read:statuses",
            lambda connection, me: posts.get(connection, _id(me), number(post_id)),
        )
        return self._native.post(found)

    async def thread(self, account: Account | None, post_id: str) -> tuple[Post, ...]:
        found = await self._reads(
            account,
            "read:statuses",
            lambda connection, me: posts.thread(connection, _id(me), number(post_id)),
        )
        return tuple(self._native.post(one) for one in found)

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        self._readable(timeline, account)
        after = None if cursor is None else number(cursor)
        found = await self._reads(
            account,
            _SCOPES.get(timeline.kind, "read:statuses"),
            lambda connection, me: timelines.read(connection, _id(me), timeline, after),
        )
        return self._native.page(found)

    async def sources(self, address: str) -> tuple[Source, ...]:
        """Of Plaza's own people alone: whoever has another site's name is nobody here."""
        return (self._native.source((await self.whois(None, address)).author),)

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        self._readable(timeline, account)
        scope = _SCOPES.get(timeline.kind, "read:statuses")
        found = await self._reads(account, scope, lambda c, me: timelines.latest(c, _id(me), timeline))
        return tuple(self._native.post(one) for one in found)

    async def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        """Within one process."""
        self._readable(timeline, account)
        me = await self._reads(account, "read:statuses", lambda connection, me: _id(me))
        with self._signal.listening() as queue:
            while True:
                told = await queue.get()
                if told < 0:
                    if timeline.kind is TimelineKind.MENTIONS and -told == me:
                        yield Hint(None)
                elif await self._concerns(timeline, account, told):
                    yield Hint(str(told))

    async def _concerns(self, timeline: Timeline, account: Account | None, post_id: int) -> bool:
        return await self._reads(
            account,
            "read:statuses",
            lambda connection, me: timelines.concerns(connection, _id(me), timeline, post_id),
        )

    def _readable(self, timeline: Timeline, account: Account | None) -> None:
        kinds = self.capabilities.anonymous if account is None else self.capabilities.timelines
        if timeline.kind not in kinds:
            raise Unsupported()

    # --- moderating ---

    async def report(self, account: Account, post_id: str, comment: str) -> None:
        per_day = self.config.reports_per_day
        await self._acts(
            account,
            "write:reports",
            lambda connection, now, me: moderation.complain(
                connection, now, me, number(post_id), comment, per_day
            ),
        )

    async def reports(self) -> tuple[Report, ...]:
        found = await self._reads(None, "", lambda connection, me: moderation.complaints(connection))
        return tuple(self._native.report(one) for one in found)

    async def remove(self, post_id: str) -> None:
        await self.context.database.run(
            lambda connection, now: moderation.remove(connection, now, number(post_id))
        )
        self._signal.tell(number(post_id))

    async def suspend(self, handle: str, on: bool) -> None:
        gone = await self.context.database.run(
            lambda connection, now: moderation.suspend(connection, now, handle, on)
        )
        for post_id in gone:
            self._signal.tell(post_id)

    # --- units of work ---

    def _written(self, draft: Draft) -> Written:
        return written(draft, self._limits)

    async def _acts(self, account: Account, scope: str, unit: Callable[[Any, datetime, Member], T]) -> T:
        """Run a unit as this account. Raises AuthExpired, and Rejected for a suspended one."""
        return await self.context.database.run(
            lambda connection, now: unit(connection, now, people.acting(connection, account, scope))
        )

    async def _changes(
        self, account: Account, scope: str, unit: Callable[[Any, datetime, Member], Entry]
    ) -> Post:
        """As `_acts`, and tell those who listen once it is committed."""
        changed = await self._acts(account, scope, unit)
        self._signal.tell(changed.id)
        return self._native.post(changed)

    async def _reads(self, account: Account | None, scope: str, unit: Callable[[Any, Member | None], T]) -> T:
        """Run a reading unit for this account, or for anybody. Raises AuthExpired."""
        return await self.context.database.read(
            lambda connection, now: unit(
                connection, None if account is None else people.prove(connection, account, scope)
            )
        )


def _id(me: Member | None) -> int | None:
    return None if me is None else me.id


def _some(me: Member | None) -> Member:
    assert me is not None
    return me
