"""What servers say of themselves: limits, what they lack, and which scopes they offer."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from adapters import mastodon
from adapters.mastodon import linking, servers
from adapters.mastodon.entities import Instance
from adapters.mastodon.servers import FILES
from bridgebot.model import FileLimits, Limits
from bridgebot.testing.context import house
from tests.adapters.mastodon_town import linked
from tests.servers import mastodon_oauth
from tests.servers.mastodon import serve

NO_QUOTES = frozenset({"quotes"})


async def test_a_server_says_its_limits():
    for flavour, counted, lacks in (
        ("mastodon", (500, "graphemes", 23, True), set()),
        ("gotosocial", (5000, "characters", None, False), {"quotes"}),
        ("takahe", (500, "characters", None, False), {"listen", "report", "approve", "search", "quotes"}),
        ("pleroma", (5000, "graphemes", None, False), set()),
        ("akkoma", (5000, "graphemes", None, False), set()),
        (
            "pixelfed",
            (500, "characters", None, False),
            {"listen", "report", "edit", "typed", "search", "polls", "quotes"},
        ),
        (
            "snac",
            (100000, "characters", None, False),
            {"listen", "report", "approve", "edit", "typed", "search", "mute", "polls", "quotes"},
        ),
    ):
        async with serve(flavour) as server, house(mastodon) as context:
            adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
            account = await linked(adapter, server)
            limits = await adapter.describe(account)
            assert (limits.max_length, limits.unit, limits.url_length, limits.short_mentions) == counted
            assert limits.lacks == lacks


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        (
            {"version": "4.3.0"},
            Limits(500, "graphemes", 23, short_mentions=True, lacks=NO_QUOTES, files=FILES),
        ),
        (
            {"version": "2.7.2 (compatible; Pleroma 2.5.0)", "max_toot_chars": 5000},
            Limits(5000, "graphemes", lacks=NO_QUOTES, files=replace(FILES, mixed=True)),
        ),
        (
            {
                "version": "2.7.2 (compatible; Akkoma 3.10)",
                "configuration": {"statuses": {"max_characters": 9}},
            },
            Limits(9, "graphemes", files=replace(FILES, mixed=True)),
        ),
        (
            {
                "version": "0.17.3 git-abc",
                "source_url": "https://codeberg.org/superseriousbusiness/gotosocial",
            },
            Limits(500, "characters", lacks=NO_QUOTES | {"edit", "typed"}, files=replace(FILES, mixed=True)),
        ),
        (
            {"version": "4.4.8+glitch", "configuration": {"statuses": {"characters_reserved_per_url": 30}}},
            Limits(500, "graphemes", 30, short_mentions=True, lacks=NO_QUOTES, files=FILES),
        ),
        (
            {"version": "unheard of"},
            Limits(500, "graphemes", 23, short_mentions=True, lacks=NO_QUOTES, files=FILES),
        ),
        (
            {
                "version": "2.7.2 (compatible; Akkoma 3.17.0)",
                "poll_limits": {
                    "max_options": 20,
                    "max_option_chars": 200,
                    "min_expiration": 0,
                    "max_expiration": 31_536_000,
                },
                "upload_limit": 16_000_000,
                "description_limit": 5000,
            },
            Limits(
                500,
                "graphemes",
                choices=20,
                choice_length=200,
                poll_shortest=1,
                poll_longest=31_536_000,
                files=replace(
                    FILES,
                    image_bytes=16_000_000,
                    video_bytes=16_000_000,
                    alt_length=5000,
                    mixed=True,
                ),
            ),
        ),
        (
            {
                "version": "4.6.0",
                "api_versions": {"mastodon": 9},
                "configuration": {
                    "statuses": {"max_media_attachments": 6},
                    "media_attachments": {
                        "supported_mime_types": ["image/png", "video/mp4"],
                        "description_limit": 900,
                        "image_size_limit": 7,
                        "image_matrix_limit": 8,
                        "video_size_limit": 9,
                    },
                    "polls": {
                        "max_options": 5,
                        "max_characters_per_option": 60,
                        "min_expiration": 600,
                        "max_expiration": 604_800,
                    },
                },
            },
            Limits(
                500,
                "graphemes",
                23,
                short_mentions=True,
                choices=5,
                choice_length=60,
                poll_shortest=600,
                poll_longest=604_800,
                files=FileLimits(6, frozenset({"image/png", "video/mp4"}), 7, 8, 9, 900),
            ),
        ),
    ],
)
def test_what_a_server_says_of_itself_becomes_limits(said, limits):
    assert mastodon.limits_of(msgspec.convert(said, Instance)) == limits


def test_a_part_of_another_form_is_as_if_it_were_not_there():
    """Pixelfed's `urls` of the first version is an empty list."""
    said = (
        b'{"version": "2.7.2 (compatible; Pixelfed 0.11.4)", "uri": "https://pix.example", "urls": [],'
        b' "configuration": {"statuses": {"max_characters": "many"}}, "max_toot_chars": 1000}'
    )
    instance = servers.read(said)
    assert (instance.uri, instance.urls, instance.configuration) == ("https://pix.example", None, None)
    assert mastodon.limits_of(instance).max_length == 1000
    for nothing in (b"[]", b'{"urls": {}}', b'{"version": 4}', b"<html>"):
        with pytest.raises(msgspec.DecodeError):
            servers.read(nothing)


def test_what_a_server_takes_none_of_it_lacks():
    """Plaza and Pixelfed say so by noughts."""
    said = {"statuses": {"max_media_attachments": 0}, "polls": {"max_options": 0}}
    limits = mastodon.limits_of(msgspec.convert({"version": "4.6.0", "configuration": said}, Instance))
    assert limits.lacks == {"uploads", "polls", "quotes"}
    assert limits.files is None


# --- scopes ------------------------------------------------------------------------------------


async def scopes_of(server, adapter):
    """What the client was registered for, what was asked for, and what came of it."""
    step = await adapter.link(None, server.domain)
    account = await adapter.link(step.progress, await server.person("ada").consents(step.url))
    (app,) = server.apps.values()
    asked = parse_qs(urlsplit(step.url).query)["scope"][0]
    return set(app["scopes"]), set(asked.split()), set(account.scopes)


@pytest.mark.parametrize(
    ("flavour", "scopes"),
    [("mastodon", linking.NARROW), ("gotosocial", "read write"), ("snac", "read write")],
)
async def test_only_what_is_used_is_asked_for_where_the_server_offers_it(flavour, scopes):
    async with serve(flavour) as server, house(mastodon) as context:
        adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
        assert await scopes_of(server, adapter) == (set(scopes.split()),) * 3


async def test_a_narrow_scope_that_is_not_offered_makes_all_of_them_coarse(monkeypatch):
    monkeypatch.setattr(mastodon_oauth, "SCOPES", mastodon_oauth.SCOPES - {"write:media"})
    async with serve() as server, house(mastodon) as context:
        adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
        assert (await scopes_of(server, adapter))[0] == {"read", "write"}


def test_each_scope_has_words_for_people():
    asked = {*linking.SCOPES.split(), *linking.NARROW.split()}
    assert {scope for scope, _ in mastodon.Adapter.capabilities.scopes} == asked
    assert not {scope for scope in asked if scope.split(":")[0] not in ("read", "write")}


def test_lacking_names_abilities():
    abilities = set(dir(mastodon.Adapter.capabilities))
    assert all(lacks <= abilities for lacks in servers._LACKING.values())
