"""The chat contract: files that people send."""

from __future__ import annotations

from bridgebot.adapter import ChatAdapter
from bridgebot.errors import TargetGone, Unsupported
from bridgebot.model import Media, Message
from bridgebot.testing.chat_base import ChatContractBase, ChatStage, can
from bridgebot.testing.contract import needs
from bridgebot.testing.inbox import Inbox, running
from bridgebot.testing.pictures import png

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)


async def content(adapter: ChatAdapter, media: Media) -> bytes:  # type: ignore[type-arg] # of any configuration
    """All of a file that somebody sent."""
    return b"".join([piece async for piece in adapter.download(media.ref)])


class FilePromises(ChatContractBase):
    """`Message.media`, and `download`."""

    async def test_files_arrive(self, stage: ChatStage) -> None:
        """What somebody sends arrives as it is, with the words beside it and what is known of it; it can be
        fetched more than once, and after a restart.
        """
        if not can(stage).files:
            with stage.raises(Unsupported):
                [piece async for piece in stage.adapter.download("no")]
            return
        async with running(stage) as inbox:
            words = "a stone: 石头" if self.captions else ""
            await stage.remote.send_files([RED], words)
            message = await self._carrying(inbox, 1)
            [media] = message.media
            assert (message.text, message.unfit) == (words, None)
            assert message.addressed
            assert media.kind == "image"
            assert media.type in ("", "image/png", "image/jpeg")
            assert media.size in (None, len(RED))
            assert media.ref not in repr(message), "where a file is, is nobody's business"
            for adapter in (stage.adapter, stage.adapter, stage.make()):
                assert await content(adapter, media) == RED
            await stage.remote.send_files([BLUE])
            message = await self._carrying(inbox, 1, but=message)
            assert (message.text, await content(stage.adapter, message.media[0])) == ("", BLUE)
        stage.keeps_secrets(message)

    async def test_albums_arrive_whole(self, stage: ChatStage) -> None:
        """Pictures that are sent together are one message, in their order."""
        needs(can(stage).files and self.albums, "albums")
        async with running(stage) as inbox:
            await stage.remote.send_files([RED, RED, BLUE], "three stones")
            message = await self._carrying(inbox, 3)
            assert message.text == "three stones"
            assert [await content(stage.adapter, one) for one in message.media] == [RED, RED, BLUE]
            await stage.remote.say("the end")
            await inbox.hears("the end")
            assert inbox.texts() == ["three stones", "the end"]

    async def test_a_file_that_is_not_there(self, stage: ChatStage) -> None:
        """What nobody sent cannot be fetched."""
        needs(can(stage).files, "files")
        async with running(stage):
            with stage.raises(TargetGone):
                [piece async for piece in stage.adapter.download(stage.remote.no_file)]
        stage.keeps_secrets()

    async def _carrying(self, inbox: Inbox, count: int, *, but: Message | None = None) -> Message:
        """Wait for another message with so many files."""
        return await inbox.takes(Message, lambda thing: len(thing.media) == count and thing != but)
