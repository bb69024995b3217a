"""A group on Telegram: administrators, those who hide, topics, a supergroup, and a lent account."""

from __future__ import annotations

import contextlib

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import OnTelegram, new_name
from tests.journeys.people import CODE, within

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECEIPT = rf"^#{CODE} public ✓ Mastodon (http\S+)"


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet):
    """She owns the account, and is in the group like others."""
    ada = await meet("ada", "telegram")
    await ada.settles()
    return ada


@pytest_asyncio.fixture(loop_scope="module")
async def cy(telegram, bot):
    return await known(telegram, "cy")


@pytest_asyncio.fixture(loop_scope="module")
async def bo(telegram, bot):
    return await known(telegram, "bo")


async def known(telegram, name: str) -> OnTelegram:
    """Somebody whom the bot knows, without an account."""
    own = new_name(name)
    somebody = OnTelegram(telegram.person(name.title(), own).met(), own)
    await somebody.asks("/help", r"^What I can do")
    return somebody


async def lends(ada, cy, chat) -> None:
    """Ada lends her account on Mastodon as `brand`; Cy, who administers the group, takes it."""
    here = ada.talker.in_group(chat)
    await here.asks("/grant mastodon to admins as brand", r"^I wrote you in private\.$")
    question = await ada.talker.hears(r"^Lend @")
    ada.talker.chooses(question, "Lend it")
    offer = await cy.in_group(chat).hears(r"offers this group the account @")
    with pytest.raises(LookupError):  # and not before
        ada.talker.in_group(chat).chooses(offer, "Nothing")
    here.chooses(offer, "Accept")
    await here.hears(r"^Only the administrators of this group can do that\.$")
    cy.in_group(chat).chooses(offer, "Accept")
    await here.hears(r"^brand \(@.*\) is lent to this group\.")


async def test_a_draft_is_let_out_by_who_administers_the_group_at_that_moment(telegram, ada, bo, cy):
    group = telegram.group("Den", cy.person, ada.talker.person, bo.person)
    await lends(ada, cy, group.chat)
    here, there = bo.in_group(group.chat), cy.in_group(group.chat)
    here.says("/post +brand from bo 草稿")
    draft = await here.hears(r"^Draft 1 by Bo, for brand")
    here.chooses(draft, "Approve")
    await here.hears(r"^Draft 1 waits for somebody who may")
    group.promotes(bo.person)
    group.demotes(bo.person)
    line = here.says("/post +brand old words")
    old = await here.hears(r"^Draft 2 by Bo")
    here.corrects(line, "/post +brand new words")
    new = await here.hears(r"^Draft 3 by Bo")
    with contextlib.suppress(LookupError):  # the button may be gone already
        there.chooses(old, "Approve")
    there.chooses(new, "Approve")
    await there.hears(r"^✓ Draft 3 was let out by Cy\.$")
    await there.hears(RECEIPT)
    group.promotes(bo.person)
    here.chooses(draft, "Approve")
    await here.hears(r"^✓ Draft 1 was let out by Bo\.$")
    await here.hears(RECEIPT)
    await within(lambda: ada.texts() == ["new words", "from bo 草稿"], lambda: str(ada.texts()))
    await ada.talker.hears(r"^Bo posted with your account mastodon in Den: \w+ “new words”")


async def test_administrators_who_hide_command_nothing_and_press_as_themselves(telegram, ada, bo, cy):
    group = telegram.group("Cave", cy.person, ada.talker.person, bo.person)
    await lends(ada, cy, group.chat)
    here, there = bo.in_group(group.chat), cy.in_group(group.chat)
    group.hides_creator()
    for typed in ("/off", "/revoke brand", "/post +brand in whose name"):
        there.says(typed)
    await there.hears(r"^I cannot tell who wrote that")
    draft = await here.asks("/post +brand hello from the cave", r"^Draft 1 by Bo")
    there.chooses(draft, "Approve")
    await there.hears(RECEIPT)
    await within(lambda: ada.texts() == ["hello from the cave"], lambda: str(ada.texts()))


async def test_what_is_lent_goes_along_into_the_supergroup(telegram, ada, bo, cy):
    group = telegram.group("Shed", cy.person, ada.talker.person, bo.person, kind="group")
    await lends(ada, cy, group.chat)
    await bo.in_group(group.chat).asks("/post +brand before the move", r"^Draft 1 by Bo")
    moved = cy.in_group(group.migrates().chat)
    await moved.asks("/approve 1", r"^✓ Draft 1 was let out by Cy\.$")
    await moved.hears(RECEIPT)
    moved.says("/post +brand after the move 搬了")
    await moved.hears(RECEIPT)
    await within(lambda: len(ada.texts()) == 2, lambda: str(ada.texts()))


async def test_the_loan_counts_in_each_topic_and_ends_when_the_bot_is_put_out(telegram, ada, cy):
    group = telegram.group("Forum", cy.person, ada.talker.person, forum=True)
    await lends(ada, cy, group.chat)
    topic = group.opens_topic("News")
    cy.person.says("/post +brand from a topic", where=group.chat, topic=topic)
    await within(lambda: ada.texts() == ["from a topic"], lambda: str(ada.texts()))
    group.removes_bot()
    group.adds_bot()
    await cy.in_group(group.chat).asks("/post +brand too late", r"there is no account “brand” here")
    assert ada.texts() == ["from a topic"]
