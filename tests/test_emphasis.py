"""Emphasis, hidden words and media on their way through the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot import commands, render
from bridgebot.errors import TargetGone
from bridgebot.model import Attachment, Limits, Span, changed
from bridgebot.outbox import calls
from bridgebot.render import Item
from bridgebot.store import posts
from bridgebot.store import tables as t
from bridgebot.testing import chat_side, social_side
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.texts import Texts
from tests.house import TestHouse
from tests.test_rich import rich

BOLD = (Span(0, 2, "bold"),)
PLAIN = frozenset()
PAGE = "https://pages.example/1"
CAT = Attachment("image", "https://media.example/cat.png", "a cat,\nasleep")


def a_house(tmp_path, *, chat=None, **socials):
    """A house whose chat and networks know these kinds of emphasis, or are as given."""
    able = {
        name: given if not isinstance(given, frozenset) else replace(social_side.EVERYTHING, markup=given)
        for name, given in socials.items()
    }
    knows = chat_side.EVERYTHING.markup if chat is None else chat
    return TestHouse(
        tmp_path,
        chat=MemoryChat(name="chat", capabilities=replace(chat_side.EVERYTHING, markup=knows)),
        socials=tuple(
            MemorySocial(name=name, capabilities=capabilities) for name, capabilities in able.items()
        ),
    )


@pytest.fixture
async def ada(tmp_path):
    """Ada posts on North, which knows every kind of emphasis, and on South, which knows none."""
    async with a_house(tmp_path, north=social_side.EVERYTHING.markup, south=PLAIN) as house:
        await house.user("ada", "north", "south")
        yield house


def only(house, name):
    """The only post of a network, with its emphasis, and its warning."""
    [post] = house.social(name).posts
    return render.Rich(post.text, post.spans), post.warning


async def says(house, marked, **more):
    text = rich(marked)
    return await house.says(text.text, spans=text.spans, **more)


# --- from the chat to the networks ---


@pytest.mark.parametrize(
    ("typed", "posted"),
    [
        ("👍🏽 你好 *重点* there", "👍🏽 你好 *重点* there"),
        ("/post *hi* there", "*hi* there"),
        ("／post　*hi* there", "*hi* there"),
        ("*/post hi* there", "*hi* there"),
        ("/post +north +south  a *b*", "a *b*"),
        ("/to north, south a *b*", "a *b*"),
        ("//*slash*", "/*slash*"),
        ("/发你好*重点*", "你好*重点*"),
    ],
)
async def test_emphasis_is_posted_where_it_was_typed(ada, typed, posted):
    await says(ada, typed)
    assert only(ada, "north") == (rich(posted), None)
    assert only(ada, "south") == (render.Rich(rich(posted).text), None)


async def test_a_reply_bears_its_emphasis(ada):
    await ada.shows("a question")
    code = ada.chat.last().partition("[")[2].partition("]")[0]
    await says(ada, f"/re {code} so *it* is")
    post = ada.social("north").posts[-1]
    assert render.Rich(post.text, post.spans) == rich("so *it* is")


async def test_a_link_becomes_words_where_a_network_has_none(ada):
    await says(ada, "read ~this~ now")
    assert only(ada, "north") == (rich("read ~this~ now"), None)
    assert only(ada, "south")[0].text == "read this (https://stones.example/a) now"


async def test_what_was_asked_about_keeps_its_emphasis(tmp_path):
    async with a_house(tmp_path, north=social_side.EVERYTHING.markup) as house:
        await house.user("ada", "north", plain="ask")
        await says(house, "a *b* |c|")
        assert house.social("north").posts == []
        house.chat.press("Post")
        await house.settle()
        assert only(house, "north") == (rich("a *b* |c|"), None)


async def test_a_thread_is_cut_with_its_emphasis(ada):
    await says(ada, "*" + "word " * 150 + "end*")
    parts = ada.social("north").posts
    assert len(parts) == 2
    assert all(part.spans == (Span(0, part.text.rindex(" ("), "bold"),) for part in parts)


async def test_an_edit_brings_its_own_emphasis(ada):
    line = await says(ada, "/post a *b* c")
    new = rich("/post 你好 *c* d")
    ada.chat.edit_line(line, new.text, spans=new.spans)
    await ada.settle()
    assert only(ada, "north") == (rich("你好 *c* d"), None)
    ada.chat.edit_line(line, new.text)  # the words stay, the emphasis goes
    await ada.settle()
    assert only(ada, "north") == (rich("你好 c d"), None)


async def test_the_edit_command_brings_its_own_emphasis(ada):
    line = await says(ada, "*a*")
    await says(ada, "/edit b *c*", reply_to=line)
    assert only(ada, "north") == (rich("b *c*"), None)


async def test_a_memo_keeps_its_emphasis_until_it_is_shared(ada):
    await says(ada, "/memo *a* b")
    code = ada.chat.last().partition("#")[2].split()[0]
    await ada.says(f"/share {code}")
    assert only(ada, "north") == (rich("*a* b"), None)


# --- hidden words ---


@pytest.mark.parametrize("typed", ["|all of it|", "who did it: |you|"])
async def test_hidden_words_are_never_published_openly(ada, typed):
    await says(ada, typed)
    assert only(ada, "north") == (rich(typed), None)
    assert only(ada, "south") == (render.Rich(rich(typed).text), "spoiler")


async def test_a_warning_is_in_the_language_of_its_writer(ada):
    await ada.says("/language zh")
    await says(ada, "|结局|")
    assert only(ada, "south")[1] == "剧透"


async def test_a_warning_that_was_chosen_stays(ada):
    await ada.says("/cw food")
    await says(ada, "|cake|")
    assert [only(ada, name)[1] for name in ("north", "south")] == ["food", "food"]


async def test_a_network_that_can_hide_nothing_is_left_out_and_named(tmp_path):
    bare = replace(social_side.EVERYTHING, markup=PLAIN, warnings=False)
    async with a_house(tmp_path, north=PLAIN, south=bare) as house:
        await house.user("ada", "north", "south")
        await says(house, "/post |all of it|")
        await house.wait(2)
        assert only(house, "north")[1] == "spoiler"
        assert house.social("south").posts == []
        assert "✗ South: it cannot carry a content warning" in house.chat.last()
        line = await house.says("/post open")
        hidden = rich("/post |hidden|")
        house.chat.edit_line(line, hidden.text, spans=hidden.spans)
        await house.wait(2)
        assert house.social("south").texts() == ["open"]
        assert house.social("north").posts[-1].warning == "spoiler"


async def test_a_question_shows_the_warning_that_will_stand_there(tmp_path):
    async with a_house(tmp_path, north=PLAIN) as house:
        await house.user("ada", "north", plain="ask")
        await says(house, "who did it: |you|")
        assert house.chat.messages()[-1].text.endswith("⚠ spoiler\nwho did it: you")


async def test_a_quote_and_a_thread_hide_what_they_quote(ada):
    hidden = rich("who did it: |you|")
    await ada.shows(hidden.text, spans=hidden.spans)
    parent = ada.social("north").posts[-1]
    code = ada.chat.last().partition("[")[2].partition("]")[0]
    ada.social("north").add_post("lin", "really?", reply_to=parent.id)
    await ada.poll()
    assert ada.chat.last().splitlines()[1] == "↩ @lin@north.example: who did it: ▒▒▒"
    await ada.says(f"/thread {code}")
    assert "who did it: ▒▒▒" in ada.chat.last()
    assert "you" not in ada.chat.last()


async def test_a_quote_of_what_stands_behind_a_warning_is_the_warning(ada):
    await ada.shows("cake", warning="food")
    parent = ada.social("north").posts[-1]
    ada.social("north").add_post("lin", "really?", reply_to=parent.id)
    await ada.poll()
    assert ada.chat.last().splitlines()[1] == "↩ @lin@north.example: ⚠ food"


# --- from the networks into the chat ---


async def test_an_item_bears_the_emphasis_of_its_author(ada):
    text = rich("👍🏽 *你好*\n*b* |c|")
    await ada.shows(text.text, spans=text.spans)
    line = ada.chat.messages()[-1]
    shown = [(line.text[span.start : span.end], span.kind) for span in line.spans]
    assert shown == [("你好", "bold"), ("b", "bold"), ("c", "spoiler")]


async def test_an_edit_of_emphasis_alone_reaches_the_item(ada):
    await ada.shows("a b")
    ada.clock.skip(60)
    ada.social("north").edit_post(ada.social("north").posts[-1].id, "a b", spans=(Span(0, 1, "bold"),))
    await ada.poll()
    line = ada.chat.messages()[-1]
    assert [line.text[span.start : span.end] for span in line.spans] == ["a"]


async def test_a_post_that_is_met_again_unedited_changes_nothing(ada):
    await ada.shows("a b", media=(CAT,))
    network = ada.social("north").network
    [old] = network.standing.values()
    network._stands(changed(old, media=(changed(CAT, url=f"{CAT.url}?signed"),)))
    await ada.poll()
    assert ada.chat.messages()[-1].edits == 0


async def test_a_picture_alone_is_not_empty(ada):
    await ada.shows("", media=(CAT,))
    assert ada.chat.last().endswith("]: 🖼 a cat, asleep")
    await ada.says("/settings pictures off")
    await ada.shows("", media=(CAT,))
    assert ada.chat.last().endswith("]: 🖼 a cat, asleep: https://media.example/cat.png")


@pytest.mark.parametrize(("text", "before"), [("", ""), ("look: *this*", "look: *this*\n")])
async def test_a_rule_carries_emphasis_and_addresses_of_pictures_that_are_gone(
    ada, text, before, monkeypatch
):
    async def gone(http, url, most):
        raise TargetGone()
        yield

    monkeypatch.setattr("bridgebot.outbox.carrier.fetch", gone)
    await ada.says("/sync north to south")
    await ada.poll()
    await ada.wait(1)
    ada.social("north").add_post("ada", rich(text).text, spans=rich(text).spans, media=(CAT,))
    await ada.poll()
    await ada.wait(2)
    assert ada.social("south").texts() == [f"{rich(before).text}🖼 a cat, asleep: {CAT.url}"]
    assert ada.social("north").texts() == [rich(text).text]


async def test_old_words_and_media_are_wiped(ada):
    await ada.shows("", media=(CAT,), spans=())
    await ada.shows("words", spans=(Span(0, 5, "bold"),))
    before = ada.clock.now() + timedelta(days=1)
    assert await ada.store.run(lambda tx, now: posts.forget_old(tx, before)) == 2
    assert await ada.store.run(lambda tx, now: posts.forget_old(tx, before)) == 0
    kept = await ada.store.read(
        lambda tx, now: [
            (row.text, row.spans, row.media) for row in tx.connection.execute(sa.select(t.post)).all()
        ]
    )
    assert kept == [("", [], [])] * 2


def test_what_an_older_version_froze_or_asked_is_still_understood():
    frozen = {
        "message": {"text": "a", "language": "en", "buttons": []},
        "draft": {"text": "b", "audience": "public"},
    }
    assert calls.outgoing(frozen).spans == calls.as_draft(frozen).spans == ()
    assert commands._wish({"text": "c", "message": "m1"}).rich == rich("c")


# --- items ---

ITEM = Item("3bd", "Plaza", "@lin", "")
HEAD = "@lin on Plaza [3bd]: "
ALL = chat_side.EVERYTHING.markup


def shown(marked="", *, markup=ALL, **more):
    text = rich(marked)
    item = replace(ITEM, text=text.text, spans=text.spans, markup=markup, **more)
    return render.mirror(item, "en", Texts())


def test_no_emphasis_covers_the_bots_own_marks():
    assert shown("*a\nb*", url=PAGE) == rich(f"{HEAD}*a*\n│ *b*\n↗ ") + PAGE


def test_a_chat_gets_only_the_kinds_that_it_shows():
    assert shown("*a* ~b~", markup=frozenset({"link"})) == rich(f"{HEAD}a ~b~")
    assert shown("*a* ~b~", markup=frozenset({"bold"})) == rich(f"{HEAD}*a* b (https://stones.example/a)")
    assert shown("a |b|", markup=PLAIN, url=PAGE).text == f"{HEAD}a ▒▒▒\n↗ {PAGE}"


def test_a_link_in_foreign_words_cannot_pass_for_another():
    assert shown("~bank.example~") == rich(f"{HEAD}bank.example (https://stones.example/a)")


def test_behind_a_warning_the_words_are_hidden_where_the_chat_can():
    assert shown("*a*\nb", warning="food", url=PAGE) == rich(f"{HEAD}⚠ food\n│ |*a*|\n│ |b|\n↗ ") + PAGE
    assert shown("a", warning="food", url=PAGE, markup=PLAIN).text == f"{HEAD}⚠ food\n↗ {PAGE}"
    assert shown("a", warning="food", markup=PLAIN).text == f"{HEAD}⚠ food\n│ a"


def test_media_are_lines_behind_the_text():
    media = (
        Attachment("video", "https://media.example/2"),
        Attachment("audio", "https://media.example/3", "song\u202e"),
        Attachment("file", "javascript:alert(1)", "x" * 500),
    )
    lines = shown("hi", media=(CAT, *media)).text.split("\n")
    assert lines[:4] == [
        f"{HEAD}hi",
        "🖼 a cat, asleep: https://media.example/cat.png",
        "🎬 https://media.example/2",
        "🔊 song: https://media.example/3",
    ]
    assert lines[4] == f"📎 {'x' * 119}…"
    assert shown("hi", media=(CAT,) * 7).text.split("\n")[4:] == [lines[1], "… +3"]


def test_media_behind_a_warning_are_hidden_or_left_to_the_address():
    hidden = shown("a", media=(CAT,), warning="food", url=PAGE)
    line = "🖼 a cat, asleep: https://media.example/cat.png"
    assert hidden == rich(f"{HEAD}⚠ food\n│ |a|\n|{line}|\n↗ ") + PAGE
    assert shown("", media=(CAT,), warning="food", url=PAGE) == rich(f"{HEAD}⚠ food\n|{line}|\n↗ ") + PAGE
    assert line not in shown("a", media=(CAT,), warning="food", url=PAGE, markup=PLAIN).text


def test_in_a_group_nobody_is_pinged_by_emphasis_or_media():
    told = render.unpinged(shown("*@ada*", media=(changed(CAT, alt="@lin"),), url=PAGE))
    assert told == rich("@\u2060lin on Plaza [3bd]: *@\u2060ada*\n🖼 @\u2060lin: ") + CAT.url


def test_a_long_item_is_cut_with_its_emphasis():
    limits = Limits(200, "utf16")
    parts = render.messages(shown("*" + "👍🏽 字 " * 100 + "*", url=PAGE), limits, foreign=True)
    assert len(parts) > 2
    assert all(limits.fits(part.text) for part in parts)
    assert all(not span.start < 2 for part in parts[1:] for span in part.spans)
    assert all(part.spans for part in parts[:-1])
