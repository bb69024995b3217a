"""The chat contract: every promise of `ChatAdapter`, tested at the wire."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bridgebot.errors import AuthExpired, ConfigError, StoreError, TargetGone, Temporary
from bridgebot.model import ChatChanged, Deletion, Edit, Message, Reaction
from bridgebot.testing.chat_base import (
    ChatContractBase,
    ChatFailure,
    ChatRemote,
    ChatStage,
    Heard,
    can,
    meet,
    tell,
)
from bridgebot.testing.chat_broadcasts import BroadcastPromises
from bridgebot.testing.chat_checks import CheckingPromises
from bridgebot.testing.chat_files import FilePromises
from bridgebot.testing.chat_out import OutgoingPromises
from bridgebot.testing.chat_shows import ShowingPromises
from bridgebot.testing.contract import emphasised, needs
from bridgebot.testing.inbox import running

__all__ = ["ChatAdapterContract", "ChatFailure", "ChatRemote", "ChatStage", "Heard"]


class IncomingPromises(ChatContractBase):
    """`run`, and what it hands in."""

    async def test_text_arrives_unchanged(self, stage: ChatStage) -> None:
        """What a person typed arrives as it is: nothing stripped, folded, quoted or added."""
        async with running(stage) as inbox:
            for text in self.texts:
                await stage.remote.say(text)
            await stage.remote.say("the end")
            await inbox.hears("the end")
            assert inbox.texts() == [*map(self.carried, self.texts), "the end"]

    async def test_message_says_when_and_who(self, stage: ChatStage) -> None:
        """A message bears the server's time in UTC, a stable sender, and `addressed` in a direct chat."""
        async with running(stage) as inbox:
            first, second = await meet(stage, inbox, "one"), await meet(stage, inbox, "two")
            other = await meet(stage, inbox, "three", sender="lin")
        assert first.sent_at.utcoffset() == timedelta(0)
        assert abs(first.sent_at - stage.context.clock.now()) < timedelta(hours=1)
        assert first.sender.id == second.sender.id != other.sender.id
        assert (first.chat.id, first.chat.direct) == (second.chat.id, True)
        assert first.chat.id != other.chat.id, "two people share a direct chat"
        assert all(message.addressed and not message.sender.weak for message in (first, second, other))

    async def test_groups_are_told_apart(self, stage: ChatStage) -> None:
        """A group is one chat of several people, not direct, with people as strong as they are."""
        needs(can(stage).groups, "groups")
        async with running(stage) as inbox:
            ada = await meet(stage, inbox, "ada", sender="ada", group=True)
            lin = await meet(stage, inbox, "lin", sender="lin", group=True)
            alone = await meet(stage, inbox, "alone")
        assert (ada.chat.id, ada.chat.direct) == (lin.chat.id, False)
        assert alone.chat.id != ada.chat.id
        assert ada.sender.id != lin.sender.id
        assert ada.sender.weak == lin.sender.weak == self.weak_in_groups

    async def test_addressed_in_groups(self, stage: ChatStage) -> None:
        """In a group a message says whether it was meant for the bot."""
        needs(can(stage).groups, "groups")
        async with running(stage) as inbox:
            await stage.remote.say("for the others", group=True, addressed=False)
            assert not (await inbox.hears("for the others")).addressed
            await stage.remote.say("for the bot", group=True, addressed=True)
            message = await inbox.takes(Message, lambda message: "for the bot" in message.text)
            assert message.addressed

    async def test_ids_are_unique(self, stage: ChatStage) -> None:
        """Each thing has an event of its own, each message an id of its own in its chat."""
        async with running(stage) as inbox:
            for text in ("same", "same", "same", "end"):
                await stage.remote.say(text)
            await inbox.hears("end")
            things = [thing for thing in inbox.committed if isinstance(thing, Message)]
        assert len({thing.event for thing in things}) == len(things) == 4
        assert len({thing.id for thing in things}) == 4

    async def test_order_within_a_chat(self, stage: ChatStage) -> None:
        """What is written in a chat is handed in in that order."""
        texts = [f"line {number}" for number in range(8)]
        async with running(stage) as inbox:
            for text in texts:
                await stage.remote.say(text)
            await inbox.hears(texts[-1])
            assert inbox.texts() == texts

    async def test_bot_does_not_hear_itself(self, stage: ChatStage) -> None:
        """The bot's own messages are not handed in, also where a room reflects them."""
        async with running(stage) as inbox:
            for group in (False, True) if can(stage).groups else (False,):
                message = await meet(stage, inbox, f"start {group}", group=group)
                await tell(stage, message.chat, "I am the bot")
                await meet(stage, inbox, f"end {group}", group=group)
            assert not [text for text in inbox.texts() if "I am the bot" in text]
            assert len(inbox.things()) == len(inbox.texts())

    async def test_not_acknowledged_before_the_commit(self, stage: ChatStage) -> None:
        """What could not be committed comes again, with the same event."""
        needs(self.repeats, "a network that repeats what was not acknowledged")
        async with running(stage, refuse=1) as inbox:
            await stage.remote.say("keep me")
            lost = await inbox.asked()
            await asyncio.wait({inbox.run} if inbox.run else set(), timeout=0.2)
            if inbox.run and inbox.run.done():
                assert isinstance(inbox.run.exception(), StoreError | Temporary), "run must end by the error"
        async with running(stage, adapter=stage.make()) as again:
            again.committed += inbox.committed  # an adapter may also ask for it again at once
            assert (await again.hears("keep me")).event == lost.event

    async def test_stopped_before_the_commit(self, stage: ChatStage) -> None:
        """Stopped in the middle of a commit, the thing comes again at the next start."""
        needs(self.repeats, "a network that repeats what was not acknowledged")
        async with running(stage, hold=True) as inbox:
            await stage.remote.say("keep me")
            lost = await inbox.asked()
        assert inbox.committed == []
        async with running(stage, adapter=stage.make()) as again:
            assert (await again.hears("keep me")).event == lost.event

    async def test_a_restart_makes_nothing_new(self, stage: ChatStage) -> None:
        """What was committed comes after a restart with its event or not at all."""
        async with running(stage) as inbox:
            first = await meet(stage, inbox, "before")
            await meet(stage, inbox, "before, too")
        async with running(stage, adapter=stage.make()) as again:
            second = await meet(stage, again, "after")
            known = {thing.event for thing in inbox.committed}
            old = [thing for thing in again.committed if isinstance(thing, Message) and thing != second]
            assert {thing.event for thing in old} <= known
        assert second.event not in known
        assert (second.chat, second.sender.id) == (first.chat, first.sender.id)

    async def test_written_while_away(self, stage: ChatStage) -> None:
        """What people wrote while the bot was away is handed in, in order."""
        needs(self.keeps, "a network that keeps messages")
        async with running(stage) as inbox:
            await meet(stage, inbox)
        for text in ("one", "two"):
            await stage.remote.say(text)
        async with running(stage, adapter=stage.make()) as again:
            await again.hears("two")
            assert [text for text in again.texts() if text != "hello"] == ["one", "two"]

    async def test_lost_connection(self, stage: ChatStage) -> None:
        """A lost connection ends `run` by `Temporary`; a new `run` hears and speaks again."""
        needs(ChatFailure.DROP in stage.remote.failures, "a connection that can be cut")
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            await stage.remote.fail(ChatFailure.DROP)
            assert isinstance(error := await inbox.ended(), Temporary), repr(error)
        async with running(stage) as again:
            await meet(stage, again, "back again")
            await tell(stage, chat, "welcome back")

    async def test_locked_out(self, stage: ChatStage) -> None:
        """Refused credentials of the bot end `run` by an error for the operator, not by a retry."""
        needs(ChatFailure.LOCKED_OUT in stage.remote.failures, "credentials that can be refused")
        await stage.remote.fail(ChatFailure.LOCKED_OUT)
        async with running(stage) as inbox:
            error = await inbox.ended()
            assert isinstance(error, AuthExpired | ConfigError), repr(error)
        stage.keeps_secrets(error)

    async def test_removed_from_a_group(self, stage: ChatStage) -> None:
        """Put out of a group, the bot is told so, and a send there is `TargetGone`."""
        needs(ChatFailure.REMOVED in stage.remote.failures and can(stage).groups, "groups")
        async with running(stage) as inbox:
            message = await meet(stage, inbox, group=True)
            await stage.remote.fail(ChatFailure.REMOVED)
            changed = await inbox.takes(ChatChanged, lambda thing: thing.change == "gone")
            assert (changed.chat.id, changed.moved_to) == (message.chat.id, None)
            assert isinstance(changed.event, str)
            assert changed.event != message.event
            with stage.raises(TargetGone):
                await tell(stage, message.chat, "still here?")

    async def test_cancelling_ends_run(self, stage: ChatStage) -> None:
        """Cancelled, `run` ends promptly and as cancelled."""
        async with running(stage) as inbox:
            await meet(stage, inbox)
        assert inbox.run is not None
        assert inbox.run.cancelled(), "run swallowed the cancellation"

    async def test_reply_in(self, stage: ChatStage) -> None:
        """A native reply names the bot's message that it answers; anything else names none."""
        needs(can(stage).replies, "replies")
        async with running(stage) as inbox:
            message = await meet(stage, inbox)
            ids = await tell(stage, message.chat, "a question"), await tell(stage, message.chat, "another")
            await stage.remote.say("an answer", reply_to=ids[0])
            assert (await inbox.hears("an answer")).reply_to == ids[0]
            assert message.reply_to is None

    async def test_edits_in(self, stage: ChatStage) -> None:
        """An edit bears the id of the original, also the second time, and all of the new text."""
        needs(can(stage).edits_in, "edits_in")
        async with running(stage) as inbox:
            said = await stage.remote.say("helo")
            original = await inbox.hears("helo")
            edits = []
            for text in ("hello", self.carried(" hello: 你好\nthere ")):
                await stage.remote.edit(said, text)
                edits.append(await inbox.takes(Edit, lambda edit, text=text: edit.text == text))  # type: ignore[misc]
            assert [edit.id for edit in edits] == [original.id] * 2
            assert len({original.event, *(edit.event for edit in edits)}) == 3
            assert {edit.sender.id for edit in edits} == {original.sender.id}
            assert {edit.chat.id for edit in edits} == {original.chat.id}
            assert len(inbox.things()) == 3, "an edit came as something else, too"

    async def test_emphasis_in(self, stage: ChatStage) -> None:
        """Emphasis arrives where the person put it, counted in code points, also with an edit; the text
        itself is as typed."""
        needs(can(stage).markup, "markup")
        text, spans = emphasised(can(stage).markup)
        async with running(stage) as inbox:
            said = await stage.remote.say(text, spans=spans)
            message = await inbox.hears(text)
            assert set(message.spans) == set(spans)
            assert (await meet(stage, inbox, "plain")).spans == ()
            if can(stage).edits_in:
                await stage.remote.edit(said, f"{text}!", spans=spans[:1])
                assert (await inbox.takes(Edit)).spans == spans[:1]

    async def test_deletions_in(self, stage: ChatStage) -> None:
        """A deletion bears the id of the original."""
        needs(can(stage).deletions_in, "deletions_in")
        async with running(stage) as inbox:
            said = await stage.remote.say("oops")
            original = await inbox.hears("oops")
            await stage.remote.delete(said)
            deletion = await inbox.takes(Deletion)
            assert (deletion.id, deletion.sender.id) == (original.id, original.sender.id)
            assert deletion.chat.id == original.chat.id
            assert deletion.event != original.event
            assert len(inbox.things()) == 2, "a deletion came as something else, too"

    async def test_reactions_in(self, stage: ChatStage) -> None:
        """A reaction bears the id of the message that it is to, the bot's or the person's own, and all emoji
        of the person to it as they are now; none once they are taken back."""
        needs(can(stage).reactions_in, "reactions_in")
        sets = (("👍",), ("👍", "❤"), ())
        async with running(stage) as inbox:
            message = await meet(stage, inbox)
            sent = await tell(stage, message.chat, "a post")
            things: list[Reaction] = []
            for id in (sent, message.id):
                for emojis in sets:
                    await stage.remote.react(id, *emojis)
                    thing = await inbox.asked(len(things) + 2)
                    assert isinstance(thing, Reaction), "a reaction came as something else"
                    things.append(thing)
            await meet(stage, inbox, "the end")
            assert len(inbox.things()) == len(things) + 2, "a reaction came twice, or as something else, too"
        assert [(one.id, set(one.emojis)) for one in things] == [
            (id, set(emojis)) for id in (sent, message.id) for emojis in sets
        ]
        assert len({message.event, *(one.event for one in things)}) == len(things) + 1
        assert {(one.chat.id, one.sender.id) for one in things} == {(message.chat.id, message.sender.id)}
        times = [one.at for one in things if one.at is not None]
        assert all(abs(at - stage.context.clock.now()) < timedelta(hours=1) for at in times)


class ChatAdapterContract(
    IncomingPromises, OutgoingPromises, CheckingPromises, FilePromises, ShowingPromises, BroadcastPromises
):
    """Subclass it in a test file, say `module`, write `remote` (and `config`): every promise is tested."""
