"""One person on XMPP and on Telegram: connected, one user in both chats, and parted again."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import BOTH
from tests.journeys.people import within

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONNECT = r"/connect ([a-z0-9]{4}(?:-[a-z0-9]{4}){3})"


async def test_two_chats_become_one_user_and_are_parted_again(meet, bot):
    here = await meet("ada", "telegram")
    await here.settles()
    await here.posts("before 之前")
    there = await meet("ada", "xmpp")

    # Over there one learns one's id; here one names it.
    you = await there.talker.asks("/connect", r"^You are XMPP (\S+) here\.")
    jid = you.found[0]
    code = await here.talker.asks(f"/connect jabber {jid}", CONNECT)

    # Somebody else has seen the code.
    eve = await meet("eve", "xmpp")
    await eve.talker.asks(f"/connect {code.found[0]}", r"^That code was made for somebody else\.")

    asked = await there.talker.asks(
        f"/connect {code.found[0]}", r"says that you, XMPP (\S+), are the same person"
    )
    assert asked.found[0] == jid
    assert here.identity in asked.text
    there.talker.chooses(asked, "Connect")
    bot.kill()  # nothing of it is only in memory
    await bot.starts()
    confirm = await here.talker.hears(
        rf"XMPP {jid} used your code\. Are you, {here.identity}, the same person\?"
    )
    here.talker.chooses(confirm, "Connect")
    told = await here.talker.hears(rf"^XMPP {jid} is connected with you \({here.identity}\) now")
    await there.talker.hears(rf"^This chat \(XMPP {jid}\) is connected with {here.identity} now")

    # One user: the same accounts from both, and each receipt where its post was written.
    await there.talker.asks("/accounts", r"^Your accounts:\n(?s:.*)mastodon")
    message = there.talker.says("/post from over there 那边")
    await there.talker.hears(BOTH, lambda heard: heard.reply_to == message)
    await here.posts("and from here 这边")
    await here.both_have("before 之前", "from over there 那边", "and from here 这边")
    await here.talker.caught_up()
    assert not any("from over there" in line for line in here.talker.chat().values())
    assert not any("and from here" in line for line in there.talker.chat().values())

    # The older chat parts them; from then on that chat is nobody's of hers.
    here.talker.chooses(told, "Disconnect")
    await here.talker.hears(rf"^XMPP {jid} is no longer connected with you")
    await there.talker.hears(r"^This chat \(XMPP \S+\) is no longer connected")
    await there.talker.asks("/accounts", r"no account here yet|First you need an account")
    there.talker.says("/post nobody's 没人的")
    await there.talker.hears(r"^Nothing was posted")
    await within(lambda: len(here.texts()) == 3, lambda: str(here.texts()))
