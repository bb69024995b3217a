"""From the first word to posts that anybody can read, and what one does with them."""

from __future__ import annotations

from tests.journeys.people import CODE, RECEIPT, Receipt


async def test_the_first_minute(meet, pages):
    ada = await meet("ada")
    await ada.asks("/start", r"/join NAME makes one \(Plaza, Pebble\)")
    await ada.asks(f"/join {ada.name}", rf"@{ada.name} on Plaza is yours here")
    message = ada.says("my very first post")
    question = await ada.hears(r"What should plain text be\?")
    assert question.text.endswith("Nothing was posted yet.\n(answer: Post · Ask each time · Command)")
    ada.says("post")
    await ada.hears(r"Plain text is posted")
    question = await ada.hears(r"Shall I post this\?")
    assert "To Plaza (public):\nmy very first post" in question.text
    ada.says("yes")
    receipt = Receipt(message, await ada.hears(RECEIPT))
    assert receipt.heard.reply_to == message
    assert "my very first post" in await pages.text(receipt.url)
    assert await ada.caught_up() == []


async def test_what_is_doubtful_is_asked_about(ada, pages, bot):
    await ada.asks("/pots a mistyped command", r"Did you mean /post\? Nothing was posted\.")
    await ada.asks("undo", r"Is that the command /undo, or a post\? Nothing was posted yet\.")
    await ada.asks("no", r"^Nothing was posted\.$")
    await ada.asks("hello", r"Is that for me, or a post\?")
    await ada.asks("no", r"^Nothing was posted\.$")
    await ada.asks("glpat-" + "x1Y2z3" * 4, r"That looks like an access token: it was not posted")
    assert await pages.feed(bot.base, ada.name) == []
    message = ada.says("on the way home")
    await ada.hears(r"Shall I post this\?")
    ada.says("yes")
    await ada.hears(RECEIPT, lambda heard: heard.reply_to == message)
    assert await pages.feed(bot.base, ada.name) == ["on the way home"]


async def test_favourite_boost_and_undo(ada, lin, pages, bot):
    await lin.follows(ada)
    await ada.posts("please like this")
    code = (await lin.reads(ada, "please like this")).found[0]
    await lin.asks(f"/fav {code}", rf"^★ {code}$")
    await lin.asks("/undo", rf"^✓ took back ★ {code}$")
    await lin.asks(f"/boost {code}", rf"^🔁 {code}$")
    await lin.asks("/undo", rf"^✓ took back 🔁 {code}$")
    post = await lin.posts("a slip of the finger")
    lin.says("/undo")
    await lin.stands(lambda chat: f"#{post.code} taken back – Plaza" in chat.values())
    await pages.becomes(post.url, lambda status, text: status == 404)
    assert await pages.feed(bot.base, ada.name) == ["please like this"]


async def test_a_memo_is_private_until_it_is_shared(ada, pages, bot):
    kept = await ada.asks("/memo milk, bread", rf"^#{CODE[2:]} ✓ memo kept, only you can see it$")
    code = kept.found[0]
    await ada.asks("/memo strings", r"memo kept")
    found = await ada.asks("/memos bread", r"^One memo:$")
    assert found.text == f"One memo:\n{code}  milk, bread"
    assert await pages.feed(bot.base, ada.name) == []
    ada.says(f"/share {code}")
    shared = await ada.hears(RECEIPT)
    assert shared.found[0] == code
    assert "milk, bread" in await pages.text(shared.found[1])
    await ada.asks("/memos", r"^One memo:$")


async def test_sync_carries_posts_on_and_never_in_a_circle(ada, pages, bot):
    await ada.asks(f"/join {ada.name} pebble", r"on Pebble is yours here")
    await ada.asks("/default plaza", r"go to: plaza$")
    await ada.asks("/sync plaza to pebble", r"What you post on plaza goes to pebble too")
    await ada.asks("/sync pebble to plaza", r"What you post on pebble goes to plaza too")
    short = ada.says("/post carried on")
    await ada.stands(lambda chat: any(_both(line, "") for line in chat.values()))
    walk = "a long walk, " * 20 + "home"
    ada.says(f"/post {walk}")
    await ada.stands(lambda chat: any(_both(line, " (thread of 2)") for line in chat.values()))
    assert await pages.feed(bot.base, ada.name) == ["carried on", walk]
    ada.retracts(short)
    await ada.stands(lambda chat: any("taken back – Plaza – Pebble" in line for line in chat.values()))


def _both(line: str, parts: str) -> bool:
    return "public ✓ Plaza http" in line and f"✓ Pebble{parts}" in line
