"""Two people of one bot are walls to each other: what one was not shown cannot be named, seen or acted on."""

from __future__ import annotations

import pytest

from tests.journeys.people import CODE

UNKNOWN = r"I know no post “.*” in this chat"


@pytest.mark.parametrize("command", ["url", "thread", "fav", "boost", "del", "report"])
async def test_ids_and_addresses_of_others_name_nothing(ada, lin, pages, command):
    for number in range(3):
        post = await ada.posts(f"words {number}")
    await lin.asks(f"/{command} {post.code}", UNKNOWN)
    await lin.asks(f"/{command} {post.url}", UNKNOWN)
    await lin.asks(f"/{command} @{ada.name}", UNKNOWN)
    assert "words 2" in await pages.text(post.url)


async def test_a_post_for_followers_is_not_found_by_a_stranger(ada, lin, pages, bot):
    await ada.asks("/vis followers", r"^The next post: ")
    ada.says("/post for friends only")
    hidden = await ada.hears(rf"^{CODE} followers only ✓ Plaza (http\S+)")
    code, url = hidden.found
    for words in (
        f"/url {url}",
        f"/thread {url}",
        f"/thread {code}",
        f"/re {code} what?",
        f"/edit {code} mine",
    ):
        await lin.asks(words, UNKNOWN)
    await lin.asks(f"/share {code}", r"a memo or post of your own")
    await lin.asks(f"/whois @{ada.name}", rf"@{ada.name}")
    assert await pages.status(url) == 404
    for address in (f"{bot.base}/@{ada.name}", f"{bot.base}/", f"{bot.base}/@{ada.name}/feed.atom"):
        assert "friends" not in await pages.text(address)
    assert "friends" not in str(lin.chat())


async def test_what_is_private_stays_in_its_chat(ada, lin):
    await ada.asks("/memo where the key lies", r"memo kept")
    await lin.asks("/memos key", r"^No memos\.")
    for command in ("/accounts", "/routes", "/status", "/settings"):
        lin.says(command)
    assert ada.name not in str(await lin.caught_up())
    await lin.asks(f"/to {ada.name} hello", r"account names: plaza$")
    await lin.asks("/admin users", r"^Only operators of this bot can do that\.$")


async def test_a_message_of_anothers_chat_cannot_be_answered(ada, lin, pages, bot):
    post = await ada.posts("between us")
    for number, message in enumerate((post.message, post.heard.id)):
        lin.says(
            f"an answer from outside {number}",
            f"<reply xmlns='urn:xmpp:reply:0' id='{message}' to='{bot.jid}'/>",
        )
        await lin.hears(r"You answered something that is no post\. Post this as a new one\?")
        await lin.asks("no", r"^Nothing was posted\.$")
    assert await pages.feed(bot.base, lin.name) == []


async def test_following_one_account_does_not_tell_of_the_others(ada, lin, bot):
    secret = f"x{ada.name}x"
    await ada.asks(f"/join {secret} pebble", rf"@{secret} on Pebble is yours here")
    await lin.follows(ada)
    ada.says("/post +plaza +pebble to both")
    await ada.stands(lambda chat: any("✓ Plaza" in line and "✓ Pebble" in line for line in chat.values()))
    code = (await lin.reads(ada, "to both")).found[0]
    address = await lin.asks(f"/url {code}", r"^http")
    assert address.text.startswith(f"{bot.base}/@{ada.name}/")
    assert "\n" not in address.text
    await lin.asks(f"/whois {code}", rf"@{ada.name}")
    await lin.asks(f"/fav @{ada.name}", rf"^★ {code}$")
    assert secret not in str(lin.chat())
    assert "Pebble" not in str(list(lin.chat().values())[1:])


async def test_an_answer_does_not_quote_what_its_reader_may_not_see(ada, lin, meet):
    carl = await meet("carl")
    await carl.joins()
    await carl.follows(ada)
    await lin.follows(carl)
    await ada.asks("/vis followers", r"^The next post: ")
    ada.says("/post a word among friends")
    item = await carl.hears(rf"^@{ada.name} on Plaza \[{CODE}\] \(followers only\): a word among friends$")
    carl.says(f"/re {item.found[0]} so true")
    await carl.hears(rf"✓ replied to @{ada.name}")
    await lin.hears(rf"^@{carl.name} on Plaza \[{CODE}\] \(followers only\): .*so true$")
    assert "among friends" not in str(lin.chat())


async def test_names_cannot_be_taken_twice(ada, lin, meet):
    mallory = await meet("mallory")
    await mallory.asks(f"/join {ada.name}", r"Try again, or /cancel\.$")
    await mallory.asks("/cancel", r"^Linking was cancelled\.$")
    await lin.asks(f"/join {lin.name}x", rf"^You are @{lin.name} on Plaza already")
