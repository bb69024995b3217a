"""An account that is lent to a room: its owner, its administrators by affiliation, and drafts by number."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.journeys.people import RECEIPT
from tests.servers.prosody import ROOMS

INVITATION = "<x xmlns='jabber:x:conference' jid='{0}'/>"


@pytest.fixture
async def room(lin):
    """A room of Lin's, into which the bot was invited."""
    room = f"{uuid4().hex}@{ROOMS}"
    await lin.client.enter(room)
    lin.says(None, INVITATION.format(room))
    await lin.client.sees(f"{room}/bridgebot")
    return room


@pytest.fixture
async def bo(meet, room):
    """Somebody without an account, in the room."""
    bo = await meet("bo")
    await bo.asks("/help", r"What I can do")
    await bo.client.enter(room)
    return bo


async def lends(ada, lin, room, to: str = "admins") -> None:
    """Ada lends her account as `brand`, and Lin, whose room it is, takes it."""
    await ada.client.enter(room)
    await ada.in_room(room).asks(f"/grant plaza to {to} as brand", r"^I wrote you in private\.$")
    await ada.hears(r"^Lend @")
    await ada.asks("lend it", r"^The administrators of .* are asked now\.")
    await lin.in_room(room).hears(r"offers this group the account @")
    await lin.in_room(room).asks("/grant brand", r"^brand \(@.*\) is lent to this group\.")


async def test_a_room_posts_by_affiliation_and_drafts_are_let_out_by_number(ada, lin, bo, room, pages, bot):
    await lends(ada, lin, room)
    owner, other = lin.in_room(room), bo.in_room(room)
    await other.asks("/post +brand from bo 草稿", r"^Draft 1 by .*, for brand")
    await other.asks("/approve 1", r"^Draft 1 waits for somebody who may")
    assert await pages.feed(bot.base, ada.name) == []
    owner.says("/approve 1")
    await owner.hears(r"^✓ Draft 1 was let out by")
    await owner.hears(RECEIPT)
    await other.hears(RECEIPT)
    assert await pages.feed(bot.base, ada.name) == ["from bo 草稿"]
    told = await ada.hears(r"posted with your account plaza in .*: (\w+) “from bo 草稿”")
    await ada.asks(f"/history {told.found[0]}", r"^Written by .*, let out by .*, in ")
    # Whoever becomes an administrator may from then on, and not any more when that is over.
    await lin.client.affiliate(room, bo.jid, "admin")
    other.says("/post +brand as an administrator")
    await other.hears(RECEIPT)
    await lin.client.affiliate(room, bo.jid, "none")
    await other.asks("/post +brand no longer", r"^Draft 2 by ")
    await bo.asks("/grants", rf"^Your id here: {re.escape(bo.jid)}$")
    assert await pages.feed(bot.base, ada.name) == ["from bo 草稿", "as an administrator"]
    assert bot.troubles() == []


async def test_a_corrected_draft_is_another_and_a_retracted_one_is_none(ada, lin, bo, room, pages, bot):
    await lends(ada, lin, room)
    owner, other = lin.in_room(room), bo.in_room(room)
    line = other.says("/post +brand old words")
    await other.hears(r"^Draft 1 by ")
    other.corrects(line, "/post +brand new words")
    await other.hears(r"^Draft 2 by ")
    await owner.asks("/approve 1", r"^No such draft waits here")
    gone = other.says("/post +brand said too soon")
    await other.hears(r"^Draft 3 by ")
    other.retracts(gone)
    await other.hears(r"^Nothing was posted\.$")
    await owner.asks("/approve 3", r"^No such draft waits here")
    owner.says("/approve 2")
    await owner.hears(RECEIPT)
    assert await pages.feed(bot.base, ada.name) == ["new words"]


async def test_the_end_of_a_loan_is_the_owners_from_afar_and_the_bots_leaving(ada, lin, bo, room, pages, bot):
    await lends(ada, lin, room, "everyone")
    other = bo.in_room(room)
    other.says("/post +brand by bo")
    await other.hears(RECEIPT)
    await ada.asks("/revoke plaza", r"^Your account plaza is no longer lent to ")
    await other.asks("/post +brand after it", r"there is no account “brand” here")
    await lends(ada, lin, room, "everyone")
    await lin.client.affiliate(room, bot.jid, "outcast")
    await lin.client.affiliate(room, bot.jid, "none")
    lin.says(None, INVITATION.format(room))
    await lin.client.sees(f"{room}/bridgebot")
    await other.asks("/post +brand when it came back", r"there is no account “brand” here")
    assert await pages.feed(bot.base, ada.name) == ["by bo"]


async def test_a_nick_without_an_address_drafts_and_decides_nothing(ada, lin, bo, room, meet, pages, bot):
    await lends(ada, lin, room, "everyone")
    await lin.client.configure(room, whois="moderators")
    mallory = await meet("mallory")
    await mallory.asks("/help", r"What I can do")
    await mallory.client.enter(room, nick=f"{lin.name}2")
    here = mallory.in_room(room)
    for typed in ("/post +brand as somebody else", "/approve 1", "/revoke brand", "/off"):
        here.says(typed)
    await here.hears(r"^I cannot tell who wrote that")
    await ada.asks("/grants", r"plaza → ")
    assert await pages.feed(bot.base, ada.name) == []
