"""Rooms over XMPP, with a real Prosody."""

from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from adapters import xmpp
from adapters.xmpp.room import Room
from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.model import Chat, ChatChanged, Deletion, Edit, OutgoingMessage
from bridgebot.testing.chat_base import ChatContractBase, meet, tell
from bridgebot.testing.inbox import running
from tests.servers.prosody import DOMAIN, ROOMS
from tests.servers.xmpp_person import MUC, NS
from tests.servers.xmpp_stage import BOT, XmppStage

CORRECT = "<replace xmlns='urn:xmpp:message-correct:0' id='{0}'/>"
RETRACT = "<retract xmlns='urn:xmpp:message-retract:1' id='{0}'/>"


def changes(inbox):
    return [(one.chat.id, one.change) for one in inbox.committed if isinstance(one, ChatChanged)]


def elsewhere(stage, **options):
    """The adapter after a restart, with other options."""
    return xmpp.Adapter(xmpp.Config(**{**dict(stage.adapter.config), **options}), stage.context)


async def in_room(stage, inbox, text="hello", sender="ada"):
    return await meet(stage, inbox, text, sender=sender, group=True)


async def is_inside(adapter, room):
    entered = adapter._session and adapter._session.rooms.get(room)
    return entered and entered.inside


async def archived_id(person, room, id):
    """The id that the room gave to a message, as a person sees it."""
    stanza = await person.shown(lambda one: one.get("id") == id and one.get("type") == "groupchat")
    return stanza.find(f"{{urn:xmpp:sid:0}}stanza-id[@by='{room}']").get("id")


@pytest.mark.prosody
class TestRooms(XmppStage, ChatContractBase):
    async def test_joining_is_handed_in_once(self, stage):
        async with running(stage) as inbox:
            message = await in_room(stage, inbox)
            assert changes(inbox) == [(stage.remote.room, "joined")]
        async with running(stage, adapter=stage.make()) as again:
            await in_room(stage, again, "again")
            assert changes(again) == []
        assert message.chat == Chat(stage.remote.room, direct=False, title=message.chat.title)

    @pytest.mark.parametrize("how", ["direct", "mediated"])
    async def test_invited(self, stage, how):
        ada, room = stage.remote.people["ada"], f"{uuid4().hex}@{ROOMS}"
        await ada.enter(room)
        async with running(stage) as inbox:
            await meet(stage, inbox)
            if how == "direct":
                ada.send(BOT, "come!", f"<x xmlns='jabber:x:conference' jid='{room}'/>", kind="normal")
            else:
                ada.raw(f"<message to='{room}'><x xmlns='{MUC}#user'><invite to='{BOT}'/></x></message>")
            await inbox.takes(ChatChanged, lambda one: one.chat.id == room and one.change == "joined")
            assert inbox.texts() == ["hello"]
        async with running(stage, adapter=stage.make()) as again:
            ada.send(room, "you are back", kind="groupchat")
            await again.hears("you are back")
            assert (room, "joined") not in changes(again)

    async def test_invitations_may_be_refused(self, stage):
        ada, room = stage.remote.people["ada"], f"{uuid4().hex}@{ROOMS}"
        await ada.enter(room)
        async with running(stage, adapter=elsewhere(stage, accept_invitations=False)) as inbox:
            await meet(stage, inbox)
            ada.send(BOT, None, f"<x xmlns='jabber:x:conference' jid='{room}'/>", kind="normal")
            await meet(stage, inbox, "the end")
            await inbox.takes(ChatChanged, lambda one: one.chat.id == stage.remote.room)
            assert changes(inbox) == [(stage.remote.room, "joined")]

    @pytest.mark.parametrize("how", ["kicked", "banned", "closed"])
    async def test_gone(self, stage, how):
        ada, room = stage.remote.people["ada"], stage.remote.room
        async with running(stage) as inbox:
            chat = (await in_room(stage, inbox)).chat
            if how == "kicked":
                item = "<item nick='bridgebot' role='none'/>"
                await ada.ask(room, "set", f"<query xmlns='{MUC}#admin'>{item}</query>")
            elif how == "banned":
                await ada.affiliate(room, BOT, "outcast")
            else:
                await ada.ask(room, "set", f"<query xmlns='{MUC}#owner'><destroy/></query>")
            await inbox.takes(ChatChanged, lambda one: one.change == "gone")
            with stage.raises(TargetGone):
                await stage.adapter.send(chat, OutgoingMessage("anybody?"))
            await meet(stage, inbox, "direct chats go on")
        async with running(stage, adapter=elsewhere(stage, rooms=())) as again:
            await meet(stage, again, "it stays gone")
            assert changes(again) == []

    async def test_a_room_that_forgot_the_bot_is_noticed(self, stage, monkeypatch):
        """A server that was restarted forgets who was in its rooms, and tells nobody."""
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            session = stage.adapter._session
            room = session.rooms.get(stage.remote.room)
            await stage.adapter.check()
            assert room.inside
            monkeypatch.setattr(room, "present", lambda presence: None)
            here = f"{stage.remote.room}/{room.nick}"
            session.connection.client.send_presence(pto=here, ptype="unavailable")
            await stage.adapter.check()
            assert not room.inside  # it is entered again after a moment

    async def test_a_new_room_is_open_to_others(self, stage):
        ada, room = stage.remote.people["ada"], f"{uuid4().hex}@{ROOMS}"
        async with running(stage, adapter=elsewhere(stage, rooms=[room])) as inbox:
            await inbox.takes(ChatChanged, lambda one: one.chat.id == room)
            await ada.enter(room)
            ada.send(room, "is anybody here?", kind="groupchat")
            await inbox.hears("is anybody here?")

    async def test_a_room_that_was_made_anew_is_another(self, stage):
        """It vanished when everybody had left: who decided in it decides nothing in the new one."""
        room = f"{uuid4().hex}@{ROOMS}"
        for expected in ([(room, "joined")], [(room, "gone"), (room, "joined")]):
            async with running(stage, adapter=elsewhere(stage, rooms=[room])) as inbox:
                await inbox.takes(ChatChanged, lambda one: (one.chat.id, one.change) == (room, "joined"))
                assert [change for change in changes(inbox) if change[0] == room] == expected

    async def test_a_taken_nick(self, stage):
        lin, room = stage.remote.people["lin"], f"{uuid4().hex}@{ROOMS}"
        await lin.enter(room, "bridgebot")
        async with running(stage, adapter=elsewhere(stage, rooms=[room])) as inbox:
            await inbox.takes(ChatChanged, lambda one: one.chat.id == room)
            lin.send(room, "bridgebot_: hi", kind="groupchat")
            assert (await inbox.hears("hi")).addressed

    async def test_who_speaks(self, stage):
        async with running(stage) as inbox:
            ada = await in_room(stage, inbox, "I made this room")
            lin = await in_room(stage, inbox, "I am a guest", sender="lin")
            assert (ada.sender.id, ada.sender.admin) == (f"ada@{DOMAIN}", True)
            assert (lin.sender.id, lin.sender.admin, lin.sender.name) == (f"lin@{DOMAIN}", False, "lin")
            await stage.remote.people["ada"].affiliate(stage.remote.room, lin.sender.id, "admin")
            assert (await in_room(stage, inbox, "now I may", sender="lin")).sender.admin

    async def test_a_room_that_hides_its_people(self, stage):
        ada, lin, room = *stage.remote.people.values(), stage.remote.room
        await ada.configure(room, whois="moderators")
        async with running(stage) as inbox:
            first = await in_room(stage, inbox, "one", sender="lin")
            other = await in_room(stage, inbox, "two")
            lin.raw(f"<presence to='{room}/liz'/>")
            await lin.shown(lambda one: one.get("from") == f"{room}/liz", lin.presences)
            second = await in_room(stage, inbox, "three", sender="lin")
        assert first.sender.weak
        assert other.sender.weak
        assert first.sender.id == second.sender.id != other.sender.id
        assert first.sender.id.startswith(f"{room}/")
        assert second.sender.name == "liz"

    async def test_a_private_message_in_a_room(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            for text in ("/post psst", "/post psst psst"):
                ada.send(f"{room}/bridgebot", text, f"<x xmlns='{MUC}#user'/>")
            answer = await ada.shown(lambda one: BOT in (one.findtext(f"{NS}body") or ""))
            await in_room(stage, inbox, "the end")
            assert inbox.texts() == ["hello", "the end"]
        assert (answer.get("from"), answer.get("type")) == (f"{room}/bridgebot", "chat")
        assert len([one for one in ada.messages if BOT in (one.findtext(f"{NS}body") or "")]) == 1

    async def test_reactions_in_a_room_are_passed_over_and_not_answered(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        given = "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>👍</reaction></reactions>"
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            ada.send(room, None, given, kind="groupchat")
            ada.send(f"{room}/bridgebot", None, given, f"<x xmlns='{MUC}#user'/>")
            await in_room(stage, inbox, "the end")
            await meet(stage, inbox, "really the end")
            assert inbox.texts() == ["hello", "the end", "really the end"]
            assert len(inbox.things()) == 3
        assert [one for one in ada.messages if BOT in (one.findtext(f"{NS}body") or "")] == []

    async def test_only_the_writer_changes_a_message(self, stage):
        ada, lin, room = *stage.remote.people.values(), stage.remote.room
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            id = ada.send(room, "bridgebot: helo", kind="groupchat")
            original = await inbox.hears("helo")
            assert original.id == await archived_id(ada, room, id)
            await in_room(stage, inbox, "my turn", sender="lin")
            lin.send(room, "stolen", CORRECT.format(id), kind="groupchat")
            lin.send(room, "gone", RETRACT.format(original.id), kind="groupchat")
            lin.send(room, "gone", RETRACT.format(id), kind="groupchat")
            ada.send(room, "bridgebot: hello", CORRECT.format(id), kind="groupchat")
            edit = await inbox.takes(Edit)
            ada.send(room, "gone", RETRACT.format(original.id), kind="groupchat")
            deletion = await inbox.takes(Deletion)
            await in_room(stage, inbox, "the end", sender="lin")
        assert (edit.id, edit.text, edit.sender.id) == (original.id, "hello", f"ada@{DOMAIN}")
        assert (deletion.id, deletion.sender.id) == (original.id, f"ada@{DOMAIN}")
        assert len([one for one in inbox.committed if isinstance(one, Edit | Deletion)]) == 2

    async def test_while_away(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        async with running(stage) as inbox:
            original = await in_room(stage, inbox, "helo")
            said = next(one.get("id") for one in ada.messages if "helo" in (one.findtext(f"{NS}body") or ""))
        ada.send(room, "one", kind="groupchat")
        ada.send(room, "hello", CORRECT.format(said), kind="groupchat")
        ada.send(room, "two", kind="groupchat")
        await ada.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
        async with running(stage, adapter=stage.make()) as again:
            await again.hears("two")
            edit = await again.takes(Edit)
            assert again.texts() == ["one", "two"]
        assert (edit.id, edit.text, edit.sender.id) == (original.id, "hello", f"ada@{DOMAIN}")

    async def test_while_away_from_a_room_without_an_archive(self, stage):
        """What was said meanwhile is never heard, also not from the room's history; then it goes on."""
        ada, room = stage.remote.people["ada"], stage.remote.room
        await ada.configure(room, enablearchiving="0")
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            assert not stage.adapter._session.rooms.get(room).archived
        id = ada.send(room, "meanwhile", kind="groupchat")
        await ada.shown(lambda one: one.get("id") == id)
        again = stage.make()
        async with running(stage, adapter=again) as inbox:
            await stage.eventually(lambda: is_inside(again, room), "the bot in the room")
            await in_room(stage, inbox, "again")
            await in_room(stage, inbox, "and again", sender="lin")
            assert inbox.texts() == ["again", "and again"]
            assert changes(inbox) == []

    async def test_what_is_no_message(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        async with running(stage) as inbox:
            await in_room(stage, inbox)
            ada.send(room, None, "<subject>a new subject</subject>", kind="groupchat")
            ada.send(
                room, None, "<composing xmlns='http://jabber.org/protocol/chatstates'/>", kind="groupchat"
            )
            omemo = "<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x</payload></encrypted>"
            ada.send(room, "I sent you an OMEMO message", omemo, kind="groupchat")
            await in_room(stage, inbox, "the end")
            assert inbox.texts() == ["hello", "the end"]

    async def test_answers_and_changes_of_the_bots_words(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        async with running(stage) as inbox:
            message = await in_room(stage, inbox)
            id = await tell(stage, message.chat, "what do you think?", reply_to=message.id)
            stanza = await ada.shown(lambda one: "what do you" in (one.findtext(f"{NS}body") or ""))
            assert stanza.find("{urn:xmpp:reply:0}reply").get("id") == message.id
            assert id == await archived_id(ada, room, stanza.get("id"))
            await stage.remote.say("I agree", group=True, reply_to=id)
            answer = await inbox.hears("I agree")
            assert (answer.reply_to, answer.addressed) == (id, True)
            await stage.adapter.edit(message.chat, id, OutgoingMessage("what do you all think?"))
            change = await ada.shown(lambda one: one.find("{urn:xmpp:message-correct:0}replace") is not None)
            assert change.find("{urn:xmpp:message-correct:0}replace").get("id") == stanza.get("id")
            await stage.adapter.delete(message.chat, id)
            gone = await ada.shown(lambda one: one.find("{urn:xmpp:message-retract:1}retract") is not None)
            assert gone.find("{urn:xmpp:message-retract:1}retract").get("id") == id

    async def test_an_older_message_of_the_bot_can_be_changed(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            chat = (await in_room(stage, inbox)).chat
            id = await tell(stage, chat, "before the restart")
        adapter = stage.make()
        async with running(stage, adapter=adapter) as again:
            await in_room(stage, again, "again")
            await adapter.edit(chat, id, OutgoingMessage("after the restart"))
            await ada.shown(lambda one: one.findtext(f"{NS}body") == "after the restart")
            with stage.raises(Rejected):
                await adapter.edit(chat, "some-other-id", OutgoingMessage("never shown"))

    async def test_no_voice(self, stage):
        ada, room = stage.remote.people["ada"], stage.remote.room
        await ada.configure(room, moderatedroom="1")
        async with running(stage) as inbox:
            chat = (await in_room(stage, inbox)).chat
            with stage.raises(Rejected):
                await stage.adapter.send(chat, OutgoingMessage("may I?"))
            assert list(await stage.remote.heard(chat)) == []

    async def test_the_room_forgot_the_bot(self, stage):
        async with running(stage) as inbox:
            chat = (await in_room(stage, inbox)).chat
            stage.adapter._session.connection.client.send(
                f"<presence to='{stage.remote.room}/bridgebot' type='unavailable'/>"
            )
            with stage.raises(Temporary):
                while True:
                    await stage.adapter.send(chat, OutgoingMessage("still here?"))

    async def test_members_only(self, stage):
        ada, room = stage.remote.people["ada"], f"{uuid4().hex}@{ROOMS}"
        await ada.enter(room)
        await ada.configure(room, membersonly="1")
        adapter = elsewhere(stage, rooms=[room])
        async with running(stage, adapter=adapter) as inbox:
            await meet(stage, inbox)
            with stage.raises(TargetGone, Temporary):
                await adapter.send(Chat(room, direct=False), OutgoingMessage("let me in"))
            assert changes(inbox) == []

    async def test_two_rooms_and_a_person_are_three_chats(self, stage):
        ada, other = stage.remote.people["ada"], f"{uuid4().hex}@{ROOMS}"
        await ada.enter(other)
        adapter = elsewhere(stage, rooms=[stage.remote.room, other])
        async with running(stage, adapter=adapter) as inbox:
            await in_room(stage, inbox, "here")
            await inbox.takes(ChatChanged, lambda one: one.chat.id == other)
            await adapter.send(Chat(other, direct=False), OutgoingMessage("for the other room"))
            assert list(await stage.remote.heard(Chat(f"ada@{DOMAIN}", direct=True))) == []
            assert list(await stage.remote.heard(Chat(stage.remote.room, direct=False))) == []


class _Elsewhere:
    """As much of a connection as a room asks for before it is entered."""

    server = DOMAIN


@pytest.mark.parametrize(
    ("room", "jid", "trusted", "weak"),
    [
        ("r@conference.localhost", "ada@elsewhere.example", False, False),
        ("r@conference.elsewhere.example", "ada@elsewhere.example", False, False),
        ("r@conference.evil.example", "ada@localhost", False, True),
        ("r@conference.evil.example", "ada@localhost", True, False),
        ("r@evil-localhost", "ada@localhost", False, True),
    ],
)
async def test_a_strange_room_cannot_say_who_somebody_is(room, jid, trusted, weak):
    place = Room(_Elsewhere(), room, "bridgebot", trusted=trusted)
    mark = f"<x xmlns='{MUC}#user'><item affiliation='owner' jid='{jid}/phone'/></x>"
    place.present(parse(f"<presence xmlns='jabber:client' from='{room}/ada'>{mark}</presence>"))
    person = place.person(parse(f"<message xmlns='jabber:client' from='{room}/ada'/>"))
    assert (person.weak, person.id) == (weak, f"{room}/ada" if weak else jid)


def parse(text):
    return ET.fromstring(text)
