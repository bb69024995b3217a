"""Timelines without gaps and repetitions, also where servers are odd."""

import json
import logging
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.mastodon import timelines
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unsupported
from bridgebot.model import Audience, TimelineKind
from tests.adapters.mastodon_town import town
from tests.servers.mastodon import Fault

FLAVOURS = ("mastodon", "gotosocial", "takahe")


def ids(posts):
    return [post.id for post in posts]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("before", [0, 3, 15, 16, 60])
async def test_a_long_absence_leaves_no_gap(flavour, before):
    async with town(flavour) as here:
        home = here.home
        for number in range(before):
            here.grete.post(f"old {number}")
        cursor = await here.start(home)
        made = [here.grete.post(f"new {number}").id for number in range(133)]
        posts, gone, _, cursor = await here.read(home, cursor)
        assert ids(posts) == made
        assert gone == []
        assert (await here.read(home, cursor))[0] == []


async def test_an_idle_timeline_costs_one_request():
    async with town() as here:
        home = here.home
        for number in range(30):
            here.grete.post(f"old {number}")
        cursor = await here.start(home)
        before = here.asked("GET", "/api/v1/timelines/home")
        await here.read(home, cursor)
        assert here.asked("GET", "/api/v1/timelines/home") == before + 1


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("old", [2, 17, 40])
async def test_a_late_post_behind_the_cursor_is_read(flavour, old):
    """A post of another server bears the time of its writing: it lands below what was read already."""
    async with town(flavour) as here:
        bo = here.server.person("bo@far.example")
        here.me.follow(bo)
        home = here.home
        for number in range(old):
            here.server.advance(10)
            here.grete.post(f"old {number}")
        cursor = await here.start(home)
        late = bo.post("late", at=here.server.world.now() - timedelta(seconds=15))
        newest = here.grete.post("newest")
        posts, _, _, cursor = await here.read(home, cursor)
        assert ids(posts) == [late.id, newest.id]
        assert (await here.read(home, cursor))[0] == []


async def test_what_was_there_long_before_is_no_news():
    """Whoever is followed now brings old posts into the home timeline."""
    async with town() as here:
        bo = here.server.person("bo@far.example")
        for days in range(1, 60):
            bo.post("history", at=here.server.world.now() - timedelta(days=days))
        home = here.home
        cursor = await here.start(home)
        here.me.follow(bo)
        new = bo.post("news")
        posts, gone, _, _ = await here.read(home, cursor)
        assert ids(posts) == [new.id]
        assert gone == []


async def test_the_same_cursor_gives_the_same():
    async with town() as here:
        home = here.home
        here.grete.post("old")
        cursor = await here.start(home)
        for number in range(50):
            here.grete.post(f"new {number}")
        first, again = await here.read(home, cursor), await here.read(home, cursor)
        assert ids(first[0]) == ids(again[0])
        assert len(first[0]) == 50
        assert first[3] == again[3]


async def test_a_status_twice_in_a_page_is_given_once():
    async with town("gotosocial") as here:
        home = here.home
        cursor = await here.start(home)
        made = [here.grete.post(text).id for text in ("one", "two", "three")]
        page = await here.adapter.fetch(home, here.ada, cursor)
        assert ids(page.posts) == made


async def test_ids_are_never_numbers():
    async with town("gotosocial") as here:
        cursor = await here.start(here.home)
        here.grete.post("ulid")
        posts = (await here.read(here.home, cursor))[0]
        assert len(posts[0].id) == 26
        assert not posts[0].id.isdigit()


async def test_edits_of_recent_posts_come_once():
    async with town() as here:
        home = here.home
        made = [here.grete.post(f"post {number}") for number in range(60)]
        cursor = await here.start(home)
        here.grete.edit(made[-30], "better")
        here.grete.edit(made[-30], "best")
        posts, _, _, cursor = await here.read(home, cursor)
        assert [(post.id, post.text) for post in posts] == [(made[-30].id, "best")]
        assert (await here.read(home, cursor))[0] == []


@pytest.mark.parametrize(("length", "window"), [(60, 35), (20, 15)])
async def test_how_far_back_a_timeline_is_read_again(length, window):
    """What lies further down is missed, and docs/delivery.md says so."""
    async with town() as here:
        home = here.home
        made = [here.grete.post(f"post {number}") for number in range(60)]
        tampering(here.server, "/api/v1/timelines/home", lambda things, up: cut(things, up, length))
        cursor = await here.start(home)
        late = [made[-window], made[-window - 1]]
        for one in late:
            here.grete.edit(one, "better")
        here.grete.delete(made[-window - 2])
        posts, gone, _, _ = await here.read(home, cursor)
        assert (ids(posts), gone) == ([made[-window].id], [])


def cut(things, upwards, most):
    """A page of a server that gives so many at most."""
    return things[-most:] if upwards else things[:most]


async def test_what_is_only_hidden_is_not_gone():
    async with town() as here:
        home = here.home
        kept = here.grete.post("still there")
        dropped = here.grete.post("oops")
        cursor = await here.start(home)
        here.me.follow(here.grete, on=False)
        dropped_id = dropped.id
        here.grete.delete(dropped)
        _, gone, _, cursor = await here.read(home, cursor)
        assert gone == [dropped_id]
        before = here.asked("GET", f"/api/v1/statuses/{kept.id}")
        assert before == 1
        assert (await here.read(home, cursor))[:2] == ([], [])
        assert here.asked("GET", f"/api/v1/statuses/{kept.id}") == 1, "it is asked about once"


async def test_a_boost_taken_back_does_not_take_the_post():
    async with town() as here:
        home = here.home
        post = here.server.person("stranger").post("good")
        here.grete.boost(post)
        cursor = await here.start(home)
        here.grete.unboost(post)
        assert (await here.read(home, cursor))[:2] == ([], [])


async def test_boosts_bring_the_post_and_who_boosted():
    async with town() as here:
        home = here.home
        cursor = await here.start(home)
        post = here.server.person("stranger").post("good")
        boost = here.grete.boost(post)
        posts = (await here.read(home, cursor))[0]
        assert ids(posts) == [post.id]
        assert posts[0].author.handle == "@stranger@masto.example"
        assert posts[0].boost.by.handle == "@grete@masto.example"
        assert (await here.adapter.get(here.ada, boost.id)).id == post.id


async def test_ones_own_boosts_are_no_own_posts():
    async with town() as here:
        own = here.timeline(TimelineKind.OWN)
        cursor = await here.start(own)
        here.me.boost(here.grete.post("good"))
        mine = here.me.post("mine", visibility="direct")
        posts = (await here.read(own, cursor))[0]
        assert [(post.id, post.audience) for post in posts] == [(mine.id, Audience.DIRECT)]


async def test_a_post_that_came_by_itself_and_by_boost_stands_once_in_a_page():
    async with town() as here:
        home = here.home
        zoe = here.server.person("lin")
        here.me.follow(zoe)
        cursor = await here.start(home)
        post = here.grete.post("good")
        zoe.boost(post)
        page = await here.adapter.fetch(home, here.ada, cursor)
        assert [(one.id, one.boost) for one in page.posts] == [(post.id, None)]


# --- notifications -----------------------------------------------------------------------------


async def test_notifications_of_every_kind_and_those_that_nobody_knows():
    async with town() as here:
        mentions = here.timeline(TimelineKind.MENTIONS)
        own = here.me.post("mine")
        cursor = await here.start(mentions)
        here.grete.favourite(own)
        here.me.notified("hologram", here.grete, own)
        here.me.notified("severed_relationships", here.grete)
        here.grete.boost(own)
        mention = here.grete.post("hello @ada")
        here.grete.follow(here.me)
        here.server.world.people[here.ada.id].locked = True
        here.server.person("lin").follow(here.me)
        posts, gone, told, cursor = await here.read(mentions, cursor)
        assert ids(posts) == [mention.id]
        assert [(one.kind, one.by.handle, one.post) for one in told] == [
            ("favourite", "@grete@masto.example", own.id),
            ("boost", "@grete@masto.example", own.id),
            ("follow", "@grete@masto.example", None),
            ("follow-request", "@lin@masto.example", None),
        ]
        assert gone == []
        assert (await here.read(mentions, cursor))[:3] == ([], [], [])


async def test_a_favourite_taken_back_does_not_take_the_post():
    async with town() as here:
        mentions = here.timeline(TimelineKind.MENTIONS)
        own = here.me.post("mine")
        here.grete.favourite(own)
        cursor = await here.start(mentions)
        here.grete.favourite(own, on=False)
        assert (await here.read(mentions, cursor))[:3] == ([], [], [])


# --- what servers send -------------------------------------------------------------------------


def tampering(server, path, change):
    """Answers of a path are changed on their way."""
    real = server._good

    async def answer(request, *more):
        made = await real(request, *more)
        if request.path == path and made.status == 200:
            body = json.dumps(change(json.loads(made.body), "min_id" in request.query))
            return web.Response(text=body, content_type="application/json")
        return made

    server._good = answer


@pytest.mark.parametrize("kind", [TimelineKind.HOME, TimelineKind.MENTIONS])
@pytest.mark.parametrize(
    "nonsense", [{"content": 7, "account": 7}, {"created_at": "soon"}, {"account": None, "status": 3}]
)
async def test_one_that_cannot_be_read_is_passed_over_with_a_line(kind, nonsense, caplog):
    async with town() as here:
        timeline = here.home if kind is TimelineKind.HOME else here.timeline(kind)
        path = "/api/v1/timelines/home" if kind is TimelineKind.HOME else "/api/v1/notifications"
        cursor = await here.start(timeline)
        made = [here.grete.post(f"hello @ada {number}").id for number in range(3)]

        def change(things, upwards):
            return [
                thing | nonsense if "hello" in json.dumps(thing) and "1</p>" in json.dumps(thing) else thing
                for thing in things
            ]

        tampering(here.server, path, change)
        with caplog.at_level(logging.WARNING):
            posts, gone, _, cursor = await here.read(timeline, cursor)
        assert ids(posts) == [made[0], made[2]]
        assert "is passed over" in caplog.text
        assert gone == []
        assert (await here.read(timeline, cursor))[:2] == ([], [])


async def test_a_page_of_nothing_readable_does_not_loop():
    async with town() as here:
        home = here.home
        for number in range(20):
            here.grete.post(f"old {number}")
        cursor = await here.start(home)
        for number in range(90):
            here.grete.post(f"bad {number}")
        good = here.grete.post("good")

        def change(things, upwards):
            return [thing | {"account": 3} if "bad" in thing["content"] else thing for thing in things]

        tampering(here.server, "/api/v1/timelines/home", change)
        assert ids((await here.read(home, cursor))[0]) == [good.id]


@pytest.mark.parametrize("most", [16, 20, 30])
async def test_a_server_with_smaller_pages_is_read_to_the_end(most):
    """It may take more polls, but nothing is lost, nothing is called gone, and no read goes on for ever."""
    async with town() as here:
        home = here.home
        for number in range(30):
            here.grete.post(f"old {number}")

        def change(things, upwards):
            return things[-most:] if upwards else things[:most]

        tampering(here.server, "/api/v1/timelines/home", change)
        cursor = await here.start(home)
        made = [here.grete.post(f"new {number}").id for number in range(10)]
        found, missing = [], []
        for _ in range(80):
            posts, gone, _, cursor = await here.read(home, cursor)
            found, missing = [*found, *ids(posts)], [*missing, *gone]
        assert missing == []
        assert set(made) <= set(found)


async def test_html_for_a_page_is_no_empty_page():
    async with town() as here:
        cursor = await here.start(here.home)
        for body in ("<html>", "[{", '{"error": "x"}', ""):

            async def answer(request, *more, body=body):
                return web.Response(text=body, content_type="application/json")

            real, here.server._good = here.server._good, answer
            with pytest.raises(Temporary):
                await here.adapter.fetch(here.home, here.ada, cursor)
            here.server._good = real


# --- who may read what -------------------------------------------------------------------------


async def test_a_tag_and_a_person_are_read_without_an_account():
    async with town() as here:
        here.grete.post("old #茶")
        for timeline in (
            here.timeline(TimelineKind.TAG, "茶"),
            here.timeline(TimelineKind.PERSON, here.grete.id),
        ):
            cursor = (await here.adapter.fetch(timeline, None, None)).cursor
            here.grete.post("narrow #茶", visibility="private")
            new = here.grete.post("wide #茶")
            page = await here.adapter.fetch(timeline, None, cursor)
            assert ids(page.posts) == [new.id]
            assert page.posts[0].author.handle == "@grete@masto.example"


async def test_a_server_that_shows_nothing_to_strangers_says_so():
    async with town("gotosocial") as here:
        with pytest.raises(Rejected) as info:
            await here.adapter.fetch(here.timeline(TimelineKind.TAG, "tea"), None, None)
        assert info.value.key == "mastodon-needs-account"


async def test_what_needs_an_account_needs_one():
    async with town() as here:
        for kind in (TimelineKind.HOME, TimelineKind.MENTIONS, TimelineKind.OWN, TimelineKind.LIST):
            with pytest.raises(Unsupported):
                await here.adapter.fetch(here.timeline(kind), None, None)
        for call in (here.adapter.get, here.adapter.thread):
            with pytest.raises(Unsupported):
                await call(None, "1")


async def test_tags_and_ids_are_only_ever_one_step_of_a_path():
    async with town() as here:
        for argument in ("../home", "a/b?c=d#e", "%2e%2e/%2f"):
            await here.adapter.fetch(here.timeline(TimelineKind.TAG, argument), here.ada, None)
        asked = [path for _, path in here.server.asked if "timelines" in path]
        assert all(path.startswith("/api/v1/timelines/tag/") for path in asked)
        with pytest.raises(TargetGone):
            await here.adapter.get(here.ada, "1/context")


async def test_a_revoked_token_is_found_out():
    async with town() as here:
        cursor = await here.start(here.home)
        here.server.expire("ada")
        for call in (
            here.adapter.fetch(here.home, here.ada, cursor),
            here.adapter.search(here.ada, "tea"),
            here.adapter.lists(here.ada),
            here.adapter.requests(here.ada),
        ):
            with pytest.raises(AuthExpired):
                await call


# --- looking things up -------------------------------------------------------------------------


async def test_search_and_lists():
    async with town() as here:
        first, second = here.grete.post("green tea"), here.grete.post("Tea, black")
        here.grete.post("coffee")
        assert ids(await here.adapter.search(here.ada, "tea")) == [second.id, first.id]
        assert await here.adapter.lists(here.ada) == ()
        made = here.me.list("friends 友")
        assert [(one.id, one.title) for one in await here.adapter.lists(here.ada)] == [
            (made.id, "friends 友")
        ]


async def test_somebody_of_another_server_is_found_by_asking_it():
    async with town() as here:
        profile = await here.adapter.whois(here.ada, "@far_away@far.example")
        assert profile.author.handle == "@far_away@far.example"
        followed = await here.adapter.follow(here.ada, "far_away@FAR.example", True)
        assert followed.author.id == profile.author.id
        for nobody in ("@nobody@far.example", "@far@far.example", "", "@"):
            with pytest.raises((TargetGone, Rejected)):
                await here.adapter.whois(here.ada, nobody)


async def test_following_a_locked_account_waits():
    async with town() as here:
        assert (await here.adapter.follow(here.ada, "@zoe@masto.example", True)).pending
        assert (await here.adapter.follow(here.ada, "@zoe", True)).locked
        assert not (await here.adapter.follow(here.ada, "@zoe", False)).pending


async def test_a_report_names_post_author_and_words():
    async with town() as here:
        post = here.grete.post("spam")
        await here.adapter.report(here.ada, post.id, "it is spam: 广告")
        made = here.server.world.reports[0]
        assert (made["target_account"]["id"], made["status_ids"], made["comment"]) == (
            here.grete.id,
            [post.id],
            "it is spam: 广告",
        )
        with pytest.raises(TargetGone):
            await here.adapter.report(here.ada, "999", "x")


async def test_a_failed_look_at_what_vanished_loses_nothing():
    async with town() as here:
        home = here.home
        post = here.grete.post("oops")
        cursor = await here.start(home)
        here.grete.delete(post)
        new = here.grete.post("new")
        here.server.fail(Fault.ERROR, path=f"/statuses/{post.id}")
        with pytest.raises(Temporary):
            await here.adapter.fetch(home, here.ada, cursor)
        posts, gone, _, _ = await here.read(home, cursor)
        assert (ids(posts), gone) == ([new.id], [post.id])


async def test_a_long_absence_is_read_by_whole_pages():
    async with town() as here:
        home = here.home
        for number in range(60):
            here.grete.post(f"old {number}")
        cursor = await here.start(home)
        made = [here.grete.post(f"new {number}").id for number in range(200)]
        before = here.asked("GET", "/api/v1/timelines/home")
        posts, _, _, cursor = await here.read(home, cursor)
        assert ids(posts) == made
        assert here.asked("GET", "/api/v1/timelines/home") - before <= 200 / 40 + 2
        here.grete.delete(here.server.world.statuses[made[-30]])
        here.grete.edit(made[-20], "better")
        posts, gone, _, _ = await here.read(home, cursor)
        assert (ids(posts), gone) == ([made[-20]], [made[-30]]), "the overlap holds behind a long absence"


def test_a_cursor_is_small():
    seen = [
        timelines.Seen("01H" + "X" * 23, "01H" + "X" * 23, "2026-01-01T00:00:00+00:00")
    ] * timelines.WINDOW
    assert len(timelines._encoded(timelines.Cursor("01H" + "X" * 23, 1e9, seen))) < 4000
