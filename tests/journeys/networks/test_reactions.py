"""Reactions to what the bot shows, on XMPP and on Telegram: nothing before one wants it, then marks."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import new_name, resident
from tests.journeys.people import CODE, within

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reaction_sets_a_mark_and_takes_it_off_for_whoever_wants_that(ada):
    server, talker = ada.server, ada.talker
    lin = resident(server, new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    post = lin.post("look 看这里")
    item = await talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: look 看这里$")
    code = item.found[0]

    async def liked(wanted: bool) -> None:
        mark = (ada.there.who, post)
        await within(lambda: (mark in server.world.favourites) is wanted or None, lambda: f"liked: {wanted}")

    talker.reacts(item, "👍")
    assert await talker.caught_up() == []
    await liked(False)
    talker.reacts(item)
    await talker.asks("/settings reactions on", r"⭐ ❤ 👍 favourite, 🔁 ⚡ boost, 🔖 ✍ bookmark")
    talker.reacts(item, "❤")
    await talker.hears(rf"^★ {code}$")
    await liked(True)
    talker.reacts(item, "⚡")  # in the place of the heart
    await talker.hears(rf"^🔁 {code}$")
    await liked(False)
    assert ada.boosts() == [post]
    assert [line for line in await talker.caught_up() if code not in line] == []
