"""What in a text is a link, a mention or a tag: by bytes, and never within a character."""

from __future__ import annotations

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bluesky.facets import facets, found_in, shortened
from bridgebot.model import Span

QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
DID = "did:plc:" + "a" * 24
PIECES = (
    "https://example.org/a", "http://b.example", "@ada.example.org", "@lin", "#tag", "#标签", "＃話題", "#1",
    " ", "\n", "(", ")", ".", ",", "，", "。", "👩‍👩‍👧‍👦", "🇨🇳", "e\u0301", "\u0301", "\u200d", "\ufe0f",
    "\u2060", "\u202e", "a", "é", "_", "-", "/", "@", "#", "😀", "你好",
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


def seen(text: str, *spans: Span) -> list[tuple[str, str, str]]:
    return [(one.kind, text[one.start : one.end], one.value) for one in found_in(text, spans)]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a_(b))", ["https://example.org/a_(b)"]),
        ("看https://example.org/x吧", ["https://example.org/x"]),
        ("https://example.org/x，好", ["https://example.org/x"]),
        ("HTTP://Example.org", ["HTTP://Example.org"]),
        ("https://a.example/ https://b.example/?c=d#e!", ["https://a.example/", "https://b.example/?c=d#e"]),
        ('"https://example.org/"', ["https://example.org/"]),
        ("https://localhost/x and https://", []),
        ("ahttps://example.org", []),
        ("example.org", []),
        ("https://example.org/\u202ex", ["https://example.org/"]),
    ],
)
def test_addresses_are_links_without_the_sentence_around_them(text: str, links: list[str]) -> None:
    assert [value for kind, _, value in seen(text) if kind == "link"] == links


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("hi @ada.example.org!", ["ada.example.org"]),
        ("@Ada.Example.Org", ["ada.example.org"]),
        ("你好@ada.example.org", []),  # as on other networks: a name stands apart
        ("(@ada.example.org)", ["ada.example.org"]),
        ("see @ada.example.org.", ["ada.example.org"]),
        ("@ada@example.social", []),
        ("ada@example.social", []),
        ("@ada.example.org@example.social", []),
        ("@\u2060ada.example.org", []),  # what a rule carries pings nobody
        ("@lin", []),
        ("@1.2.3.4", []),
        ("https://example.org/@ada.example.org", []),
    ],
)
def test_a_mention_is_a_whole_handle_of_this_network(text: str, handles: list[str]) -> None:
    assert [value for kind, _, value in seen(text) if kind == "mention"] == handles


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#one #two-three, #four.", ["one", "two-three", "four"]),
        ("#标签 ＃話題 #话题#", ["标签", "話題", "话题"]),
        ("你好#世界", ["世界"]),
        ("#1 #2024 #a1 #", ["a1"]),
        ("a#b &#39; https://example.org/#c ##d", []),
        ("#" + "x" * 64, ["x" * 64]),
        ("#" + "x" * 65, []),
    ],
)
def test_a_tag_is_a_word_and_no_number(text: str, tags: list[str]) -> None:
    assert [value for kind, _, value in seen(text) if kind == "tag"] == tags


def test_a_long_address_is_shown_cut_short_and_leads_to_all_of_it() -> None:
    long, short = "https://www.example.org/a/very/long/path?with=a&query", "https://e.org/"
    text = f"看{long}，{short} #tag"
    shown, moved = shortened(text, found_in(text))
    assert shown == "看example.org/a/very/long/path?…，https://e.org/ #tag"
    assert [(shown[one.start : one.end], one.value) for one in moved] == [
        ("example.org/a/very/long/path?…", long),
        (short, short),
        ("#tag", "tag"),
    ]
    label = f"see {long}"
    named = [Span(0, len(label), "link", "https://other.example/")]
    whole = found_in(label, named)
    assert shortened(label, whole) == (label, whole)  # somebody's own words
    counted = found_in(label, named, [(4, len(label))])  # for as much as is shown: so it is cut short
    assert shortened(label, counted)[0] == "see example.org/a/very/long/path?…"
    assert [one.value for one in counted] == [long]


def test_what_a_person_linked_goes_before_what_stands_there() -> None:
    text = "read #this now"
    assert seen(text, Span(5, 10, "link", "https://example.org/")) == [
        ("link", "#this", "https://example.org/")
    ]
    assert seen("bold", Span(0, 4, "bold")) == []


def test_a_name_that_is_nobodys_is_only_words() -> None:
    text = "@ada.example.org and @bob.example.org"
    made = facets(text, found_in(text), {"bob.example.org": DID})
    assert made == [
        {
            "index": {"byteStart": 21, "byteEnd": 37},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": DID}],
        }
    ]


def test_a_link_that_would_cut_a_character_is_none() -> None:
    assert seen("#tag\u200d👧", Span(0, 4, "link", "https://example.org/")) == []
    assert seen("e\u0301x", Span(1, 2, "link", "https://example.org/")) == []


@QUIET
@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_no_facet_cuts_a_character_or_meets_another(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(a, b, "link", "https://example.org/") for a, b in places if a < b <= len(text)]
    found = found_in(text, spans)
    made = facets(text, found, {one.value: DID for one in found})
    raw, before = text.encode(), 0
    edges = {0, *(len(text[: one.end()].encode()) for one in regex.finditer(r"\X", text))}
    for facet, one in zip(made, found, strict=True):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert before <= start < end <= len(raw)
        assert {start, end} <= edges
        assert raw[start:end].decode() == text[one.start : one.end]
        before = end
