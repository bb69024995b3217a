"""What can be said to the bot about Bluesky, on XMPP and on Telegram: the same words as about any network."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.journeys.networks.skies import POSTED, app_password, linked, receipt, texts
from tests.journeys.networks.travellers import new_name
from tests.journeys.people import CODE, within
from tests.servers.bluesky_world import FOLLOW, LIKE, REPOST

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet, chat):
    """Somebody in a chat with the account linked, and the same person with another app."""
    talker, there = await meet("ada", chat)
    await linked(talker, there)
    return talker, there


@pytest_asyncio.fixture(loop_scope="module")
async def olga(meet):
    """Somebody on Telegram with the account linked."""
    talker, there = await meet("olga", "telegram")
    await linked(talker, there)
    return talker, there


async def stand(there, *wanted: str) -> None:
    """Wait until exactly these stand on the network."""
    await within(lambda: texts(there) == list(wanted), lambda: f"{wanted} in {texts(there)}")


# --- one's own posts ---------------------------------------------------------------------------


async def test_an_edit_is_a_new_post_and_what_is_taken_back_is_gone(ada):
    talker, there = ada
    post = await receipt(talker, "tomorow 明天见")
    first = there.posts()[0].uri
    await talker.caught_up()
    talker.corrects(post.message, "/post tomorrow 明天见 👋")
    await stand(there, "tomorrow 明天见 👋")
    assert there.posts()[0].uri != first
    await talker.stands(
        lambda chat: any("posted anew, for nothing can be changed" in one for one in chat.values())
    )
    await talker.asks(f"/undo {post.code}", rf"^{post.code} is being taken back")
    await stand(there)
    await talker.caught_up()
    await talker.asks(f"/redo {post.code}", rf"^{post.code} is posted again")
    await stand(there, "tomorrow 明天见 👋")


async def test_what_somebody_answered_is_not_replaced_unasked(olga, sky):
    talker, there = olga
    post = await receipt(talker, "frist")
    sky.person(new_name("lin")).post("you mean first", reply_to=there.posts()[0].uri)
    await talker.caught_up()
    talker.corrects(post.message, "/post first 第一")
    asked = await talker.hears(r"^Bluesky cannot change a post")
    assert texts(there) == ["frist"]
    talker.chooses(asked, "Delete and post anew")
    await stand(there, "first 第一")


async def test_what_is_too_long_is_a_thread_and_ones_own_thread_goes_on(olga):
    talker, there = olga
    long = "很长的话。" * 110
    post = await receipt(talker, long, rf"^#{CODE} public.* ✓ Bluesky \(thread of 2\) (https://\S+)")
    one, two = there.posts()
    assert one.text.endswith("(1/2)")
    assert two.value["reply"] == {"root": one.ref, "parent": one.ref}
    await talker.caught_up()
    await receipt(talker, f"{post.code} and more 还有", r"^#", command="/re ")
    more = there.posts()[-1]
    assert more.text == "and more 还有"
    assert more.value["reply"] == {"root": one.ref, "parent": two.ref}


async def test_a_poll_is_told_in_words_and_nobody_is_written_to_alone(olga, sky):
    talker, there = olga
    question = await talker.asks("/poll 喝茶还是咖啡？ | 茶 | coffee ☕ | 2h", r"^A poll cannot be changed")
    talker.chooses(question, "Post")
    said = await talker.hears(POSTED)
    assert "the poll is there in words, and nobody can vote there" in said.text
    assert texts(there)[0].startswith("喝茶还是咖啡？\n○ 茶\n○ coffee ☕")
    lin = sky.person(new_name("lin"))
    await talker.asks(
        f"/dm {lin.handle} 悄悄话 a secret", r"^None of your accounts can write to one person alone"
    )
    await talker.asks("/vis followers", r"^The next post: followers only")
    left_out = r"followers only ✗ Bluesky: it cannot keep a post to your followers, so it is left out"
    await receipt(talker, "只给朋友 for few", rf"^#{CODE} {left_out}")
    assert not any("secret" in one or "few" in one for one in texts(there))


async def test_a_warning_stands_in_front_and_what_waits_for_its_time_comes(ada):
    talker, there = ada
    await talker.asks("/cw 剧透 spoiler", r"spoiler")
    await receipt(talker, "the butler did it")
    assert texts(there) == ["CW: 剧透 spoiler\n\nthe butler did it"]


# --- what others post --------------------------------------------------------------------------


async def test_people_are_looked_up_searched_and_their_words_read(ada, sky):
    talker, there = ada
    lin = sky.person(new_name("lin"))
    word = new_name("stone")
    lin.post(f"one {word} 石头")
    shown = await talker.asks(f"/whois {lin.handle}", rf"^{lin.handle} \(.*\) on Bluesky\n")
    assert f"https://bsky.app/profile/{lin.did}" in shown.text
    last = rf"^The last posts of {lin.handle} on Bluesky:\n.*one {word} 石头 https://bsky\.app/\S+"
    await talker.asks(f"/get {lin.handle}", last)
    await talker.asks(f"/search {word}", rf"^“{word}” on Bluesky:\n.*one {word} 石头")
    own = await receipt(talker, f"what about {word}?")
    lin.post("a second one", reply_to=there.posts()[0].uri)
    around = await talker.asks(f"/thread {own.code}", rf"^The conversation around {own.code} \(2\):")
    assert "a second one" in around.text


async def test_what_was_liked_boosted_and_followed_is_taken_back(ada, sky, bot):
    talker, there = ada
    lin = sky.person(new_name("lin"))
    await talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    said = lin.post("看 🎉")
    await bot.sleeps()
    item = await talker.hears(rf"^{lin.handle} on Bluesky \[{CODE}\].*看 🎉")
    code = item.found[0]
    for command, mark, kind in (("fav", "★", LIKE), ("boost", "🔁", REPOST)):
        await talker.asks(f"/{command} {code}", rf"^{mark} {code}$")
        await talker.asks(f"/{command} {code}", rf"{code}")  # a second time is no second one
        assert len(sky.world.seen(kind, there.did)) == 1
        await talker.asks(f"/un{command} {code}", rf"{code}")
        await within(lambda kind=kind: not sky.world.seen(kind, there.did), lambda: "a mark that is gone")
    await talker.asks(f"/bookmark {code}", rf"^🔖 {code}$")
    assert list(there.who.bookmarks) == [said.uri]
    await talker.asks(f"/unfollow {lin.handle}", rf"{lin.handle}")
    await within(lambda: not sky.world.seen(FOLLOW, there.did), lambda: "nobody followed")


async def test_somebody_is_followed_and_let_go_without_an_account(meet, chat, sky):
    lin = sky.person(new_name("lin"))
    talker, _ = await meet("eve", chat)
    lin.post("before")
    await talker.asks(f"/follow {lin.handle}", rf"^✓ {lin.handle} .*on Bluesky arrives here from now on\.")
    last = rf"^The last posts of {lin.handle} on Bluesky:\n.*before"
    await talker.asks(f"/get {lin.handle}", last)
    await talker.asks(f"/unfollow {lin.handle}", rf"^✓ {lin.handle} no longer arrives here\.")
    await talker.asks("/routes", r"^Nothing goes anywhere yet\.")


# --- the account -------------------------------------------------------------------------------


async def test_a_password_taken_back_is_told_once_posts_wait_and_leave_once(ada, sky):
    talker, there = ada
    await receipt(talker, "before 之前")
    sky.expire(there.who.handle)
    sky.advance(2 * 3600 + 1)  # until then its token goes on
    held = rf"^#{CODE} public .*✗ Bluesky: it waits: /relink bluesky"
    for number in range(2):
        await receipt(talker, f"waits {number} 等", held)
    await talker.hears(r"^Bluesky no longer accepts bluesky\. .* /relink bluesky and they are sent\.$")
    assert texts(there) == ["before 之前"]
    there.who.passwords.clear()
    there.who.passwords[app_password()] = "another"
    await talker.asks("/relink bluesky", r"app password")
    talker.says(there.password)
    await talker.hears(r"works again\. What waited is sent now\.")
    await stand(there, "before 之前", "waits 0 等", "waits 1 等")
    await talker.caught_up()
    assert sum("no longer accepts" in line for line in talker.chat().values()) == 1


async def test_an_account_is_forgotten_and_its_session_ended(olga, sky):
    talker, there = olga
    await receipt(talker, "stays 留下")
    question = await talker.asks("/unlink bluesky", rf"^Forget {there.handle} on Bluesky here\?")
    talker.chooses(question, "Forget it")
    await talker.hears(rf"^{there.handle} on Bluesky is forgotten here\.")
    await within(lambda: "com.atproto.server.deleteSession" in sky.asked, lambda: "a session that was ended")
    await talker.asks("/post nowhere 无处", r"/link|/join")
    assert texts(there) == ["stays 留下"]
