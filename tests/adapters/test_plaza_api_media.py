"""Pictures through the Mastodon client API on Plaza, call by call."""

from __future__ import annotations

import aiohttp
import pytest

from adapters.plaza.api.params import _of
from bridgebot.testing.pictures import png
from tests.adapters.test_plaza_api import place

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
ALT = "a red stone: 红石头 <b>"
STATUSES = "/api/v1/statuses"


@pytest.fixture
async def here():
    async with place(picture_megabytes=1) as made:
        yield made


def form(content=RED, name="stone.png", type="image/png", **fields):
    made = aiohttp.FormData(quote_fields=False)
    made.add_field("file", content, filename=name, content_type=type)
    for field, value in fields.items():
        made.add_field(field, value)
    return made


async def uploads(caller, content=RED, description=ALT, path="/api/v2/media"):
    said = await caller("POST", path, data=form(content, description=description))
    assert said.status == 200, said
    return said.body


async def status_of(here, url):
    async with here.http.get(url) as answer:
        return answer.status


async def test_a_picture_is_uploaded_described_and_posted(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    there = await uploads(ada, BLUE)
    assert (there["type"], there["description"], there["meta"]["original"]["size"]) == ("image", ALT, "5x9")
    again = await ada("PUT", f"/api/v1/media/{there['id']}", json={"description": "a blue stone"})
    assert again.body == await ada.get(f"/api/v1/media/{there['id']}")
    assert again.body["description"] == "a blue stone"
    made = await ada.writes("", media_ids=[there["id"]])
    assert [(one["id"], one["description"]) for one in made["media_attachments"]] == [
        (there["id"], "a blue stone")
    ]
    assert (made["content"], made["sensitive"]) == ("", False)
    async with here.http.get(made["media_attachments"][0]["url"]) as answer:
        assert await answer.read() == BLUE
    assert (await lin.get(f"{STATUSES}/{made['id']}"))["media_attachments"] == made["media_attachments"]
    boosted = await lin.post(f"{STATUSES}/{made['id']}/reblog")
    assert boosted["media_attachments"] == boosted["reblog"]["media_attachments"] == made["media_attachments"]
    assert (await ada("GET", f"/api/v1/media/{there['id']}")).status == 404, "it has its post"


async def test_it_says_what_it_takes(here):
    for path in ("/api/v1/instance", "/api/v2/instance"):
        said = (await here.anybody.get(path))["configuration"]
        assert said["statuses"]["max_media_attachments"] == 4
        media = said["media_attachments"]
        assert media["supported_mime_types"] == ["image/gif", "image/jpeg", "image/png", "image/webp"]
        assert (media["image_size_limit"], media["description_limit"]) == (1_000_000, 1500)


async def test_what_is_no_picture_is_refused(here):
    ada = await here.app("ada")
    svg, page = b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html><script>alert(1)</script>"
    for content, type in (
        (svg, "image/svg+xml"),
        (page, "image/png"),
        (RED[:20], "image/png"),
        (b"", "image/png"),
    ):
        said = await ada("POST", "/api/v2/media", data=form(content, type=type))
        assert said.status == 422
        assert said.body["error"].startswith("Validation failed: ")
    for body in ({"json": {}}, {"json": {"file": "x"}}, {"data": {"description": "x"}}):
        assert (await ada("POST", "/api/v2/media", **body)).status == 422


async def test_what_is_too_large_is_refused_and_of_strangers_nothing_large_is_read(here):
    ada = await here.app("ada")
    large = RED + bytes(1_000_000 - len(RED) + 1)
    assert (await ada("POST", "/api/v2/media", data=form(large))).status == 422
    assert (await ada("POST", "/api/v2/media", data=form(bytes(1_200_000)))).status == 413
    assert (await ada("POST", "/api/v2/media", data=form(description="x" * 1501))).status == 422
    ada.token = "nobody's"
    assert (await ada("POST", "/api/v2/media", data=form())).status == 401
    assert (await here.anybody("POST", "/api/v2/media", data=form())).status == 401


async def test_a_picture_may_be_larger_than_other_requests():
    """The site takes 1 MiB of anybody; see `bridgebot.web.MAX_REQUEST`."""
    async with place() as here:
        large = RED[:-12] + (2_000_000).to_bytes(4) + b"juNk" + bytes(2_000_004) + RED[-12:]
        there = await uploads(await here.app("ada"), large)
        async with here.http.get(there["url"]) as answer:
            assert await answer.read() == large
        reader = await here.app("ada", "read write:statuses")
        assert (await reader("POST", "/api/v2/media", data=form())).status == 403, "it lacks the right"


async def test_an_upload_is_its_owners_alone(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    there = await uploads(ada)
    path = f"/api/v1/media/{there['id']}"
    assert (await lin("GET", path)).status == 404
    assert (await lin("PUT", path, json={"description": "mine"})).status == 404
    assert (await lin("DELETE", path)).status == 404
    assert (await lin("POST", STATUSES, json={"status": "x", "media_ids": [there["id"]]})).status == 422
    assert (await ada.get(path))["description"] == ALT
    assert (await ada("DELETE", path)).status == 200
    assert (await ada("GET", path)).status == 404
    assert await status_of(here, there["url"]) == 404


async def test_four_at_most_and_none_twice(here):
    ada = await here.app("ada")
    ids = [(await uploads(ada, path="/api/v1/media"))["id"] for _ in range(5)]
    for named in (ids, [ids[0], ids[0]], [ids[0], "99999"], ["x"]):
        said = await ada("POST", STATUSES, json={"status": "x", "media_ids": named})
        assert said.status == 422, named
    made = await ada("POST", STATUSES, data=[("status", "x"), *(("media_ids[]", one) for one in ids[1:])])
    assert [one["id"] for one in made.body["media_attachments"]] == ids[1:]
    used = await ada("DELETE", f"/api/v1/media/{ids[1]}")
    assert used.status == 422


async def test_covered_without_a_warning_is_covered_everywhere(here):
    ada = await here.app("ada")
    made = await ada.writes("look", media_ids=[(await uploads(ada))["id"]], sensitive=True)
    assert (made["sensitive"], made["spoiler_text"]) == (True, "")
    _, _, body = await here.town.get("/@ada/1")
    inside = body.partition("<details")[2].partition("</details>")[0]
    assert "<img" in inside
    assert "<p>look</p>" in body.partition("<details")[0]
    [seen] = (await here.town.adapter.get(None, "1")).media
    assert seen.hidden


async def test_an_edit_says_all_of_the_pictures(here):
    ada = await here.app("ada")
    first, second = await uploads(ada), await uploads(ada, BLUE, "blue")
    made = await ada.writes("look", media_ids=[first["id"]])
    path = f"{STATUSES}/{made['id']}"

    async def edits(**more):
        said = await ada("PUT", path, json={"status": "look", **more})
        assert said.status == 200, said
        return [(one["id"], one["description"]) for one in said.body["media_attachments"]]

    both = [second["id"], first["id"]]
    anew = [{"id": first["id"], "description": "a stone"}]
    assert await edits(media_ids=both, media_attributes=anew) == [
        (second["id"], "blue"),
        (first["id"], "a stone"),
    ]
    assert await edits(media_ids=[second["id"]]) == [(second["id"], "blue")]
    assert await status_of(here, first["url"]) == 404
    assert await edits() == []
    assert await status_of(here, second["url"]) == 404


def test_a_form_says_things_with_fields():
    said = _of([("a[][id]", "1"), ("a[][b]", "x"), ("a[][id]", "2"), ("c[]", "3"), ("a[][b]", "y")])
    assert said.each("a") == ({"id": "1", "b": "x"}, {"id": "2", "b": "y"})
    assert said.many("c") == ("3",)
    assert said.each("c") == said.each("nothing") == ()


async def test_a_deleted_post_gives_its_pictures_back_where_nobody_sees_them(here):
    ada = await here.app("ada")
    made = await ada.writes("helo", media_ids=[(await uploads(ada))["id"]])
    [was] = made["media_attachments"]
    [free] = (await ada("DELETE", f"{STATUSES}/{made['id']}")).body["media_attachments"]
    assert (free["id"], free["description"]) == (was["id"], was["description"])
    assert await status_of(here, was["url"]) == 404
    made = await ada.writes("hello", media_ids=[free["id"]])
    assert [one["url"] for one in made["media_attachments"]] == [free["url"]]
    assert await status_of(here, free["url"]) == 200
    gone = await ada("DELETE", f"{STATUSES}/{made['id']}?delete_media=true")
    assert gone.body["media_attachments"] == []
    assert await status_of(here, free["url"]) == 404
    assert (await ada("GET", f"/api/v1/media/{free['id']}")).status == 404


async def test_listings_of_posts_with_pictures_alone(here):
    ada = await here.app("ada")
    await ada.writes("words #tea")
    made = await ada.writes("look #tea", media_ids=[(await uploads(ada))["id"]])
    me = made["account"]["id"]
    for path in ("timelines/public", "timelines/tag/tea", f"accounts/{me}/statuses"):
        assert await ada.ids(f"/api/v1/{path}?only_media=true") == [made["id"]]
        assert len(await ada.ids(f"/api/v1/{path}")) == 2
