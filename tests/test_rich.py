"""A text with emphasis: every operation keeps each span on the words that it was on."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
import regex

from bridgebot.model import Draft, Limits, Span
from bridgebot.render import MARK, Rich, fit, joined, messages, thread, unpinged
from bridgebot.render.links import honest
from bridgebot.render.plain import foreign
from bridgebot.render.rich import COVER

KINDS = ("bold", "italic", "strike", "code", "spoiler")
LETTERS = ["a", "b", " ", "\n", "@", "你", "好", "。", "👩‍👩‍👧‍👦", "👍🏽", "é", "\r\n", "\u202e"]
ADDRESS = "https://stones.example/a"


def rich(marked: str) -> Rich:
    """`a *b* c`: bold between stars, a spoiler between bars, a link to ADDRESS between tildes."""
    signs = {"*": ("bold", None), "|": ("spoiler", None), "~": ("link", ADDRESS)}
    text, spans, begun = "", [], {}
    for character in marked:
        if character not in signs:
            text += character
        elif character in begun:
            spans.append(Span(begun.pop(character), len(text), *signs[character]))
        else:
            begun[character] = len(text)
    return Rich(text, tuple(spans))


def painted(text: Rich) -> list[tuple[str, frozenset[str]]]:
    """Each character with the kinds that cover it."""
    return [
        (character, frozenset(span.kind for span in text.spans if span.start <= at < span.end))
        for at, character in enumerate(text.text)
    ]


def anything(seed: int) -> Rich:
    """A text with overlapping, nested, empty and overhanging spans."""
    dice = random.Random(seed)
    text = "".join(dice.choices(LETTERS, k=dice.randrange(30)))
    places = [sorted((dice.randint(-3, len(text) + 3), dice.randint(-3, len(text) + 3))) for _ in range(6)]
    return Rich(text, tuple(Span(start, end, dice.choice(KINDS)) for start, end in places))


many = pytest.mark.parametrize("seed", range(60))


# --- every operation, against one character after the other ---


@many
def test_spans_come_into_one_form(seed):
    text = anything(seed)
    assert Rich(text.text, text.spans) == text
    assert all(0 <= span.start < span.end <= len(text) for span in text.spans)
    for kind in KINDS:
        own = [span for span in text.spans if span.kind == kind]
        assert all(one.end < two.start for one, two in pairwise(own))


@many
def test_a_slice_keeps_emphasis_on_its_words(seed):
    text = anything(seed)
    dice = random.Random(seed)
    start, end = dice.randint(-5, 35), dice.choice([None, dice.randint(-5, 35)])
    assert painted(text[start:end]) == painted(text)[start:end]


@many
def test_putting_together_keeps_emphasis_on_its_words(seed):
    one, two = anything(seed), anything(seed + 1000)
    assert painted(one + two) == painted(one) + painted(two)
    assert painted("> " + one + "!") == [
        (">", frozenset()),
        (" ", frozenset()),
        *painted(one),
        ("!", frozenset()),
    ]
    assert painted(joined("-", [one, "x", two])) == painted(one + "-x-" + two)


@many
def test_splitting_and_stripping_keep_emphasis_on_its_words(seed):
    text = anything(seed)
    assert [part.text for part in text.split("a")] == text.text.split("a")
    letters = [one for one in painted(text) if one[0] != "a"]
    assert [one for part in text.split("a") for one in painted(part)] == letters
    whole = painted(text)
    while whole and whole[0][0].isspace():
        whole.pop(0)
    while whole and whole[-1][0].isspace():
        whole.pop()
    assert painted(text.strip()) == whole


@many
@pytest.mark.parametrize("new", ["", "_", "\\1 longer"])
def test_replacing_keeps_emphasis_on_what_stays(seed, new):
    text, pattern = anything(seed), regex.compile("a+|\r\n|👍🏽")
    replaced = text.sub(pattern, new)
    assert replaced.text == pattern.sub(lambda _: new, text.text)
    kept, at = [], 0
    for found in pattern.finditer(text.text):
        kept += painted(text)[at : found.start()]
        at = found.end()
    kept += painted(text)[at:]
    stays, at, shift = [], 0, 0
    for found in pattern.finditer(text.text):
        stays += painted(replaced)[at + shift : found.start() + shift]
        at, shift = found.end(), shift + len(new) - (found.end() - found.start())
    assert stays + painted(replaced)[at + shift :] == kept


@many
@pytest.mark.parametrize("length", [1, 3, 7])
def test_cutting_keeps_emphasis_on_its_words(seed, length):
    text = anything(seed)
    parts = fit(text, Limits(length))
    assert [part.text for part in parts] == list(fit(text.text, Limits(length)))
    words = [one for one in painted(text) if not one[0].isspace()]
    assert [one for part in parts for one in painted(part) if not one[0].isspace()] == words


@many
def test_covering_leaves_nothing_of_what_is_hidden(seed):
    text = anything(seed)
    shown = [(character, kinds) for character, kinds in painted(text) if "spoiler" not in kinds]
    covered = text.covered()
    assert not covered.has("spoiler")
    assert [one[0] for one in painted(covered) if one[0] not in COVER] == [one[0] for one in shown]


@many
def test_what_is_stored_is_read_back(seed):
    text = anything(seed)
    assert Rich.read(text.text, text.stored()) == text
    assert Rich.read(text.text, None) == Rich(text.text)


# --- what words cannot say as shortly ---


def test_emphasis_around_what_is_replaced_covers_what_replaces_it():
    assert unpinged(rich("*hi @ada*, @lin")) == rich("*hi @\u2060ada*, @\u2060lin")
    assert foreign(rich("*a\r\nb*\u202ec")) == rich("*a\nb*c")


@pytest.mark.parametrize(
    ("typed", "text", "left"),
    [
        ("/post *hi* there", "hi there", "*hi* there"),
        ("*/post hi* there", "hi there", "*hi* there"),
        ("/re 3bd 👍🏽 *你好*  ", "👍🏽 你好", "👍🏽 *你好*"),
        ("+north *a* a", "a", "a"),
        ("*x*", "elsewhere", "elsewhere"),
    ],
)
def test_the_tail_of_what_was_typed_keeps_its_emphasis(typed, text, left):
    assert rich(typed).tail(text) == rich(left)


def test_a_network_gets_only_the_kinds_that_it_knows():
    text = rich("*bold* |hidden| ~label~.")
    assert text.only({"bold", "spoiler", "link"}) == text
    assert text.only({"spoiler"}) == rich(f"bold |hidden| label ({ADDRESS}).")
    assert text.only(()) == Rich(f"bold hidden label ({ADDRESS}).")


@pytest.mark.parametrize("label", [ADDRESS, "@a", "#a"])
def test_an_address_is_not_said_twice(label):
    assert rich(f"see ~{label}~!").only(()) == Rich(f"see {label}!")


def test_a_name_that_leads_elsewhere_is_told_from_it():
    assert rich("see ~@e~!").only(()) == Rich(f"see @e ({ADDRESS})!")
    label = "@ada@stones.example"
    mention = Rich(label, (Span(0, len(label), "link", "https://stones.example/@ada"),))
    assert mention.only(()) == honest(mention) == Rich(label)


def test_emphasis_ends_before_an_address_and_hiding_behind_it():
    assert rich("*~label~*").only({"bold"}) == rich(f"*label* ({ADDRESS})")
    assert rich("|~label~|").only({"spoiler"}) == rich(f"|label ({ADDRESS})|")
    assert rich("~a~*b*").only({"bold"}) == rich(f"a ({ADDRESS})*b*")


def test_links_lead_to_the_web_only():
    for url in (
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "",
        None,
        "https://a.b/\u202ec",
        "https://a b",
        "https://a\\@b",
    ):
        assert Rich("label", (Span(0, 5, "link", url),)).spans == ()
    assert Rich("label", (Span(0, 5, "bold", "https://a.b"),)).spans == (Span(0, 5, "bold"),)


def test_no_link_stands_in_another():
    urls = [f"https://a.b/{number}" for number in range(3)]
    spans = (Span(0, 4, "link", urls[0]), Span(1, 9, "link", urls[1]), Span(4, 6, "link", urls[2]))
    text = Rich("x" * 9, (*spans, Span(4, 5, "link", urls[0])))
    assert text.spans == (spans[0], spans[2])


def test_a_link_under_a_cover_leaks_no_address():
    assert rich("see |~this~| now").covered().only(()) == Rich(f"see {COVER} now")


# --- foreign links ---


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("a nice page", "https://evil.example/"),
        ("bank.example", "https://bank.example/"),
        ("https://www.bank.example/a", "https://bank.example/a/b"),
        ("bank.example/a/lo…", "https://bank.example/a/long"),
        ("你好。再见", "https://evil.example/"),
        ("...", "https://evil.example/"),
    ],
)
def test_a_label_that_says_nothing_else_is_a_link(label, url):
    text = Rich(label, (Span(0, len(label), "link", url),))
    assert honest(text) == text


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("bank.example", "https://evil.example/"),
        ("see bank.example for more", "https://evil.example/"),
        ("https://bank.example/", "https://bank.example@evil.example/"),
        ("bank.example", "https://bank.example.evil.example/"),
        ("bank.example/a", "https://bank.example/abc"),
        ("ba\u200bnk.exa\u00admple", "https://evil.example/"),
        ("bank。example", "https://evil.example/"),
        ("bank．example", "https://evil.example/"),
        ("www.bank.example", "https://evil.example/bank.example"),
        ("银行.中国", "https://evil.example/"),
        ("bank.example", "https://[evil"),
        ("tg://bank", "https://evil.example/"),
    ],
)
def test_a_label_that_passes_for_another_address_is_told_from_it(label, url):
    told = honest(Rich(label, (Span(0, len(label), "link", url),)))
    assert told == Rich(f"{label} ({url})")


# --- cutting ---


def test_a_long_text_is_cut_with_its_emphasis_where_telegram_counts():
    limits = Limits(4096, "utf16")
    text = rich("*" + "👩‍👩‍👧‍👦你好。" * 900 + "*|" + "剧透" * 900 + "|")
    parts = messages(text, limits, foreign=True)
    assert len(parts) > 2
    assert all(limits.fits(part.text) for part in parts)
    assert parts[0].spans == (Span(0, len(parts[0]), "bold"),)
    for part in parts[1:]:
        assert part.text.startswith(MARK)
        assert all(not kinds for _, kinds in painted(part)[: len(MARK)])
        assert all(kinds for _, kinds in painted(part)[len(MARK) :])
    assert parts[-1].spans[-1] == Span(parts[-1].spans[-1].start, len(parts[-1]), "spoiler")


def test_the_number_of_a_part_is_not_emphasised():
    whole = rich("*" + "word " * 30 + "*")
    parts = thread(Draft(whole.text, spans=whole.spans), Limits(40))
    assert len(parts) > 3
    for part in parts:
        assert [part.text[span.start : span.end] for span in part.spans] == [part.text.rpartition(" (")[0]]


def test_hostile_emphasis_takes_little_time():
    length = 20_000
    spans = tuple(Span(at, at + 3, KINDS[at % 5]) for at in range(length))
    links = tuple(Span(at, at + 1, "link", f"{ADDRESS}{at}") for at in range(0, length, 10))
    text = Rich("a\n@b" * (length // 4), spans + links)
    before = time.process_time()
    lines = honest(unpinged(foreign(text)).covered()).split("\n")
    assert len(lines) > length // 20
    assert all(line.only(()).spans == () for line in lines)
    assert time.process_time() - before < 10
