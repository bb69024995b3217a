"""What is looked up on Mastodon, and what others do there, on XMPP and on Telegram."""

from __future__ import annotations

import pytest

from tests.journeys.networks.travellers import new_name, resident
from tests.journeys.people import CODE, within

pytestmark = pytest.mark.asyncio(loop_scope="module")
THERE = rf"^#{CODE} public ✓ Mastodon (http\S+)"


async def test_people_are_looked_up_searched_and_their_words_read(ada):
    server, talker = ada.server, ada.talker
    lin, word = resident(server, new_name("lin")), new_name("stone")
    lin.post(f"one {word} 石头")
    shown = await talker.asks(f"/whois {lin.handle}", rf"^{lin.handle} \(.*\) on Mastodon\n")
    assert f"https://{server.domain}/@{lin.who.username}" in shown.text
    last = rf"^The last posts of {lin.handle} on Mastodon:\n.*one {word} 石头 https://masto\.example/\S+"
    await talker.asks(f"/get {lin.handle}", last)
    await talker.asks(f"/search {word}", rf"^“{word}” on Mastodon:\n.*one {word} 石头")
    own = await ada.posts(f"what about {word}?", command="/to mastodon ", wanted=THERE)
    lin.post("a second one", reply_to=ada.statuses()[0])
    around = await talker.asks(f"/context {own.code}", rf"^The conversation around {own.code} \(2\):")
    assert "a second one" in around.text


async def test_lists_and_tags_are_read_and_filters_of_the_server_count(ada):
    server, talker = ada.server, ada.talker
    lin, zoe, bo = (resident(server, new_name(name)) for name in ("lin", "zoe", "bo"))
    name, tag = new_name("friends"), new_name("tag")
    ada.there.follow(zoe)
    own = ada.there.list(name, zoe)
    ada.there.filter("Football", "match", context="home public")
    ada.there.filter("Enough", "goal", context="home public", action="hide")
    await talker.asks("/list", name)
    await talker.asks(f"/list {name}", name)
    await talker.asks(f"/tag {tag}", rf"#{tag} arrive here")
    read = {("GET", f"/api/v1/timelines/tag/{tag}"), ("GET", f"/api/v1/timelines/list/{own.id}")}
    await within(lambda: read <= set(server.asked), lambda: "the first reads, which bring no history")
    bo.post("from a stranger 陌生人")
    lin.post(f"a goal #{tag}")
    zoe.post("from a list 列表")
    lin.post(f"the match #{tag} 话题")
    await talker.hears(rf"^{zoe.handle} on Mastodon \[{CODE}\]: from a list 列表")
    await talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: ⚠ Football\n")
    lines = talker.chat().values()
    assert not any("a stranger" in line or "a goal" in line for line in lines)


async def test_what_others_do_is_told_gathered_and_a_request_is_answered(ada):
    server, talker = ada.server, ada.talker
    await talker.asks("/lock on", r"^✓ follows of you on Mastodon wait for your word")
    await ada.posts("like me 点赞", command="/to mastodon ", wanted=THERE)
    [mine] = ada.statuses()
    people = [resident(server, new_name(name)) for name in ("lin", "zoe", "bo")]
    for one in people:
        one.favourite(mine)
    people[0].boost(mine)
    people[1].follow(ada.there)
    asked = await talker.hears(rf"^{people[1].handle} wants to follow you on Mastodon: /approve")
    talker.chooses(asked, "Approve", f"/approve {people[1].handle}")
    await within(
        lambda: (people[1].who, ada.there.who) in server.world.follows, lambda: "a follow that was approved"
    )
    await talker.stands(
        lambda chat: any(line.startswith("★ ") and "2 others like" in line for line in chat.values())
    )
    told = (await talker.stands(lambda chat: any(line.startswith("🔁 ") for line in chat.values()))).values()
    assert sum(line.startswith("★ ") for line in told) == 1
