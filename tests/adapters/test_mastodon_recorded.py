"""Everything that a real Mastodon (2.x to 4.7) has answered can be read."""

import json
import logging

import msgspec

from adapters.mastodon import entities, limits_of, linking, reading, streaming, wire
from bridgebot.model import Account, Audience, Limits, Timeline, TimelineKind
from tests.servers.recorded import events, length_cases, needs_recordings, recorded

pytestmark = needs_recordings()
DOMAIN = "masto.example"


def answers(method, path, kind):
    """The good answers of an endpoint, as the adapter reads them."""
    good = [one for one in recorded(method, path) if one.status == 200 and one.json is not None]
    assert good, f"nothing is recorded of {path}"
    return [(one, msgspec.json.decode(one.text, type=kind)) for one in good]


def things(value):
    """Every object in a JSON value, however deep."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from things(inner)


def everywhere(*needed):
    """Every recorded object that has these fields."""
    answers = [one for method in ("GET", "POST", "PUT", "PATCH") for one in recorded(method, ".*")]
    found = (thing for one in answers if one.status == 200 for thing in things(one.json))
    return [thing for thing in found if all(name in thing for name in needed)]


def test_every_status_becomes_a_post():
    found = everywhere("id", "created_at", "visibility", "content", "account", "uri")
    assert len(found) > 500
    for thing in found:
        status = msgspec.convert(thing, entities.Status)
        post = reading.post(status, DOMAIN)
        inner = thing.get("reblog") or thing
        assert post.id == inner["id"]
        assert post.author.handle.count("@") == 2
        assert post.created_at.utcoffset().total_seconds() == 0
        assert (post.boost is not None) == bool(thing.get("reblog"))
        assert post.audience is reading.AUDIENCES[inner["visibility"]]
        assert "<" not in post.text or "&lt;" in inner["content"]
        assert len(post.media) == len([one for one in inner["media_attachments"] if one["url"]])


def test_every_account_becomes_a_profile():
    found = everywhere("id", "acct", "username", "followers_count")
    assert len(found) > 500
    for thing in found:
        profile = reading.profile(msgspec.convert(thing, entities.Account), DOMAIN)
        assert profile.author.id == thing["id"]
        assert profile.followers == thing["followers_count"]
        assert profile.author.name


def test_every_notification_is_read_or_known_to_be_something_else():
    seen = set()
    for _, raw in answers("GET", "/api/v1/notifications", list[msgspec.Raw]):
        told = wire.each(raw, entities.Notification)
        assert len(told) == len(raw)
        for one in told:
            made = reading.notification(one, DOMAIN)
            seen.add((one.type, made.kind if made else None))
    assert ("mention", None) in seen
    assert all(kind for type, kind in seen if type in ("follow", "favourite", "reblog", "follow_request"))


def test_every_poll_vote_file_mute_and_bookmark_is_read():
    for one, poll in answers("GET", "/api/v1/polls/[^/]+", entities.Poll) + answers(
        "POST", "/api/v1/polls/[^/]+/votes", entities.Poll
    ):
        read = reading.poll(poll)
        assert read.votes == tuple(option["votes_count"] for option in one.json["options"]), one.cassette
        assert (read.voted, read.voters) == (tuple(one.json["own_votes"]), one.json["voters_count"])
        assert read.ends_at.utcoffset().total_seconds() == 0
    for act in ("mute", "block"):
        answers("POST", f"/api/v1/accounts/[^/]+/{act}", entities.Relationship)
    answers("GET", "/api/v1/bookmarks", list[entities.Status])


def test_every_state_of_a_file_says_whether_it_is_ready():
    states = set()
    for method, path in (
        ("POST", "/api/v2/media"),
        ("GET", "/api/v1/media/[^/]+"),
        ("PUT", "/api/v1/media/.*"),
    ):
        for one in recorded(method, path):
            if one.status < 300:
                file = msgspec.json.decode(one.text, type=entities.Uploaded)
                states.add((one.status, file.url is not None))
    assert states == {(200, True), (202, False), (206, False)}


def test_every_quote_is_read_by_its_state():
    seen = set()
    for thing in everywhere("id", "created_at", "visibility", "content", "account", "uri", "quote"):
        if not isinstance(thing["quote"], dict) or thing.get("reblog"):
            continue
        post, told = reading.post(msgspec.convert(thing, entities.Status), DOMAIN), thing["quote"]
        seen.add(told["state"])
        assert "RE:" not in post.text.split("\n")[0]
        if told.get("quoted_status"):
            assert (post.quote.id, post.quote.url) == (
                told["quoted_status"]["id"],
                told["quoted_status"]["url"],
            )
        if told["state"] == "revoked":
            assert post.quote is None
    assert seen == {"accepted", "revoked"}


def test_every_filter_that_matched_is_named():
    found = [thing for thing in everywhere("id", "account", "filtered", "uri") if thing["filtered"]]
    assert found
    for thing in found:
        (told,) = thing["filtered"]
        status = msgspec.convert(thing, entities.Status)
        for place in (None, *told["filter"]["context"]):
            assert reading.post(status, DOMAIN, place).warning.startswith(told["filter"]["title"])
        assert reading.post(status, DOMAIN, "nowhere").warning == (thing["spoiler_text"] or None)


def test_a_server_of_today_offers_the_narrow_scopes():
    told = answers("GET", "/.well-known/oauth-authorization-server", entities.Metadata)
    assert all(set(linking.NARROW.split()) <= set(said.scopes_supported) for _, said in told)


def test_every_instance_says_its_limits():
    for path in ("/api/v1/instance", "/api/v2/instance"):
        for one, instance in answers("GET", path, entities.Instance):
            limits = limits_of(instance)
            assert (limits.max_length, limits.unit, limits.url_length) == (500, "graphemes", 23), one.cassette
            assert limits.short_mentions


def test_old_servers_lack_what_came_later():
    told = [one for _, one in answers("GET", "/api/v2/instance", entities.Instance)]
    assert frozenset() in {limits_of(instance).lacks for instance in told}
    assert limits_of(entities.Instance("3.0.1")).lacks == {"edit", "typed", "bookmark", "uploads", "quotes"}
    assert limits_of(entities.Instance("3.4.10")).lacks == {"edit", "typed", "quotes"}
    assert limits_of(entities.Instance("3.5.0")).lacks == {"quotes"}
    assert limits_of(entities.Instance("4.5.0", api_versions={"mastodon": 7})).lacks == frozenset()
    assert limits_of(entities.Instance("4.4.2", api_versions={"mastodon": 6})).lacks == {"quotes"}


def test_every_token_app_relationship_list_search_and_thread_is_read():
    answers("POST", "/api/v1/apps", entities.App)
    answers("POST", "/oauth/token", entities.Token)
    answers("POST", "/api/v1/accounts/[^/]+/follow", entities.Relationship)
    answers("GET", "/api/v1/lists", list[entities.PeopleList])
    answers("GET", "/api/v1/statuses/[^/]+/context", entities.Context)
    for _, found in answers("GET", "/api/v2/search", entities.Search):
        assert len(wire.each(found.accounts, entities.Account)) == len(found.accounts)
        assert len(wire.each(found.statuses, entities.Status)) == len(found.statuses)


def test_every_event_of_a_stream_is_understood():
    ada, hints = Account("none", "@ada@masto.example", DOMAIN), []
    for event in events():
        heard = entities.Event(event.name, event.payload)
        hint = streaming.hint_of(heard, Timeline(TimelineKind.HOME, DOMAIN), ada)
        hints.append((event.name, hint is not None))
        if event.name in ("update", "status.update"):
            assert hint.post == json.loads(event.payload)["id"]
    assert ("update", True) in hints


def test_length_is_counted_as_mastodon_counts():
    limits, cases = Limits(500, "graphemes", 23, short_mentions=True), length_cases()
    assert len(cases) >= 30
    assert [(text, limits.length(text)) for text, _ in cases] == cases


def test_nothing_of_this_is_passed_over_silently(caplog):
    with caplog.at_level(logging.WARNING):
        assert wire.each([msgspec.Raw(b'{"id":"7","content":3}')], entities.Status) == []
    assert "id '7'" in caplog.text


def test_audiences_are_those_of_the_house():
    assert {reading.AUDIENCES[word] for word in reading.VISIBILITIES.values()} == set(Audience)
