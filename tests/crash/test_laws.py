"""The laws see what is wrong: each kind of harm, made up, is named, and what is allowed is not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.crash import boundaries
from tests.crash.boundaries import Vanished, member, named
from tests.crash.laws import (
    Begun,
    Evidence,
    Line,
    Mirrored,
    Standing,
    Wrote,
    arrived,
    repeated,
    reports,
    violations,
)
from tests.crash.tally import Tally, keep, kept, table

HERE, THERE = "https://a.example", "https://b.example"
ONE = Standing(f"{HERE}/1", "one 早")
OTHER = Standing(f"{THERE}/1", "one 早")
RECEIPT = Line(
    "10", f"#2k7 public ✓ A {ONE.url} ✓ B {OTHER.url}", f"#2k7 public ✓ A {ONE.url} ✓ B {OTHER.url}", "1"
)
GONE = Line("13", "#3k7 public ✓ A https://a.example/2", "#3k7 taken back – A – B", "2")
TEA = Line("11", "@lin [4mt]: tea", "@lin [4mt]: tea", None)
CAKE = Line("12", "@lin [5wj]: cake", "@lin [5wj] (edited): cake 🍰", None)
WELL = Evidence(
    wrote=[Wrote("1", "one", "one 早"), Wrote("2", "two", None)],
    mirrored=[Mirrored("tea", "tea"), Mirrored("cake", "cake 🍰")],
    lines=[RECEIPT, TEA, CAKE, GONE],
    places={HERE: [ONE], THERE: [OTHER]},
)


def kinds(seen: Evidence) -> set[str]:
    return {broken.partition(":")[0] for broken in violations(seen)}


def said(line: Line, now: str) -> Evidence:
    """The same, but this line of the bot ends otherwise."""
    return replace(WELL, lines=[replace(one, now=now) if one is line else one for one in WELL.lines])


def begun(*texts: str, reply_to: str | None = None, to_chat: bool = True) -> list[Begun]:
    return [Begun("create", text, to_chat, reply_to) for text in texts]


def test_what_is_well_breaks_no_law() -> None:
    assert violations(WELL) == []
    assert (repeated(WELL), reports(WELL)) == (0, 0)


@pytest.mark.parametrize(
    ("seen", "harm"),
    [
        (replace(WELL, lines=[RECEIPT, CAKE, GONE]), "lost"),
        (replace(WELL, lines=[RECEIPT, TEA, TEA, CAKE, GONE]), "twice"),
        (replace(WELL, lines=[RECEIPT, CAKE, TEA, GONE]), "order"),
        (said(CAKE, "@lin [5wj]: cake"), "stale"),
        (replace(WELL, lines=[TEA, CAKE, GONE]), "silent"),
        (replace(WELL, lines=[RECEIPT, RECEIPT, TEA, CAKE, GONE]), "twice"),
        (said(RECEIPT, f"#2k7 public ✓ A {ONE.url} … B"), "untrue"),
        (said(RECEIPT, f"#2k7 public ✓ A {ONE.url} ✓ B {THERE}/9"), "untrue"),
        (said(RECEIPT, f"#2k7 public ✓ A {ONE.url}"), "untrue"),
        (said(GONE, GONE.first), "untrue"),
        (replace(WELL, lines=[*WELL.lines, Line("14", "hello?", "hello?", None)]), "unasked"),
        (replace(WELL, places={HERE: [ONE, Standing(f"{HERE}/2", "one 早")], THERE: [OTHER]}), "twice"),
        (replace(WELL, places={HERE: [ONE], THERE: []}), "lost"),
        (replace(WELL, places={HERE: [replace(ONE, text="one 晚")], THERE: [OTHER]}), "stale"),
        (replace(WELL, places={HERE: [ONE, Standing(f"{HERE}/2", "two")], THERE: [OTHER]}), "left"),
        (replace(WELL, places={HERE: [ONE, Standing(f"{HERE}/3", "spam")], THERE: [OTHER]}), "unasked"),
        (replace(WELL, answers=["is being taken back"]), "answer"),
        (replace(WELL, deaths=1), "died by itself 1 times"),
        (replace(WELL, traces=["Traceback (most recent call last)"]), "log"),
        (replace(WELL, open=["7 create queued"]), "never ended"),
        (replace(WELL, unheard=1), "unheard"),
    ],
)
def test_harm_is_named(seen: Evidence, harm: str) -> None:
    assert harm in kinds(seen)


@pytest.mark.parametrize(
    ("seen", "twice"),
    [
        (replace(WELL, lines=[RECEIPT, TEA, TEA, CAKE, GONE], begun=begun("@lin [4mt]: tea")), 1),
        (replace(WELL, lines=[RECEIPT, CAKE, TEA, GONE], begun=begun("@lin [4mt]: tea")), 0),
        (replace(WELL, lines=[RECEIPT, RECEIPT, TEA, CAKE, GONE], begun=begun("#2k7 …", reply_to="1")), 1),
    ],
)
def test_after_an_unconfirmed_call_a_message_may_come_twice_and_late(seen: Evidence, twice: int) -> None:
    assert violations(seen) == []
    assert repeated(seen) == twice


def test_what_has_not_arrived_yet_is_waited_for() -> None:
    assert arrived(WELL)
    waiting = (replace(WELL, lines=[RECEIPT, TEA, CAKE]), said(GONE, GONE.first), said(CAKE, CAKE.first))
    assert not any(arrived(seen) for seen in (*waiting, said(RECEIPT, "#2k7 public … A")))


def test_one_unconfirmed_call_allows_one_repeat_and_only_in_its_chat() -> None:
    thrice = replace(WELL, lines=[RECEIPT, TEA, TEA, TEA, CAKE, GONE], begun=begun("@lin [4mt]: tea"))
    assert "twice" in kinds(thrice)
    elsewhere = replace(WELL, lines=[RECEIPT, TEA, TEA, CAKE, GONE], begun=begun("tea", to_chat=False))
    assert "twice" in kinds(elsewhere)


def test_what_is_reported_may_be_missing_but_never_stand_twice() -> None:
    told = said(RECEIPT, f"#2k7 public ✓ A {ONE.url} ? B (unconfirmed)")
    missing = replace(told, places={HERE: [ONE], THERE: []})
    assert (violations(missing), reports(missing)) == ([], 1)
    assert "twice" in kinds(replace(told, places={HERE: [ONE], THERE: [OTHER, OTHER]}))


def test_a_receipt_after_a_retraction_answers_nothing_and_counts() -> None:
    alone = Line("15", "#3k7 taken back – A – B", "#3k7 taken back – A – B", None)
    assert violations(replace(WELL, lines=[RECEIPT, TEA, CAKE, alone])) == []
    both = replace(WELL, lines=[RECEIPT, TEA, CAKE, GONE, alone])
    assert "twice" in kinds(both)
    assert violations(replace(both, begun=begun("#3k7 public …", reply_to="2"))) == []


# --- what is counted -------------------------------------------------------------------------------


def test_what_vanished_is_named() -> None:
    with pytest.raises(Vanished, match=r"boundaries has no gone any more"):
        member(boundaries, "gone")


def test_everything_that_is_wrapped_is_there() -> None:
    for name, (modules, value) in boundaries.HURRY.items():
        assert all(type(getattr(one, name)) is type(value) for one in boundaries.where(name, modules))
    with pytest.raises(Vanished, match=r"has no NEVER any more"):
        boundaries.where("NEVER", boundaries.OUTBOX)
    assert callable(boundaries.part("bridgebot.store.writer", "Writer")._transaction)


def test_a_request_is_named_without_host_secret_and_ids() -> None:
    url = "https://api.telegram.org/bot123:AAE-x/sendMessage?chat_id=7"
    assert named("POST", url) == "POST /bot…/sendMessage"
    assert named("PUT", "https://a.example/api/v1/statuses/117683/x") == "PUT /api/v1/statuses/…/x"


def test_a_tally_is_kept_in_place_of_the_last_one(tmp_path) -> None:
    file, tally = tmp_path / "results.json", Tally(moments=300)
    tally.add(WELL, "7", kills=1)
    tally.add(replace(WELL, unheard=2), "8", kills=1)
    assert (tally.kills, tally.posts, tally.items, len(tally.broken)) == (2, 4, 8, 1)
    keep(tally.row("killed", "Telegram", "pytest"), file)
    keep(tally.row("killed", "XMPP", "pytest"), file)
    keep(replace(tally, broken=[]).row("killed", "Telegram", "pytest -q"), file)
    assert [(one["over"], one["broken"]) for one in kept(file)] == [("Telegram", 0), ("XMPP", 1)]
    assert "| killed | Telegram | 300 | 2 | 4 | 8 | 0 | 0 | 0 | " in table(kept(file))
    assert json.loads(file.read_text("utf-8"))[0]["command"] == "pytest -q"
