"""What people read: fitted texts, mirrored posts, receipts, short ids. Pure functions, tested as such."""

import itertools
import random
import re
from dataclasses import replace

import pytest
import regex

from bridgebot import render
from bridgebot.model import Audience, Draft, Limits
from bridgebot.render import Item, Outcome, Quote, Receipt, plain
from bridgebot.texts import Texts

TEXTS = Texts()


# --- short ids ---


def test_short_ids_are_those_of_the_documentation():
    assert [render.short_id(n) for n in (1, 2, 3)] == ["2k7", "3bd", "4mt"]


def test_short_ids_are_never_used_twice():
    codes = [render.short_id(n) for n in range(1, 164_000)]
    assert len(set(codes)) == len(codes)
    assert [render.short_number(code) for code in codes] == list(range(1, 164_000))
    assert [len(codes[n - 1]) for n in (5832, 5833, 163_296, 163_297)] == [3, 4, 4, 5]


def test_short_ids_are_no_words_and_cannot_be_misread():
    codes = [render.short_id(n) for n in range(1, 5833)]
    assert all(code[0].isdigit() for code in codes)
    assert not set("".join(codes)) & set("aeiouy01l")
    assert "".join(codes) == "".join(codes).lower()
    alike = [a for a, b in itertools.pairwise(codes) if a[0] == b[0] or a[1] == b[1]]
    assert not alike


@pytest.mark.parametrize(
    "word", ["", "2", "2k", "k72", "2K7", "2a7", "2k0", "2kl", "home", "1k7", "2k7777777"]
)
def test_what_is_no_short_id(word):
    assert not render.is_short_id(word)
    assert render.short_number(word) is None


def test_posts_are_counted_from_one():
    with pytest.raises(ValueError):
        render.short_id(0)


# --- fitting ---


def squeezed(text):
    return "".join(text.split())


LIMITS = (
    Limits(40),
    Limits(60, "utf16"),
    Limits(80, "bytes"),
    Limits(30, "graphemes"),
    Limits(45, url_length=23),
    Limits(45, "graphemes", url_most=20),
    Limits(30, "graphemes", max_bytes=60),
)
PIECES = (
    "word", "a", "ponderous", "你好", "，", "。", "世界", "！", "\n\n", "\n", " ", "  ", ". ", "? ", "…",
    "😀", "👩‍👩‍👧‍👦", "🇨🇳", "e\u0301", "https://example.social/@ada/1", "http://a.b/?c=d#e", "안녕",
    "ありがとう", "(", ")", "“", "”", "@lin", "#tag",
)  # fmt: skip


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("numbered", [False, True])
def test_nothing_is_lost_and_every_part_fits(limits, numbered):
    chance = random.Random(f"{limits}{numbered}")
    for _ in range(150):
        text = "".join(chance.choice(PIECES) + chance.choice(("", " ")) for _ in range(chance.randint(1, 60)))
        parts = render.fit(text, limits, numbered=numbered)
        assert all(limits.fits(part) for part in parts), (text, parts)
        if len(parts) > 1 and numbered:
            assert [part.rpartition(" (")[2] for part in parts] == [
                f"{n}/{len(parts)})" for n in range(1, len(parts) + 1)
            ]
            parts = [part.rpartition(" (")[0] for part in parts]
        assert squeezed("".join(parts)) == squeezed(text)
        whole = regex.findall(r"\X", text)
        assert [g for part in parts for g in regex.findall(r"\X", part) if g.strip()] == [
            g for g in whole if g.strip()
        ], "a grapheme was cut"


def test_what_fits_is_left_as_it_is():
    text = "  just\n\nas it is  "
    assert render.fit(text, Limits(18), numbered=True) == (text,)


@pytest.mark.parametrize(
    ("text", "length", "parts"),
    [
        ("One two three.\n\nFour five six seven.", 30, ("One two three.", "Four five six seven.")),
        ("One two three. Four five.\nSix seven.", 30, ("One two three. Four five.", "Six seven.")),
        ("One two three. Four five six seven", 26, ("One two three.", "Four five six seven")),
        ("今天天气很好。我们去公园吧！好吗", 10, ("今天天气很好。", "我们去公园吧！好吗")),
        ("one two three four", 10, ("one two", "three four")),
        ("今天，天气很好我们去公园", 6, ("今天，天气很", "好我们去公园")),
        ("abcdefghijkl", 5, ("abcde", "fghij", "kl")),
        ("see https://example.org/x now", 22, ("see", "https://example.org/x", "now")),
        ("看https://example.org/x吧好不好", 22, ("看https://example.org/x", "吧好不好")),
        ("你好! 今天“很好”", 6, ("你好! 今天", "“很好”")),
        ("共有100元，好的", 5, ("共有", "100元，", "好的")),
        ("what… ever (and on)", 8, ("what…", "ever", "(and on)")),
    ],
)
def test_cuts_where_it_hurts_least(text, length, parts):
    assert render.fit(text, Limits(length)) == parts


def test_an_address_is_cut_only_if_it_fits_nowhere():
    url = "https://example.org/" + "x" * 50
    assert render.fit(f"see {url}", Limits(30))[0] == "see"
    assert "".join(render.fit(f"see {url}", Limits(30))[1:]) == url
    assert render.fit(f"see {url}", Limits(30, url_length=23)) == (f"see {url}",)


def test_an_address_that_is_shown_cut_short_counts_for_no_more_than_is_shown():
    limits = Limits(30, "graphemes", url_most=20)
    long, short = "https://example.org/" + "x" * 50, "https://e.org/"
    assert limits.length(f"see {long} and {short}") == 4 + 20 + 5 + len(short)
    assert render.fit(f"see {long}", limits) == (f"see {long}",)
    assert render.fit(f"see {long} and more words", limits) == (f"see {long} and", "more words")
    assert limits.urls(f"see {long}.") == ((4, 4 + len(long)),)


def test_a_family_is_never_torn_apart():
    assert render.fit("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", Limits(7)) == ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦")


def test_a_letter_is_torn_apart_only_if_it_fits_nowhere():
    limits = Limits(300, "graphemes", max_bytes=30)
    tower = "a" + "\u0301" * 40  # one grapheme, 81 bytes
    parts = render.fit(f"{tower} and on", limits)
    assert all(limits.fits(part) for part in parts)
    assert squeezed("".join(parts)) == squeezed(f"{tower} and on")


def test_bytes_count_beside_graphemes():
    family = "👩‍👩‍👧‍👦"  # 25 bytes
    limits = Limits(300, "graphemes", max_bytes=3000)
    assert limits.fits(family * 120)
    assert not limits.fits(family * 121)
    assert not limits.fits("a" * 301)
    assert [len(part) // len(family) for part in render.fit(family * 250, limits)] == [120, 120, 10]
    numbered = render.fit(family * 250, limits, numbered=True)
    assert all(limits.fits(part) for part in numbered)
    assert max(len(part.encode()) for part in numbered) > 2970


def test_more_than_nine_parts_are_numbered_with_two_digits():
    limits = Limits(20)
    parts = render.fit(" ".join(["word"] * 40), limits, numbered=True)
    assert len(parts) > 9
    assert all(limits.fits(part) for part in parts)
    assert parts[-1].endswith(f"({len(parts)}/{len(parts)})")


def test_a_long_text_takes_no_long_time():
    text = "字" * 20_000 + "word " * 20_000
    assert squeezed("".join(render.messages(text, Limits(4096)))) == squeezed(text)


# --- threads and messages ---


def test_a_draft_that_fits_stays_one_post():
    draft = Draft("short", reply_to="7", warning="food")
    assert render.thread(draft, Limits(20)) == (draft,)


def test_a_thread_keeps_audience_warning_and_language_on_every_post():
    draft = Draft("one two three four five six seven", Audience.FOLLOWERS, "food", "en", reply_to="7")
    parts = render.thread(draft, Limits(24))
    assert len(parts) == 3
    assert {(p.audience, p.warning, p.language) for p in parts} == {(Audience.FOLLOWERS, "food", "en")}
    assert [p.reply_to for p in parts] == ["7", None, None]
    assert all(len(p.text) + len("food") <= 24 for p in parts)


def test_a_warning_that_stands_in_the_text_counts_with_what_frames_it():
    limits = Limits(60, "graphemes", max_bytes=100, warning_frame="CW: \n\n")
    draft = Draft("你好" * 30, warning="食物")
    parts = render.thread(draft, limits)
    assert all(limits.fits(f"CW: {part.warning}\n\n{part.text}") for part in parts)
    assert len(parts) == 3
    whole = Draft("a" * 50, warning="food")
    assert render.thread(whole, limits) == (whole,)
    assert len(render.thread(Draft("a" * 51, warning="food"), limits)) == 2


def test_a_long_mirrored_post_cannot_speak_as_the_bot_at_a_cut():
    limits = Limits(60)
    text = mirrored(Item("3bd", "Plaza", "@lin", "#2k7 public ✓ Plaza. " * 12))
    parts = render.messages(text, limits, foreign=True)
    assert len(parts) > 3
    assert all(limits.fits(part) for part in parts)
    assert parts[0].startswith("@lin on Plaza [3bd]: ")
    assert all(line.startswith("│ ") for part in parts[1:] for line in part.splitlines())


# --- mirrored posts ---

ITEM = Item("3bd", "Plaza", "@lin", "欢迎! what did you use to post this?")


def mirrored(item, language="en"):
    return render.mirror(item, language, TEXTS).text


def test_a_short_post_is_one_line():
    assert mirrored(ITEM) == "@lin on Plaza [3bd]: 欢迎! what did you use to post this?"
    assert mirrored(ITEM, "zh-CN").endswith("：欢迎! what did you use to post this?")


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"boosted_by": "@grete"}, ["@grete boosted @lin on Plaza [3bd]: hello"]),
        ({"audience": Audience.DIRECT}, ["@lin on Plaza [3bd] (direct): hello"]),
        ({"audience": Audience.FOLLOWERS}, ["@lin on Plaza [3bd] (followers only): hello"]),
        ({"audience": Audience.UNLISTED}, ["@lin on Plaza [3bd]: hello"]),
        ({"edited": True}, ["@lin on Plaza [3bd] (edited): hello"]),
        ({"deleted": True, "url": "https://a.b/1"}, ["@lin on Plaza [3bd]: deleted by its author"]),
        ({"url": "https://a.b/1"}, ["@lin on Plaza [3bd]: hello"]),
        ({"url": "https://a.b/1", "text": "a\nb"}, ["@lin on Plaza [3bd]: a", "│ b", "↗ https://a.b/1"]),
        (
            {"url": "https://a.b/1", "text": "a\nhttps://a.b/1"},
            ["@lin on Plaza [3bd]: a", "│ https://a.b/1"],
        ),
        ({"quote": Quote("@you", "one\ntwo")}, ["@lin on Plaza [3bd]: hello", "↩ @you: one two"]),
        ({"warning": "food", "url": "https://a.b/1"}, ["@lin on Plaza [3bd]: ⚠ food", "↗ https://a.b/1"]),
        ({"warning": "food"}, ["@lin on Plaza [3bd]: ⚠ food", "│ hello"]),
    ],
)
def test_what_belongs_to_a_post_is_told(changes, lines):
    assert mirrored(replace(ITEM, text="hello") if "text" not in changes else ITEM)
    item = replace(ITEM, **({"text": "hello"} | changes))
    assert mirrored(item).split("\n") == lines


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_foreign_lines_cannot_pass_for_the_bots(line_break):
    text = f"hi{line_break}#2k7 public ✓ Plaza{line_break}bot   ✓ took back"
    for warning in (None, "x"):
        shown = mirrored(replace(ITEM, text=text, warning=warning))
        assert all(line.startswith("│ ") for line in shown.splitlines()[1:])
        assert len(shown.splitlines()) == (3 if warning is None else 4)


@pytest.mark.parametrize(
    "name",
    [
        "li\u202en",
        "l\u200bin",
        "li\u2066n",
        "\ufeffli\nn",
        "li\x1b[31mn",
        "l\u00adin",
        "li\u3164n",
        "l\u2800in",
    ],
)
def test_hostile_names_are_stripped(name):
    shown = render.clean_name(name)
    assert shown.replace(" ", "").replace("[31m", "") == "lin"
    text = mirrored(replace(ITEM, handle=name, boosted_by=name, quote=Quote(name, name)))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text)
    assert len(text.splitlines()) == 2


def test_names_keep_what_can_be_seen():
    for name in ("林 小雨", "👩🏽‍🚀 Ada", "👨‍👩‍👧", "Zoë", "ada@example.social", "مرحبا"):
        assert render.clean_name(name) == name
    assert len(render.clean_name("x" * 1000)) == 64


def test_reordering_marks_cannot_turn_the_line_round():
    shown = mirrored(replace(ITEM, text="\u202eevil\u2066 text"))
    assert shown == "@lin on Plaza [3bd]: evil text"


def test_nobody_is_pinged_in_a_chat_that_others_read():
    item = replace(
        ITEM, text="@ada and ada@example.social see https://a.example/@ada/1", quote=Quote("@you", "@all")
    )
    shown = render.unpinged(mirrored(item))
    assert not re.search(r"(?<![\w/])@\w", shown)
    assert shown.replace("\u2060", "") == mirrored(item)
    assert "https://a.example/@ada/1" in shown
    assert "ada@example.social" in shown


def test_curly_braces_of_others_are_text():
    assert "{ $who } { -term }" in mirrored(replace(ITEM, text="{ $who } { -term }"))


# --- receipts ---

PLAZA = Outcome("Plaza", "posted", "http://127.0.0.1:8790/@you/1")
PEBBLE = Outcome("Pebble", "posted")


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            Receipt("2k7", Audience.PUBLIC, (PLAZA, PEBBLE), undo=True),
            "#2k7 public ✓ Plaza http://127.0.0.1:8790/@you/1 ✓ Pebble        undo: /undo",
        ),
        (Receipt("2k7", Audience.PUBLIC, (PEBBLE,)), "#2k7 public ✓ Pebble"),
        (
            Receipt("4mt", Audience.PUBLIC, (PLAZA,), reply_to="@lin", undo=True),
            "#4mt ✓ replied to @lin on Plaza",
        ),
        (
            Receipt("4mt", Audience.DIRECT, (replace(PLAZA, state="sending"),), reply_to="@lin"),
            "#4mt reply to @lin, direct … Plaza",
        ),
        (
            Receipt("4mt", Audience.UNLISTED, (PEBBLE, Outcome("X", "failed", reason="no")), reply_to="@lin"),
            "#4mt reply to @lin, unlisted ✓ Pebble ✗ X: no",
        ),
        (
            Receipt("2k7", Audience.PUBLIC, (PEBBLE, Outcome("X", "held", reason="/relink x and it goes"))),
            "#2k7 public ✓ Pebble ✗ X: /relink x and it goes",
        ),
        (
            Receipt("2k7", Audience.PUBLIC, (Outcome("X", "unconfirmed"), Outcome("Y", "queued"))),
            "#2k7 public ? X: no clear answer yet, it may be there already … Y",
        ),
        (
            Receipt("2k7", Audience.PUBLIC, (replace(PEBBLE, parts=3),)),
            "#2k7 public ✓ Pebble (thread of 3)",
        ),
        (
            Receipt("2k7", Audience.PUBLIC, (Outcome("X", "failed", reason="no"),), undo=True),
            "#2k7 public ✗ X: no",
        ),
        (
            Receipt(
                "2k7",
                Audience.PUBLIC,
                (replace(PLAZA, state="deleted"), Outcome("X", "deleting")),
                deleted=True,
                undo=True,
            ),
            "#2k7 taken back – Plaza … X: being deleted",
        ),
        (
            Receipt("2k7", Audience.FOLLOWERS, (Outcome("X", "cancelled"),), losses=("Alt text was lost.",)),
            "#2k7 followers only – X: not sent\n  Alt text was lost.",
        ),
        (Receipt("5zz", Audience.DIRECT, memo=True, undo=True), "#5zz ✓ memo kept, only you can see it"),
        (Receipt("5zz", Audience.DIRECT, memo=True, deleted=True), "#5zz ✓ memo deleted"),
    ],
)
def test_receipts(told, line):
    assert render.receipt(told, "en", TEXTS) == line
    chinese = render.receipt(told, "zh-CN", TEXTS)
    assert chinese.startswith(f"#{told.code}")
    assert chinese != line


@pytest.mark.parametrize(
    "state", ["queued", "sending", "unconfirmed", "failed", "held", "deleting", "deleted", "cancelled"]
)
def test_never_posted_before_the_network_said_so(state):
    told = Receipt("2k7", Audience.PUBLIC, (Outcome("X", state, url="https://x/1"),), reply_to="@lin")
    shown = render.receipt(told, "en", TEXTS)
    assert "✓" not in shown
    assert "https://x/1" not in shown


def test_what_a_rule_carried_on():
    told = Receipt(
        "7k3", Audience.PUBLIC, (Outcome("Plaza", "posted"), Outcome("X", "failed", reason="512 of 280"))
    )
    text = "a walk\nin the park " * 9
    assert (
        render.synced(told, render.Written("Pebble", "a walk", "pebble"), "en", TEXTS)
        == "↔ #7k3 from Pebble: a walk ✓ Plaza ✗ X: 512 of 280"
    )
    assert len(render.synced(told, render.Written("Pebble", text, "pebble"), "en", TEXTS)) < 120
    gone = replace(told, deleted=True, outcomes=(Outcome("Plaza", "deleted"),))
    assert (
        render.synced(gone, render.Written("Pebble", "a walk", "pebble"), "en", TEXTS)
        == "↔ #7k3 from Pebble taken back: a walk – Plaza"
    )


def test_one_line():
    assert render.one_line(" a\n b\t c ", 5) == "a b c"
    assert render.one_line("👩‍👩‍👧‍👦" * 6, 5) == "👩‍👩‍👧‍👦" * 4 + "…"


def test_whatever_acts_is_looked_for_before_a_text_is_taken_for_clean():
    characters = [chr(code) for code in range(0x110000)]
    acting = {one for one in characters if plain._ACTING.search(one)}
    cleaned = (plain._REORDERING, plain._CONTROL, plain._BREAKS)
    assert acting == {one for one in characters if any(pattern.search(one) for pattern in cleaned)}
    assert {"\x1b", "\u202e", "\u2028", "\r"} <= acting


def test_a_name_of_plain_letters_stays_and_one_with_what_cannot_be_seen_loses_it():
    assert render.clean_name("@lin@example.org") == "@lin@example.org"
    assert render.clean_name("@l\x1bin\x00") == "@lin"
    assert render.clean_url("https://example.org/a\tb\x7f") == "https://example.org/ab"
