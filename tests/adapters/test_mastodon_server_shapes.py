"""The fake Mastodon, judged by a real one: its answers have the shape of recorded answers."""

import json
from urllib.parse import parse_qs

import aiohttp
import pytest

from tests.servers.mastodon import serve
from tests.servers.mastodon_shapes import SIGNS, kind_of, learned
from tests.servers.mastodon_stream import payload
from tests.servers.mastodon_text import Named, content, hashtags, length
from tests.servers.recorded import ARCHIVE, SHA256, digest, events, length_cases, needs_recordings, recorded

pytestmark = needs_recordings()
OOB = "urn:ietf:wg:oauth:2.0:oob"


class Asked:
    """Ada, who asks and remembers what every answer differs in."""

    def __init__(self, server, session):
        self.server, self.session = server, session
        self.headers = {"Authorization": f"Bearer {server.person('ada').token()}"}
        self.kinds, self.problems = set(), []

    async def __call__(self, method, path, **options):
        async with self.session.request(
            method, self.server.url + path, headers=self.headers, **options
        ) as answer:
            told = await answer.json()
            assert answer.status < 300, f"{method} {path}: {told}"
            self.learn(told, path)
            return told

    def learn(self, told, path):
        self.problems += [f"{path}: {one}" for one in learned().problems(told, path)]
        self._walk(told, path)

    def _walk(self, told, path):
        if isinstance(told, dict):
            self.kinds.add(kind_of(told, path))
        for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
            self._walk(inner, path)


async def busy(server):
    """Things happen to Ada."""
    ada, lin, bo = server.person("ada"), server.person("lin"), server.person("bo@far.example")
    asked = lin.post(
        "hello @ada and @bo@far.example, #tea at https://www.example.com/ <b>", warning="careful"
    )
    lin.post("an answer", reply_to=asked)
    lin.edit(asked, "hello @ada, #tea!")
    lin.favourite(ada.post("mine"))
    lin.boost(bo.post("from far away @ada"))
    lin.follow(ada)
    ada.follow(lin)
    ada.list("friends", lin)
    ada.filter("teas", "tea")
    lin.post("see", quotes=asked)
    lin.vote(ada.poll("which?", "tea", "coffee"), 1)
    ada.bookmark(asked)
    return asked


async def test_every_entity_has_keys_and_types_that_were_recorded():
    async with serve() as server, aiohttp.ClientSession() as session:
        post, ask = await busy(server), Asked(server, session)
        await read_everything(server, ask, post)
        await write_everything(server, ask, post)
        for event, about in (("update", post), ("notification", server.world.notifications[0])):
            ask.learn(json.loads(payload(server.world, event, about)), "stream")
    assert ask.problems == []
    assert ask.kinds >= SIGNS.keys(), "an entity was not looked at"


async def read_everything(server, ask, post):
    lin = server.person("lin").id
    for path in (
        "/api/v1/timelines/home",
        "/api/v1/timelines/tag/tea",
        "/api/v1/timelines/public",
        f"/api/v1/statuses/{post.id}",
        f"/api/v1/statuses/{post.id}/history",
        f"/api/v1/statuses/{post.id}/context",
        f"/api/v1/accounts/{lin}",
        f"/api/v1/accounts/{lin}/statuses",
        f"/api/v1/accounts/relationships?id[]={lin}",
        "/api/v1/accounts/lookup?acct=lin",
        "/api/v1/accounts/verify_credentials",
        "/api/v1/notifications",
        "/api/v1/lists",
        "/api/v1/bookmarks",
        "/api/v1/follow_requests",
        "/api/v1/apps/verify_credentials",
        "/api/v1/instance",
        "/api/v2/instance",
        "/api/v2/search?q=hello",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
        "/.well-known/oauth-authorization-server",
    ):
        await ask("GET", path)


async def write_everything(server, ask, post):
    made = await ask("POST", "/api/v1/statuses", json={"status": "hi", "spoiler_text": "soft"})
    await ask("PUT", f"/api/v1/statuses/{made['id']}", data={"status": "hello"})
    await ask("GET", f"/api/v1/statuses/{made['id']}/source")
    for act in ("favourite", "unfavourite", "bookmark", "unbookmark", "reblog", "unreblog"):
        await ask("POST", f"/api/v1/statuses/{post.id}/{act}")
    for act in ("follow", "unfollow", "mute", "unmute", "block", "unblock"):
        await ask("POST", f"/api/v1/accounts/{post.author.id}/{act}")
    poll = {"options": ["tea", "coffee"], "expires_in": 300}
    own = await ask("POST", "/api/v1/statuses", json={"status": "which?", "poll": poll})
    await ask("PUT", f"/api/v1/statuses/{own['id']}", json={"status": "which??", "poll": poll})
    other = server.person("lin").poll("which?", "tea", "coffee").poll["id"]
    await ask("POST", f"/api/v1/polls/{other}/votes", json={"choices": [1]})
    await ask("GET", f"/api/v1/polls/{other}")
    await ask("POST", "/api/v1/statuses", json={"status": "so true", "quoted_status_id": post.id})
    await ask("POST", "/api/v1/statuses", json={"status": "later", "scheduled_at": "2090-01-01T00:00:00Z"})
    report = {"account_id": post.author.id, "status_ids": [post.id], "comment": "spam"}
    await ask("POST", "/api/v1/reports", json=report)
    await write_media(ask)
    app = await ask("POST", "/api/v1/apps", json={"client_name": "an app", "redirect_uris": OOB})
    client = {name: app[name] for name in ("client_id", "client_secret")}
    await ask("POST", "/oauth/token", data={**client, "grant_type": "client_credentials"})


async def write_media(ask):
    for kind in ("image/png", "video/mp4"):
        form = aiohttp.FormData({"description": "a thing to see"})
        form.add_field("file", b"bytes", filename="file", content_type=kind)
        made = await ask("POST", "/api/v2/media", data=form)
        while made["url"] is None:
            made = await ask("GET", f"/api/v1/media/{made['id']}")
        posted = await ask("POST", "/api/v1/statuses", data={"status": "", "media_ids[]": made["id"]})
        await ask("DELETE", f"/api/v1/statuses/{posted['id']}")


def test_a_shape_that_was_not_recorded_is_found_out():
    shapes = learned()
    status = next(
        one.json for one in recorded("GET", r"/api/v1/statuses/\d+", newest=True) if one.status == 200
    )
    assert shapes.problems(status, "") == []
    assert shapes.problems(status | {"colour": "red"}, "") == ["Status.colour was never recorded"]
    assert "Status.uri is missing" in shapes.problems({k: v for k, v in status.items() if k != "uri"}, "")
    assert "Status.id is ['int']" in shapes.problems(status | {"id": 5}, "")[0]
    assert "Status.created_at is ['text']" in shapes.problems(status | {"created_at": "2026-01-01"}, "")[0]


@pytest.mark.parametrize(("text", "expected"), length_cases() if ARCHIVE.exists() else [])
def test_a_text_is_as_long_as_a_real_server_finds_it(text, expected):
    assert length(text) == expected
    assert length(text, "what") == expected + len("what")


def test_a_text_is_shown_as_a_real_server_showed_it():
    """Every text that was posted in a recording becomes the HTML that came back."""
    compared = 0
    for one in recorded("POST", "/api/v1/statuses", newest=True):
        text = parse_qs(one.said, keep_blank_values=True).get("status")
        if one.status != 200 or not text or "content" not in one.json or one.json["quote"]:
            continue
        people = {
            who["acct"].lower(): Named(who["username"], who["acct"], who["url"])
            for who in one.json["mentions"]
        }
        assert content(text[0].strip(), people, "http://localhost:3000") == one.json["content"]
        assert [tag.lower() for tag in hashtags(text[0])] == [tag["name"] for tag in one.json["tags"]]
        compared += 1
    assert compared > 150


def test_the_archive_is_the_one_that_we_know():
    assert digest(ARCHIVE) == SHA256
    assert len(recorded("GET", ".*") + recorded("POST", ".*")) > 900
    assert {one.name for one in events()} >= {"update", "delete", "notification"}
    assert all(one.json["error"] for one in recorded("GET", ".*") if one.status == 401)
