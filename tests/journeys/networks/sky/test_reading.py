"""What others do on Bluesky, as it arrives in a chat, and what one does about it from there."""

from __future__ import annotations

import pytest

from bridgebot.testing.pictures import png
from tests.journeys.networks.skies import becomes, receipt
from tests.journeys.networks.travellers import new_name
from tests.journeys.people import CODE, within
from tests.servers.bluesky_world import FOLLOW, LIKE, REPOST

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]

RED = png((200, 30, 30))
EACH = pytest.mark.parametrize("chat", ["telegram", "xmpp"])
ONE = pytest.mark.parametrize("chat", ["telegram"])


async def arrives(bot, sky, talker, who, words):
    """What somebody posted, in the chat; its short id is what was found."""
    await sky.settled()
    await bot.sleeps()
    return await talker.hears(rf"^{who.handle} on Bluesky \[{CODE}\].*{words}")


@EACH
async def test_a_conversation_with_somebody_there(ada, sky, bot):
    talker, there = ada
    lin, zoe = await sky.person(new_name("lin")), await sky.person(new_name("zoe"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    assert await there.subjects(FOLLOW) == [lin.did]
    root = await zoe.post("a question")
    said = await lin.post("我知道 🎉 #tea", reply_to=root.uri)
    item = await arrives(bot, sky, talker, lin, "我知道 🎉 #tea")
    talker.answers(item, "我也是这样想的，谢谢你告诉我")
    question = await talker.hears(
        r"^Shall I post this\?\nTo Bluesky \(public\):\n我也是这样想的，谢谢你告诉我"
    )
    talker.chooses(question, "Post")
    await talker.hears(rf"^#{CODE} ✓ replied to {lin.handle} on Bluesky")
    [answer] = await there.posts()
    assert answer.value["reply"] == {"root": root.ref, "parent": said.ref}
    talker.chooses(item, "⭐", f"/fav {item.found[0]}")
    await talker.hears(rf"^★ {item.found[0]}$")
    talker.chooses(item, "🔁", f"/boost {item.found[0]}")
    await talker.hears(rf"^🔁 {item.found[0]}$")
    for kind in (LIKE, REPOST):
        assert await there.subjects(kind) == [said.uri]
    await sky.settled()
    for command, kind in (("fav", LIKE), ("boost", REPOST)):
        await talker.asks(f"/un{command} {item.found[0]}", item.found[0])
        await becomes(lambda kind=kind: there.subjects(kind), lambda found: found == [])
    await talker.asks(f"/bookmark {item.found[0]}", rf"^🔖 {item.found[0]}$")
    await sky.settled()
    await talker.asks("/bookmarks", r"我知道")
    around = await talker.asks(f"/thread {item.found[0]}", r"^The conversation around")
    assert "a question" in around.text
    await lin.delete(said.uri)
    await sky.settled()
    await bot.sleeps()
    await talker.stands(lambda chat: "我知道" not in str(chat.get(item.id)))
    await talker.asks(f"/unfollow {lin.handle}", rf"{lin.handle}")
    await becomes(lambda: there.subjects(FOLLOW), lambda found: found == [])


@EACH
async def test_lists_tags_and_people_are_read(ada, sky, bot):
    talker, there = ada
    lin, zoe, bo = [await sky.person(new_name(name)) for name in ("lin", "zoe", "bo")]
    name, tag = new_name("friends"), new_name("tag")
    await there.list(name, zoe)
    await sky.settled()
    await talker.asks("/list", name)
    await talker.asks(f"/list {name}", name)
    await talker.asks(f"/tag {tag}", rf"#{tag} arrive here")
    await bot.has_read()
    await zoe.post("from a list 列表")
    await lin.post(f"about #{tag} 话题")
    await bo.post("from a stranger 陌生人")
    await arrives(bot, sky, talker, zoe, "from a list 列表")
    await talker.hears(rf"^{lin.handle} on Bluesky \[{CODE}\].*about #{tag} 话题")
    shown = await talker.asks(
        f"/whois {bo.handle}", rf"^{bo.handle} \(.*\) on Bluesky\n|^{bo.handle} on Bluesky"
    )
    assert f"https://bsky.app/profile/{bo.did}" in shown.text
    await talker.asks(
        f"/get {bo.handle}", rf"^The last posts of {bo.handle} on Bluesky:\n.*from a stranger 陌生人"
    )
    assert not any("from a stranger" in line and " on Bluesky [" in line for line in talker.chat().values())


@EACH
async def test_what_others_do_with_a_post_is_told_gathered(ada, sky, bot):
    talker, there = ada
    await talker.asks("/mentions on", r"arrive here|Mentions|mention")
    post = await receipt(talker, "like me 点赞")
    [mine] = await there.posts()
    await bot.sleeps()
    people = [await sky.person(new_name(name)) for name in ("lin", "zoe", "bo")]
    for one in people:
        await one.like(mine.uri)
    await people[0].repost(mine.uri)
    await people[1].follow(there)
    await people[2].post(f"{there.handle} hello 你好", reply_to=mine.uri)
    await sky.settled()
    await bot.sleeps()
    await within(
        lambda: any("★" in line and "2 others like" in line for line in talker.chat().values()),
        lambda: str(talker.chat()),
    )
    told = str(talker.chat())
    assert any(f"★ {one.handle} " in told for one in people)  # whoever came last is named
    await talker.hears(rf"🔁 {people[0].handle}.* boosted {post.code}")
    await talker.hears(rf"{people[1].handle}.* follows you on Bluesky")
    await talker.hears(rf"^{people[2].handle} on Bluesky \[{CODE}\].*hello 你好")


@EACH
async def test_somebody_is_followed_and_let_go_without_an_account(meet, chat, sky, bot):
    lin = await sky.person(new_name("lin"))
    talker, _ = await meet("eve", chat)
    await lin.post("before")
    await sky.settled()
    await talker.asks(f"/follow {lin.handle}", rf"^✓ {lin.handle}.* on Bluesky arrives here from now on\.")
    await lin.post("after 之后")
    await arrives(bot, sky, talker, lin, "after 之后")
    await talker.asks(f"/unfollow {lin.handle}", rf"^✓ {lin.handle} no longer arrives here\.")
    await talker.asks("/routes", r"^Nothing goes anywhere yet\.")


@ONE
async def test_pictures_quotes_and_warnings_are_shown(ada, sky, bot):
    talker, _ = ada
    lin, zoe = await sky.person(new_name("lin")), await sky.person(new_name("zoe"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    await bot.sleeps()
    quoted = await zoe.post("the first stone 石头")
    await lin.post("look 看", quote=quoted.uri)
    await lin.shows("two", (RED, "a red stone"))
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
    await lin.shows("careful 小心", (RED, "blood"), labels=labels)
    item = await arrives(bot, sky, talker, lin, "look 看")
    assert "the first stone 石头" in item.text
    await talker.hears(r": two\n🖼 a red stone")
    seen = [line for line in talker.person.sees() if "two" in line.text]
    assert [len(line.media) for line in seen] == [1]
    covered = await talker.hears(r"careful 小心")
    [line] = [line for line in talker.person.sees() if str(line.id) == covered.id]
    assert [hidden for _, _, hidden in line.media] == [True]
