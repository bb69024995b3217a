"""A channel on Telegram: posts come into it by a rule, and its own go to other networks."""

from __future__ import annotations

import pytest

from bridgebot.testing.pictures import png
from tests.journeys.networks.travellers import new_name
from tests.journeys.people import CODE, within

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_channel_gives_and_takes_like_any_other_place(meet, telegram, bot):
    ada, lin = await meet("ada", "telegram"), await meet("lin", "telegram")
    await ada.settles()
    await lin.settles()
    title = new_name("News ")
    channel = telegram.group(title, ada.talker.person, kind="channel", bot="administrator")
    there = ada.talker.in_group(channel.chat)
    there.says("before any rule")

    # Into it, by whoever administers it and by nobody else.
    await lin.talker.asks(f"/sync mastodon to “{title}”", r"no group or channel that you administer")
    before = ada.polls()
    await ada.talker.asks(
        f"/sync mastodon to “{title}”", rf"^What you post on mastodon goes to channel “{title}”"
    )
    await within(lambda: ada.polls() > before, lambda: "the first read, which brings no history")
    for few in ("unlisted", "private", "direct"):
        ada.there.post(f"for {few} eyes", visibility=few)
    ada.there.post("from an app 🚲\n第二行")
    await there.hears(r"^from an app 🚲\n第二行$")
    await ada.talker.hears(rf"^↔ #{CODE} from Mastodon: from an app 🚲 第二行 ✓ channel “{title}”$")

    # Out of it, with a picture and an edit; nothing goes round, and the bot says nothing there.
    await ada.talker.asks(
        f"/sync “{title}” to mastodon, plaza", rf"^What is posted in channel “{title}” goes to"
    )
    line = there.says("from the channel 频道")
    await ada.talker.hears(
        rf"^↔ #{CODE} from channel “{title}”: from the channel 频道 (?=.*✓ Mastodon)(?=.*✓ Plaza)"
    )
    there.corrects(line, "from the channel 频道!")
    await ada.plaza_has("from the channel 频道!")
    ada.talker.person.shows_photo("a stone", where=channel.chat, content=png((200, 30, 30)))
    await within(
        lambda: (
            [(one.text, len(one.media)) for one in ada.statuses()][4:]
            == [("from the channel 频道!", 0), ("a stone", 1)]
        ),
        lambda: f"{[one.text for one in ada.statuses()]}",
    )
    there.says("/sync mastodon to plaza")
    await ada.talker.hears(rf"^In channel “{title}” I take no commands")
    before = ada.polls()
    await within(lambda: ada.polls() > before, lambda: "a poll")
    assert list(there.chat().values()) == ["from an app 🚲\n第二行"]
    assert len(ada.texts()) == 6
    assert not [call for call in telegram.calls if "eyes" in str(call.parameters)], "no request named them"
    assert bot.troubles() == []
