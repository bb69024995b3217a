"""Direct chats over XMPP, with a real Prosody."""

import json
import signal
from datetime import UTC, datetime, timedelta

import pytest

from adapters import xmpp
from bridgebot.errors import AuthExpired, ConfigError, StoreError, TargetGone, Temporary
from bridgebot.model import Chat, Deletion, Edit, Message, OutgoingMessage, Reaction, Span
from bridgebot.testing.chat_base import ChatContractBase, meet, tell
from bridgebot.testing.inbox import running
from tests.adapters.test_xmpp_reading import ENCRYPTED, NEVER_POSTED
from tests.servers.prosody import DOMAIN, PASSWORDS
from tests.servers.xmpp_person import NS, PersonClient
from tests.servers.xmpp_stage import BOT, XmppStage

ADA = Chat(f"ada@{DOMAIN}", direct=True)
CORRECT = "<replace xmlns='urn:xmpp:message-correct:0' id='{0}'/>"
RETRACT = "<retract xmlns='urn:xmpp:message-retract:1' id='{0}'/><store xmlns='urn:xmpp:hints'/>"
STORE = "<store xmlns='urn:xmpp:hints'/>"


def changed(stage, **options):
    """The same adapter with other options."""
    config = {**dict(stage.adapter.config), **options}
    return xmpp.Adapter(xmpp.Config(**config), stage.context)


async def fails(stage, **options):
    """How `run` ends with these options."""
    async with running(stage, adapter=changed(stage, **options)) as inbox:
        return await inbox.ended()


@pytest.mark.prosody
class TestDirect(XmppStage, ChatContractBase):
    async def test_what_nobody_typed_never_arrives(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            for inner in NEVER_POSTED.values():
                ada.send(BOT, None, inner, STORE)
            ada.send(BOT, "an error", kind="error")
            ada.send(BOT, "a headline", kind="headline")
            ada.raw("<message to='bot@localhost'><unknown xmlns='what:ever'><deep/></unknown></message>")
            ada.raw(
                "<presence to='bot@localhost'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>"
            )
            await meet(stage, inbox, "the end")
            assert [thing.text for thing in inbox.things()] == ["hello", "the end"]
        async with running(stage, adapter=stage.make()) as again:
            await meet(stage, again, "still here")
            assert set(again.texts()) <= {"hello", "the end", "still here"}

    async def test_encrypted_messages_get_one_answer(self, stage):
        ada, lin = stage.remote.people["ada"], stage.remote.people["lin"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            await meet(stage, inbox, "hello, too", sender="lin")
            for inner in ENCRYPTED:
                ada.send(BOT, None, inner, STORE, attributes="xml:lang='zh-Hans'")
                lin.send(BOT, None, inner, STORE, attributes="xml:lang='en'")
            await meet(stage, inbox, "plain again")
            await meet(stage, inbox, "plain again, too", sender="lin")
            await tell(stage, ADA, "after that")
            await tell(stage, Chat(f"lin@{DOMAIN}", direct=True), "after that")
            await ada.shown(lambda one: one.findtext(f"{NS}body") == "after that")
            await lin.shown(lambda one: one.findtext(f"{NS}body") == "after that")
        texts = stage.context.texts
        assert ada.texts(BOT) == [texts("zh-CN", "xmpp-encrypted"), "after that"]
        assert lin.texts(BOT) == [texts("en", "xmpp-encrypted"), "after that"]
        assert len(inbox.things()) == 4

    async def test_corrections_and_retractions_of_what_is_the_bots(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            own = await tell(stage, chat, "mine")
            ada.send(BOT, "yours?", CORRECT.format(own))
            ada.send(BOT, None, RETRACT.format(own))
            await meet(stage, inbox, "the end")
            assert len(inbox.things()) == 2

    async def test_correction_of_what_was_said_before_a_restart(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            original = await meet(stage, inbox, "helo")
        ada.send(BOT, "hello", CORRECT.format(original.id), id="second")
        ada.send(BOT, "hello!", CORRECT.format("second"))
        ada.send(BOT, "gone", RETRACT.format(original.id))
        async with running(stage, adapter=stage.make()) as again:
            deletion = await again.takes(Deletion)
            edits = [thing for thing in again.committed if isinstance(thing, Edit)]
        assert [(edit.id, edit.text) for edit in edits] == [(original.id, "hello"), (original.id, "hello!")]
        assert (deletion.id, deletion.sender.id) == (original.id, ADA.id)

    async def test_a_reaction_to_a_later_version_is_one_to_the_message(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            own = await tell(stage, chat, "helo")
            await stage.adapter.edit(chat, own, OutgoingMessage("hello"))
            later = await ada.shown(lambda one: one.findtext(f"{NS}body") == "hello")
            for id in (own, later.get("id"), "never-seen"):
                await stage.remote.react(id, "👍")
            await meet(stage, inbox, "the end")
            reactions = [thing for thing in inbox.committed if isinstance(thing, Reaction)]
        assert [(one.id, one.emojis) for one in reactions] == [
            *[(own, ("👍",))] * 2,
            ("never-seen", ("👍",)),
        ]

    async def test_reactions_while_away_come_in_their_order(self, stage):
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            own = await tell(stage, chat, "an item")
            await stage.remote.react(own, "⭐")
            first = await inbox.takes(Reaction)
        await stage.remote.react(own, "⭐", "🔁")
        await stage.remote.react(own)
        async with running(stage, adapter=stage.make()) as again:
            await meet(stage, again, "the end")
            reactions = [thing for thing in again.committed if isinstance(thing, Reaction)]
        later = [one.emojis for one in reactions if one.event != first.event]
        assert (first.emojis, later) == (("⭐",), [("⭐", "🔁"), ()])

    async def test_many_while_away_in_order_and_once(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
        texts = [f"line {number}" for number in range(130)]
        for text in texts:
            ada.send(BOT, text)
        await ada.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
        written = datetime.now(UTC)
        async with running(stage, adapter=stage.make()) as again:
            await meet(stage, again, "live")
        things = [thing for thing in again.committed if isinstance(thing, Message)]
        assert [thing.text for thing in things] == [*texts, "live"]
        assert len({thing.event for thing in things}) == 131
        assert all(thing.sent_at <= written for thing in things[:-1])

    async def test_a_crash_in_the_middle_loses_and_repeats_nothing(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
        for text in ("one", "two", "three"):
            ada.send(BOT, text)
        await ada.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
        seen = []

        class Broken:
            async def __call__(self, thing, *, state=None):
                if thing.text == "two":
                    raise StoreError("the disk is full")
                seen.append(thing.text)
                for key, value in state.items():
                    await stage.context.state.set(key, value)

        with pytest.raises(StoreError):
            await stage.make().run(Broken())
        async with running(stage, adapter=stage.make()) as again:
            await again.hears("three")
        assert (seen, again.texts()) == (["one"], ["two", "three"])

    async def test_what_was_written_before_the_first_start(self, stage):
        ada = stage.remote.people["ada"]
        ada.send(BOT, "before you were born")
        await ada.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
        async with running(stage) as inbox:
            await meet(stage, inbox, "now you are here")
            assert inbox.texts() == ["now you are here"]
        async with running(stage, adapter=stage.make()) as again:
            await meet(stage, again, "still here")
            assert "before you were born" not in again.texts()

    async def test_a_cursor_that_left_the_archive(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
        place = ["no-such-id", (datetime.now(UTC) + timedelta(minutes=5)).isoformat()]
        await stage.context.state.set("archive", json.dumps(place))
        ada.send(BOT, "not lost")
        async with running(stage, adapter=stage.make()) as again:
            await again.hears("not lost")

    async def test_the_server_is_stopped(self, stage):
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            self.prosody.stop(signal.SIGKILL)
            try:
                assert isinstance(await inbox.ended(), Temporary)
                with stage.raises(Temporary):
                    await stage.adapter.send(chat, OutgoingMessage("too late"))
                assert isinstance(await fails(stage), Temporary)
            finally:
                self.prosody.start()
        async with PersonClient(self.prosody, "ada") as ada, running(stage) as again:
            ada.send(BOT, "up again")
            await again.hears("up again")
            stage.remote.people["ada"] = ada
            await tell(stage, chat, "so am I")
            await ada.shown(lambda one: one.findtext(f"{NS}body") == "so am I")

    async def test_receipts_say_what_is_committed(self, stage):
        ada = stage.remote.people["ada"]
        request = "<request xmlns='urn:xmpp:receipts'/>"
        async with running(stage, hold=True) as inbox:
            await ada.sees(BOT)
            id = ada.send(BOT, "did you get it?", request)
            await inbox.asked()
            await ada.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
            assert not [one for one in ada.messages if one.find("{urn:xmpp:receipts}received") is not None]
            inbox.gate.set()
            got = await ada.shown(lambda one: one.find("{urn:xmpp:receipts}received") is not None)
            assert got.find("{urn:xmpp:receipts}received").get("id") == id

    async def test_a_spoiler_hides_all_of_a_message_and_of_its_correction(self, stage):
        ada, mark = stage.remote.people["ada"], "<spoiler xmlns='urn:xmpp:spoiler:0'>the end</spoiler>"
        async with running(stage) as inbox:
            await meet(stage, inbox)
            id = ada.send(BOT, "👍🏽 她", mark)
            assert (await inbox.hears("👍🏽 她")).spans == (Span(0, 4, "spoiler"),)
            ada.send(BOT, "someone else", mark, CORRECT.format(id))
            edit = await inbox.takes(Edit)
            assert (edit.text, edit.spans) == ("someone else", (Span(0, 12, "spoiler"),))
            assert (await meet(stage, inbox, "no secret")).spans == ()

    async def test_what_a_message_of_the_bot_carries(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            message = await meet(stage, inbox, "line one\nline two")
            id = await tell(stage, message.chat, "/me \x07*waves*", reply_to=message.id)
            stanza = await ada.shown(lambda one: one.get("id") == id)
        assert stanza.findtext(f"{NS}body") == "> line one\n> line two\n /me \ufffd*waves*"
        assert stanza.find("{urn:xmpp:styling:0}unstyled") is not None
        assert stanza.find("{urn:xmpp:hints}store") is not None
        assert stanza.find("{urn:xmpp:sid:0}origin-id").get("id") == id
        assert stanza.find("{urn:xmpp:reply:0}reply").get("to").startswith(f"ada@{DOMAIN}")

    async def test_nobody_there(self, stage):
        async with running(stage) as inbox:
            await meet(stage, inbox)
            with stage.raises(TargetGone):
                await stage.adapter.send(Chat(f"nobody@{DOMAIN}", direct=True), OutgoingMessage("hello?"))

    async def test_a_language_that_a_client_names(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            ada.send(BOT, "你好", attributes="xml:lang='zh-CN'")
            assert (await inbox.hears("你好")).sender.language == "zh-CN"

    async def test_other_bots_are_not_answered(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            ada.send(BOT, "I am a bot, too", id="bridgebot-42")
            await meet(stage, inbox, "the end")
            assert inbox.texts() == ["hello", "the end"]

    async def test_what_the_bot_says_about_itself(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            there = [one.get("from") for one in ada.presences if one.get("from", "").startswith(f"{BOT}/")]
            info = await ada.ask(there[-1], "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>")
            version = await ada.ask(there[-1], "get", "<query xmlns='jabber:iq:version'/>")
            await ada.ask(there[-1], "get", "<ping xmlns='urn:xmpp:ping'/>")
        identity = info.find("{*}query/{*}identity")
        assert (identity.get("category"), identity.get("type")) == ("client", "bot")
        features = {one.get("var") for one in info.findall("{*}query/{*}feature")}
        assert {"urn:xmpp:ping", "urn:xmpp:reply:0", "urn:xmpp:receipts", "jabber:iq:version"} <= features
        assert "urn:xmpp:reactions:0" in features  # clients offer reactions to nobody else (XEP-0444, 2.1)
        assert version.findtext("{*}query/{*}name") == "bridgebot"

    async def test_a_wrong_password(self, stage):
        error = await fails(stage, password="a wrong one 815")
        assert isinstance(error, AuthExpired)
        assert BOT in stage.context.texts("en", error.key, **error.arguments)
        assert not [line for line in (*stage.log, str(error)) if "a wrong one" in line]

    async def test_an_address_proves_the_login(self, stage):
        address = "xmpp:bot@localhost?message;body=/start%20abcd-efgh"
        assert await changed(stage).address("abcd-efgh") == address
        with pytest.raises(AuthExpired) as refused:
            await changed(stage, password="a wrong one 815").address("abcd-efgh")
        assert refused.value.key == "xmpp-login-refused"
        async with running(stage) as inbox:
            await meet(stage, inbox)
            assert await stage.adapter.address("abcd-efgh") == address
            assert await changed(stage).address("abcd-efgh") == address
            await meet(stage, inbox, "a second login takes nothing from the first")

    async def test_no_address_without_a_server(self, stage, unused_port):
        with pytest.raises(Temporary):
            await changed(stage, port=unused_port).address("abcd-efgh")

    async def test_an_untrusted_certificate(self, stage):
        error = await fails(stage, ca_file=None)
        assert isinstance(error, ConfigError)
        assert "certificate" in str(error)

    async def test_nothing_there_to_connect_to(self, stage, unused_port):
        assert isinstance(await fails(stage, port=unused_port), Temporary)


@pytest.mark.prosody
class TestWithoutArchive(XmppStage, ChatContractBase):
    """A server without archives and without stream management."""

    options = {"jid": "bot@plain.localhost", "rooms": []}

    async def test_offline_storage_serves(self, stage):
        bot = "bot@plain.localhost"
        async with PersonClient(self.prosody, "ada", "plain.localhost") as ada:
            ada.subscribe(bot)
            ada.send(bot, "before the first start")
            async with running(stage) as inbox:
                await ada.sees(bot)
                ada.send(bot, "live")
                chat = (await inbox.hears("live")).chat
                id = await tell(stage, chat, "acknowledged by a ping")
                await ada.shown(lambda one: one.get("id") == id)
                assert inbox.texts() == ["live"]
            for text in ("one", "two"):
                ada.send(bot, text)
            await ada.ask("plain.localhost", "get", "<ping xmlns='urn:xmpp:ping'/>")
            written = datetime.now(UTC)
            async with running(stage, adapter=stage.make()) as again:
                assert (await again.hears("two")).sent_at <= written
                assert again.texts() == ["one", "two"]

    async def test_a_refusal_comes_before_the_answer_to_the_ping(self, stage):
        async with PersonClient(self.prosody, "ada", "plain.localhost") as ada:
            ada.subscribe("bot@plain.localhost")
            async with running(stage):
                await ada.sees("bot@plain.localhost")
                with stage.raises(TargetGone):
                    nobody = Chat("nobody@plain.localhost", direct=True)
                    await stage.adapter.send(nobody, OutgoingMessage("hello?"))
        assert PASSWORDS["bot"] not in "".join(stage.log)
