"""The social contract: what is read: timelines, single posts, threads, streams."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import cast

from bridgebot.errors import TargetGone, Unsupported
from bridgebot.model import Account, Audience, Hint, Page, Post, Timeline, TimelineKind
from bridgebot.testing.contract import needs
from bridgebot.testing.social_base import (
    FOLLOWED,
    AsksForPatience,
    Moves,
    NamesApplications,
    SocialContractBase,
    SocialStage,
    can,
    link,
    publish,
    reader,
)

MANY = 45  # more than servers put into one page
PATIENCE = 7200.0  # seconds: longer than any usual pace, shorter than anybody would wait
ENOUGH = 30  # pages; a timeline that says `more` for longer never ends


class ReadingPromises(SocialContractBase):
    """`fetch`, `get`, `thread`, `listen`."""

    async def test_first_fetch_brings_no_history(self, stage: SocialStage) -> None:
        """The first read gives a cursor and nothing else, however much stands there."""
        async for account, timeline in self._timelines(stage):
            await stage.remote.add(timeline, "old", account=account)
            page = await stage.adapter.fetch(timeline, reader(stage, account), None)
            assert (page.posts, page.gone, page.notifications) == ((), (), ())
            assert page.cursor, "the cursor is never empty"
            assert (await self._read(stage, timeline, reader(stage, account), page.cursor)).posts == ()

    async def test_fetch_brings_everything_once_in_order(self, stage: SocialStage) -> None:
        """What comes later is read oldest first, each post once, over as many pages as it takes."""
        async for account, timeline in self._timelines(stage):
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            ids = [await stage.remote.add(timeline, f"post {n}", account=account) for n in range(MANY)]
            page = await self._read(stage, timeline, reader(stage, account), cursor)
            assert [post.id for post in page.posts] == ids
            assert all(f"post {n}" in post.text for n, post in enumerate(page.posts))
            assert (await self._read(stage, timeline, reader(stage, account), page.cursor)).posts == ()
            newest = await stage.remote.add(timeline, "and one", account=account)
            later = await self._read(stage, timeline, reader(stage, account), page.cursor)
            assert [post.id for post in later.posts] == [newest]

    async def test_same_cursor_same_posts(self, stage: SocialStage) -> None:
        """Reading again from the same cursor gives the same posts again: nothing is used up."""
        async for account, timeline in self._timelines(stage):
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            for text in ("one", "two"):
                await stage.remote.add(timeline, text, account=account)
            first = await self._read(stage, timeline, reader(stage, account), cursor)
            again = await self._read(stage, timeline, reader(stage, account), cursor)
            assert [post.id for post in first.posts] == [post.id for post in again.posts]
            assert len(first.posts) == 2

    async def test_timelines_are_told_apart(self, stage: SocialStage) -> None:
        """A post that does not belong into a timeline is not in it; one that does is as it was written."""
        async for account, timeline in self._timelines(stage):
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            stranger = await stage.remote.add(None, "not for here", account=account)
            wanted = await stage.remote.add(timeline, "你好: <b>", account=account)
            page = await self._read(stage, timeline, reader(stage, account), cursor)
            assert [post.id for post in page.posts] == [wanted]
            assert stranger not in page.gone
            post = page.posts[0]
            assert "你好: <b>" in post.text
            assert post.audience is Audience.PUBLIC
            assert (post.author.id == account.id) is (timeline.kind is TimelineKind.OWN)
            assert post.created_at.utcoffset() is not None
            stage.keeps_secrets(page)

    async def test_undeclared_timelines(self, stage: SocialStage) -> None:
        """A kind of timeline that is not declared is `Unsupported`."""
        account = await link(stage)
        for kind in set(TimelineKind) - can(stage).timelines:
            with stage.raises(Unsupported):
                await stage.adapter.fetch(Timeline(kind, account.server, "x"), reader(stage, account), None)

    async def test_anonymous_reading(self, stage: SocialStage) -> None:
        """Without an account the declared kinds show what is public, and the others are refused."""
        assert can(stage).anonymous <= can(stage).timelines
        async for account, timeline in self._timelines(stage):
            if timeline.kind not in can(stage).anonymous:
                with stage.raises(Unsupported):
                    await stage.adapter.fetch(timeline, None, None)
                continue
            cursor = (await stage.adapter.fetch(timeline, None, None)).cursor
            for audience in (Audience.FOLLOWERS, Audience.PUBLIC):
                if audience in can(stage).audiences:
                    await stage.remote.add(timeline, audience, account=account, audience=audience)
            page = await self._read(stage, timeline, None, cursor)
            assert [post.audience for post in page.posts] == [Audience.PUBLIC]

    async def test_edits_come(self, stage: SocialStage) -> None:
        """An edited post comes again, with its id and the new text."""
        needs(self.edits_elsewhere, "edits on the network")
        async for account, timeline in self._timelines(stage):
            post = await stage.remote.add(timeline, "helo", account=account)
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            await stage.remote.edit(post, "hello")
            page = await self._read(stage, timeline, reader(stage, account), cursor)
            assert [(seen.id, "hello" in seen.text) for seen in page.posts[-1:]] == [(post, True)]
            assert page.posts[-1].edited_at is not None

    async def test_deletions_come(self, stage: SocialStage) -> None:
        """A deleted post is told by its id and not shown any more; the first deleted comes first."""
        needs(self.tells_gone, "a network that tells what is gone")
        async for account, timeline in self._timelines(stage):
            before = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            first, second = [
                await stage.remote.add(timeline, text, account=account) for text in ("oops", "no")
            ]
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            for post in (second, first):
                await stage.remote.delete(post)
            page = await self._read(stage, timeline, reader(stage, account), cursor)
            assert (page.gone, page.posts) == ((second, first), ())
            assert (await self._read(stage, timeline, reader(stage, account), before)).posts == ()

    async def test_patience(self, stage: SocialStage) -> None:
        """A timeline that asks to be left alone for a while says so on each page: the first, and those where
        nothing is new. None asks for less than no time.
        """
        async for account, timeline in self._timelines(stage):
            asks = isinstance(stage.remote, AsksForPatience)
            if isinstance(stage.remote, AsksForPatience):
                await stage.remote.leave_alone(timeline, PATIENCE)
            first = await stage.adapter.fetch(timeline, reader(stage, account), None)
            await stage.remote.add(timeline, "news", account=account)
            news = await stage.adapter.fetch(timeline, reader(stage, account), first.cursor)
            nothing = await stage.adapter.fetch(timeline, reader(stage, account), news.cursor)
            for page in (first, news, nothing):
                assert page.next_in is None or page.next_in >= 0
                assert not asks or page.next_in == PATIENCE, "it asked to be left alone"

    async def test_moved(self, stage: SocialStage) -> None:
        """Where a timeline moved for good, the page says by which argument it is read from now on; the cursor
        goes on there, and nothing is lost or comes twice.
        """
        async for account, timeline in self._timelines(stage):
            cursor = (await stage.adapter.fetch(timeline, reader(stage, account), None)).cursor
            posts = [await stage.remote.add(timeline, "here", account=account)]
            there = await stage.remote.move(timeline) if isinstance(stage.remote, Moves) else None
            page = await stage.adapter.fetch(timeline, reader(stage, account), cursor)
            assert ([post.id for post in page.posts], page.moved) == (posts, there)
            if there is not None:
                if timeline.kind is TimelineKind.FEED:
                    shown = repr(page) + page.cursor
                    assert there not in shown, "the address of a feed may hold a password"
                onward = replace(timeline, argument=there)
                posts = [await stage.remote.add(timeline, "there", account=account)]
                page = await stage.adapter.fetch(onward, reader(stage, account), page.cursor)
                assert ([post.id for post in page.posts], page.moved) == (posts, None)

    async def test_notifications(self, stage: SocialStage) -> None:
        """What happened to an account and is no post comes with its mentions: who, what, which post."""
        needs(self.notifies and TimelineKind.MENTIONS in can(stage).timelines, "notifications")
        ada, lin = await link(stage), await link(stage, "lin")
        mentions = Timeline(TimelineKind.MENTIONS, ada.server)
        post = await publish(stage, ada, "look")
        cursor = (await stage.adapter.fetch(mentions, ada, None)).cursor
        expected = []
        for kind in sorted(self.notifies):
            target = ada.handle if kind == "follow" else post.id
            await getattr(stage.adapter, kind)(lin, target, True)
            expected.append((kind, lin.id, None if kind == "follow" else post.id))
        page = await stage.adapter.fetch(mentions, ada, cursor)
        assert [(told.kind, told.by.id, told.post) for told in page.notifications] == expected
        assert len({told.id for told in page.notifications}) == len(expected)
        assert page.posts == ()

    async def test_own_posts_come_back(self, stage: SocialStage) -> None:
        """A published post comes back in one's own timeline under the id that `publish` gave."""
        needs(TimelineKind.OWN in can(stage).timelines and can(stage).publish, "an own timeline")
        account = await link(stage)
        own = Timeline(TimelineKind.OWN, account.server)
        cursor = (await stage.adapter.fetch(own, account, None)).cursor
        post = await publish(stage, account, "mine")
        page = await self._read(stage, own, account, cursor)
        assert [(seen.id, seen.text, seen.author.id) for seen in page.posts] == [
            (post.id, "mine", account.id)
        ]
        assert (page.posts[0].uri, page.posts[0].url) == (post.uri, post.url)

    async def test_applications(self, stage: SocialStage) -> None:
        """A post says with what it was written, and whether a bridge brought it; or does not say."""
        needs(TimelineKind.OWN in can(stage).timelines, "an own timeline")
        account, remote = await link(stage), stage.remote
        own = Timeline(TimelineKind.OWN, account.server)
        cursor = (await stage.adapter.fetch(own, account, None)).cursor
        if isinstance(remote, NamesApplications):
            await remote.add_with("Tusky", "by hand", account=account)
            await remote.add_with(remote.crossposter, "from elsewhere", account=account)
            wanted: list[tuple[str | None, bool]] = [("Tusky", False), (remote.crossposter, True)]
        else:
            await remote.add(own, "by hand", account=account)
            wanted = [(None, False)]
        page = await self._read(stage, own, account, cursor)
        assert [(post.application, post.bridged) for post in page.posts] == wanted

    async def test_get(self, stage: SocialStage) -> None:
        """One post by its id; `TargetGone` once it is deleted, and for whom it is not."""
        account, lin = await link(stage), await link(stage, "lin")
        if not can(stage).get:
            with stage.raises(Unsupported):
                await stage.adapter.get(reader(stage, account), "1")
            return
        id = await stage.remote.add(None, "look: 看", account=account)
        await stage.remote.add(None, "another", account=account)
        post = await stage.adapter.get(reader(stage, account), id)
        assert (post.id, post.text, post.audience) == (id, "look: 看", Audience.PUBLIC)
        await stage.remote.delete(id)
        with stage.raises(TargetGone):
            await stage.adapter.get(reader(stage, account), id)
        await self._get_own(stage, account, lin)

    async def _get_own(self, stage: SocialStage, account: Account, other: Account) -> None:
        """What is not for all is read by its author, and a direct post by nobody whom it does not name."""
        narrow = (Audience.FOLLOWERS, Audience.DIRECT) if can(stage).publish else ()
        for audience in can(stage).audiences.intersection(narrow):
            own = await publish(stage, account, "dear diary", audience=audience)
            assert (await stage.adapter.get(account, own.id)).text == "dear diary"
            if audience is Audience.DIRECT:
                with stage.raises(TargetGone):
                    await stage.adapter.get(other, own.id)

    async def test_thread(self, stage: SocialStage) -> None:
        """A thread is read whole from any of its posts: oldest first, the post included, nothing else."""
        account = await link(stage)
        if not can(stage).thread:
            with stage.raises(Unsupported):
                await stage.adapter.thread(reader(stage, account), "1")
            return
        root = await stage.remote.add(None, "root", account=account)
        answer = await stage.remote.add(None, "answer", account=account, reply_to=root)
        await stage.remote.add(None, "elsewhere", account=account)
        last = await stage.remote.add(None, "last", account=account, reply_to=answer)
        for id in (root, answer, last):
            thread = await stage.adapter.thread(reader(stage, account), id)
            assert [post.id for post in thread] == [root, answer, last]
        assert [post.reply_to for post in thread] == [None, root, answer]

    async def test_search(self, stage: SocialStage) -> None:
        """Posts in which a word stands are found, the newest first, others are not; none is no error."""
        account = await link(stage)
        if not can(stage).search:
            with stage.raises(Unsupported):
                await stage.adapter.search(reader(stage, account), "octarine")
            return
        assert await stage.adapter.search(reader(stage, account), "octarine") == ()
        wanted = await stage.remote.add(None, "the octarine stone", account=account)
        await stage.remote.add(None, "a grey stone", account=account)
        newer = await stage.remote.add(None, "octarine again", account=account)
        assert [post.id for post in await stage.adapter.search(reader(stage, account), "octarine")] == [
            newer,
            wanted,
        ]

    async def test_lists(self, stage: SocialStage) -> None:
        """The account's lists are named, each by the argument of its timeline."""
        account = await link(stage)
        if TimelineKind.LIST not in can(stage).timelines:
            with stage.raises(Unsupported):
                await stage.adapter.lists(account)
            return
        timeline = await stage.remote.timeline(TimelineKind.LIST, account)
        named = {one.id: one.title for one in await stage.adapter.lists(account)}
        assert named[timeline.argument].strip()

    async def test_listen(self, stage: SocialStage) -> None:
        """A stream names what is new, changed or gone by its id, and ends when nobody listens. It may rely on
        its timeline being read, too.
        """
        if not can(stage).listen:
            account = await link(stage)
            kind = next(iter(can(stage).timelines), TimelineKind.HOME)
            with stage.raises(Unsupported):
                hints = stage.adapter.listen(Timeline(kind, account.server), account)
                await asyncio.wait_for(anext(aiter(hints)), stage.deadline)
            return
        account = await link(stage)
        kind = next(kind for kind in FOLLOWED if kind in can(stage).timelines)
        timeline = await stage.remote.timeline(kind, account)
        await stage.adapter.fetch(timeline, reader(stage, account), None)
        stream = cast(AsyncGenerator[Hint, None], stage.adapter.listen(timeline, reader(stage, account)))
        async with contextlib.aclosing(stream):
            first, posts = await self._until_heard(stage, stream, timeline, account)
            if not self.names_posts:
                assert first == Hint(None)
                return
            assert first in posts
            if self.tells_gone:
                await stage.remote.delete(str(first.post))
                while (told := await asyncio.wait_for(anext(stream), stage.deadline)) != first:
                    assert told in posts

    async def _until_heard(
        self, stage: SocialStage, stream: AsyncGenerator[Hint, None], timeline: Timeline, account: Account
    ) -> tuple[Hint, list[Hint]]:
        """Start to listen, let a post come, and give the hint, and all that there could be. What comes before
        the stream stands may be lost: so one more comes until one is told.
        """
        hint = asyncio.ensure_future(anext(stream))
        await asyncio.wait({hint}, timeout=0.2)
        posts: list[Hint] = []
        try:
            async with asyncio.timeout(stage.deadline):
                while not hint.done():
                    await stage.remote.add(None, "not for here", account=account)
                    posts.append(Hint(await stage.remote.add(timeline, "news", account=account)))
                    await asyncio.wait({hint}, timeout=1)
        finally:
            hint.cancel()
            await asyncio.wait({hint})
        return hint.result(), posts

    async def _timelines(self, stage: SocialStage) -> AsyncGenerator[tuple[Account, Timeline], None]:
        """Each declared kind that is read on and on, for a linked account."""
        needs(can(stage).timelines.intersection(FOLLOWED), "timelines")
        account = await link(stage)
        for kind in FOLLOWED:
            if kind in can(stage).timelines:
                yield account, await stage.remote.timeline(kind, account)

    async def _read(
        self, stage: SocialStage, timeline: Timeline, account: Account | None, cursor: str
    ) -> Page:
        """Read on until there is no more, as one page."""
        posts: list[Post] = []
        gone: list[str] = []
        for _ in range(ENOUGH):
            page = await stage.adapter.fetch(timeline, account, cursor)
            posts, gone, cursor = [*posts, *page.posts], [*gone, *page.gone], page.cursor
            if not page.more:
                return Page(tuple(posts), cursor, gone=tuple(gone))
        raise AssertionError("the timeline never ends")
