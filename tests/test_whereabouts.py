"""Where something that somebody names is read: which networks are asked in which order, which account."""

from dataclasses import replace

import pytest

from bridgebot.adapter import Address, Network, SocialCapabilities
from bridgebot.commands.whereabouts import Place, account_for, host_of, is_address, places
from bridgebot.model import TimelineKind
from bridgebot.testing.social_side import EVERYTHING

PERSON, FEED = frozenset({TimelineKind.PERSON}), frozenset({TimelineKind.FEED})
MASTODON = SocialCapabilities(
    anonymous=PERSON, addresses=(Address(r"@\w+@[\w.]+"), Address(r"https://[\w.]+/@\w+"))
)
BLUESKY = SocialCapabilities(
    anonymous=PERSON,
    latest=True,
    openly=frozenset({"whois"}),
    addresses=(Address(r"@?\w+\.bsky\.social", sure=True), Address(r"@?[\w-]+(\.[\w-]+)+")),
)
FEEDS = SocialCapabilities(anonymous=FEED, addresses=(Address(r"(https?://)?[\w-]+(\.[\w-]+)+(/\S*)?"),))
NETWORKS = [
    Network("chat", "Chat"),
    Network("feeds", "Feeds", social=FEEDS),
    Network("mastodon", "Mastodon", social=MASTODON),
    Network("bsky", "Bluesky", social=BLUESKY),
]


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("@lin@example.social", [("mastodon", "@lin@example.social")]),
        ("lin@example.social", [("mastodon", "@lin@example.social")]),
        ("lin.bsky.social", [("bsky", "lin.bsky.social"), ("feeds", "lin.bsky.social")]),
        ("@lin.example", [("feeds", "lin.example"), ("bsky", "@lin.example")]),
        (
            "https://example.social/@lin",
            [("feeds", "https://example.social/@lin"), ("mastodon", "https://example.social/@lin")],
        ),
        (
            "example.social/@lin",
            [("feeds", "example.social/@lin"), ("mastodon", "https://example.social/@lin")],
        ),
        ("lin", []),
        ("", []),
        ("x" * 3000 + ".example", []),
    ],
)
def test_the_sure_networks_are_asked_first_then_the_others_in_their_order(word, asked):
    assert [(place.adapter, place.address) for place in places(NETWORKS, word)] == asked


def test_only_networks_that_can_do_what_is_wanted_are_asked():
    word = "lin.bsky.social"
    assert [place.adapter for place in places(NETWORKS, word, kinds=FEED)] == ["feeds"]
    assert [place.adapter for place in places(NETWORKS, word, openly="whois")] == ["bsky"]
    assert [place.adapter for place in places(NETWORKS, word, latest=True)] == ["bsky"]


@pytest.mark.parametrize("word", ["lin.example", "@lin.example"])  # the second is how it is passed on
def test_a_name_with_a_dot_is_somebody_first_and_a_site_at_last(word):
    """A network of feeds that knows addresses alone is asked about the site of that name."""
    sites = replace(FEEDS, addresses=(Address(r"https?://\S+"),))
    networks = [Network("feeds", "Feeds", social=sites), NETWORKS[-1]]
    asked = [(place.adapter, place.address) for place in places(networks, word)]
    assert asked == [("bsky", word), ("feeds", "https://lin.example")]
    assert [place.adapter for place in places(networks, f"https://{word}", kinds=FEED)] == ["feeds"]


class An:
    """As much of an account as the decision looks at."""

    def __init__(self, adapter, server):
        self.name, self.adapter, self.server = adapter, adapter, server


MASTO, BSKY = An("mastodon", "example.social"), An("bsky", "bsky.social")


@pytest.mark.parametrize(
    ("mine", "word", "chosen"),
    [
        ([MASTO, BSKY], "@lin", MASTO),
        ([MASTO, BSKY], "@lin@bsky", BSKY),
        ([MASTO, BSKY], "@lin@example.social", MASTO),
        ([BSKY, MASTO], "@lin@elsewhere.example", MASTO),
        ([MASTO, BSKY], "@lin.bsky.social", BSKY),
        ([MASTO], "@lin.bsky.social", None),
        ([BSKY], "@lin@example.social", None),
        ([BSKY], "example.org", None),
        ([MASTO], "https://example.social/@lin", None),
        ([], "@lin", None),
    ],
)
def test_an_account_serves_for_its_own_network(mine, word, chosen):
    assert account_for(mine, word, places(NETWORKS, word)) is chosen


@pytest.mark.parametrize(
    ("word", "host"),
    [
        ("@lin@Example.social", "example.social"),
        ("https://Example.org/feed?key=secret", "example.org"),
        ("https://me:pw@example.org:8080/x", "example.org"),
        ("example.org/blog", "example.org"),
        ("lin", ""),
        ("@lin", ""),
        ("https://[oops/", ""),
        ("", ""),
    ],
)
def test_what_calls_count_by_is_a_host_and_tells_no_more(word, host):
    assert host_of(word) == host
    assert is_address(word) is word.startswith("https")


def test_memory_networks_are_asked_like_others():
    able = replace(EVERYTHING, addresses=(Address(r"@\w+@north\.example", sure=True),))
    assert places([Network("north", "North", social=able)], "@lin@north.example") == [
        Place("north", "@lin@north.example", sure=True)
    ]
