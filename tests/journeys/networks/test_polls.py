"""Polls and quotes, on XMPP and on Telegram: asked from the chat, voted in from the chat, and quoted."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import BOTH, new_name, resident
from tests.journeys.people import CODE, within

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_poll_is_asked_on_mastodon_and_told_on_plaza(ada):
    talker = ada.talker
    question = await talker.asks("/poll 喝茶还是咖啡？ | 茶 | coffee ☕ | 2h", r"^A poll cannot be changed")
    assert "To Mastodon, Plaza (public):\n喝茶还是咖啡？\n○ 茶\n○ coffee ☕\n📊 until " in question.text
    assert ada.texts() == await ada.on_plaza() == []
    talker.chooses(question, "Post")
    receipt = await talker.hears(BOTH)
    assert "Plaza: the poll is there in words" in receipt.text
    [post] = ada.statuses()
    assert [one["title"] for one in post.poll["options"]] == ["茶", "coffee ☕"]
    assert post.text == "喝茶还是咖啡？"
    await ada.plaza_has(f"喝茶还是咖啡？\n○ 茶\n○ coffee ☕\n{receipt.found[-1]}")


async def test_a_poll_is_voted_in_from_the_chat(ada):
    server, talker = ada.server, ada.talker
    lin = resident(server, new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    post = lin.poll("which? 哪个", "yes", "no 不")
    item = await talker.hears(
        rf"^{lin.handle} on Mastodon \[{CODE}\]: which\? 哪个\n│ ○ 1 yes\n│ ○ 2 no 不\n📊 until "
    )
    talker.chooses(item, "2", f"/vote {item.found[0]} 2")
    await talker.hears(rf"^✓ You have voted in {item.found[0]}: no 不\n")
    await within(lambda: post.poll["_votes"] == {ada.there.who: [1]}, lambda: str(post.poll))
    await talker.stands(lambda chat: "│ ● 2 no 不 ▰▰▰▰▰▰▰▰▰▰ 100 %" in chat[item.id])
    await talker.asks(
        f"/vote {item.found[0]} 1", r"^You have voted in \S+: no 不\. A vote cannot be changed\.$"
    )
    assert post.poll["_votes"] == {ada.there.who: [1]}


async def test_a_post_is_quoted_on_mastodon_and_named_on_plaza(ada):
    server, talker = ada.server, ada.talker
    lin = resident(server, new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    post = lin.post("worth a look 值得看")
    item = await talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: worth a look 值得看$")
    said = await ada.posts(f"{item.found[0]} so true 说得对", command="/quote ")
    [mine] = ada.statuses()
    assert (mine.text, mine.quotes) == ("so true 说得对", post)
    await within(lambda: ada.texts() == ["so true 说得对"], lambda: str(ada.texts()))
    address = next(line for line in (await ada.on_plaza())[-1].splitlines() if line.startswith("RE: "))
    assert address.endswith(f"/{post.id}")
    assert "Plaza: the quoted post is there as a link" in said.heard.text
