"""The social contract: marks on posts, people, approval and moderation."""

from __future__ import annotations

from typing import Literal

from bridgebot.errors import Rejected, TargetGone, Unsupported
from bridgebot.model import Timeline, TimelineKind
from bridgebot.testing.contract import needs
from bridgebot.testing.social_base import (
    SocialContractBase,
    SocialStage,
    can,
    link,
    on_server,
    publish,
    reader,
)


class PeoplePromises(SocialContractBase):
    """Marks on posts, following, keeping away, looking up, approval, reports and moderation."""

    async def test_favourite(self, stage: SocialStage) -> None:
        """A favourite is set and taken back; repeating either is no error."""
        await self._mark(stage, "favourite")

    async def test_boost(self, stage: SocialStage) -> None:
        """A boost is made and taken back; repeating either is no error."""
        await self._mark(stage, "boost")

    async def test_bookmark(self, stage: SocialStage) -> None:
        """A bookmark is set and taken back; repeating either is no error."""
        await self._mark(stage, "bookmark")

    async def _mark(self, stage: SocialStage, mark: str) -> None:
        account, other = await link(stage), await link(stage, "lin")
        act = getattr(stage.adapter, mark)
        post = await stage.remote.add(None, "look", account=account)
        if not getattr(can(stage), mark):
            with stage.raises(Unsupported):
                await act(account, post, True)
            assert not await stage.remote.marked(mark, account, post)  # type: ignore[arg-type]
            return
        another = await stage.remote.add(None, "elsewhere", account=account)
        for on in (False, True, True, False, False, True):
            await act(account, post, on)
            assert await stage.remote.marked(mark, account, post) is on  # type: ignore[arg-type]
            assert not await stage.remote.marked(mark, account, another)  # type: ignore[arg-type]
            assert not await stage.remote.marked(mark, other, post)  # type: ignore[arg-type]
        await stage.remote.delete(another)
        with stage.raises(TargetGone):
            await act(account, another, True)

    async def test_follow(self, stage: SocialStage) -> None:
        """Following and stopping it tell whom; repeating either is no error; nobody is `TargetGone`."""
        account, handle = await link(stage), await stage.remote.person()
        if not can(stage).follow:
            with stage.raises(Unsupported):
                await stage.adapter.follow(account, handle, True)
            return
        for on in (True, True, False, False, True):
            profile = await stage.adapter.follow(account, handle, on)
            assert profile.author.handle == handle
            assert not profile.pending
            assert await stage.remote.marked("follow", account, handle) is on
        with stage.raises(TargetGone):
            await stage.adapter.follow(account, "@nobody_of_this_name", True)

    async def test_mute(self, stage: SocialStage) -> None:
        """Muting and lifting it tell whom; repeating either is no error; nobody is `TargetGone`."""
        await self._keep_off(stage, "mute")

    async def test_block(self, stage: SocialStage) -> None:
        """Blocking and lifting it tell whom; repeating either is no error; nobody is `TargetGone`."""
        await self._keep_off(stage, "block")

    async def _keep_off(self, stage: SocialStage, what: Literal["mute", "block"]) -> None:
        account, other = await link(stage), await link(stage, "lin")
        handle, act = await stage.remote.person(), getattr(stage.adapter, what)
        if not getattr(can(stage), what):
            with stage.raises(Unsupported):
                await act(account, handle, True)
            return
        for on in (False, True, True, False, False, True):
            profile = await act(account, handle, on)
            assert profile.author.handle == handle
            assert profile.author.id not in ("", account.id)
            assert await stage.remote.marked(what, account, handle) is on
            assert not await stage.remote.marked("mute" if what == "block" else "block", account, handle)
            assert not await stage.remote.marked(what, other, handle)
        with stage.raises(TargetGone):
            await act(account, "@nobody_of_this_name", True)

    async def test_bookmarks(self, stage: SocialStage) -> None:
        """What the account put aside is read at once, the last put aside last, and by nobody else."""
        needs(TimelineKind.BOOKMARKS in can(stage).timelines, "bookmarks that can be read")
        assert can(stage).bookmark, "what can be read can be put aside"
        account, other = await link(stage), await link(stage, "lin")
        posts = [await stage.remote.add(None, f"look {n}", account=account) for n in range(3)]
        timeline = Timeline(TimelineKind.BOOKMARKS, account.server)
        for count, id in enumerate((posts[2], posts[0], posts[1])):
            page = await stage.adapter.fetch(timeline, account, None)
            assert (len(page.posts), page.more) == (count, False)
            await stage.adapter.bookmark(account, id, True)
        page = await stage.adapter.fetch(timeline, account, None)
        assert [(post.id, post.text) for post in page.posts] == [
            (posts[2], "look 2"),
            (posts[0], "look 0"),
            (posts[1], "look 1"),
        ]
        assert (await stage.adapter.fetch(timeline, other, None)).posts == ()
        await stage.adapter.bookmark(account, posts[1], False)
        await stage.remote.delete(posts[2])
        left = await stage.adapter.fetch(timeline, account, None)
        assert [post.id for post in left.posts] == [posts[0]]
        assert TimelineKind.BOOKMARKS not in can(stage).anonymous

    async def test_whois(self, stage: SocialStage) -> None:
        """Somebody is found by the handle; nobody is `TargetGone`."""
        account, handle = await link(stage), await stage.remote.person()
        if not can(stage).whois:
            with stage.raises(Unsupported):
                await stage.adapter.whois(reader(stage, account), handle)
            return
        profile = await stage.adapter.whois(reader(stage, account), handle)
        assert profile.author.handle == handle
        assert profile.author.id not in ("", account.id)
        assert profile.picture is None or profile.picture.startswith(("https://", "http://"))
        if not can(stage).accountless:
            assert (await stage.adapter.whois(account, account.handle)).author.id == account.id
        with stage.raises(TargetGone):
            await stage.adapter.whois(reader(stage, account), "@nobody_of_this_name")

    async def test_sign_in(self, stage: SocialStage) -> None:
        """An address that signs a browser in is another one each time, and tells no credentials."""
        account = await link(stage)
        if not can(stage).sign_in:
            with stage.raises(Unsupported):
                await stage.adapter.sign_in(account)
            return
        addresses = [await stage.adapter.sign_in(account) for _ in range(2)]
        assert addresses[0] != addresses[1]
        for address in addresses:
            assert address.startswith(("https://", "http://"))
            assert account.credentials not in address

    async def test_approval(self, stage: SocialStage) -> None:
        """Follows of a locked account wait; approved they count, refused they are gone."""
        ada, lin = await link(stage), await link(stage, "lin")
        if not can(stage).approve:
            for call in (
                stage.adapter.lock(ada, True),
                stage.adapter.requests(ada),
                stage.adapter.approve(ada, "x", True),
            ):
                with stage.raises(Unsupported):
                    await call
            if can(stage).follow:
                assert not (await stage.adapter.follow(lin, ada.handle, True)).pending
            return
        for nobody in (lin.handle, "@nobody_of_this_name"):
            with stage.raises(TargetGone, Rejected):
                await stage.adapter.approve(ada, nobody, True)
        await stage.adapter.lock(ada, True)
        for approved in (False, True):
            assert (await stage.adapter.follow(lin, ada.handle, True)).pending
            assert not await stage.remote.marked("follow", lin, ada.handle)
            assert [profile.author.id for profile in await stage.adapter.requests(ada)] == [lin.id]
            await stage.adapter.approve(ada, lin.handle, approved)
            assert await stage.adapter.requests(ada) == ()
            assert await stage.remote.marked("follow", lin, ada.handle) is approved
        await stage.adapter.follow(lin, ada.handle, False)
        await stage.adapter.lock(ada, False)
        assert not (await stage.adapter.follow(lin, ada.handle, True)).pending
        assert await stage.remote.marked("follow", lin, ada.handle)

    async def test_reports(self, stage: SocialStage) -> None:
        """A complaint reaches those who moderate, with its words; removing the post settles it."""
        account = await link(stage)
        post = await stage.remote.add(None, "spam", account=account)
        if not can(stage).report:
            with stage.raises(Unsupported):
                await stage.adapter.report(account, post, "why")
            return
        await stage.adapter.report(account, post, "it is spam: 广告")
        if can(stage).moderate:
            another = await stage.remote.add(None, "worse", account=account)
            await stage.adapter.report(account, another, "")
            report, later = await stage.adapter.reports()
            assert (report.post.id, report.by.id, report.comment) == (post, account.id, "it is spam: 广告")
            assert (later.post.id, later.comment) == (another, "")
            assert report.id != later.id
            await stage.adapter.remove(post)
            assert [report.post.id for report in await stage.adapter.reports()] == [another]
            assert await on_server(stage, post) is None

    async def test_moderation(self, stage: SocialStage) -> None:
        """Whoever is suspended can do nothing and is not read, until that is lifted."""
        account = await link(stage)
        if not can(stage).moderate:
            strange = await stage.remote.add(None, "stays", account=account)
            for call in (
                stage.adapter.reports(),
                stage.adapter.remove(strange),
                stage.adapter.suspend("@x", True),
            ):
                with stage.raises(Unsupported):
                    await call
            assert await on_server(stage, strange) is not None
            return
        with stage.raises(TargetGone):
            await stage.adapter.suspend("@nobody_of_this_name", True)
        reader = await link(stage, "lin")
        post = await publish(stage, account, "before")
        await stage.adapter.suspend(account.handle, True)
        with stage.raises(TargetGone):
            await stage.adapter.get(reader, post.id)
        await stage.adapter.suspend(account.handle, False)
        assert (await stage.adapter.get(reader, post.id)).text == "before"
        assert (await publish(stage, account, "after")).text == "after"
