"""The chat contract's second half: what the bot says."""

from __future__ import annotations

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed, Unsupported
from bridgebot.model import Button, Chat, ChatChanged, OutgoingMessage, Press
from bridgebot.testing.chat_base import (
    RETRY_AFTER,
    ChatContractBase,
    ChatFailure,
    ChatStage,
    can,
    meet,
    shown,
    tell,
)
from bridgebot.testing.contract import emphasised, fill, fill_wide, needs
from bridgebot.testing.inbox import running

BUTTONS = (Button("yes:" + "1" * 60, "Yes, 好"), Button("no", "No"))


class OutgoingPromises(ChatContractBase):
    """`send`, `edit` and `delete`."""

    async def test_text_is_shown_unchanged(self, stage: ChatStage) -> None:
        """What the bot says is shown as it stands, in order; no markup in it acts."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            ids = [await tell(stage, chat, text) for text in self.texts]
            heard = await shown(stage, chat, len(self.texts))
        assert [message.text for message in heard] == [self.carried(text) for text in self.texts]
        assert [message.id for message in heard] == ids
        assert len(set(ids)) == len(ids)

    async def test_text_goes_to_its_chat(self, stage: ChatStage) -> None:
        """A message stands in the chat that it was sent to and nowhere else."""
        async with running(stage) as inbox:
            chats = [(await meet(stage, inbox, who, sender=who)).chat for who in ("ada", "lin")]
            if can(stage).groups:
                chats.append((await meet(stage, inbox, "here", group=True)).chat)
            for number, chat in enumerate(chats):
                await tell(stage, chat, f"for {number}")
            for number, chat in enumerate(chats):
                assert [message.text for message in await shown(stage, chat, 1)] == [f"for {number}"]

    async def test_longest_text(self, stage: ChatStage) -> None:
        """The declared limits are true: the longest text goes out whole, by the adapter's own measure."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            limits = can(stage).limits
            for number, text in enumerate((fill(limits), fill_wide(limits)), 1):
                assert limits.length(text) == limits.max_length
                await tell(stage, chat, text)
                assert (await shown(stage, chat, number))[-1].text == text

    async def test_longer_text(self, stage: ChatStage) -> None:
        """One more is refused or shown whole: never cut, never split."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            text = fill(can(stage).limits, 1)
            try:
                await tell(stage, chat, text)
            except Rejected as error:
                stage.reads(error.key, error.arguments)
                assert list(await stage.remote.heard(chat)) == []
            else:
                assert (await shown(stage, chat, 1))[0].text == text

    async def test_without_connection(self, stage: ChatStage) -> None:
        """Not connected, a send is `Temporary` and nothing goes out; or it needs no connection and works."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, "connected")
            await shown(stage, chat, 1)
        adapter = stage.make()
        if can(stage).needs_connection:
            for offline in (stage.adapter, adapter):
                with stage.raises(Temporary):
                    await offline.send(chat, OutgoingMessage("too early"))
                with stage.raises(Temporary if can(stage).edit else Unsupported):
                    await offline.edit(chat, id, OutgoingMessage("too early"))
                with stage.raises(Temporary if can(stage).delete else Unsupported):
                    await offline.delete(chat, id)
            assert [message.text for message in await stage.remote.heard(chat)] == ["connected"]
        else:
            await adapter.send(chat, OutgoingMessage("at once"))
            assert (await shown(stage, chat, 2))[1].text == "at once"

    async def test_send_tells_what_went_wrong(self, stage: ChatStage) -> None:
        """A failed send says what to do next, and the adapter does not try again by itself."""
        expected = {
            ChatFailure.LOST_ANSWER: Unconfirmed,
            ChatFailure.RATE: Temporary,
            ChatFailure.REJECTED: Rejected,
            ChatFailure.CLOSED: TargetGone,
        }
        known = [failure for failure in expected if failure in stage.remote.failures]
        needs(known, "failures")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            for failure in known:
                await stage.remote.fail(failure)
                with stage.raises(expected[failure]) as errors:
                    await stage.adapter.send(chat, OutgoingMessage(f"into {failure}"))
                if failure is ChatFailure.RATE:
                    stage.slows(errors[0], RETRY_AFTER)
        stage.keeps_secrets()

    async def test_reply_out(self, stage: ChatStage) -> None:
        """A reply of the bot is a native reply to that message; without one it is none."""
        needs(can(stage).replies, "replies")
        async with running(stage) as inbox:
            message = await meet(stage, inbox)
            await meet(stage, inbox, "another")
            await tell(stage, message.chat, "no reply")
            await tell(stage, message.chat, "a reply", reply_to=message.id)
            heard = await shown(stage, message.chat, 2)
        assert [(line.text, line.reply_to) for line in heard] == [("no reply", None), ("a reply", message.id)]

    async def test_buttons(self, stage: ChatStage) -> None:
        """Buttons are shown with their labels; a press brings back who, where, which message and the data."""
        needs(can(stage).buttons, "buttons")
        async with running(stage) as inbox:
            message = await meet(stage, inbox)
            await tell(stage, message.chat, "first", buttons=(Button("no", "No"),))
            id = await tell(stage, message.chat, "sure?", buttons=BUTTONS)
            assert (await shown(stage, message.chat, 2))[1].buttons == BUTTONS
            events = set()
            for button in (*BUTTONS, BUTTONS[0]):
                await stage.remote.press(id, button.data)
                press = await inbox.takes(
                    Press,
                    lambda press, data=button.data: press.data == data and press.event not in events,  # type: ignore[misc]
                )
                events.add(press.event)
                assert (press.id, press.sender.id) == (id, message.sender.id)
                assert press.chat.id == message.chat.id
            assert message.event not in events

    async def test_emphasis_out(self, stage: ChatStage) -> None:
        """Emphasis is shown where it belongs, and goes with the words that an edit replaces."""
        needs(can(stage).markup, "markup")
        text, spans = emphasised(can(stage).markup)
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, text, spans=spans)
            await tell(stage, chat, text)
            first, second = await shown(stage, chat, 2)
            assert (first.text, set(first.spans)) == (text, set(spans))
            assert (second.text, second.spans) == (text, ())
            if can(stage).edit:
                for message in (OutgoingMessage(f"{text}!", spans=spans), OutgoingMessage("!")):
                    await stage.adapter.edit(chat, id, message)
                    await stage.eventually(lambda m=message: self._stands(stage, chat, id, m.text), "an edit")  # type: ignore[misc]
                    heard = (await shown(stage, chat, 2))[0]
                    assert set(heard.spans) == set(message.spans)

    async def test_edit(self, stage: ChatStage) -> None:
        """An edit replaces the message in its place, again and again under the same id."""
        if not can(stage).edit:
            return await self._refused(stage, "edit")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, "sending")
            await tell(stage, chat, "another")
            for text in ("sent", self.carried(" done: 好\n<b>2 of 3</b>")):
                await stage.adapter.edit(chat, id, OutgoingMessage(text))
                await stage.eventually(lambda text=text: self._stands(stage, chat, id, text), "an edit")  # type: ignore[misc]
            heard = await shown(stage, chat, 2)
            await meet(stage, inbox, "end")
            assert inbox.texts() == ["hello", "end"], "the bot hears its own edits"
        assert [message.text for message in heard] == [self.carried(" done: 好\n<b>2 of 3</b>"), "another"]
        return None

    async def test_edited_buttons(self, stage: ChatStage) -> None:
        """An edit brings the buttons that it bears and takes the others away."""
        needs(can(stage).edit and can(stage).buttons, "edit and buttons")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, "sure?", buttons=BUTTONS)
            await stage.adapter.edit(chat, id, OutgoingMessage("sure now?", buttons=BUTTONS[1:]))
            await stage.eventually(lambda: self._stands(stage, chat, id, "sure now?"), "an edit")
            assert (await shown(stage, chat, 1))[0].buttons == BUTTONS[1:]
            await stage.adapter.edit(chat, id, OutgoingMessage("done"))
            await stage.eventually(lambda: self._stands(stage, chat, id, "done"), "an edit")
            assert (await shown(stage, chat, 1))[0].buttons == ()

    async def test_delete(self, stage: ChatStage) -> None:
        """A deleted message is gone, the others stay, and deleting it twice is no error."""
        if not can(stage).delete:
            return await self._refused(stage, "delete")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, "wrong")
            kept = await tell(stage, chat, "right")
            await stage.adapter.delete(chat, id)
            await stage.eventually(lambda: self._stands(stage, chat, id, None), "a deletion")
            await stage.adapter.delete(chat, id)
            if can(stage).edit:
                await self._stays_gone(stage, chat, id)
            assert [message.id for message in await shown(stage, chat, 1)] == [kept]
        return None

    async def test_delete_theirs(self, stage: ChatStage) -> None:
        """What a person wrote in their direct chat is taken away, and nothing else; twice is no error."""
        needs(can(stage).delete_theirs, "delete_theirs")
        assert can(stage).delete, "delete_theirs needs delete"
        async with running(stage) as inbox:
            said, kept = [await stage.remote.say(text) for text in ("my password", "hello")]
            message, _ = await inbox.hears("my password"), await inbox.hears("hello")
            for _ in range(2):
                await stage.adapter.delete(message.chat, message.id)
            assert [await stage.remote.stands(one) for one in (said, kept)] == [False, True]

    async def test_address(self, stage: ChatStage) -> None:
        """The link to a chat with the bot bears what will be said there, and works before `run` does."""
        if not can(stage).address:
            with stage.raises(Unsupported):
                await stage.adapter.address("abcd-1234")
            return
        link = await stage.adapter.address("abcd-1234")
        assert "abcd-1234" in link
        assert ":" in link
        if ChatFailure.LOCKED_OUT in stage.remote.failures:
            await stage.remote.fail(ChatFailure.LOCKED_OUT)
            with stage.raises(AuthExpired):
                await stage.adapter.address("abcd-1234")

    async def test_administers(self, stage: ChatStage) -> None:
        """Of whom nobody can say that they administer a group, it is not so; nor of a direct chat."""
        if not can(stage).administers:
            with stage.raises(Unsupported):
                await stage.adapter.administers(Chat("no", direct=False), "no")
            return
        needs(can(stage).groups, "groups")
        async with running(stage) as inbox:
            for sender in ("ada", "lin"):
                said = await meet(stage, inbox, f"I am {sender}", sender=sender, group=True)
                assert await stage.adapter.administers(said.chat, said.sender.id) is said.sender.admin
            ada = await meet(stage, inbox, "alone")
            for chat, person in (
                (said.chat, "815"),
                (ada.chat, ada.sender.id),
                (Chat("nowhere", direct=False), ada.sender.id),
            ):
                assert await stage.adapter.administers(chat, person) is False
            if ChatFailure.REMOVED in stage.remote.failures:
                await stage.remote.fail(ChatFailure.REMOVED)
                await inbox.takes(ChatChanged)
                assert await stage.adapter.administers(said.chat, ada.sender.id) is False

    async def test_secrets_are_never_shown(self, stage: ChatStage) -> None:
        """No secret is in a repr, an error or a log line, neither in good times nor in bad."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            await tell(stage, chat, "hello")
            shown = (stage.adapter, stage.adapter.config, stage.context.name, *inbox.seen)
            stage.keeps_secrets(*shown)
        assert stage.context.name in repr(stage.adapter)

    async def _stays_gone(self, stage: ChatStage, chat: Chat, id: str) -> None:
        """Editing what is deleted brings nothing back; where the network minds, it is not `Temporary`."""
        try:
            await stage.adapter.edit(chat, id, OutgoingMessage("again"))
        except (TargetGone, Rejected) as error:
            stage.reads(error.key, error.arguments)
        assert await self._stands(stage, chat, id, None)

    async def _refused(self, stage: ChatStage, ability: str) -> None:
        """What is not declared raises `Unsupported`, and does nothing."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            id = await tell(stage, chat, "stays")
            more = (OutgoingMessage("changed"),) if ability == "edit" else ()
            with stage.raises(Unsupported):
                await getattr(stage.adapter, ability)(chat, id, *more)
            assert [message.text for message in await shown(stage, chat, 1)] == ["stays"]

    async def _stands(self, stage: ChatStage, chat: Chat, id: str, text: str | None) -> bool:
        """Is `text` what stands under this id now (None: nothing does)?"""
        heard = await stage.remote.heard(chat)
        now = [message.text for message in heard if message.id == id]
        return now == ([] if text is None else [text])
