"""A post in the shape of each network: counted as that counts, cut where it hurts least, and nowhere else."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters import mastodon, plaza
from adapters import telegram as bot_api
from adapters.bluesky import facets, records, writing
from adapters.bluesky import limits as bluesky
from adapters.telegram.entities import entities
from bridgebot import render
from bridgebot.model import Ballot, Draft, Limits, Span
from bridgebot.render import Rich
from bridgebot.render.ruler import Ruler
from bridgebot.render.whole import pieces, whole
from bridgebot.wording import clusters
from tests.servers.bluesky_lexicons import check_record

QUIET = settings(deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck))
MASTODON = mastodon.Adapter.capabilities.limits
TELEGRAM = bot_api.Adapter.capabilities
SMALL = (  # the same ways of counting where a post is short, so that most texts are cut
    Limits(40),
    Limits(60, "utf16"),
    Limits(90, "bytes"),
    replace(plaza.Adapter.capabilities.limits, max_length=45),
    replace(MASTODON, max_length=50),
    replace(bluesky.POST, max_length=50, max_bytes=120),
    replace(bluesky.POST, max_length=60, max_bytes=4000),
)
COUNTER = re.compile(r" \(\d+/\d+\)$")

# What is never cut, each shorter than any part.
ATOMS = (
    "https://example.org/a?b=c#d", "http://a.bc", "https://example.org/@ada/1", "@lin", "@ada@example.social",
    "@bob.example.org", "@\u2060eve@far.example", "#tag", "#标签", "＃話題", "#Überfall_2", "👩‍👩‍👧‍👦", "🇨🇳",
    "e\u0301", "👍🏽", "1️⃣", "ก็", "नी", " \u0301",
)  # fmt: skip
WORDS = (
    "word", "a", "ponderous", "你好", "世界", "ありがとう", "안녕", "x" * 70, "字" * 30, "😀" * 12, "C#",
    "3.5", "(and", "on)", "“", "”", "，", "。", "！", "…", ". ", "? ", "!", "Ⅷ", "ﬁ",
)  # fmt: skip
GAPS = ("", " ", "  ", "\n", "\n\n", " \n \n ", "\t", "\u3000", "\r\n")


@st.composite
def texts(draw, most: int = 40) -> tuple[str, list[tuple[int, int]]]:
    """A text, and where what must not be cut stands in it: apart from other words, as people write it."""
    text, places = "", []
    for _ in range(draw(st.integers(1, most))):
        if draw(st.booleans()):
            text += draw(st.sampled_from((" ", "\n", "，", "。")))
            atom = draw(st.sampled_from(ATOMS))
            places.append((len(text), len(text) + len(atom)))
            text += atom + draw(st.sampled_from((" ", "\n\n", "。", "，")))
        else:
            text += draw(st.sampled_from(WORDS)) + draw(st.sampled_from(GAPS))
    return text, places


def squeezed(text: str) -> str:
    return "".join(text.split())


def cuts(text: str, parts: list[str]) -> list[int]:
    """Where each part but the first begins in the text: the parts are its own words, in order."""
    at, begun = 0, []
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, (text, parts)
        assert not text[at:found].strip(), (text, parts)
        begun.append(found)
        at = found + len(part)
    assert not text[at:].strip()
    return begun[1:]


def bare(parts: list[str]) -> list[str]:
    """Parts without their counters, which are right."""
    if len(parts) == 1:
        return parts
    assert [COUNTER.search(part)[0] for part in parts] == [
        f" ({n}/{len(parts)})" for n in range(1, len(parts) + 1)
    ]
    return [COUNTER.sub("", part) for part in parts]


# --- what holds of every text on every network -------------------------------------------------


@QUIET
@given(texts(), st.sampled_from(SMALL), st.sampled_from(["", "", "food", "食物 🍜"]))
def test_parts_are_the_text_and_each_of_them_fits(written, limits, warning):
    text, places = written
    parts = render.thread(Draft(text, warning=warning or None), limits)
    assert all(part.warning == (warning or None) for part in parts)
    for part in parts:
        assert limits.beside(warning).fits(part.text), (text, part.text)
    words = bare([part.text for part in parts])
    edges = {0, *(one.end() for one in regex.finditer(r"\X", text))}
    for at in cuts(text, words):
        assert at in edges
        assert not [text[a:b] for a, b in places if a < at < b]


@QUIET
@given(st.text(max_size=400), st.sampled_from(SMALL))
def test_any_unicode_at_all_is_cut_into_parts_that_fit(text, limits):
    parts = [part.text for part in render.thread(Draft(text), limits)]
    assert all(limits.fits(part) for part in parts)
    assert squeezed("".join(bare(parts))) == squeezed(text)


@QUIET
@given(texts(most=25), st.sampled_from(SMALL), st.data())
def test_emphasis_stays_on_its_words_at_every_cut(written, limits, data):
    text, _ = written
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = tuple(
        Span(*sorted(data.draw(places)), kind) for kind in ("bold", "italic", "code", "strike", "spoiler")
    )
    rich = Rich(text, spans)
    parts = render.fit(rich, limits)
    begun = [0, *cuts(text, [part.text for part in parts])] if len(parts) > 1 else [0]
    for start, part in zip(begun, parts, strict=True):
        offset = text.find(part.text, start)
        for kind in ("bold", "italic", "code", "strike", "spoiler"):
            here = {at for s in part.spans if s.kind == kind for at in range(s.start, s.end)}
            there = {at - offset for s in rich.spans if s.kind == kind for at in range(s.start, s.end)}
            assert here == {at for at in there if 0 <= at < len(part.text)}


@QUIET
@given(texts(), st.sampled_from(SMALL))
def test_every_beginning_is_measured_as_the_whole_is(written, limits):
    """The ruler's word on the text up to any place that may be a cut is that of the network's counting."""
    text, _ = written
    ruler = Ruler.of(text, limits)
    taken = whole(text, pieces(text, limits), replace(limits, max_length=10_000, max_bytes=None))
    for at in range(len(text)):
        if ruler.edge(at) == at and taken.around(at) is None and text[at].isspace():
            assert ruler.size[at] == limits.length(text[:at])
            if ruler.octets is not None:
                assert ruler.octets[at] == limits.octets(text[:at])


FLAG = "\U0001f1e8"


@QUIET
@given(
    st.one_of(
        st.text(),
        st.text(st.sampled_from("a你한각\r\n\u0301\u200d👩👧\U0001f1e8\U0001f3fd\u0600नी्क 🏽")),
        st.text(st.sampled_from(f"{FLAG}\U0001f1f3\u0600\u0301a"), max_size=40),
        st.integers(0, 30).map(lambda count: f"\u0600{FLAG * count}\u0301{FLAG}"),
    )
)
def test_graphemes_are_those_of_the_standard(text):
    found = [one.span() for one in regex.finditer(r"\X", text)]
    assert clusters(text) == [(start, end) for start, end in found if end - start > 1]
    assert Limits(10, "graphemes").length(text) == len(found)


# --- Mastodon ---


@pytest.mark.parametrize(
    ("text", "length"),
    [
        # app/validators/status_length_validator.rb, in the classes that Mastodon.py measured against a server
        # (its tests/test_status_length.py); the measured ones themselves are in test_mastodon_recorded.py.
        ("", 0),
        (" two spaces  ", 13),
        ("\ttab\r\nnew line\n", 14),
        ("http://example.org, https://example.org/page?x=1#frag", 23 + 2 + 23),
        ("ftp://files.example.org/x", 25),
        ("http://ada:secret@example.org:8080/x", 36),
        ("http://10.0.0.1:3000/x", 22),
        ("https://[2001:db8::1]/x", 23),
        ("mailto:ada@example.org", 22),
        ("https://long.name.example.museum/collection", 23),
        ("(see https://example.org.)", 5 + 23 + 2),
        ("https://example.org/a-b_c~d?e=1&f=2", 23),
        ("https://примеры.рф/страница?вопрос", 23 + 7),
        ("@ada", 4),
        ("@ada@example.social", 4),
        ("hi @ada and @eve@example.social!", 17),
        ("{@ada@example.social} <@eve>", 13),
        ("@me@example.org see https://example.org/x#y and @you  ", 3 + 5 + 23 + 11),
        ("🇨🇳🇪🇺", 2),
        ("👩‍👩‍👧‍👦 ✊🏿 👩🏽‍💻", 5),
        ("é e\u0301", 3),
        ("a" * 476 + " http://" + "b" * 30 + ".com/example", 500),
        ("a" * 475 + " @alice@" + "b" * 30 + ".com", 482),
    ],
)
def test_mastodon_counts_so(text, length):
    assert MASTODON.length(text) == length
    assert MASTODON.fits(text) == (length <= 500)


@pytest.mark.parametrize("length", [500, 501])
def test_a_post_of_exactly_the_limit_is_one_with_its_warning(length):
    text = "@ada@example.social https://example.org/" + "x" * 60 + " "
    text += "字" * (length - MASTODON.length(text) - len("food"))
    assert len(render.thread(Draft(text, warning="food"), MASTODON)) == (1 if length == 500 else 2)


# --- Bluesky ---

DID = "did:plc:" + "a" * 24
NOW = datetime(2026, 11, 27, tzinfo=UTC)
DENSE = st.sampled_from(
    ("👩‍👩‍👧‍👦", "字", "e\u0301", "a", "https://example.org/" + "x" * 40, "#标签", " ", "@ada.example.org")
)


@QUIET
@given(
    st.one_of(
        st.text(max_size=1000),
        st.tuples(DENSE, DENSE, st.integers(100, 400)).map(lambda one: (one[0] + one[1]) * one[2]),
        texts().map(lambda one: one[0] * 4),
    ),
    st.sampled_from([None, "food", "👩‍👩‍👧‍👦" * 20]),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=2),
)
def test_whatever_it_says_each_part_is_a_valid_record(text, warning, links):
    spans = tuple(Span(*sorted(place), "link", "https://example.org/") for place in links)
    draft = Draft(text, warning=warning, spans=Rich(text, spans).spans)
    for part in render.thread(draft, bluesky.POST, labels=True):
        record = bluesky_record(part)
        raw = record["text"].encode()
        assert len(raw) <= 3000
        assert len(regex.findall(r"\X", record["text"])) <= 300
        edges = {
            0,
            *(len(record["text"][: one.end()].encode()) for one in regex.finditer(r"\X", record["text"])),
        }
        for facet in record.get("facets", ()):
            assert {facet["index"]["byteStart"], facet["index"]["byteEnd"]} <= edges
        check_record(record["$type"], "3lpk5zqcwvs2x", json.loads(json.dumps(record)))


def bluesky_record(draft):
    """What the adapter writes of a draft."""
    text, found = writing._words(draft)
    dids = {one.value: DID for one in found}
    return records.post(text, NOW, facets=facets.facets(text, found, dids), warned=bool(draft.warning))


# --- Telegram ---


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize("wide", ["😀", "👩‍👩‍👧‍👦", "字", "e\u0301"])
def test_telegram_counts_utf16_to_the_unit(wide, over):
    units = len(wide.encode("utf-16-le")) // 2
    length = TELEGRAM.limits.max_length + over
    text = wide * (length // units) + "." * (length % units)
    assert TELEGRAM.limits.length(text) == length
    parts = render.messages(Rich(text, (Span(3, len(text) - 1, "bold"),)), TELEGRAM.limits)
    assert len(parts) == (2 if over == 1 else 1)
    assert "".join(part.text for part in parts) == text
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 4096 for part in parts)
    assert all(regex.fullmatch(rf"(?:{wide})*\.*", part.text) for part in parts)


@QUIET
@given(texts().map(lambda one: one[0] * 30), st.data())
def test_what_telegram_is_sent_sets_apart_whole_characters(text, data):
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    rich = Rich(text, tuple(Span(*sorted(data.draw(places)), kind) for kind in ("bold", "spoiler", "code")))
    for part in render.messages(rich, TELEGRAM.limits):
        raw = part.text.encode("utf-16-le")
        assert len(raw) // 2 <= 4096
        for entity in entities(part.text, part.spans):
            words = raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
            assert words  # a surrogate pair that is cut would not decode


# --- counters, and what stands on which part ---


@pytest.mark.parametrize("words", [9, 10, 99, 100, 101])
def test_a_counter_grows_with_the_number_of_parts(words):
    """Each word takes a part of its own, however wide the counter is."""
    limits = Limits(30)
    parts = render.fit(" ".join(["a" * 16] * words), limits, numbered=True)
    assert [part.removeprefix("a" * 16) for part in parts] == [f" ({n}/{words})" for n in range(1, words + 1)]


def test_only_as_much_room_is_kept_as_the_counter_of_each_part_takes():
    limits = Limits(20)
    parts = render.fit("字" * 150, limits, numbered=True)
    assert [len(part) for part in parts[:-1]] == [20] * (len(parts) - 1)
    assert [part[13:] for part in parts[8:10]] == [" (9/12)", " (10/12)"] or len(parts) == 12


def test_what_is_once_only_stands_on_the_first_part():
    ballot = Ballot(("yes", "no"))
    draft = Draft("word " * 30, warning="food", reply_to="7", poll=ballot, quote="9", language="en")
    first, *rest = render.thread(draft, Limits(50))
    assert (first.reply_to, first.poll, first.quote) == ("7", ballot, "9")
    assert len(rest) > 2
    assert {(part.reply_to, part.poll, part.quote) for part in rest} == {(None, None, None)}
    assert {(part.warning, part.language) for part in (first, *rest)} == {("food", "en")}


def test_a_text_of_nothing_but_white_space_is_one_part():
    assert render.fit(" \n" * 200, Limits(100), numbered=True) == ("",)


HOSTILE = (
    "字", "word ", "x", "https://example.org/a?b=c ", "https://a.bc @a@b.cd ", "@ada@example.social ",
    "@a", "#标签", "👩\u200d👩\u200d👧", "e\u0301", "\u0301", ")", "…", ".", "!？", "\n", " \n", " ",
    "\u200d", "\U0001f1e8", "नी", "\r\n", "（",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    "limits", [MASTODON, bluesky.POST, TELEGRAM.limits, Limits(8000, "bytes")], ids=lambda one: one.unit
)
def test_a_long_text_takes_no_long_time_whatever_it_is_made_of(piece, limits):
    text = "a" + piece * (30_000 // len(piece)) + "b"
    start = time.process_time()
    render.thread(Draft(text), limits, labels=True)
    assert time.process_time() - start < 3, "the square of its length would be minutes"


# --- a beginning and a link ---

A = WHOLE_AT = "https://example.social/@ada/1"


@pytest.mark.parametrize(
    ("text", "limits", "cut"),
    [
        ("One two three four five six seven eight nine ten eleven", Limits(50), f"One two three four… {A}"),
        ("First words, and then more words than fit into it at all", Limits(49), f"First words, and… {A}"),
        ("今天天气很好，" * 8, Limits(48), f"今天天气很好，今天天气很好，今天天… {A}"),
        ("a" * 600, MASTODON, "a" * (500 - 23 - 2) + f"… {A}"),
    ],
)  # fmt: skip
def test_a_long_post_is_its_beginning_with_a_link_to_all_of_it(text, limits, cut):
    ballot = Ballot(("yes", "no"))
    found = render.teaser(Draft(text, poll=ballot, quote="9"), limits, WHOLE_AT)
    assert (found.text, found.poll, found.quote) == (cut, ballot, "9")
    assert limits.fits(found.text)


def test_where_the_link_would_take_most_of_the_post_there_is_none():
    assert render.teaser(Draft("word " * 20), Limits(40), WHOLE_AT) is None
    assert render.teaser(Draft("word " * 20, warning="food and drink"), Limits(60), WHOLE_AT) is None


@QUIET
@given(texts(), st.sampled_from((MASTODON, bluesky.POST, Limits(140))), st.sampled_from([None, "food"]))
def test_the_beginning_is_that_of_the_text_and_nothing_is_cut_in_two(written, limits, warning):
    text, places = written
    draft = Draft(text * 20, warning=warning, spans=(Span(0, len(text), "bold"),))
    found = render.teaser(draft, limits, WHOLE_AT)
    assert limits.with_warning(warning).fits(found.text)
    words = found.text.removesuffix(f"… {WHOLE_AT}")
    assert (text * 20).startswith(words)
    at = len(words) % len(text)
    assert not [text[a:b] for a, b in places if a < at < b and text[at:b].strip("\u0301")]
    assert all(span.end <= len(words) for span in found.spans)


def test_the_last_words_of_a_route_stay_behind_the_link():
    found = render.teaser(Draft("word " * 40 + "#bridged"), Limits(100), WHOLE_AT, suffix="#bridged")
    assert found.text == f"{'word ' * 11}word… {WHOLE_AT} #bridged"


# --- addresses that are shown cut short ---

LONG = "https://www.example.org/articles/2026/11/a-long-title-of-an-article?from=here"


def test_a_long_address_is_shown_short_when_that_saves_the_post_from_being_cut():
    draft = Draft(f"read {LONG} now", spans=(Span(0, 4, "bold"),))
    assert render.thread(draft, Limits(200), labels=True) == (draft,)
    [short] = render.thread(draft, Limits(40), labels=True)
    assert short.text == "read example.org/articles/20… now"
    assert short.spans == (Span(0, 4, "bold"), Span(5, 29, "link", LONG))
    assert len(render.thread(draft, Limits(40))) > 1, "the network knows no links with words of their own"


def test_it_is_shown_in_full_where_the_post_is_cut_all_the_same():
    draft = Draft(
        f"read {LONG} now, and more words than would fit into one post in whatever way they are put"
    )
    parts = render.thread(draft, Limits(100), labels=True)
    assert len(parts) == 2
    assert LONG in parts[0].text
    assert not any(part.spans for part in parts)
    many = " ".join([LONG] * 12)
    assert len(render.thread(Draft(many), Limits(200), labels=True)) > 1, "it would not have helped"


def test_whoever_reads_a_short_address_sees_where_it_leads():
    host = f"https://{'very-' * 8}long.example.org/path"
    assert render.shortened(Rich(host)).text == f"{'very-' * 8}long.example.org…"
    assert render.shortened(Rich("https://example.org/a/short/one")).spans == ()
    labelled = Rich(f"see {LONG}", (Span(0, 4 + len(LONG), "link", "https://other.example/"),))
    assert render.shortened(labelled) == labelled
    bold = render.shortened(Rich(f"a {LONG}", (Span(0, 2 + len(LONG), "bold"),)))
    assert {span.kind for span in bold.spans if span.end == len(bold.text)} == {"bold", "link"}


# --- what the bot says in chats ----------------------------------------------------------------


@QUIET
@given(texts(most=30), st.sampled_from(SMALL))
def test_foreign_lines_bear_their_mark_behind_every_cut(written, limits):
    text = render.foreign(written[0]).replace("\n", f"\n{render.MARK}")
    first, *rest = render.messages(Rich(f"@lin: {text}"), limits, foreign=True)
    assert all(limits.fits(part.text) for part in (first, *rest))
    assert first.text.startswith("@lin:")
    assert all(line.startswith(render.MARK.rstrip()) for part in rest for line in part.text.split("\n"))
