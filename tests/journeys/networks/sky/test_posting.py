"""What one posts from a chat, as it stands in one's repository on Bluesky, and what becomes of it there."""

from __future__ import annotations

import pytest

from bridgebot.testing.pictures import mp4, png
from tests.journeys.networks.skies import POSTED, becomes, linked, posts, receipt, stand
from tests.journeys.networks.travellers import SHARED, new_name, uploaded
from tests.journeys.people import CODE
from tests.servers.http_relay import Fault

pytestmark = pytest.mark.asyncio(loop_scope="module")

night = pytest.mark.nightly
RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
OVER = b'{"error": "ExpiredToken", "message": "Token has expired"}'
BOTH = pytest.mark.parametrize("chat", ["telegram", pytest.param("xmpp", marks=night)])
ONE = pytest.mark.parametrize("chat", ["telegram"])


@BOTH
async def test_a_post_is_changed_taken_back_and_posted_again(ada):
    talker, there = ada
    await talker.asks("/lang zh", r"zh")
    post = await receipt(talker, "明天见 tomorow #tea https://stones.example/a?b=1")
    [first] = await there.posts()
    assert first.value["langs"] == ["zh"]
    assert {words: one["$type"].partition("#")[2] for words, one in first.cut().items()} == {
        "#tea": "tag",
        "https://stones.example/a?b=1": "link",
    }
    assert post.url.endswith(first.uri.rpartition("/")[2])
    await talker.caught_up()
    talker.corrects(post.message, "/post 明天见 tomorrow 👋🏽")
    await stand(there, "明天见 tomorrow 👋🏽")
    [second] = await there.posts()
    assert second.uri != first.uri
    await talker.stands(
        lambda chat: any("posted anew, for nothing can be changed" in one for one in chat.values())
    )
    await talker.asks(f"/undo {post.code}", rf"^{post.code} is being taken back")
    await stand(there)
    await talker.caught_up()
    await talker.asks(f"/redo {post.code}", rf"^{post.code} is posted again")
    await stand(there, "明天见 tomorrow 👋🏽")


@night
@ONE
async def test_what_somebody_answered_is_not_replaced_unasked(ada, sky):
    talker, there = ada
    post = await receipt(talker, "frist")
    lin = await sky.person(new_name("lin"))
    await lin.post("you mean first", reply_to=(await there.posts())[0].uri)
    await sky.settled()
    await talker.caught_up()
    talker.corrects(post.message, "/post first 第一")
    asked = await talker.hears(r"^Bluesky cannot change a post")
    assert await there.texts() == ["frist"]
    talker.chooses(asked, "Delete and post anew")
    await stand(there, "first 第一")


@night
@BOTH
async def test_pictures_go_there_with_their_descriptions_and_a_warning(ada):
    talker, there = ada
    await talker.asks("/cw 石头 stones", r"stones")
    if hasattr(talker, "person"):
        talker.person.shows_photo("/post 两块\nalt: a red stone\nalt: 一块蓝色的石头", content=RED, album="1")
        talker.person.shows_photo(content=BLUE, album="1")
    else:
        urls = [await uploaded(talker.client, content) for content in (RED, BLUE)]
        shared = zip(urls, ("a red stone", "一块蓝色的石头"), strict=True)
        talker.says("/post 两块", *(SHARED.format(url, words) for url, words in shared))
    await talker.hears(POSTED)
    [stored] = await there.posts()
    assert stored.text == "CW: 石头 stones\n\n两块"
    assert [one["val"] for one in stored.value["labels"]["values"]] == ["graphic-media"]
    images = stored.embed["images"]
    assert [one["alt"] for one in images] == ["a red stone", "一块蓝色的石头"]
    assert [one["aspectRatio"] for one in images] == [{"width": 6, "height": 4}, {"width": 5, "height": 9}]
    assert [await there.content(one["image"]) for one in images] == [RED, BLUE]


@pytest.mark.parametrize("chat", ["xmpp"])
async def test_a_film_goes_there_with_its_description_and_shape(ada):
    talker, there = ada
    film = mp4(40, 30, turned=True)
    shared = SHARED.replace("image/png", "video/mp4").replace("stone.png", "stone.mp4")
    talker.says("/post 滚石", shared.format(await uploaded(talker.client, film), "a stone rolls"))
    await talker.hears(POSTED)
    [stored] = await there.posts()
    assert (stored.text, stored.embed["$type"]) == ("滚石", "app.bsky.embed.video")
    assert stored.embed["alt"] == "a stone rolls"
    assert stored.embed["aspectRatio"] == {"width": 30, "height": 40}
    assert await there.content(stored.embed["video"]) == film


@night
@ONE
async def test_what_is_too_long_is_a_thread_and_ones_own_thread_goes_on(ada):
    talker, there = ada
    long = "很长的话。" * 160
    post = await receipt(talker, long, rf"^#{CODE} public.* ✓ Bluesky \(thread of 3\) (https://\S+)")
    one, two, three = await there.posts()
    assert "".join(part.text[: -len(" (1/3)")] for part in (one, two, three)) == long
    assert [part.value.get("reply") for part in (one, two, three)] == [
        None,
        {"root": one.ref, "parent": one.ref},
        {"root": one.ref, "parent": two.ref},
    ]
    await talker.caught_up()
    await receipt(talker, f"{post.code} and more 还有", r"^#", command="/re ")
    more = (await there.posts())[-1]
    assert more.value["reply"] == {"root": one.ref, "parent": three.ref}
    await talker.caught_up()
    await talker.asks(f"/undo {post.code}", rf"^{post.code} is being taken back")
    await stand(there, "and more 还有")


@night
@ONE
async def test_the_page_that_is_linked_is_shown_as_a_card(ada, page):
    talker, there = ada
    await posts(talker, f"worth reading 值得一读 {page}")
    [stored] = await there.posts()
    shown = stored.embed["external"]
    assert (shown["uri"], shown["title"]) == (page, "石头 & stones")
    assert shown["description"] == "All about stones"
    assert (await there.content(shown["thumb"])).startswith(b"\x89PNG")


@night
@BOTH
async def test_a_post_is_quoted_with_a_picture_and_without(ada, sky, bot):
    talker, there = ada
    lin = await sky.person(new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    said = await lin.post("worth a look 值得看 👀")
    await sky.settled()
    await bot.sleeps()
    shown = await talker.hears(rf"^{lin.handle} on Bluesky \[{CODE}\]: worth a look")
    await receipt(talker, f"{shown.found[0]} so true 说得对", command="/quote ")
    [alone] = await there.posts()
    assert (alone.text, alone.embed["record"]) == ("so true 说得对", said.ref)
    if hasattr(talker, "person"):
        talker.person.shows_photo(f"/quote {shown.found[0]} 看\nalt: a red stone", content=RED)
        await talker.hears(POSTED)
        both = (await there.posts())[-1]
        assert both.embed["record"]["record"] == said.ref
        assert both.embed["media"]["images"][0]["alt"] == "a red stone"


@night
@BOTH
async def test_who_does_not_want_answers_or_quotes_gets_none(ada, sky, bot):
    talker, there = ada
    lin = await sky.person(new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    said = await lin.post("nothing to add 不用回")
    await lin.lets_nobody_answer(said.uri)
    await lin.lets_nobody_quote(said.uri)
    await sky.settled()
    await bot.sleeps()
    shown = await talker.hears(rf"^{lin.handle} on Bluesky \[{CODE}\]: nothing to add")
    code = shown.found[0]
    await talker.asks(f"/re {code} but 但是", r"✗ .*has chosen who may answer it, and this account is not")
    told = await receipt(talker, f"{code} but 但是", command="/quote ")
    assert "Bluesky: the quoted post is there as a link" in told.heard.text
    [mine] = await there.posts()
    assert mine.text.startswith("but 但是\n")
    assert mine.embed.get("record") is None


@night
@BOTH
async def test_a_password_taken_back_is_told_once_posts_wait_and_leave_once(ada, relay):
    talker, there = ada
    await receipt(talker, "before 之前")
    await there.takes_back_the_password()
    await receipt(talker, "still 还能", r"^#")
    # The session's token goes on for two hours; then the bot asks for another, and is told no.
    relay.order(Fault.REFUSED, "POST", r"putRecord$", said=OVER)
    held = rf"^#{CODE} public .*✗ Bluesky: it waits: /relink bluesky"
    for number in range(2):
        await receipt(talker, f"waits {number} 等", held)
    await talker.hears(r"^Bluesky no longer accepts bluesky\. .* /relink bluesky and they are sent\.$")
    await there.makes_a_password()
    await talker.asks("/relink bluesky", r"app password")
    talker.says(there.password)
    await talker.hears(r"works again\. What waited is sent now\.")
    await stand(there, "before 之前", "still 还能", "waits 0 等", "waits 1 等")
    await talker.caught_up()
    assert sum("no longer accepts" in line for line in talker.chat().values()) == 1


@night
async def test_two_accounts_of_one_person_are_two(meet, sky):
    talker, there = await meet("ada", "telegram")
    await linked(talker, there)
    other = await sky.person(new_name("bo"))
    await linked(talker, other)
    talker.says("/post both 两个")
    await becomes(there.texts, lambda texts: texts == ["both 两个"])
    await becomes(other.texts, lambda texts: texts == ["both 两个"])
