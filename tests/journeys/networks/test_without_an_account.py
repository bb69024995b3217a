"""Reading people of Mastodon with no account anywhere: on XMPP and on Telegram."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import new_name

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_somebody_is_followed_and_let_go_without_an_account(meet, chat, masto):
    grete = masto.person(new_name("grete"))
    ada, eve = await meet("ada", chat), await meet("eve", chat)
    grete.post("before")
    follow = rf"^✓ {grete.handle} \(\w+\) on Mastodon arrives here from now on\."
    await ada.talker.asks(f"/follow {grete.handle}", follow)
    grete.post("the first 第一条")
    page = f"https://{masto.domain}/@{grete.who.username}"
    await eve.talker.asks(f"/follow {page}", follow)  # one reader for both, who looks at once
    await ada.talker.hears(rf"^{grete.handle} on Mastodon \[\w+\]: the first 第一条")
    assert not any("before" in line for line in ada.talker.chat().values())
    last = rf"^The last posts of {grete.handle} on Mastodon:\n.*before.*\n.*the first 第一条"
    await ada.talker.asks(f"/get {grete.handle}", last)
    await ada.talker.asks(f"/unfollow {grete.handle}", rf"^✓ {grete.handle} no longer arrives here\.")
    await ada.talker.asks("/routes", r"^Nothing goes anywhere yet\.")


async def test_a_server_that_wants_an_account_says_so(meet, chat, gotosocial):
    bo = gotosocial.person(new_name("bo"))
    ada = await meet("ada", chat)
    told = (
        r"^✗ Mastodon: gts\.example shows this only to people who have an account there: "
        r"/link mastodon gts\.example"
    )
    await ada.talker.asks(f"/follow {bo.handle}", told)
    await ada.talker.asks("/routes", r"^Nothing goes anywhere yet\.")
