"""What people see of Bluesky: texts, what stands below them, timelines, people."""

import re
from datetime import timedelta

import msgspec
import pytest

from adapters.bluesky import names, places, reading, rich, timelines
from adapters.bluesky.entities import Facet, PostView
from bridgebot.errors import Rejected, TargetGone, Unsupported
from bridgebot.model import Attachment, Quote, Span, Timeline, TimelineKind
from tests.adapters.bluesky_sky import sky

SITE = "https://bsky.app"
REALM = "bsky.app"
DID = "did:plc:" + "a" * 24


def facet(text, word, url):
    start = len(text[: text.index(word)].encode())
    index = {"byteStart": start, "byteEnd": start + len(word.encode())}
    return {"index": index, "features": [{"$type": rich.LINK, "uri": url}]}


def read(text, *facets):
    return rich.text_of(text, msgspec.convert(list(facets), list[Facet]))


def view(record=None, **fields):
    """A post as an app view shows it."""
    author = {"did": DID, "handle": "ada.test", "displayName": "Ada"}
    said = {"text": "hello", "createdAt": "2026-11-27T10:00:00.000Z", **(record or {})}
    shown = {"uri": f"at://{DID}/app.bsky.feed.post/3k", "author": author, "record": said}
    return msgspec.convert({**shown, "indexedAt": "2026-11-27T10:00:01.000Z", **fields}, PostView)


def post(record=None, **fields):
    raw = msgspec.json.encode(fields.pop("embed")) if "embed" in fields else None
    seen = view(record, **fields)
    if raw is not None:
        seen = msgspec.structs.replace(seen, embed=msgspec.Raw(raw))
    return reading.post(seen, SITE)


# --- texts ----------------------------------------------------------------------------------------


class TestTexts:
    def test_links_are_counted_in_characters_where_the_network_counts_bytes(self):
        text = "👩‍👩‍👧‍👦 你好 see here, and 那里"
        found = read(
            text, facet(text, "那里", "https://b.example/"), facet(text, "here", "https://a.example/")
        )
        assert found.text == text
        assert [(text[s.start : s.end], s.url) for s in found.spans] == [
            ("here", "https://a.example/"),
            ("那里", "https://b.example/"),
        ]

    def test_a_link_that_cuts_a_character_or_lies_outside_is_none(self):
        text = "é here"
        for start, end in ((1, 4), (3, 1), (2, 99), (3, 3)):
            index = {"byteStart": start, "byteEnd": end}
            one = {"index": index, "features": [{"$type": rich.LINK, "uri": "https://a.example/"}]}
            assert read(text, one) == rich.Text(text)

    def test_of_two_links_that_overlap_the_first_counts(self):
        text = "see here now"
        found = read(
            text, facet(text, "see here", "https://a.example/"), facet(text, "here now", "https://b.example/")
        )
        assert found.spans == (Span(0, 8, "link", "https://a.example/"),)

    def test_an_address_that_a_client_shortened_is_whole_again(self):
        text = "go: stones.example/about/a-very… now"
        found = read(
            text, facet(text, "stones.example/about/a-very…", "https://stones.example/about/a-very-long/way")
        )
        assert found == rich.Text(
            "go: https://stones.example/about/a-very-long/way now",
            (),
            frozenset({"https://stones.example/about/a-very-long/way"}),
        )

    def test_words_that_look_like_another_address_say_where_they_lead(self):
        text = "log in at bank.example please"
        found = read(text, facet(text, "bank.example", "https://evil.example/"))
        assert found.text == "log in at bank.example (https://evil.example/) please"
        assert found.spans == ()

    def test_what_is_behind_a_link_that_grew_is_still_where_it_was(self):
        text = "a.example/b… and 这里"
        found = read(
            text,
            facet(text, "a.example/b…", "https://a.example/bcdef"),
            facet(text, "这里", "https://c.example/"),
        )
        (span,) = found.spans
        assert found.text[span.start : span.end] == "这里"

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "at://x", "file:///etc"])
    def test_only_what_a_browser_opens_is_a_link(self, url):
        text = "see here"
        assert read(text, facet(text, "here", url)).spans == ()

    def test_a_warning_that_the_bot_wrote_is_a_warning_again(self):
        text = "CW: 结局 😱\n\nsee here"
        found = post({"text": text, "facets": [facet(text, "here", "https://a.example/")]})
        assert (found.warning, found.text) == ("结局 😱", "see here")
        assert found.spans == (Span(4, 8, "link", "https://a.example/"),)


# --- what stands below a text ---------------------------------------------------------------------


class TestShown:
    def test_pictures_have_their_descriptions(self):
        images = [{"thumb": "https://cdn/t", "fullsize": "https://cdn/1", "alt": "一块石头"}]
        shown = post(embed={"$type": "app.bsky.embed.images#view", "images": images})
        assert shown.media == (Attachment("image", "https://cdn/1", "一块石头"),)

    def test_a_gallery_is_pictures_too(self):
        items = [{"thumbnail": "https://cdn/t", "fullsize": f"https://cdn/{n}", "alt": ""} for n in range(9)]
        shown = post(embed={"$type": "app.bsky.embed.gallery#view", "items": items})
        assert [one.url for one in shown.media] == [f"https://cdn/{n}" for n in range(9)]

    def test_a_film_is_seen_on_the_posts_own_page(self):
        embed = {
            "$type": "app.bsky.embed.video#view",
            "cid": "c",
            "playlist": "https://v/p.m3u8",
            "alt": "waves",
        }
        assert post(embed=embed).media == (Attachment("video", f"{SITE}/profile/{DID}/post/3k", "waves"),)

    def test_the_page_of_a_card_is_named_where_the_text_does_not(self):
        card = {"uri": "https://stones.example/", "title": "Stones", "description": ""}
        embed = {"$type": "app.bsky.embed.external#view", "external": card}
        assert post(embed=embed).text == "hello\n\nhttps://stones.example/"
        for text in ("see https://stones.example/", "https://stones.example/"):
            assert post({"text": text}, embed=embed).text == text
        linked = {"text": "see this", "facets": [facet("see this", "this", "https://stones.example/")]}
        assert post(linked, embed=embed).text == "see this"

    def test_a_moving_picture_is_a_picture(self):
        card = {
            "uri": "https://media.tenor.com/x.gif?hh=1",
            "title": "a cat",
            "description": "ALT: a cat jumps",
        }
        shown = post(embed={"$type": "app.bsky.embed.external#view", "external": card})
        assert (shown.text, shown.media) == ("hello", (Attachment("image", card["uri"], "a cat jumps"),))

    def test_a_card_that_leads_to_no_page_is_left_out(self):
        card = {"uri": "javascript:alert(1)", "title": "", "description": ""}
        assert post(embed={"$type": "app.bsky.embed.external#view", "external": card}).text == "hello"

    def test_a_feed_or_list_that_is_shown_is_named(self):
        record = {
            "$type": "app.bsky.feed.defs#generatorView",
            "uri": f"at://{DID}/app.bsky.feed.generator/stones",
        }
        shown = post(embed={"$type": "app.bsky.embed.record#view", "record": record})
        assert shown.text == f"hello\n\n{SITE}/profile/{DID}/feed/stones"

    def test_something_new_below_a_post_does_not_hide_the_post(self):
        assert post(embed={"$type": "app.bsky.embed.hologram#view", "images": "?", "x": 1}).text == "hello"

    async def test_a_quote_says_whose_it_is_and_what_it_says(self):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            said = grete.post("the first: 第一")
            quoting = ada.post("look", quote=said.uri)
            seen = await here.adapter.get(here.ada, quoting.uri)
            assert seen.quote == Quote(
                names.url(said.uri, SITE), said.uri, "@grete.sky.test", "the first: 第一"
            )
            assert seen.text == "look"
            grete.delete(said.uri)
            seen = await here.adapter.get(here.ada, quoting.uri)
            assert seen.quote == Quote(names.url(said.uri, SITE))

    async def test_a_quote_and_pictures_come_together(self):
        async with sky() as here:
            grete = here.server.person("grete")
            said = grete.post("first")
            media = {
                "$type": "app.bsky.embed.external",
                "external": {"uri": "https://stones.example/", "title": "t", "description": "d"},
            }
            record = {"$type": "app.bsky.embed.record", "record": said.ref}
            both = {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}
            seen = await here.adapter.get(here.ada, grete.post("both", embed=both).uri)
            assert seen.quote is not None
            assert (seen.quote.id, seen.text) == (said.uri, "both\n\nhttps://stones.example/")


class TestPosts:
    def test_labels_that_every_client_knows_are_a_warning(self):
        labels = [{"val": val, "src": DID} for val in ("porn", "graphic-media", "gore", "somebody's-own")]
        assert post(labels=labels).warning == "Adult Content, Graphic Media"
        own = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}
        assert post({"labels": own}).warning == "Non-sexual Nudity"

    def test_a_label_that_was_taken_back_or_is_over_is_none(self):
        labels = [{"val": "porn", "neg": True}, {"val": "nudity", "exp": "2026-11-01T00:00:00Z"}]
        assert post(labels=labels).warning is None
        assert post(labels=[{"val": "nudity", "exp": "2026-12-01T00:00:00Z"}]).warning == "Non-sexual Nudity"

    @pytest.mark.parametrize(
        ("said", "read"),
        [
            ("2026-11-27T09:00:00+08:00", "2026-11-27T01:00:00+00:00"),
            ("2031-01-01T00:00:00Z", "2026-11-27T10:00:01+00:00"),  # a clock that goes ahead
            ("yesterday", "2026-11-27T10:00:01+00:00"),
        ],
    )
    def test_a_post_is_as_old_as_its_author_says_but_not_younger_than_it_was_seen(self, said, read):
        assert post({"createdAt": said}).created_at.isoformat() == read

    def test_who_has_no_handle_that_holds_is_called_by_the_did(self):
        author = {"did": DID, "handle": "handle.invalid"}
        found = post(author=author).author
        assert (found.handle, found.name) == (f"@{DID}", f"@{DID}")

    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("app.bsky.feed.post/3k", f"profile/{DID}/post/3k"),
            ("app.bsky.feed.generator/f", f"profile/{DID}/feed/f"),
            ("app.bsky.graph.list/3l", f"profile/{DID}/lists/3l"),
            ("app.bsky.graph.starterpack/3s", f"starter-pack/{DID}/3s"),
            ("com.example.thing/1", f"profile/{DID}"),
        ],
    )
    def test_records_have_pages(self, path, page):
        assert names.url(f"at://{DID}/{path}", SITE) == f"{SITE}/{page}"


# --- timelines ------------------------------------------------------------------------------------


async def whole(here, timeline, cursor, account=None):
    page = await here.adapter.fetch(timeline, account or here.ada, cursor)
    assert not page.more
    return page


async def begun(here, kind, argument=""):
    """A timeline, and the cursor from which everything later is read."""
    timeline = Timeline(kind, REALM, argument)
    return timeline, (await here.adapter.fetch(timeline, here.ada, None)).cursor


class TestTimelines:
    async def test_what_was_put_in_late_is_read(self):
        async with sky() as here:
            grete = here.server.person("grete")
            here.server.person("ada").follow(grete)
            for n in range(40):
                grete.post(f"old {n}")
            home, cursor = await begun(here, TimelineKind.HOME)
            early = (here.server.world.now() - timedelta(seconds=0.001)).isoformat()
            grete.post("new")
            late = grete.post("late", createdAt=early)
            page = await whole(here, home, cursor)
            assert {one.text for one in page.posts} == {"new", "late"}
            assert (await whole(here, home, page.cursor)).posts == ()
            assert late.uri in page.cursor

    async def test_what_was_written_long_ago_is_history_even_if_it_comes_now(self):
        async with sky() as here:
            grete = here.server.person("grete")
            here.server.person("ada").follow(grete)
            for n in range(40):
                grete.post(f"old {n}")
            home, cursor = await begun(here, TimelineKind.HOME)
            grete.post("from the archive", createdAt="2019-01-01T00:00:00.000Z")
            assert (await whole(here, home, cursor)).posts == ()

    async def test_after_a_long_absence_nothing_is_left_out(self):
        async with sky() as here:
            grete = here.server.person("grete")
            person, cursor = await begun(here, TimelineKind.PERSON, grete.did)
            sent = [grete.post(f"post {n}").uri for n in range(3 * timelines.PAGE + 7)]
            page = await whole(here, person, cursor)
            assert [one.id for one in page.posts] == sent

    async def test_a_quiet_timeline_is_one_call(self):
        async with sky() as here:
            grete = here.server.person("grete")
            here.server.person("ada").follow(grete)
            for n in range(timelines.PAGE * 2):
                grete.post(f"old {n}")
            home, cursor = await begun(here, TimelineKind.HOME)
            here.server.asked.clear()
            page = await whole(here, home, cursor)
            assert (page.posts, page.gone, page.cursor) == ((), (), cursor)
            assert here.server.asked == ["app.bsky.feed.getTimeline"]

    async def test_posts_of_somebody_who_is_muted_are_not_deleted(self):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            ada.follow(grete)
            first, second = grete.post("one"), grete.post("two")
            home, cursor = await begun(here, TimelineKind.HOME)
            ada.who.muted.add(grete.did)
            grete.delete(second.uri)
            page = await whole(here, home, cursor)
            assert page.gone == (second.uri,)
            assert first.uri in here.server.world.records

    async def test_a_repost_says_who_made_it_and_taking_it_back_deletes_nothing(self):
        async with sky() as here:
            ada, lin, grete = (here.server.person(name) for name in ("ada", "lin", "grete"))
            ada.follow(lin)
            home, cursor = await begun(here, TimelineKind.HOME)
            said = grete.post("far away")
            repost = lin.repost(said.uri)
            page = await whole(here, home, cursor)
            (seen,) = page.posts
            assert (seen.id, seen.author.handle) == (said.uri, "@grete.sky.test")
            assert seen.boost is not None
            assert seen.boost.by.handle == "@lin.sky.test"
            lin.delete(repost.uri)
            after = await whole(here, home, page.cursor)
            assert (after.posts, after.gone) == ((), ())

    async def test_ones_own_timeline_has_no_reposts(self):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            own, cursor = await begun(here, TimelineKind.OWN)
            ada.repost(grete.post("hers").uri)
            ada.post("mine")
            assert [one.text for one in (await whole(here, own, cursor)).posts] == ["mine"]

    async def test_a_post_that_came_by_itself_and_by_a_repost_stands_once(self):
        async with sky() as here:
            ada, lin, grete = (here.server.person(name) for name in ("ada", "lin", "grete"))
            ada.follow(lin)
            ada.follow(grete)
            home, cursor = await begun(here, TimelineKind.HOME)
            lin.repost(grete.post("hello").uri)
            (seen,) = (await whole(here, home, cursor)).posts
            assert seen.boost is None

    async def test_answers_and_quotes_come_with_the_mentions_as_posts(self):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            said = ada.post("a question")
            mentions, cursor = await begun(here, TimelineKind.MENTIONS)
            answer = grete.post("an answer", reply_to=said.uri)
            quote = grete.post("see there", quote=said.uri)
            named = grete.post(f"hey {ada.handle}")
            grete.like(said.uri)
            page = await whole(here, mentions, cursor)
            assert [one.id for one in page.posts] == [answer.uri, quote.uri, named.uri]
            assert page.posts[0].reply_to == said.uri
            assert page.posts[1].quote is not None
            assert [(one.kind, one.post) for one in page.notifications] == [("favourite", said.uri)]

    async def test_an_answer_that_is_gone_before_it_was_read_is_passed_over(self):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            mentions, cursor = await begun(here, TimelineKind.MENTIONS)
            named = grete.post(f"hey {ada.handle}")
            grete.who.state = "takendown"  # the notification stays, the post is not shown
            page = await whole(here, mentions, cursor)
            assert (page.posts, page.gone) == ((), ())
            assert named.uri in page.cursor

    async def test_a_feed_that_is_put_into_another_order_brings_only_what_is_new(self):
        async with sky() as here:
            grete = here.server.person("grete")
            uri = here.server.person("stranger").feed("stones")
            listed = here.server.world.feeds[uri]
            listed += [grete.post(f"stone {n}").uri for n in range(40)]
            feed, cursor = await begun(here, TimelineKind.FEED, uri)
            new = grete.post("one more").uri
            listed[:] = [listed[25], *reversed(listed[:7]), new, *listed[7:25], *listed[26:]]
            page = await whole(here, feed, cursor)
            assert [one.id for one in page.posts] == [new]
            assert page.gone == ()
            listed[:25] = reversed(listed[:25])
            assert (await whole(here, feed, page.cursor)).posts == ()

    async def test_a_line_that_cannot_be_read_costs_only_itself(self, monkeypatch):
        async with sky() as here:
            ada, grete = (here.server.person(name) for name in ("ada", "grete"))
            ada.follow(grete)
            home, cursor = await begun(here, TimelineKind.HOME)
            for text in ("one", "odd", "three"):
                grete.post(text)
            page = await whole(here, home, cursor)
            assert len(page.posts) == 3
            decode = timelines.wire.one

            def one(raw, kind):
                return (
                    None
                    if b'"odd"' in bytes(raw) and kind is not timelines.entities.Named
                    else decode(raw, kind)
                )

            monkeypatch.setattr(timelines.wire, "one", one)
            page = await whole(here, home, cursor)
            assert [post.text for post in page.posts] == ["one", "three"]
            assert (await whole(here, home, page.cursor)).posts == ()

    async def test_a_time_that_is_none_costs_only_its_line(self, monkeypatch):
        async with sky() as here:
            grete = here.server.person("grete")
            person, cursor = await begun(here, TimelineKind.PERSON, grete.did)
            for text in ("one", "odd", "three"):
                grete.post(text)
            decode = timelines.wire.one

            def one(raw, kind):
                told = bytes(raw)
                if b'"odd"' in told:
                    told = re.sub(rb'"indexedAt": ?"[^"]+"', b'"indexedAt": "soon"', told)
                return decode(msgspec.Raw(told), kind)

            monkeypatch.setattr(timelines.wire, "one", one)
            assert [post.text for post in (await whole(here, person, cursor)).posts] == ["one", "three"]


# --- people, and what anybody may read ------------------------------------------------------------


class TestPeople:
    async def test_somebody_has_a_picture_and_numbers(self):
        async with sky() as here:
            grete = here.server.person("grete")
            here.server.person("ada").follow(grete)
            grete.post("hello")
            found = await here.adapter.whois(here.ada, "@Grete.sky.test")
            assert (found.followers, found.following, found.posts) == (1, 0, 1)
            assert found.picture is not None
            assert found.picture.startswith("https://cdn.bsky.app/")
            assert (await here.adapter.whois(here.ada, grete.did)).author == found.author

    @pytest.mark.parametrize("who", ["@no body", "@-x.test", "did:plc:", "@", "@nobody.sky.test", "@a..b"])
    async def test_nobody_is_nobody(self, who):
        async with sky() as here:
            with pytest.raises(TargetGone):
                await here.adapter.whois(here.ada, who)

    async def test_a_thread_goes_on_around_what_is_not_shown(self):
        async with sky() as here:
            ada, grete, lin = (here.server.person(name) for name in ("ada", "grete", "lin"))
            root = grete.post("root")
            rude = lin.post("rude", reply_to=root.uri)
            kind = grete.post("kind", reply_to=root.uri)
            under = grete.post("under", reply_to=rude.uri)
            ada.block(lin)
            assert [one.text for one in await here.adapter.thread(here.ada, root.uri)] == ["root", "kind"]
            assert [one.text for one in await here.adapter.thread(here.ada, under.uri)] == ["under"]
            assert kind.uri in here.server.world.records

    async def test_lists_for_blocking_are_no_timelines(self):
        async with sky() as here:
            ada = here.server.person("ada")
            ada.list("friends")
            ada.list("rude people", purpose="modlist")
            assert [one.title for one in await here.adapter.lists(here.ada)] == ["friends"]


class TestAnybody:
    @pytest.mark.parametrize(
        "address", ["@grete.sky.test", "https://bsky.app/profile/grete.sky.test", "at://grete.sky.test"]
    )
    async def test_a_persons_posts_are_read_without_an_account(self, address):
        async with sky() as here:
            grete = here.server.person("grete")
            (source,) = await here.adapter.sources(address)
            assert (source.timeline, source.title, source.handle) == (
                Timeline(TimelineKind.PERSON, REALM, grete.did),
                "Grete",
                "@grete.sky.test",
            )
            cursor = (await here.adapter.fetch(source.timeline, None, None)).cursor
            grete.post("for all")
            assert [one.text for one in (await here.adapter.fetch(source.timeline, None, cursor)).posts] == [
                "for all"
            ]

    async def test_feeds_and_lists_are_read_without_an_account(self):
        async with sky() as here:
            stranger = here.server.person("stranger")
            stranger.feed("stones")
            listed = stranger.list("masons", here.server.person("grete")).uri
            (feed,) = await here.adapter.sources(f"https://bsky.app/profile/{stranger.did}/feed/stones")
            assert (feed.timeline.kind, feed.title) == (TimelineKind.FEED, "Stones")
            assert feed.url == f"{SITE}/profile/{stranger.did}/feed/stones"
            (found,) = await here.adapter.sources(listed)
            assert (found.timeline, found.title) == (Timeline(TimelineKind.LIST, REALM, listed), "masons")

    async def test_who_wants_to_be_seen_only_by_people_is_not_shown_to_anybody(self):
        async with sky() as here:
            grete = here.server.person("grete")
            timeline = Timeline(TimelineKind.PERSON, REALM, grete.did)
            cursor = (await here.adapter.fetch(timeline, None, None)).cursor
            grete.who.labels.append("!no-unauthenticated")
            said = grete.post("among us")
            for call in (here.adapter.sources(grete.handle), here.adapter.whois(None, grete.handle)):
                with pytest.raises(Rejected) as refused:
                    await call
                assert refused.value.key == "bluesky-signed-in-only"
            assert (await here.adapter.fetch(timeline, None, cursor)).posts == ()
            assert await here.adapter.thread(None, said.uri) == ()
            with pytest.raises(TargetGone):
                await here.adapter.get(None, said.uri)
            assert (await here.adapter.get(here.ada, said.uri)).text == "among us"

    async def test_a_tag_needs_an_account(self):
        async with sky() as here:
            with pytest.raises(Unsupported):
                await here.adapter.fetch(Timeline(TimelineKind.TAG, REALM, "tea"), None, None)

    @pytest.mark.parametrize(
        ("address", "sure"),
        [
            ("@ada.bsky.social", True),
            ("ada.bsky.social", True),
            ("@ada.example.org", False),
            ("https://bsky.app/profile/ada.example.org", True),
            (f"https://bsky.app/profile/{DID}/feed/stones", True),
            (f"at://{DID}/app.bsky.graph.list/3k", True),
            ("@ada@example.org", None),
            ("@ada", None),
            ("ada.example.org", None),
            ("https://bsky.app/profile/ada.example.org/post/3k", None),
            ("https://evil.example/bsky.app/profile/ada.example.org", None),
        ],
    )
    def test_how_people_write_what_can_be_read(self, address, sure):
        found = [one.sure for one in places.ADDRESSES if re.fullmatch(one.pattern, address)]
        assert max(found, default=None) is sure
        if sure is not None:
            assert places.named(address) is not None
