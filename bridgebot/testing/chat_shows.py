"""The chat contract: pictures, films and sounds that the bot shows."""

from __future__ import annotations

from bridgebot.adapter import Shows
from bridgebot.errors import Rejected, Temporary
from bridgebot.model import Button, Chat, Exhibit, File, OutgoingMessage, Press
from bridgebot.testing.chat_base import ChatContractBase, ChatStage, Heard, can, meet, shown
from bridgebot.testing.contract import emphasised, fill, needs
from bridgebot.testing.inbox import running
from bridgebot.testing.pictures import Seen, picture, png, reader

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
NOWHERE = "https://pictures.invalid/none.png"  # there is no such server


def exhibit(content: bytes, *, hidden: bool = False) -> Exhibit:
    """A picture with its bytes."""
    return Exhibit(picture(content, "a stone: 石头"), read=reader(content), hidden=hidden)


def at(url: str) -> Exhibit:
    """A picture that the network is to fetch."""
    return Exhibit(File("image", "", 0), url=url)


class ShowingPromises(ChatContractBase):
    """`OutgoingMessage.media`."""

    async def test_a_picture_is_shown(self, stage: ChatStage) -> None:
        """People see the very picture, and the words of the same message, as they stand, beside it."""
        shows = _shows(stage)
        words = self.carried("who? <b>好</b>") if shows.caption else ""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            ids = await stage.adapter.send(chat, OutgoingMessage(words, media=(exhibit(RED),)))
            await stage.adapter.send(chat, OutgoingMessage("words"))
            first, second = await shown(stage, chat, 2)
            assert (first.id, first.text, first.media) == (ids[0], words, (Seen(RED),))
            assert (second.text, second.media) == ("words", ())
            await meet(stage, inbox, "the end")
            assert inbox.texts() == ["hello", "the end"], "the bot hears its own pictures"
            if can(stage).groups:
                there = (await meet(stage, inbox, "here", group=True)).chat
                ids = await stage.adapter.send(there, OutgoingMessage(words, media=(exhibit(BLUE),)))
                (line,) = await shown(stage, there, 1)
                assert (line.id, line.text, line.media) == (ids[0], words, (Seen(BLUE),))
                assert len(await shown(stage, chat, 2)) == 2, "it stands in the other chat, too"

    async def test_pictures_stand_together(self, stage: ChatStage) -> None:
        """Several are shown in their order, each under an id that is told, with the words at the first."""
        shows = _shows(stage)
        needs(shows.files.count > 1, "several pictures in one message")
        words = "two" if shows.caption else ""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            media = (exhibit(RED), exhibit(BLUE))
            ids = await stage.adapter.send(chat, OutgoingMessage(words, media=media))
            heard = await shown(stage, chat, len(ids))
            assert tuple(line.id for line in heard) == ids
            assert [seen for line in heard for seen in line.media] == [Seen(RED), Seen(BLUE)]
            assert [line.text for line in heard] == [words, *[""] * (len(ids) - 1)]

    async def test_what_is_hidden_is_covered(self, stage: ChatStage) -> None:
        """What is hidden is covered until somebody wants to see it; the next one is not."""
        needs(_shows(stage).hides, "covers")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            for hidden in (True, False):
                await stage.adapter.send(chat, OutgoingMessage("", media=(exhibit(RED, hidden=hidden),)))
            heard = await shown(stage, chat, 2)
            assert [line.media for line in heard] == [(Seen(RED, hidden=True),), (Seen(RED),)]

    async def test_the_network_fetches_addresses(self, stage: ChatStage) -> None:
        """A picture is fetched by the network; where one cannot be, the message is refused and none of it
        stands there.
        """
        shows = _shows(stage)
        needs(shows.by_address, "addresses")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            there = at(await stage.remote.publish_file(BLUE))
            with stage.raises(Rejected):
                await stage.adapter.send(chat, OutgoingMessage("", media=(at(NOWHERE),)))
            if shows.files.count > 1:
                with stage.raises(Rejected):
                    await stage.adapter.send(chat, OutgoingMessage("", media=(there, at(NOWHERE))))
            await stage.adapter.send(chat, OutgoingMessage("", media=(there,)))
            assert [line.media for line in await shown(stage, chat, 1)] == [(Seen(BLUE),)]

    async def test_the_longest_words_beside_a_picture(self, stage: ChatStage) -> None:
        """The declared limit of a caption is true: the longest is whole, one more is refused or whole."""
        caption = _shows(stage).caption
        needs(caption, "words beside a picture")
        assert caption is not None
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            longest, longer = fill(caption), fill(caption, 1)
            await stage.adapter.send(chat, OutgoingMessage(longest, media=(exhibit(RED),)))
            assert [line.text for line in await shown(stage, chat, 1)] == [longest]
            try:
                await stage.adapter.send(chat, OutgoingMessage(longer, media=(exhibit(RED),)))
            except Rejected as error:
                stage.reads(error.key, error.arguments)
                await shown(stage, chat, 1)
            else:
                assert (await shown(stage, chat, 2))[1].text == longer

    async def test_buttons_under_a_picture(self, stage: ChatStage) -> None:
        """Buttons under a picture are buttons like all others."""
        needs(_shows(stage).buttons and can(stage).buttons, "buttons under pictures")
        buttons = (Button("like", "★"),)
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            message = OutgoingMessage("", buttons=buttons, media=(exhibit(RED),))
            (id,) = await stage.adapter.send(chat, message)
            assert (await shown(stage, chat, 1))[0].buttons == buttons
            await stage.remote.press(id, "like")
            press = await inbox.takes(Press)
            assert (press.id, press.data) == (id, "like")

    async def test_words_beside_a_picture_change(self, stage: ChatStage) -> None:
        """An edit replaces words, emphasis and buttons, and the picture stays where it is."""
        shows = _shows(stage)
        needs(shows.caption and can(stage).edit, "words that change beside a picture")
        text, spans = emphasised(can(stage).markup) if can(stage).markup else ("new: 好", ())
        buttons = (Button("like", "★"),) if shows.buttons and can(stage).buttons else ()
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            (id,) = await stage.adapter.send(chat, OutgoingMessage("old", media=(exhibit(RED),)))
            stands = Exhibit(picture(RED))
            message = OutgoingMessage(text, buttons=buttons, spans=spans, media=(stands,))
            await stage.adapter.edit(chat, id, message)

            async def changed() -> bool:
                return [line.text for line in await stage.remote.heard(chat)] == [text]

            await stage.eventually(changed, "an edit")
            (line,) = await shown(stage, chat, 1)
            assert (line.id, line.media, line.buttons) == (id, (Seen(RED),), buttons)
            assert set(line.spans) == set(spans)

    async def test_a_picture_is_taken_away(self, stage: ChatStage) -> None:
        """What was shown can be deleted as any other message."""
        needs(_shows(stage) and can(stage).delete, "delete")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            ids = await stage.adapter.send(chat, OutgoingMessage("", media=(exhibit(RED),)))
            await stage.adapter.send(chat, OutgoingMessage("stays"))
            await shown(stage, chat, 2)
            for id in (*ids, *ids):
                await stage.adapter.delete(chat, id)
            await stage.eventually(lambda: self._only(stage, chat, "stays"), "a deletion")

    async def test_pictures_without_connection(self, stage: ChatStage) -> None:
        """Not connected, nothing is shown and nothing is lost: `Temporary`."""
        needs(_shows(stage) and can(stage).needs_connection, "a connection")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
        with stage.raises(Temporary):
            await stage.adapter.send(chat, OutgoingMessage("", media=(exhibit(RED),)))
        assert list(await stage.remote.heard(chat)) == []

    async def _only(self, stage: ChatStage, chat: Chat, text: str) -> bool:
        heard: list[Heard] = list(await stage.remote.heard(chat))
        return [(line.text, line.media) for line in heard] == [(text, ())]


def _shows(stage: ChatStage) -> Shows:
    shows = can(stage).shows
    needs(shows, "pictures")
    assert shows is not None
    return shows
