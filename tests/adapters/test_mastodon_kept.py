"""What a person keeps on the server counts here too: filters, bookmarks, mutes and blocks."""

import pytest

from adapters.mastodon.entities import Event
from adapters.mastodon.streaming import hint_of
from bridgebot.errors import TargetGone
from bridgebot.model import Draft, Hint, TimelineKind
from tests.adapters.mastodon_town import town

# --- filters -----------------------------------------------------------------------------------


async def test_what_a_filter_hides_is_not_shown_where_it_counts():
    async with town() as here:
        here.me.filter("enough", "match", context="home notifications", action="hide")
        home, cursor = here.home, await here.start(here.home)
        mentions = here.timeline(TimelineKind.MENTIONS)
        mention_cursor = await here.start(mentions)
        person = here.timeline(TimelineKind.PERSON, here.grete.id)
        person_cursor = await here.start(person)
        hidden = here.grete.post("what a match, @ada")
        shown = here.grete.post("what a day")
        for timeline, start, ids in (
            (home, cursor, [shown.id]),
            (mentions, mention_cursor, []),
            (person, person_cursor, [hidden.id, shown.id]),
        ):
            posts, gone, _, after = await here.read(timeline, start)
            assert ([post.id for post in posts], gone) == (ids, [])
            assert (await here.read(timeline, after))[:2] == ([], [])


async def test_a_filter_that_ends_lets_the_post_be_seen():
    async with town() as here:
        rule = here.me.filter("enough", "match", action="hide")
        home = here.home
        cursor = await here.start(home)
        post = here.grete.post("what a match")
        *_, cursor = await here.read(home, cursor)
        here.server.world.filters.remove(rule)
        assert [one.id for one in (await here.read(home, cursor))[0]] == [post.id]


async def test_a_filter_that_begins_takes_nothing_for_gone():
    async with town() as here:
        home = here.home
        cursor = await here.start(home)
        here.grete.post("what a match")
        *_, cursor = await here.read(home, cursor)
        here.me.filter("enough", "match", action="hide")
        assert (await here.read(home, cursor))[:2] == ([], [])


@pytest.mark.parametrize("boosted", [False, True])
async def test_a_filter_that_warns_is_named_in_front_of_the_authors_own_warning(boosted):
    async with town() as here:
        here.me.filter("Football", "match")
        here.me.filter("Elsewhere", "match", context="public")
        here.me.filter("Pictures", "match", action="blur")
        home, by = here.home, here.server.person("lin") if boosted else here.grete
        cursor = await here.start(home)
        for post in (by.post("what a match"), by.post("the match", warning="spoilers"), by.post("a day")):
            if boosted:
                here.grete.boost(post)
        posts = (await here.read(home, cursor))[0]
        assert [post.warning for post in posts] == ["Football", "Football · spoilers", None]
        assert [bool(post.boost) for post in posts] == [boosted] * 3


@pytest.mark.parametrize("action", ["warn", "hide"])
async def test_ones_own_posts_are_not_filtered(action):
    """Else they would bear a warning where the home timeline shows them, and none among one's own."""
    async with town() as here:
        here.me.filter("Football", "match", context="home public thread account", action=action)
        home = here.home
        cursor = await here.start(home)
        post = here.me.post("what a mach")
        edited = await here.adapter.edit(here.ada, post.id, Draft("what a match"))
        (shown,) = (await here.read(home, cursor))[0]
        (around,) = await here.adapter.thread(here.ada, post.id)
        found = await here.adapter.search(here.ada, "match")
        asked = await here.adapter.get(here.ada, post.id)
        assert [one.warning for one in (edited, shown, around, *found, asked)] == [None] * 5


async def test_somebody_who_asks_for_a_post_is_warned_and_sees_it():
    async with town() as here:
        here.me.filter("Football", "match", context="home", action="hide")
        post = here.grete.post("what a match")
        found = await here.adapter.get(here.ada, post.id)
        assert (found.text, found.warning) == ("what a match", "Football")


async def test_a_thread_leaves_out_what_is_hidden_in_threads():
    async with town() as here:
        here.me.filter("Football", "match", context="thread", action="hide")
        root = here.grete.post("a match")
        answer = here.grete.post("and a tea", reply_to=root)
        more = here.grete.post("the match!", reply_to=answer)
        assert [one.id for one in await here.adapter.thread(here.ada, answer.id)] == [answer.id]
        assert [one.id for one in await here.adapter.thread(here.ada, more.id)] == [answer.id, more.id]


async def test_a_quoted_post_that_a_filter_matches_is_only_named():
    async with town() as here:
        here.me.filter("Football", "match", action="hide")
        there = here.server.person("lin").post("what a match")
        home = here.home
        cursor = await here.start(home)
        here.grete.post("so true", quotes=there)
        (post,) = (await here.read(home, cursor))[0]
        assert (post.text, post.warning, post.quote.text) == ("so true", None, "Football")


# --- bookmarks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "snac"])
async def test_what_is_put_aside_last_stands_last_however_old_it_is(flavour):
    async with town(flavour) as here:
        posts = [here.grete.post(f"post {number}") for number in range(25)]
        for post in reversed(posts):
            await here.adapter.bookmark(here.ada, post.id, True)
        aside = here.timeline(TimelineKind.BOOKMARKS)
        page = await here.adapter.fetch(aside, here.ada, None)
        assert [post.id for post in page.posts] == [post.id for post in reversed(posts[:20])]
        assert not page.more


async def test_filters_are_not_for_what_one_put_aside_oneself():
    async with town() as here:
        here.me.filter("Football", "match", context="home public thread account", action="hide")
        here.me.bookmark(here.grete.post("what a match"))
        page = await here.adapter.fetch(here.timeline(TimelineKind.BOOKMARKS), here.ada, None)
        assert [one.warning for one in page.posts] == [None]


# --- people ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["mute", "block"])
async def test_who_is_kept_off_is_not_seen_until_that_ends(what):
    async with town() as here:
        home, act = here.home, getattr(here.adapter, what)
        for on in (True, True):
            profile = await act(here.ada, here.grete.handle, on)
            assert profile.author.handle == here.grete.handle
        cursor = await here.start(home)
        here.grete.post("hello @ada")
        assert (await here.read(home, cursor))[0] == []
        for _ in range(2):
            await act(here.ada, here.grete.handle, False)
        pairs = here.server.world.mutes if what == "mute" else here.server.world.blocks
        assert pairs == set()
        with pytest.raises(TargetGone):
            await act(here.ada, "@nobody", True)


async def test_a_picture_is_an_address_and_nobodys_picture_is_none():
    async with town() as here:
        assert (await here.adapter.whois(here.ada, "@grete")).picture is None
        here.grete.who.picture = "https://masto.example/avatars/grete.png"
        assert (await here.adapter.whois(here.ada, "@grete")).picture == here.grete.who.picture


async def test_who_is_quoted_hears_of_it_as_of_a_mention():
    async with town() as here:
        mentions = here.timeline(TimelineKind.MENTIONS)
        mine = await here.adapter.publish(here.ada, Draft("wise words"), key="k")
        cursor = await here.start(mentions)
        quoting = here.grete.post("so true", quotes=here.server.world.statuses[mine.id])
        (post,) = (await here.read(mentions, cursor))[0]
        assert (post.id, post.quote.id) == (quoting.id, mine.id)


async def test_a_stream_keeps_quiet_about_what_a_filter_hides():
    async with town() as here:
        rule = {"filter": {"title": "x", "context": ["home"], "filter_action": "hide"}}
        person = {"id": "1", "acct": "grete"}
        told = {"id": "7", "created_at": "2026-01-02T03:04:05Z", "account": person, "filtered": [rule]}
        event = Event("update", told)
        assert hint_of(event, here.timeline(TimelineKind.HOME), here.ada) is None
        assert hint_of(event, here.timeline(TimelineKind.PERSON, "1"), here.ada) == Hint("7")
        own = Event("update", told | {"account": person | {"id": here.ada.id}})
        assert hint_of(own, here.timeline(TimelineKind.HOME), here.ada) == Hint("7")
