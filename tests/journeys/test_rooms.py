"""Rooms: what is brought into them, who may ask for it, and what never becomes a post."""

from __future__ import annotations

from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from tests.journeys.people import RECEIPT
from tests.servers.prosody import ROOMS

INVITATION = "<x xmlns='jabber:x:conference' jid='{0}'/>"


@pytest.fixture
async def room(lin):
    """A room of Lin's with a past, into which the bot was invited."""
    room = f"{uuid4().hex}@{ROOMS}"
    await lin.client.enter(room)
    lin.in_room(room).says("/post said before the bot came")
    lin.says(None, INVITATION.format(room))
    await lin.client.sees(f"{room}/bridgebot")
    await lin.in_room(room).asks("/help", r"What I can do")
    return room


async def test_public_posts_are_brought_into_a_room(ada, lin, room, pages):
    here = lin.in_room(room)
    await here.asks(
        f"/mirror @{ada.name}", rf"Public posts of @\W*{ada.name}.* on Plaza arrive here from now on"
    )
    for audience in ("followers", "unlisted", "direct"):
        await ada.asks(f"/vis {audience}", r"^The next post: ")
        ada.says(f"/post for {audience} eyes")
        await ada.hears(r"✓ Plaza http")
    public = await ada.posts("for everybody")
    shown = await here.hears(rf"^@\W*{ada.name} on Plaza .*: for everybody$")
    assert "eyes" not in str(here.chat())
    stanzas = [ET.tostring(one, "unicode") for one in lin.client.messages if room in one.get("from", "")]
    assert any("for everybody" in one for one in stanzas)
    assert not [one for one in stanzas if "eyes" in one]  # in no stanza that the room was sent
    ada.corrects(public.message, "/post for everybody, really")
    await here.stands(lambda chat: any(line.endswith(": for everybody, really") for line in chat.values()))
    assert shown.id


async def test_only_its_administrators_decide_what_a_room_gets(ada, lin, room):
    await ada.client.enter(room)
    here = ada.in_room(room)
    await here.asks(f"/mirror @{lin.name}", r"^Only the administrators of this group can do that\.$")
    await here.asks("/off", r"^Only the administrators of this group can do that\.$")
    await lin.posts("not for the room")
    await here.asks("/help", r"What I can do")
    assert "not for the room" not in str(here.chat())
    await lin.client.affiliate(room, ada.jid, "admin")
    await here.asks("/off", r"I deliver nothing here until /on")


async def test_a_room_posts_by_command_only_and_never_its_past(ada, lin, room, pages, bot):
    await ada.client.enter(room)
    here = ada.in_room(room)
    here.says("just talking to the others")
    here.says("undo")
    here.says("bridgebot: hello")
    await here.hears(r"Here I do nothing on my own\.")
    here.says("/post from the room")
    assert "from the room" in await pages.text((await here.hears(RECEIPT)).found[1])
    await here.asks("/accounts", r"^/accounts works in a direct chat with me only\.$")
    assert await pages.feed(bot.base, ada.name) == ["from the room"]
    assert await pages.feed(bot.base, lin.name) == []
    assert bot.troubles() == []


async def test_a_nick_without_an_address_owns_nothing(lin, meet, room, pages, bot):
    await lin.client.configure(room, whois="moderators")
    mallory = await meet("mallory")
    await mallory.client.enter(room, nick=f"{lin.name}2")
    mallory.in_room(room).says("/post as somebody else")
    await lin.in_room(room).asks("/help", r"What I can do")
    assert await pages.feed(bot.base, lin.name) == []
    assert bot.troubles() == []
