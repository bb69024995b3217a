"""The social contract: files that go out with a post."""

from __future__ import annotations

import asyncio
import contextlib

from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unsupported
from bridgebot.model import Account, Draft, File, Post, Uploaded
from bridgebot.testing.contract import needs
from bridgebot.testing.pictures import mp4, picture, png, reader
from bridgebot.testing.social_base import (
    SocialContractBase,
    SocialFailure,
    SocialStage,
    can,
    link,
    on_server,
    standing,
)
from bridgebot.testing.social_failures import READING, fails

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
FILM = mp4()
STRANGE = File("file", "application/x-msdownload", len(RED))  # no network shows it
ALTS = ("a red stone: 红石头 <b>", "")  # the second was not described


async def upload(stage: SocialStage, account: Account, content: bytes, key: str, alt: str = "") -> Uploaded:
    """Upload a picture, and name it as a draft does."""
    file = picture(content, alt)
    ref = await stage.adapter.upload(account, file, reader(content), key=key)
    return Uploaded(ref, alt, file.width, file.height)


async def downloaded(stage: SocialStage, url: str) -> bytes:
    """What an adapter gives at an address of its own."""
    return b"".join([piece async for piece in stage.adapter.download(url)])


class FilePromises(SocialContractBase):
    """`upload`, and `Draft.files`."""

    async def test_files_stand_under_the_post(self, stage: SocialStage) -> None:
        """The pictures that a draft names stand under the post: their bytes, order and descriptions."""
        account = await link(stage)
        if not can(stage).uploads:
            with stage.raises(Unsupported):
                await upload(stage, account, RED, "no")
            return
        limits = (await stage.adapter.describe(account)).files
        assert limits is not None, "who takes files says which"
        assert "image/png" in limits.types
        assert limits.count >= 1
        before = len(await stage.remote.posts())
        files = await self._two(stage, account)
        assert len(await stage.remote.posts()) == before, "an upload alone is seen by nobody"
        for text, order in (("two", (0, 1)), ("turned", (1, 0)), ("", (0,))):
            if len(order) <= limits.count:
                named = tuple(files[number] for number in order)
                post = await stage.adapter.publish(account, Draft(text, files=named), key=f"files {text}")
                await self._stand(stage, post, named)
                files = await self._two(stage, account)  # a network may take each for one post only
        bare = await stage.adapter.publish(account, Draft("none"), key="none")
        await self._stand(stage, bare, ())
        stage.keeps_secrets(post, *files)

    async def _two(self, stage: SocialStage, account: Account) -> tuple[Uploaded, ...]:
        """Two pictures that the network has: a red one, which is described, and a blue one."""
        number = len(await stage.remote.posts())
        return (
            await upload(stage, account, RED, f"red {number}", ALTS[0]),
            await upload(stage, account, BLUE, f"blue {number}", ALTS[1]),
        )

    async def _stand(self, stage: SocialStage, post: Post, named: tuple[Uploaded, ...]) -> None:
        there = await on_server(stage, post.id)
        assert there is not None
        contents = {ALTS[0]: RED, ALTS[1]: BLUE}
        wanted = [file.alt for file in named]
        assert [file.alt for file in there.media] == wanted, "descriptions are carried, in the order"
        assert [file.alt for file in post.media] in (wanted, []), "the post that came back shows others"
        assert {file.kind for file in (*there.media, *post.media)} <= {"image"}
        held = await stage.remote.files(post.id)
        assert len(held) == len(named)
        if self.keeps_bytes:
            assert list(held) == [contents[alt] for alt in wanted], "the file is not the one that was given"

    async def test_a_film_stands_under_the_post(self, stage: SocialStage) -> None:
        """Where films are taken (`limits.files.video_bytes`), a draft names one as it names pictures."""
        needs(can(stage).uploads, "uploads")
        account = await link(stage)
        limits = (await stage.adapter.describe(account)).files
        needs(limits is not None and limits.video_bytes > 0 and "video/mp4" in limits.types, "films")
        file = File("video", "video/mp4", len(FILM), ALTS[0], 6, 4)
        ref = await stage.adapter.upload(account, file, reader(FILM), key="film")
        draft = Draft("it moves", files=(Uploaded(ref, ALTS[0], 6, 4),))
        post = await self._looked_at(stage, account, draft)
        there = await on_server(stage, post.id)
        assert there is not None
        assert [(one.kind, one.alt) for one in there.media] == [("video", ALTS[0])]
        assert [one.kind for one in post.media] in (["video"], []), "the post that came back shows others"
        held = await stage.remote.files(post.id)
        assert list(held) == [FILM] if self.keeps_bytes else len(held) == 1

    async def _looked_at(self, stage: SocialStage, account: Account, draft: Draft) -> Post:
        """The post, once the network has looked at its film: until then it is `Temporary`."""
        async with asyncio.timeout(stage.deadline):
            while True:
                with contextlib.suppress(Temporary):
                    return await stage.adapter.publish(account, draft, key="film post")
                await asyncio.sleep(0.01)

    async def test_upload_repeated(self, stage: SocialStage) -> None:
        """The same upload once more, with the same key, is harmless: the post has the picture once."""
        needs(can(stage).uploads, "uploads")
        account = await link(stage)
        before = len(await stage.remote.posts())
        await upload(stage, account, RED, "again", ALTS[0])
        second = await upload(stage, account, RED, "again", ALTS[0])
        assert len(await stage.remote.posts()) == before
        post = await stage.adapter.publish(account, Draft("once", files=(second,)), key="once")
        await self._stand(stage, post, (second,))

    async def test_strange_files(self, stage: SocialStage) -> None:
        """What the network does not show is `Rejected`; a file of somebody else is never published."""
        needs(can(stage).uploads, "uploads")
        account, other = await link(stage), await link(stage, "lin")
        with stage.raises(Rejected):
            await stage.adapter.upload(account, STRANGE, reader(b"MZ" + RED), key="strange")
        theirs = await upload(stage, other, RED, "theirs")
        with stage.raises(AdapterError):
            await stage.adapter.publish(account, Draft("stolen", files=(theirs,)), key="stolen")
        assert await standing(stage, "stolen") == []

    async def test_edit_with_files(self, stage: SocialStage) -> None:
        """The files that a post has stay: those that an edit names are described as it says."""
        needs(can(stage).uploads and can(stage).edit, "uploads and edit")
        account = await link(stage)
        file = await upload(stage, account, RED, "edited")
        post = await stage.adapter.publish(account, Draft("helo", files=(file,)), key="edited")
        described = Uploaded(file.ref, ALTS[0], file.width, file.height)
        for draft in (Draft("hello", files=(described,)), Draft("what was not named stays")):
            edited = await stage.adapter.edit(account, post.id, draft)
            assert (edited.id, edited.text) == (post.id, draft.text)
            await self._stand(stage, edited, (described,))

    async def test_files_of_its_own_are_given(self, stage: SocialStage) -> None:
        """An adapter that serves files itself gives what is at their addresses, as long as their post stands;
        of every other address it says that it is not its own.
        """
        elsewhere = "https://elsewhere.example/picture.png"
        assert not await stage.adapter.holds(elsewhere)
        if not can(stage).serves:
            with stage.raises(Unsupported):
                await downloaded(stage, elsewhere)
            return
        needs(can(stage).uploads and can(stage).delete, "uploads and delete")
        account = await link(stage)
        files = await self._two(stage, account)
        post = await stage.adapter.publish(account, Draft("mine", files=files), key="mine")
        urls = [one.url for one in post.media]
        assert [await stage.adapter.holds(url) for url in urls] == [True, True]
        assert [await downloaded(stage, url) for url in urls] == [RED, BLUE]
        with stage.raises(TargetGone):
            await downloaded(stage, f"{urls[0]}x")
        await stage.adapter.delete(account, post.id)
        with stage.raises(TargetGone):
            await downloaded(stage, urls[0])
        stage.keeps_secrets(*urls)

    async def test_upload_tells_what_went_wrong(self, stage: SocialStage) -> None:
        """A failed upload says what to do next; it may be repeated, so no answer means: again."""
        needs(can(stage).uploads and stage.remote.failures, "uploads, and failures")
        account = await link(stage)
        for failure, kinds in READING.items():
            if failure in stage.remote.failures:
                await fails(
                    stage,
                    failure,
                    (AuthExpired,) if failure is SocialFailure.AUTH else kinds,
                    lambda failure=failure: upload(stage, account, RED, f"into {failure}"),  # type: ignore[misc]
                )
        stage.keeps_secrets(account)
