"""Commands as forms (XEP-0050), read without a server and asked for by a real client over a real Prosody."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from slixmpp.exceptions import IqError

from adapters.xmpp.forms import FILLED, read
from bridgebot.adapter import Command
from bridgebot.model import Chat, Message, OutgoingMessage
from bridgebot.testing.chat_base import ChatContractBase, meet
from bridgebot.testing.inbox import running
from tests.servers.prosody import DOMAIN
from tests.servers.xmpp_person import NS
from tests.servers.xmpp_stage import BOT, XmppStage

COMMANDS = "http://jabber.org/protocol/commands"
FORM = "<x xmlns='jabber:x:data' type='{0}'><field var='words'>{1}</field></x>"


def command(node: str, inner: str = "", action: str = "execute", more: str = "") -> str:
    return f"<command xmlns='{COMMANDS}' node='{node}' action='{action}' {more}>{inner}</command>"


def filled(*lines: str, kind: str = "submit") -> str:
    return FORM.format(kind, "".join(f"<value>{line}</value>" for line in lines))


def asked(inner: str, kind: str = "set"):
    return read(
        ET.fromstring(f"<iq xmlns='jabber:client' id='1' type='{kind}' from='ada@x.example/r'>{inner}</iq>")
    )


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "words", "action"),
    [
        (command("post"), None, "execute"),
        (command("post", filled("hello", "你好")), "hello\n你好", "execute"),
        (command("post", filled("hello"), "complete"), "hello", "complete"),
        (command("post", filled()), "", "execute"),
        (command("post", filled("hello", kind="cancel")), None, "cancel"),
        (command("post", filled("hello", kind="form")), None, "execute"),
        (command("post", "<x xmlns='jabber:x:data' type='submit'/>"), "", "execute"),
        (command("post", action="prev"), None, "prev"),
    ],
)
def test_what_was_filled_in_is_read(inner, words, action):
    found = asked(inner)
    assert (found.node, found.words, found.action, found.sender) == ("post", words, action, "ada@x.example/r")


@pytest.mark.parametrize(
    ("inner", "kind"), [(command("post"), "get"), ("<query xmlns='x'/>", "set"), ("", "set")]
)
def test_what_is_no_command_is_none(inner, kind):
    assert asked(inner, kind) is None


def test_a_form_says_what_would_be_typed():
    assert Command("post", "", "text").said("hello\nyou") == "/post hello\nyou"
    assert Command("undo", "", "nothing").said("") == "/undo"


# --- over a server ---------------------------------------------------------------------------------


async def bot_of(person) -> str:
    """The bot's full address, as its contacts see it."""
    await person.sees(BOT)
    return next(
        one.get("from") for one in reversed(person.presences) if one.get("from", "").startswith(f"{BOT}/")
    )


@pytest.mark.prosody
class TestForms(XmppStage, ChatContractBase):
    async def test_a_client_finds_the_commands_fills_one_in_and_it_is_said(self, stage):
        ada = stage.remote.people["ada"]
        ada._client.register_plugin("xep_0050")
        client = ada._client.plugin["xep_0050"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            bot = await bot_of(ada)
            info = await ada._client.plugin["xep_0030"].get_info(jid=bot)
            assert COMMANDS in info["disco_info"]["features"]
            listed = (await client.get_commands(bot))["disco_items"]["items"]
            menu = stage.context.menu("en", whole=True)
            assert {(str(jid), node) for jid, node, _ in listed} == {(bot, one.name) for one in menu}
            asked = await client.send_command(bot, "post")
            assert asked["command"]["status"] == "executing"
            form = asked["command"]["form"]
            assert (form["title"], list(form.get_fields())) == ("/post", ["words"])
            assert form.get_fields()["words"]["type"] == "text-multi"
            form.reply()
            form["type"] = "submit"
            form.set_values({"words": "hello\nfrom a form"})
            session = asked["command"]["sessionid"]
            done = await client.send_command(bot, "post", action="complete", payload=form, sessionid=session)
            assert done["command"]["status"] == "completed"
            [said] = [thing for thing in inbox.things() if thing.text.startswith("/post")]
        assert (said.text, said.chat, said.sender.id) == (
            "/post hello\nfrom a form",
            Chat(ada.jid, True),
            ada.jid,
        )
        assert said.id.startswith(FILLED)

    async def test_what_takes_nothing_is_said_at_once_and_the_answer_stands_in_the_chat(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            answer = await ada.ask(await bot_of(ada), "set", command("undo"))
            note = answer.find(f"{{{COMMANDS}}}command/{{{COMMANDS}}}note")
            assert note.text == stage.context.texts("en", "xmpp-form-done")
            said = inbox.things()[-1]
            assert (said.text, said.chat.direct) == ("/undo", True)
            await stage.adapter.send(said.chat, OutgoingMessage("took it back", reply_to=said.id))
            shown = await ada.shown(lambda one: one.findtext(f"{NS}body") == "took it back")
            assert shown.find("{urn:xmpp:reply:0}reply") is None  # there is nothing that it could be under

    async def test_nobody_but_a_person_by_their_own_address_says_anything(self, stage):
        ada, lin = stage.remote.people["ada"], stage.remote.people["lin"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            await meet(stage, inbox, "here", group=True)
            bot = await bot_of(ada)
            for to, inner, why in (
                (f"{stage.remote.room}/bridgebot", command("undo"), "forbidden"),
                (bot, command("no-such"), "item-not-found"),
                (bot, command("undo", action="prev"), "bad-request"),
            ):
                with pytest.raises(IqError) as error:
                    await ada.ask(to, "set", inner)
                assert error.value.condition == why
            session = (await ada.ask(bot, "set", command("post")))[0].get("sessionid")
            # Somebody else goes on with it: what they say is theirs.
            await lin.ask(
                await bot_of(lin), "set", command("post", filled("mine"), more=f"sessionid='{session}'")
            )
            await meet(stage, inbox, "the end")
        forms = [thing for thing in inbox.things() if thing.id.startswith(FILLED)]
        assert [(thing.text, thing.sender.id) for thing in forms] == [("/post mine", f"lin@{DOMAIN}")]

    async def test_a_form_that_is_closed_says_nothing(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            bot = await bot_of(ada)
            for inner in (command("post", action="cancel"), command("post", filled("no", kind="cancel"))):
                answer = await ada.ask(bot, "set", inner)
                assert answer[0].get("status") == "canceled"
            await meet(stage, inbox, "the end")
            assert [thing.text for thing in inbox.things()] == ["hello", "the end"]

    async def test_the_language_is_that_of_the_client(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            lang = "xml:lang='zh-Hans'"
            answer = await ada.ask(await bot_of(ada), "set", command("undo", more=lang))
            assert answer[0][0].text == stage.context.texts("zh-CN", "xmpp-form-done")
            assert inbox.things()[-1].sender.language == "zh-Hans"

    async def test_only_what_is_committed_is_answered(self, stage):
        ada = stage.remote.people["ada"]
        async with running(stage) as inbox:
            await meet(stage, inbox)
            bot = await bot_of(ada)
            # Not what tells that the bot is on a list of contacts now: that may come only here.
            inbox.refuses = lambda thing: isinstance(thing, Message)
            inbox.refuse = 1
            with pytest.raises(IqError) as error:
                await ada.ask(bot, "set", command("undo"))
            assert (error.value.condition, error.value.etype) == ("resource-constraint", "wait")
            await ada.ask(bot, "set", command("undo"))
            said = [thing.text for thing in inbox.things() if isinstance(thing, Message)]
            assert said == ["hello", "/undo"]
