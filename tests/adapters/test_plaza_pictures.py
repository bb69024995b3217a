"""Pictures on Plaza: what is taken, where they are seen, by whom, and when they go."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import pytest_asyncio
import sqlalchemy as sa

from adapters.plaza.store.pictures import LIFE
from adapters.plaza.store.tables import picture as pictures
from adapters.plaza.store.tables import picture_file
from bridgebot.adapter import inspected
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Audience, Draft, FileLimits, Timeline, TimelineKind, Uploaded
from bridgebot.store import backup
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.pictures import picture, png, reader
from tests.servers.plaza import town as make_town

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
ALT = 'a red stone: 红石头 <b> "&'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = re.compile(r"/plaza/pictures/[\w-]{32}\.(png|gif)")


@pytest_asyncio.fixture
async def clock():
    return ManualClock()


@pytest_asyncio.fixture
async def town(clock):
    async with make_town(clock, posts_per_hour=1000) as town:
        yield town


async def uploads(town, name, content=RED, alt=ALT, key=None):
    """An upload of somebody's, as a draft names it."""
    account = await town.account(name)
    file = replace(picture(RED, alt), size=len(content))
    ref = await town.adapter.upload(account, file, reader(content), key=key or f"{name} {len(content)} {alt}")
    return Uploaded(ref, alt)


async def shows(town, name="ada", audience=Audience.PUBLIC, *, warning=None, text="look", files=None):
    """A post of somebody's with a picture."""
    files = files or (await uploads(town, name, key=f"{text} {audience}"),)
    draft = Draft(text, audience, warning, files=tuple(files))
    return await town.adapter.publish(await town.account(name), draft, key=f"{text} {audience} {warning}")


async def fetched(town, url, **headers):
    async with town.context.http.get(url, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def count(town, table):
    query = sa.select(sa.func.count()).select_from(table)
    return await town.context.database.read(lambda connection, now: connection.execute(query).scalar_one())


async def given(town, url):
    return b"".join([piece async for piece in town.adapter.download(url)])


# --- what is taken -----------------------------------------------------------------------------


async def test_what_is_no_picture_is_refused_whatever_it_says_it_is(town):
    film = b"\0\0\0\x14ftypisom\0\0\0\0isom"
    for content in (SVG, HTML, b"MZ" + RED, b"", b"%PDF-1.7", film):
        with pytest.raises(Rejected) as refused:
            await uploads(town, "ada", content)
        assert refused.value.key == "file-type", content
    assert await count(town, picture_file) == 0


def claiming(width, height):
    """A picture that says it is so large."""
    head = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + RED[24:29]
    return RED[:12] + head + zlib.crc32(head).to_bytes(4) + RED[33:]


async def test_a_picture_that_is_broken_or_unfolds_into_too_much_is_refused(town):
    for content, key in (
        (RED[:20], "file-broken"),
        (b"GIF89a" + HTML, "file-broken"),
        (claiming(60_000, 1_000), "file-too-many-points"),
    ):
        with pytest.raises(Rejected) as refused:
            await uploads(town, "ada", content)
        assert refused.value.key == key
    with pytest.raises(Rejected) as refused:
        inspected(RED, FileLimits(image_pixels=6 * 4 - 1))
    assert refused.value.key == "file-too-many-points"
    assert inspected(RED, FileLimits(image_pixels=6 * 4))[1] == RED


async def test_one_that_is_too_large_is_not_read_to_its_end(clock):
    async with make_town(clock, picture_megabytes=1) as town:
        read = 0

        async def endless():
            nonlocal read
            yield RED
            while True:
                read += 100_000
                yield bytes(100_000)

        with pytest.raises(Rejected) as refused:
            await town.adapter.upload(await town.account("ada"), picture(RED), endless, key="k")
        assert (refused.value.key, read) == ("file-too-large", 1_000_000)


async def test_what_a_camera_wrote_is_taken_out(town):
    words = b"tEXtComment\0where it was taken"
    chunk = (len(words) - 4).to_bytes(4) + words + bytes(4)
    marked = RED[:33] + chunk + RED[33:]
    [seen] = (await shows(town, files=[await uploads(town, "ada", marked)])).media
    assert (await fetched(town, seen.url))[2] == RED


async def test_four_pictures_stand_under_a_post_and_no_more(town):
    files = [await uploads(town, "ada", key=f"{number}") for number in range(5)]
    with pytest.raises(Rejected) as refused:
        await shows(town, files=files)
    assert (refused.value.key, refused.value.arguments) == ("plaza-too-many-pictures", {"limit": 4})
    assert len((await shows(town, files=files[:4])).media) == 4


async def test_a_description_may_be_long_and_not_longer(town):
    [seen] = (await shows(town, files=[await uploads(town, "ada", alt="长" * 1500)])).media
    assert seen.alt == "长" * 1500
    with pytest.raises(Rejected) as refused:
        await uploads(town, "ada", alt="x" * 1501)
    assert refused.value.key == "plaza-alt-too-long"


async def test_it_says_which_it_takes_and_none_where_the_operator_wants_none(clock):
    async with make_town(clock, picture_megabytes=3) as town:
        files = (await town.adapter.describe(await town.account("ada"))).files
        assert (files.count, files.image_bytes, files.video_bytes, files.alt_length) == (
            4,
            3_000_000,
            0,
            1500,
        )
    async with make_town(clock, total_megabytes=0) as town:
        assert not town.adapter.capabilities.uploads
        assert (await town.adapter.describe(await town.account("ada"))).files is None
        with pytest.raises(Rejected) as refused:
            await uploads(town, "ada")
        assert refused.value.key == "plaza-no-pictures"


# --- how much ----------------------------------------------------------------------------------


def heavy(number):
    """A picture of 300 kB."""
    return RED[:-12] + (300_000).to_bytes(4) + b"juNk" + bytes([number]) * 300_000 + bytes(4) + RED[-12:]


async def test_nobody_takes_more_than_their_share_and_deleting_gives_it_back(clock):
    async with make_town(clock, person_megabytes=1) as town:
        posts = [
            await shows(town, text=f"{n}", files=[await uploads(town, "ada", heavy(n), key=f"{n}")])
            for n in range(3)
        ]
        with pytest.raises(Rejected) as refused:
            await uploads(town, "ada", heavy(4), key="4")
        assert (refused.value.key, refused.value.arguments) == ("plaza-pictures-full-yours", {"most": 1})
        await uploads(town, "lin", heavy(4))
        await town.delete("ada", posts[0])
        await uploads(town, "ada", heavy(4), key="4")


async def test_all_of_them_take_no_more_than_the_operator_gives(clock):
    async with make_town(clock, total_megabytes=1) as town:
        for number, name in enumerate(("ada", "lin", "kofi")):
            await uploads(town, name, heavy(number))
        with pytest.raises(Rejected) as refused:
            await uploads(town, "grete", heavy(4))
        assert refused.value.key == "plaza-pictures-full"


async def test_it_knows_its_pictures_by_every_address_that_the_site_had(town):
    [seen] = (await shows(town)).media
    path = seen.url.removeprefix(town.context.routes.url(""))
    before = f"https://old.example/below{path}"
    assert await town.adapter.holds(before)
    assert await given(town, before) == RED
    for other in (f"https://old.example/plaza/pictures/{'A' * 32}.png", f"{before}?x", f"{before}#x", path):
        assert not await town.adapter.holds(other)


async def test_its_sweep_forgets_uploads_that_nobody_posts(town, clock):
    await uploads(town, "ada", key="old")
    await shows(town, "lin")
    await clock.advance((LIFE / 2).total_seconds())
    await uploads(town, "ada", key="young")
    for left in (3, 2):
        for sweep in town.adapter.sweeps:
            await town.context.database.run(sweep)
        assert (await count(town, pictures), await count(town, picture_file)) == (left, left)
        await clock.advance((LIFE / 2).total_seconds())


async def test_an_upload_that_nobody_posts_is_forgotten(town, clock):
    old = await uploads(town, "ada", key="old")
    await clock.advance(LIFE.total_seconds())
    with pytest.raises(Rejected) as refused:
        await shows(town, files=[old])
    assert refused.value.key == "plaza-picture-gone"
    young = await uploads(town, "lin", key="young")
    assert (await count(town, pictures), await count(town, picture_file)) == (1, 1)
    assert young.ref != old.ref, "an id is given once"
    await shows(town, "lin", files=[young])
    await clock.advance((2 * LIFE).total_seconds())
    await uploads(town, "ada", key="another")
    assert await count(town, pictures) == 2, "what stands under a post stays"


# --- where they are seen -----------------------------------------------------------------------


async def test_a_page_shows_it_with_its_description(town):
    post = await shows(town)
    [seen] = post.media
    path = seen.url.removeprefix(town.context.routes.url(""))
    assert ADDRESS.fullmatch(path)
    for page in ("/", "/@ada", "/@ada/1"):
        _, headers, body = await town.get(page)
        image = f'<img src="{path}" alt="a red stone: 红石头 &lt;b&gt; &quot;&amp;"'
        assert body.count(image) == 1
        assert "img-src 'self'" in headers["Content-Security-Policy"]
    assert "<details" not in body


async def test_a_post_may_be_pictures_alone(town):
    post = await shows(town, text="")
    assert (post.text, len(post.media)) == ("", 1)
    _, _, body = await town.get("/@ada/1")
    assert "<title>@ada: a red stone: 红石头 &lt;b&gt; &quot;&amp; · Plaza</title>" in body
    assert 'class="text"' not in body


async def test_a_warning_covers_them(town):
    await shows(town, warning="stones")
    _, _, body = await town.get("/@ada/1")
    [inside] = re.findall(r"<details.*?</details>", body, re.DOTALL)
    assert "<img" in inside
    assert body.count("<img") == 1


async def test_feeds_have_them_and_keep_covered_ones_closed(town):
    open_ = await shows(town)
    covered = await shows(town, text="not at once", warning="stones")
    url, hidden = open_.media[0].url, covered.media[0].url
    atom = ElementTree.fromstring((await town.get("/@ada/feed.atom"))[2])
    second, first = atom.findall(f"{ATOM}entry")
    [enclosure] = first.findall(f"{ATOM}link[@rel='enclosure']")
    assert (enclosure.get("href"), enclosure.get("type"), enclosure.get("length")) == (
        url, "image/png", str(len(RED)),
    )  # fmt: skip
    assert enclosure.get("title") == ALT
    assert f'<img src="{url}"' in first.find(f"{ATOM}content").text
    assert second.findall(f"{ATOM}link[@rel='enclosure']") == []
    content = second.find(f"{ATOM}content").text
    assert "<img" not in content
    assert f'<a href="{hidden}">' in content
    items = json.loads((await town.get("/@ada/feed.json"))[2])["items"]
    assert [one.get("attachments") for one in items] == [
        None,
        [{"url": url, "mime_type": "image/png", "size_in_bytes": len(RED), "title": ALT}],
    ]


async def test_timelines_bring_them_and_edits_of_what_is_said_of_them(town):
    lin = await town.account("lin")
    await town.follow("lin", "ada")
    home = await town.reader("lin", TimelineKind.HOME)
    post = await shows(town)
    [came] = await home.posts()
    assert [(one.kind, one.alt, one.hidden) for one in came.media] == [("image", ALT, False)]
    assert (await town.adapter.latest(Timeline(TimelineKind.HOME, "plaza"), lin))[0].media == came.media
    [named] = [Uploaded(one["id"], "a stone") for one in await rows(town)]
    edited = await town.adapter.edit(await town.account("ada"), post.id, Draft("look", files=(named,)))
    assert (edited.media[0].url, edited.media[0].alt) == (came.media[0].url, "a stone")
    assert [one.media[0].alt for one in await home.posts()] == ["a stone"]
    again = await town.adapter.edit(await town.account("ada"), post.id, Draft("look", files=(named,)))
    assert again.edited_at == edited.edited_at, "the same once more is no edit"
    other = await town.adapter.edit(await town.account("ada"), post.id, Draft("look there"))
    assert other.media == edited.media, "an edit of the words leaves them"


async def rows(town):
    query = sa.select(pictures).order_by(pictures.c.id)
    return await town.context.database.read(
        lambda connection, now: [
            dict(one) | {"id": str(one["id"])} for one in connection.execute(query).mappings()
        ]
    )


# --- to whom they are given --------------------------------------------------------------------


async def test_it_is_given_as_a_picture_and_as_nothing_else(town):
    [seen] = (await shows(town)).media
    status, headers, content = await fetched(town, seen.url)
    assert (status, content) == (200, RED)
    name = seen.url.rpartition("/")[2]
    wanted = {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert {one: headers[one] for one in wanted} == wanted
    assert "Set-Cookie" not in headers
    status, headers, content = await fetched(town, seen.url, **{"If-None-Match": headers["ETag"]})
    assert (status, content) == (304, b"")


async def test_what_is_a_picture_and_a_page_at_once_is_shown_as_a_picture(town):
    both = b"GIF89a\x01\0\x01\0\0\0\0," + bytes(4) + b"\x01\0\x01\0\0\x02\x02D\x01\0;" + HTML
    [seen] = (await shows(town, files=[await uploads(town, "ada", both)])).media
    _, headers, content = await fetched(town, seen.url)
    assert HTML in content
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/gif", "nosniff")
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert (await fetched(town, seen.url.replace(".gif", ".html")))[0] == 404


async def test_a_picture_that_is_not_for_everybody_is_named_to_nobody_else(town):
    for number, audience in enumerate((Audience.FOLLOWERS, Audience.DIRECT), 1):
        post = await shows(town, audience=audience)
        [seen] = post.media
        path = seen.url.removeprefix(town.context.routes.url(""))
        for page in ("/", "/@ada", f"/@ada/{number}", "/@ada/feed.atom", "/@ada/feed.json"):
            assert path not in (await town.get(page))[2]
        with pytest.raises(TargetGone):
            await town.adapter.get(await town.account("lin"), post.id)
        status, headers, _ = await fetched(town, seen.url)  # who sees the post was told the address
        assert (status, headers["Cache-Control"]) == (200, "private, no-cache")
        assert headers["X-Robots-Tag"] == "noindex"


async def test_addresses_tell_nothing_of_each_other(town):
    posts = [await shows(town, text=f"{number}") for number in range(3)]
    names = [one.media[0].url.rpartition("/")[2].partition(".")[0] for one in posts]
    assert len(set(names)) == 3
    assert {len(one) for one in names} == {32}
    for odd in ("1.png", f"{names[0]}x.png", f"{names[0]}.gif", f"{names[0]}", f"../{names[0]}.png"):
        url = town.context.routes.url(f"/plaza/pictures/{odd}")
        assert (await fetched(town, url))[0] == 404


async def test_nobody_posts_what_somebody_else_uploaded(town):
    theirs = await uploads(town, "lin")
    with pytest.raises(Rejected) as refused:
        await shows(town, "ada", files=[theirs])
    assert refused.value.key == "plaza-picture-gone"
    assert await town.adapter.latest(Timeline(TimelineKind.TAG, "plaza", "x"), None) == ()
    assert (await town.get("/@ada"))[2].count("<article") == 0, "nothing of it was published"
    await shows(town, "lin", files=[theirs])
    for name in ("ada", "lin"):
        with pytest.raises(Rejected):
            await shows(town, name, text="once more", files=[theirs])


# --- when they go ------------------------------------------------------------------------------


async def test_they_go_with_their_post(town):
    post = await shows(town)
    await town.delete("ada", post)
    assert (await fetched(town, post.media[0].url))[0] == 404
    with pytest.raises(TargetGone):
        await given(town, post.media[0].url)
    assert (await count(town, pictures), await count(town, picture_file)) == (0, 0)


async def test_they_go_when_a_post_is_removed_and_hide_with_their_author(town):
    first, second = await shows(town, text="one"), await shows(town, text="two")
    await town.adapter.remove(first.id)
    assert (await fetched(town, first.media[0].url))[0] == 404
    assert await count(town, picture_file) == 1
    for on, status in ((True, 404), (False, 200)):
        await town.adapter.suspend("ada", on)
        assert (await fetched(town, second.media[0].url))[0] == status


async def test_they_go_with_their_author(town):
    post = await shows(town)
    await uploads(town, "ada", key="waits")
    await town.adapter.unlink(await town.account("ada"))
    assert (await count(town, pictures), await count(town, picture_file)) == (0, 0)
    assert (await fetched(town, post.media[0].url))[0] == 404


async def test_a_copy_of_the_database_has_them(town, tmp_path):
    await shows(town)
    copy = tmp_path / "copy.db"
    backup.make(town.context.database.path, copy, "1.0")
    with sqlite3.connect(copy) as there:
        assert there.execute("SELECT content FROM plaza_picture_file").fetchall() == [(RED,)]
    there.close()


# --- without a public address ------------------------------------------------------------------


async def test_it_gives_its_own_to_the_bot_and_knows_no_others(town, clock):
    [seen] = (await shows(town)).media
    assert await town.adapter.holds(seen.url)
    assert await given(town, seen.url) == RED
    here = town.context.routes.url("")
    for url in (
        f"{here}/@ada/1",
        f"{here}/plaza/pictures/",
        "https://elsewhere.example/plaza/pictures/a.png",
        "",
    ):
        assert not await town.adapter.holds(url)
    async with make_town(clock, address="https://plaza.example") as other:
        [seen] = (await shows(other)).media
        assert seen.url.startswith("https://plaza.example/plaza/pictures/")
        assert await given(other, seen.url) == RED
    assert timedelta(hours=24) == LIFE
