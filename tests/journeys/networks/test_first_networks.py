"""One story, on XMPP and on Telegram: from the first word to posts on Mastodon and Plaza, and back."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import BOTH, CONSENT, new_name, picture, post_of, resident
from tests.journeys.people import CODE, Receipt, within
from tests.servers.mastodon_person import _Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = "第一条 👋🏽 from my chat: 𠮷 & <b>é</b>"


async def consent_page(traveller, url: str) -> str:
    """What stands on the page on which somebody says yes."""
    import aiohttp

    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        browser = _Browser(session, traveller.server)
        page = await browser.get(url)
        who = traveller.there.who
        return (await browser.submit(page, 0, username=who.username, password=who.password)).text


async def test_from_the_first_word_to_a_post_on_both(meet, chat):
    ada = await meet("ada", chat)
    welcome = await ada.talker.asks("/start", r"/join NAME makes one \(Plaza\)")
    assert "/link NETWORK brings one that you have (Mastodon)" in welcome.text
    address = await ada.talker.asks("/link mastodon masto.example", CONSENT)
    page = await consent_page(ada, address.found[0])
    assert f"bridgebot for {ada.identity}" in page
    code = await ada.there.consents(address.found[0])
    await ada.talker.asks(code, rf"@{ada.name}@masto\.example on Mastodon is yours here")
    await ada.talker.asks(f"/join {ada.name}", rf"@{ada.name} on Plaza is yours here")

    message = ada.talker.says(FIRST)
    question = await ada.talker.hears(r"What should plain text be\?")
    ada.talker.chooses(question, "Post")
    await ada.talker.hears(r"Plain text is posted")
    question = await ada.talker.hears(r"Shall I post this\?")
    assert f"To Mastodon, Plaza (public):\n{FIRST}" in question.text
    assert ada.texts() == await ada.on_plaza() == []
    ada.talker.chooses(question, "Post")
    receipt = Receipt(message, await ada.talker.hears(BOTH, lambda heard: heard.reply_to == message))
    _, on_plaza, on_mastodon = receipt.heard.found
    await ada.both_have(FIRST)
    assert post_of(ada.server, on_mastodon).text == FIRST
    assert "第一条 👋🏽" in await ada.pages.text(on_plaza)
    await ada.talker.asks("/accounts", r"^● mastodon  @\S+@masto\.example \(Mastodon\)[^●]*\n● plaza ")
    assert await ada.talker.caught_up() == []


async def test_what_somebody_posts_there_arrives_and_is_acted_on(ada):
    server, talker = ada.server, ada.talker
    lin = resident(server, new_name("lin"))
    head = rf"^{lin.handle} on Mastodon \[{CODE}\]"
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle} \(\S+\) on Mastodon")
    assert (ada.there.who, lin.who) in server.world.follows
    post = lin.post("欢迎 everybody 🎉 #tea")
    item = await talker.hears(rf"{head}: 欢迎 everybody 🎉 #tea$")
    code = item.found[0]
    secret = lin.post("the butler did it", warning="剧透 spoiler")
    folded = await talker.hears(rf"{head}: ⚠ 剧透 spoiler\n(?:│.*\n)?↗ (https://masto\.example/\S+)$")
    assert "剧透" in talker.shows(folded)
    assert "butler" not in talker.shows(folded)
    assert folded.found[1].endswith(secret.id)
    lin.post("看", media=[picture("a cat, 猫, asleep 💤")])
    await talker.hears(rf"{head}: 看\n🖼 a cat, 猫, asleep 💤")  # nobody finds it at its address
    told = "🖼 a cat, 猫, asleep 💤: https://masto.example/cat.png"
    await talker.stands(lambda chat: any(told in line for line in chat.values()))

    answer = talker.answers(item, "谢谢 lin!")
    question = await talker.hears(r"^Shall I post this\?\nTo Mastodon \(public\):\n谢谢 lin!")
    talker.chooses(question, "Post")
    receipt = await talker.hears(rf"^#{CODE} ✓ replied to {lin.handle} on Mastodon$")
    assert receipt.reply_to == answer
    assert [one.text for one in server.world.answers(post)] == ada.texts()
    assert [one.author for one in server.world.answers(post)] == [ada.there.who]
    assert ada.texts() == [f"{lin.handle} 谢谢 lin!"]  # who is not named is not told
    assert ("mention", lin.who) in {(one.type, one.to) for one in server.world.notifications}
    assert await ada.on_plaza() == []

    talker.chooses(item, "⭐", f"/fav {code}")
    await talker.hears(rf"^★ {code}$")
    talker.chooses(item, "🔁", f"/boost {code}")
    await talker.hears(rf"^🔁 {code}$")
    await talker.asks(f"/bookmark {code}", rf"^🔖 {code}$")
    mark = (ada.there.who, post)
    assert mark in server.world.favourites
    assert mark in server.world.bookmarks
    assert ada.boosts() == [post]

    lin.edit(post, "欢迎 everybody 🎉🎉 #tea")
    await talker.stands(lambda chat: chat[item.id].endswith("(edited): 欢迎 everybody 🎉🎉 #tea"))
    lin.delete(secret)
    await talker.stands(lambda chat: "剧透" not in chat.get(folded.id, ""))
    lin.delete(post)
    await talker.stands(lambda chat: "欢迎" not in chat.get(item.id, ""))
    await talker.caught_up()
    assert "欢迎" not in str(talker.chat())


async def test_an_edited_message_edits_both_copies_and_a_message_taken_back_takes_both(ada):
    post = await ada.posts("tomorow 明天见")
    ada.talker.corrects(post.message, "/post tomorrow 明天见 👋")
    await ada.both_have("tomorrow 明天见 👋")
    assert ada.statuses()[0].edited_at is not None
    ada.talker.takes_back(post)
    await ada.both_have()
    await ada.talker.stands(lambda chat: "taken back" in chat.get(post.heard.id, ""))
    assert ada.talker.chat()[post.heard.id].startswith(f"#{post.code} taken back")
    await ada.talker.caught_up()


async def test_rules_carry_posts_both_ways_once_and_never_in_a_circle(ada, chat, bot):
    talker, there, here = ada.talker, "written in another app 🚲 在路上", "written here 在这里"
    before = ada.polls()
    await talker.asks("/sync mastodon to plaza", r"What you post on mastodon goes to plaza too")
    await talker.asks("/sync plaza to mastodon", r"What you post on plaza goes to mastodon too")
    await within(lambda: ada.polls() > before, lambda: "the first read, which brings no history")
    ada.there.post(there)
    shown = await talker.hears(rf"^↔ #{CODE} from Mastodon: {there} ✓ Plaza (http\S+)")
    if chat == "xmpp":  # no buttons: the words stand there
        assert f"undo copies: /undo {shown.found[0]} · stop: /sync off mastodon" in shown.text
    await talker.asks(f"/to plaza {here}", BOTH)
    await talker.caught_up()  # the receipt is not only out but noted: else it may come once more
    for _ in range(2):
        before = ada.polls()
        await bot.sleeps()
        await within(lambda before=before: ada.polls() > before, lambda: "a poll")
    await talker.caught_up()
    await ada.both_have(there, here)
    lines = talker.chat().values()
    assert sum(there in line for line in lines) == 1
    assert sum(line.startswith("#") and "public" in line for line in lines) == 1

    talker.chooses(shown, "Undo copies", f"/undo {shown.found[0]}")
    await ada.plaza_has(here)
    assert ada.texts() == [there, here]
    ada.there.post("二 more")
    again = await talker.hears(rf"^↔ #{CODE} from Mastodon: 二 more ✓ Plaza")
    talker.chooses(again, "Stop this rule", "/sync off mastodon")
    await talker.hears(r"^Ended: Mastodon @")
    ada.there.post("三 not any more")
    await talker.asks("/to plaza 四", BOTH)
    await ada.plaza_has(here, "二 more", "四")


async def test_what_is_said_among_two_stays_among_two(ada):
    lin = resident(ada.server, new_name("lin"))
    whisper = lin.post(f"{ada.there.handle} 悄悄话 a secret", visibility="direct")
    item = await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\] \(direct\): @\S+ 悄悄话 a secret$")
    await ada.talker.asks(f"/boost {item.found[0]}", r"^✗ Mastodon: ")
    ada.talker.says(f"/re {item.found[0]} 谁也不说 nobody else")
    await ada.talker.hears(rf"^#{CODE} ✓ replied to {lin.handle} on Mastodon$")
    (answer,) = ada.statuses()
    assert (answer.visibility, answer.reply_to, answer.mentioned) == ("direct", whisper, [lin.who])
    assert await ada.on_plaza() == []


async def test_ones_own_thread_goes_on_in_both_places(ada):
    first = await ada.posts("one 一")
    await ada.talker.caught_up()  # that the receipt is out is noted a moment after it was heard
    message = ada.talker.answers(first.heard, "two 二")
    question = await ada.talker.hears(
        r"^Shall I post this\?\nTo (Mastodon, Plaza|Plaza, Mastodon) \(public\):\ntwo 二"
    )
    ada.talker.chooses(question, "Post")
    await ada.talker.hears(BOTH, lambda heard: heard.reply_to == message)
    await ada.both_have("one 一", "two 二")
    long = "很长的话。" * 110
    await ada.posts(long, wanted=rf"^#{CODE} public .*✓ Mastodon \(thread of 2\) http")
    one, two, *parts = ada.statuses()
    assert two.reply_to is one
    assert [part.reply_to for part in parts] == [None, parts[0]]
    assert [part.text[-6:] for part in parts] == [" (1/2)", " (2/2)"]
    assert "".join(part.text[:-6] for part in parts) == long
