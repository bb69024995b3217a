"""Publishing exactly once, marks that are there once, and what a refusal means."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from adapters.bluesky import cards, limits, people, reading
from adapters.bluesky.entities import Viewer
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import policy, session
from bridgebot.model import Audience, Draft, File, Span, Uploaded
from bridgebot.store import parts
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.pictures import mp4
from tests.adapters.bluesky_sky import Sky, linked, secrets_of, site, sky
from tests.servers.bluesky import Fault
from tests.servers.bluesky_world import BLOCK, FOLLOW, LIKE, POST, REPOST

HARD = (
    "hello @lin.sky.test, @nobody.sky.test and @bo@far.example!\n\n#tea #茶 看https://Example.com/a?b=c，好\n"
    "cafe\u0301 \u200b 👩‍👩‍👧‍👦  two  spaces 你好。"
)
FILM = mp4()
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def key() -> str:
    """As the bot makes them."""
    return next(parts.keys())


def reader(content: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def read() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 64):
            yield content[start : start + 64]

    return read


async def hand_over(here: Sky, alt: str = "") -> Uploaded:
    file = File("image", "image/png", len(PNG), alt, 640, 480)
    return Uploaded(await here.adapter.upload(here.ada, file, reader(PNG), key=key()), alt, 640, 480)


async def hand_over_film(here: Sky, alt: str = "") -> Uploaded:
    file = File("video", "video/mp4", len(FILM), alt, 6, 4)
    return Uploaded(await here.adapter.upload(here.ada, file, reader(FILM), key=key()), alt, 6, 4)


# --- once --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE, Fault.ERROR, Fault.HTML, Fault.UPSTREAM]
)
async def test_whatever_the_answer_the_post_stands_once(fault: Fault) -> None:
    async with sky(cards=False) as here:
        parent, mine = here.server.person("grete").post("a question"), key()
        draft = Draft(HARD, warning="careful: 小心", language="zh", reply_to=parent.uri)
        here.server.fail(fault, path="putRecord")
        with pytest.raises(Unconfirmed):
            await here.adapter.publish(here.ada, draft, key=mine)
        post = await here.adapter.publish(here.ada, draft, key=mine)
        again = await here.adapter.publish(here.ada, draft, key=mine)
        assert post == again
        assert [one.uri for one in here.standing()] == [post.id]


async def test_the_same_publication_is_the_same_bytes() -> None:
    async with sky(cards=False) as here:
        mine = key()
        for _ in range(2):
            await here.adapter.publish(here.ada, Draft(HARD), key=mine)
        sent = [body for nsid, body in here.server.bodies if nsid.endswith("putRecord")]
        assert len(sent) == 2
        assert sent[0] == sent[1]
        assert sent[0]["swapRecord"] is None


async def test_a_repeat_is_the_same_post_though_the_world_changed_meanwhile() -> None:
    async with sky(cards=False) as here:
        parent, mine = here.server.person("grete").post("a question"), key()
        draft = Draft("an answer for @new.sky.test", reply_to=parent.uri)
        here.server.fail(Fault.CUT_AFTER, path="putRecord")
        with pytest.raises(Unconfirmed):
            await here.adapter.publish(here.ada, draft, key=mine)
        here.server.world.join("new")  # other bytes: the name is somebody's now
        post = await here.adapter.publish(here.ada, draft, key=mine)
        here.server.world.remove(parent.uri)
        assert await here.adapter.publish(here.ada, draft, key=mine) == post
        assert [one.uri for one in here.standing()] == [post.id]
        with pytest.raises(TargetGone):
            await here.adapter.publish(here.ada, draft, key=key())


async def test_a_key_under_which_something_else_stands_is_not_overwritten() -> None:
    async with sky() as here:
        mine = key()
        await here.adapter.publish(here.ada, Draft("first"), key=mine)
        with pytest.raises(Rejected) as told:
            await here.adapter.publish(here.ada, Draft("second"), key=mine)
        assert told.value.key == "bluesky-key-taken"
        assert here.record()["text"] == "first"


async def test_what_publish_says_is_what_is_read() -> None:
    async with sky(cards=False) as here:
        parent = here.server.person("grete").post("a question")
        text = "see the stones #tea"
        draft = Draft(
            text,
            warning="old stones",
            language="en",
            reply_to=parent.uri,
            spans=(Span(4, 14, "link", "https://stones.example/"),),
        )
        post = await here.adapter.publish(here.ada, draft, key=key())
        assert (post.text, post.warning, post.language, post.reply_to) == (
            text, "old stones", "en", parent.uri
        )  # fmt: skip
        assert post.spans == draft.spans
        assert await here.adapter.get(here.ada, post.id) == post


# --- the record --------------------------------------------------------------------------------


async def test_names_are_mentions_only_where_somebody_has_them() -> None:
    async with sky(cards=False) as here:
        await here.adapter.publish(here.ada, Draft(HARD), key=key())
        record = here.record()
        raw = record["text"].encode()
        said = [
            (raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
            for facet in record["facets"]
        ]
        kind = "app.bsky.richtext.facet"
        assert said == [
            ("@lin.sky.test", {"$type": f"{kind}#mention", "did": here.server.person("lin").did}),
            ("#tea", {"$type": f"{kind}#tag", "tag": "tea"}),
            ("#茶", {"$type": f"{kind}#tag", "tag": "茶"}),
            ("https://Example.com/a?b=c", {"$type": f"{kind}#link", "uri": "https://Example.com/a?b=c"}),
        ]


async def test_a_long_address_fits_and_is_read_whole_again() -> None:
    async with sky(cards=False) as here:
        text = "字" * 250 + " https://example.org/" + "x" * 300
        assert limits.POST.fits(text)
        post = await here.adapter.publish(here.ada, Draft(text, warning="long"), key=key())
        assert post.text == text
        assert (await here.adapter.get(here.ada, post.id)).text == text
        assert here.record()["text"].endswith(" example.org/xxxxxxxxxxxxxxxxx…")


async def test_no_more_than_ten_names_are_looked_up() -> None:
    async with sky() as here:
        names = " ".join(f"@n{number}.sky.test" for number in range(20))
        here.server.asked.clear()
        await here.adapter.publish(here.ada, Draft(names), key=key())
        assert here.server.asked.count("com.atproto.identity.resolveHandle") == 10


async def test_an_answer_names_its_parent_and_the_root_of_the_thread() -> None:
    async with sky() as here:
        grete = here.server.person("grete")
        root = grete.post("root")
        middle = grete.post("middle", reply_to=root.uri)
        await here.adapter.publish(here.ada, Draft("leaf", reply_to=middle.uri), key=key())
        assert here.record()["reply"] == {"root": root.ref, "parent": middle.ref}


async def test_a_thread_of_ones_own_goes_on_before_the_app_view_has_seen_it() -> None:
    async with sky() as here:
        here.server.world.lags = True
        drawn, above = parts.keys(), None
        keys = [next(drawn) for _ in range(4)]  # of one millisecond, as the parts of a thread are frozen
        for number, mine in enumerate(keys):
            post = await here.adapter.publish(here.ada, Draft(f"part {number}", reply_to=above), key=mine)
            above = post.id
        written = [one.value for one in here.standing()]
        assert [one["text"] for one in sorted(written, key=lambda one: one["createdAt"])] == [
            f"part {number}" for number in range(4)
        ]
        assert len({one["createdAt"] for one in written}) == 4
        assert {one["reply"]["root"]["uri"] for one in written[1:]} == {here.standing()[0].uri}


async def test_an_answer_to_an_old_post_of_ones_own_bears_its_own_time() -> None:
    async with sky() as here:
        old = here.server.person("ada").post("old", createdAt="2020-01-01T00:00:00.000Z")
        odd = here.server.person("ada").post("odd", createdAt="2999-01-01T00:00:00.000Z")
        for parent in (old, odd):
            post = await here.adapter.publish(here.ada, Draft("now", reply_to=parent.uri), key=key())
            assert abs((post.created_at - here.context.clock.now()).total_seconds()) < 60


async def test_a_quote_stands_below_the_text_and_with_pictures() -> None:
    async with sky() as here:
        quoted = here.server.person("grete").post("look")
        await here.adapter.publish(here.ada, Draft("this", quote=quoted.uri), key=key())
        assert here.record()["embed"] == {"$type": "app.bsky.embed.record", "record": quoted.ref}
        file = await hand_over(here, "a cat")
        await here.adapter.publish(here.ada, Draft("both", quote=quoted.uri, files=(file,)), key=key())
        embed = here.standing()[-1].value["embed"]
        assert embed["record"]["record"] == quoted.ref
        assert embed["media"]["images"][0]["alt"] == "a cat"


async def test_pictures_are_handed_over_and_shown_in_order() -> None:
    async with sky() as here:
        files = tuple([await hand_over(here, alt) for alt in ("one", "two", "")])
        await here.adapter.publish(here.ada, Draft("", files=files), key=key())
        images = here.record()["embed"]["images"]
        assert [image["alt"] for image in images] == ["one", "two", ""]
        assert images[0]["aspectRatio"] == {"width": 640, "height": 480}
        content, kind, _ = here.server.world.blobs[images[0]["image"]["ref"]["$link"]]
        assert (content, kind) == (PNG, "image/png")


async def test_a_film_is_shown_in_its_shape_beside_a_quote_too() -> None:
    async with sky() as here:
        quoted = here.server.person("grete").post("look")
        for quote in (None, quoted.uri):
            file = await hand_over_film(here, "a red stone rolls")
            await here.adapter.publish(here.ada, Draft("", files=(file,), quote=quote), key=key())
        alone, beside = (one.value["embed"] for one in here.standing())
        assert alone["$type"] == "app.bsky.embed.video"
        assert (alone["alt"], alone["aspectRatio"]) == ("a red stone rolls", {"width": 6, "height": 4})
        assert here.server.world.blobs[alone["video"]["ref"]["$link"]][:2] == (FILM, "video/mp4")
        assert (beside["media"], beside["record"]["record"]) == (alone, quoted.ref)
        read = await here.adapter.get(here.ada, here.standing()[0].uri)
        assert [(one.kind, one.alt) for one in read.media] == [("video", "a red stone rolls")]


async def test_what_is_too_large_for_the_server_alone_is_said() -> None:
    async with sky() as here:
        here.server.world.largest_blob = len(FILM) - 1
        with pytest.raises(Rejected, match="bluesky-file-large-there"):
            await hand_over_film(here)


async def test_what_does_not_suit_is_refused_before_any_call() -> None:
    async with sky() as here:
        file, film = await hand_over(here), await hand_over_film(here)
        here.server.asked.clear()
        for draft, why in (
            (Draft("x" * 301), "bluesky-too-long"),
            (Draft("👩‍👩‍👧‍👦" * 121), "bluesky-too-long"),
            (Draft("x" * 291, warning="food"), "bluesky-too-long"),
            (Draft("x", Audience.UNLISTED), "bluesky-public-only"),
            (Draft("x", Audience.DIRECT), "bluesky-public-only"),
            (Draft("x", files=(file,) * 5), "bluesky-too-many-files"),
            (Draft("x", files=(file, film)), "bluesky-too-many-files"),
            (Draft("x", files=(film, film)), "bluesky-too-many-files"),
        ):
            with pytest.raises(Rejected) as told:
                await here.adapter.publish(here.ada, draft, key=key())
            assert told.value.key == why
        for odd in (
            File("video", "video/webm", 9),
            File("audio", "audio/mpeg", 9),
            File("image", "image/gif", 9),
            File("video", "video/mp4", limits.FILM_BYTES + 1),
            File("image", "image/tiff", 9),
            File("image", "image/png", limits.IMAGE_BYTES + 1),
        ):
            with pytest.raises(Rejected):
                await here.adapter.upload(here.ada, odd, reader(b"x" * 9), key=key())
        assert here.server.asked == []


async def test_what_the_other_does_not_allow_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sky() as here:
        grete = here.server.person("grete")
        post = grete.post("mine")
        view = await people.post_view(here.adapter._wire, here.ada, post.uri)
        for viewer, draft, why in (
            ({"reply_disabled": True}, Draft("x", reply_to=post.uri), "bluesky-no-replies"),
            ({"embedding_disabled": True}, Draft("x", quote=post.uri), "bluesky-no-quotes"),
        ):
            stands = msgspec.structs.replace(view, viewer=Viewer(**viewer))

            async def seen(*_: object, stands: object = stands) -> object:
                return stands

            monkeypatch.setattr("adapters.bluesky.people.post_view", seen)
            with pytest.raises(Rejected) as told:
                await here.adapter.publish(here.ada, draft, key=key())
            assert told.value.key == why
        assert here.standing() == []


async def test_a_foreign_post_is_not_deleted() -> None:
    async with sky() as here:
        post = here.server.person("grete").post("hers")
        with pytest.raises(Rejected):
            await here.adapter.delete(here.ada, post.uri)
        with pytest.raises(Rejected):
            await here.adapter.delete(here.ada, f"at://{here.ada.id}/app.bsky.actor.profile/self")
        with pytest.raises(TargetGone):
            await here.adapter.delete(here.ada, "not an address")
        assert here.standing(name="grete") == [post]


# --- cards -------------------------------------------------------------------------------------

PAGE = """<!doctype html><HTML><head><meta charset=utf-8><title>Plain &amp; simple</title>
<meta name="description" content="A page about 'stones' > and more">
<META content='The stones &quot;of&quot; Ada' property='og:title'/><meta property=og:image content="/cat.png">
</head><body><meta property="og:title" content="not this"></body>"""


async def test_the_page_that_is_linked_is_shown_as_a_card() -> None:
    pages = {"/a.html": ("text/html; charset=utf-8", PAGE.encode()), "/cat.png": ("image/png", PNG)}
    async with sky() as here, site(pages) as address:
        card = await cards.card(here.adapter._wire, here.ada, f"{address}/a.html")
        assert card is not None
        assert (card.title, card.description) == ('The stones "of" Ada', "A page about 'stones' > and more")
        assert card.thumb is not None
        assert here.server.world.blobs[card.thumb["ref"]["$link"]][0] == PNG


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/", "text/html", b"<html><body>nothing said"),
        ("/", "application/pdf", PAGE.encode()),
        ("/", "text/html", b""),
        ("/other", "text/html", PAGE.encode()),
    ],
)
async def test_a_page_that_says_nothing_has_no_card(path: str, kind: str, body: bytes) -> None:
    async with sky() as here, site({path: (kind, body)}) as address:
        assert await cards.card(here.adapter._wire, here.ada, f"{address}/") is None


@pytest.mark.parametrize(
    "picture", [b"<svg>", b"", PNG + b"x" * 1_000_000], ids=["no picture", "empty", "too large"]
)
async def test_a_picture_that_will_not_do_leaves_the_card(picture: bytes) -> None:
    pages = {"/": ("text/html", PAGE.encode()), "/cat.png": ("image/png", picture)}
    async with sky() as here, site(pages) as address:
        card = await cards.card(here.adapter._wire, here.ada, f"{address}/")
        assert card is not None
        assert card.thumb is None


async def test_a_page_that_does_not_answer_keeps_no_post_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "SECONDS", 0.05)
    async with sky() as here:
        here.server.fail(Fault.HANG, path="page", times=None)
        page = f"{here.server.url}/xrpc/page"
        assert await cards.card(here.adapter._wire, here.ada, page) is None
        for nothing in ("", "https://nobody.invalid/", "http://[::1", "ftp://a.example/"):
            assert await cards.card(here.adapter._wire, here.ada, nothing) is None


async def test_only_public_addresses_are_asked_for_a_card() -> None:
    pages = {"/": ("text/html", PAGE.encode())}
    async with sky() as here, site(pages) as address, session(policy({})) as guarded:
        api = here.adapter._wire
        assert await cards.card(api, here.ada, f"{address}/") is not None
        api.http = guarded
        assert await cards.card(api, here.ada, f"{address}/") is None


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>" + "x" * 9000 + "</title>", "x" * 4096),
        ("<meta property='og:title' content='unclosed" + "<meta" * 50_000, None),
        ("<title>a<title>b</title>", "a"),
        ("<meta name=x><meta name='og:title' content='&lt;b&gt;'>", "<b>"),
        ("<title   >  two \n words </title>", "two words"),
    ],
)
def test_heads_of_pages(page: str, title: str | None) -> None:
    said = cards.head_of(page)
    assert (said.get("og:title") or said.get("title")) == title


# --- marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mark", "collection"), [("favourite", LIKE), ("boost", REPOST)])
async def test_a_mark_is_there_once_and_is_taken_back_whoever_made_it(mark: str, collection: str) -> None:
    async with sky() as here:
        call, ada = getattr(here.adapter, mark), here.server.person("ada")
        post = here.server.person("grete").post("nice")
        for on in (True, True, False, False, True):
            await call(here.ada, post.uri, on)
            assert [one.value["subject"] for one in here.standing(collection)] == ([post.ref] if on else [])
        await call(here.ada, post.uri, False)
        (ada.like if mark == "favourite" else ada.repost)(post.uri)  # in the app
        await call(here.ada, post.uri, True)
        assert len(here.standing(collection)) == 1
        await call(here.ada, post.uri, False)
        assert here.standing(collection) == []


async def test_a_mark_is_made_and_taken_back_though_the_app_view_lags() -> None:
    async with sky() as here:
        post = here.server.person("grete").post("nice")
        here.server.world.lags = True
        for on in (True, True, False, True):
            await here.adapter.favourite(here.ada, post.uri, on)
            assert len(here.standing(LIKE)) == on
        own = await here.adapter.publish(here.ada, Draft("mine"), key=key())
        await here.adapter.favourite(here.ada, own.id, True)
        assert len(here.standing(LIKE)) == 2
        with pytest.raises(TargetGone):
            await here.adapter.boost(here.ada, f"at://{here.ada.id}/{POST}/3lpk5zqcwvs2x", True)


async def test_a_mark_that_the_app_view_shows_after_it_was_taken_back_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with sky() as here:
        post = here.server.person("grete").post("nice")
        await here.adapter.favourite(here.ada, post.uri, True)
        stale = await people.post_view(here.adapter._wire, here.ada, post.uri)
        await here.adapter.favourite(here.ada, post.uri, False)

        async def seen(*_: object) -> object:
            return stale

        monkeypatch.setattr(people, "post_view", seen)
        await here.adapter.favourite(here.ada, post.uri, True)
        assert len(here.standing(LIKE)) == 1


@pytest.mark.parametrize(("mark", "collection"), [("follow", FOLLOW), ("block", BLOCK)])
async def test_a_person_is_followed_or_blocked_once(mark: str, collection: str) -> None:
    async with sky() as here:
        call, grete = getattr(here.adapter, mark), here.server.person("grete")
        for on in (True, True, False, False, True):
            profile = await call(here.ada, grete.handle, on)
            assert profile.author.id == grete.did
            assert not profile.pending
            assert [one.value["subject"] for one in here.standing(collection)] == ([grete.did] if on else [])
        await call(here.ada, grete.handle, False)
        ada = here.server.person("ada")
        (ada.follow if mark == "follow" else ada.block)(grete)  # in the app
        await call(here.ada, grete.handle, True)
        await call(here.ada, grete.handle, False)
        assert here.standing(collection) == []


async def test_nobody_follows_blocks_or_mutes_themselves() -> None:
    async with sky() as here:
        for call in (here.adapter.follow, here.adapter.block, here.adapter.mute):
            with pytest.raises(Rejected) as told:
                await call(here.ada, here.ada.handle, True)
            assert told.value.key == "bluesky-yourself"
        with pytest.raises(TargetGone):
            await here.adapter.follow(here.ada, "@nobody.sky.test", True)


async def test_who_blocks_is_neither_followed_nor_answered() -> None:
    async with sky() as here:
        grete = here.server.person("grete")
        post = grete.post("mine")
        grete.block(here.server.person("ada"))
        with pytest.raises(Rejected) as told:
            await here.adapter.follow(here.ada, grete.handle, True)
        assert told.value.key == "bluesky-blocked"
        with pytest.raises((Rejected, TargetGone)):
            await here.adapter.publish(here.ada, Draft("x", reply_to=post.uri), key=key())
        assert here.standing() == []


async def test_a_complaint_names_the_post_as_it_was_seen() -> None:
    async with sky() as here:
        post = here.server.person("grete").post("spam")
        await here.adapter.report(here.ada, post.uri, "广告")
        ((by, body),) = here.server.reports
        assert (by, body["reason"]) == (here.ada.id, "广告")
        assert body["subject"] == {"$type": "com.atproto.repo.strongRef", **post.ref}


async def test_mutes_and_bookmarks_are_kept_by_the_app_view() -> None:
    async with sky() as here:
        grete, me = here.server.person("grete"), here.server.person("ada").who
        post = grete.post("keep")
        for on in (True, True, False, False):
            await here.adapter.mute(here.ada, grete.handle, on)
            await here.adapter.bookmark(here.ada, post.uri, on)
            assert me.muted == ({grete.did} if on else set())
            assert set(me.bookmarks) == ({post.uri} if on else set())


# --- sessions ----------------------------------------------------------------------------------


async def test_a_session_is_renewed_without_the_person() -> None:
    async with sky() as here:
        fresh = await here.adapter.refresh(here.ada)
        assert secrets_of(fresh)["access"] != secrets_of(here.ada)["access"]
        assert replace(fresh, credentials="") == replace(here.ada, credentials="")
        assert fresh.host
        assert fresh.host == secrets_of(fresh)["pds"].partition("://")[2]
        again = await here.adapter.refresh(here.ada)  # the first answer was lost
        assert secrets_of(again)["did"] == here.ada.id
        await here.adapter.check(fresh)


async def test_a_token_that_is_over_is_not_sent() -> None:
    clock = ManualClock(datetime.now(UTC))
    async with sky(clock=clock) as here:
        await clock.advance(2 * 3600)
        here.server.asked.clear()
        with pytest.raises(AuthExpired):
            await here.adapter.check(here.ada)
        assert here.server.asked == []


@pytest.mark.parametrize(
    ("state", "why"), [("takendown", "bluesky-taken-down"), ("deactivated", "bluesky-deactivated")]
)
async def test_a_closed_account_is_told_so(state: str, why: str) -> None:
    async with sky() as here:
        here.server.person("ada").who.state = state
        with pytest.raises(AuthExpired) as told:
            await here.adapter.refresh(here.ada)
        assert told.value.key == why


async def test_an_app_password_that_was_taken_back_ends_with_its_token() -> None:
    async with sky() as here:
        here.server.expire("ada")
        await here.adapter.check(here.ada)
        with pytest.raises(AuthExpired):
            await here.adapter.refresh(here.ada)
        here.server.advance(2 * 3600 + 1)
        with pytest.raises(AuthExpired):
            await here.adapter.check(here.ada)


async def test_unlinking_ends_the_session() -> None:
    async with sky() as here:
        await here.adapter.unlink(here.ada)
        with pytest.raises(AuthExpired):
            await here.adapter.refresh(here.ada)
        await here.adapter.unlink(here.ada)  # twice is no error


async def test_foreign_credentials_are_no_session() -> None:
    async with sky() as here:
        for text in ("", "{}", "nonsense", json.dumps({"did": 1})):
            with pytest.raises(AuthExpired):
                await here.adapter.publish(replace(here.ada, credentials=text), Draft("x"), key=key())


async def test_a_limit_that_was_reached_says_when_to_come_back() -> None:
    async with sky() as here:
        here.server.fail(Fault.RATE, path="putRecord")
        with pytest.raises(Temporary) as told:
            await here.adapter.publish(here.ada, Draft("x"), key=key())
        assert told.value.rate == ""
        assert told.value.retry_after is not None


async def test_two_people_do_not_meet_in_one_key() -> None:
    async with sky() as here:
        lin, mine = await linked(here.adapter, here.server, "lin"), key()
        posts = [await here.adapter.publish(one, Draft("x"), key=mine) for one in (here.ada, lin)]
        assert {post.author.id for post in posts} == {here.ada.id, lin.id}
        assert reading.moment(here.record()["createdAt"]) == posts[0].created_at
        assert here.standing(POST, "lin")[0].uri == posts[1].id
