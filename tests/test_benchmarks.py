"""The benchmarks run, on very little work: nothing is said here of how fast anything is."""

import contextlib
import json
import re
import sqlite3
from dataclasses import replace

import aiohttp
import pytest

from benchmarks import (
    apart,
    checks,
    follow5,
    latency,
    mastodon_api,
    mastodon_page,
    mastodon_render,
    mixed,
    pages,
    polling,
    render,
    restart,
    start,
    telegram_api,
)
from benchmarks.__main__ import BENCHMARKS, main, measure, measured
from benchmarks.goals import Goal, judged
from benchmarks.goals import table as table_of_goals
from benchmarks.limits import bot_api as bare
from benchmarks.limits import telegram_bot as stock
from benchmarks.measured import Sized, answered
from benchmarks.page import BEGIN, END
from benchmarks.pages import PAGE, from_recordings, written
from benchmarks.runner import Comparison, Side, Void, compare, shown, table
from benchmarks.telegram import TOKEN, adapter
from benchmarks.wanted import BY_ID, GOALS
from bridgebot.loader import declared
from bridgebot.model import Chat, OutgoingMessage
from bridgebot.texts import Texts
from tests.record import ROOT
from tests.servers import needed
from tests.servers.recorded import MISSING, needs_recordings
from tests.servers.telegram import serve

ADAPTERS = ("telegram-in", "telegram-out", "mastodon-page", "mastodon-render", "render")


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_benchmark_of_adapters_measures_all_its_sides(name):
    rows = list(measure(name, rounds=1, scale=0.001))
    assert len(rows) >= 3
    assert all(row.median > 0 and row.ratio > 0 and row.rounds == 1 for row in rows)
    assert all(row.comparison.startswith(name) for row in rows)


SLOW = [pytest.param(name, marks=pytest.mark.nightly) for name in ("latency", "stuck", "replies", "mirror")]


@pytest.mark.parametrize("name", ["through", "fan-out", *SLOW])
def test_every_benchmark_of_the_house_is_right_about_what_it_did(name):
    """A run in which anything is lost, repeated or out of order, or not flushed, would be void."""
    rows, results = measured(name, rounds=0, scale=0.01)
    assert [one.void for one in results] == [None] * len(GOALS[name])
    assert {row.side for row in rows if row.own} <= {"bot", "one is stuck"}
    assert all(one.bot is not None and one.ratio is not None for one in results)


@pytest.mark.prosody
def test_an_echo_comes_back_once_from_the_adapter_and_from_bare_slixmpp():
    needed.program("prosody", "prosody")
    _, results = measured("xmpp-echo", rounds=0, scale=0.01)
    assert [one.void for one in results] == [None, None]


@pytest.mark.nightly
def test_polls_go_on_at_their_pace_without_commits():
    with apart.serving("benchmarks.mastodon_api", "1") as ports:
        figures = answered(apart.run("benchmarks.polling:bot", ports=ports, accounts=40, every=2.0))
    assert figures["commits a poll"] == 0
    assert 10 < figures["polls/s"] < 40


def test_a_poll_is_late_by_the_one_before_and_one_that_never_came_is_late_too():
    reads = [(0.0, "a"), (0.1, "b"), (0.2, "c"), (10.0, "a"), (11.5, "b"), (20.0, "a"), (30.0, "b")]
    figures = polling.figures_of(reads, begun=5.0, ended=22.0, every=10.0)
    assert figures["% within a second of due"] == 100 * 2 / 4  # b once, and c, which never came
    assert figures["polls/s"] == pytest.approx(3 / 17)
    assert figures["fullest second to the mean"] == pytest.approx(17 / 3)


def test_a_crowd_has_people_of_every_kind():
    for accounts in (3, 20, 2000, 10_000):
        of = mixed.shares(accounts)
        assert min(of.streamed, of.polled, of.sky) >= 1
        assert of.mastodon + of.sky == accounts
    assert mixed.shares(10_000) == mixed.Shares(streamed=2000, polled=4000, sky=4000)


def test_a_crowd_is_void_where_anybody_was_read_once_or_a_session_was_over():
    reads = [(at, who) for at in (0.0, 1.0) for who in ("t0", "t1")]
    well = mixed.Noted({}, reads, [(0.5, "s"), (1.5, "s")], refused=0, stale=0)
    assert well.wrong(mixed.Shares(1, 1, 1)) == []
    assert well.reads == sorted([*well.mastodon, *well.sky])
    once = mixed.Noted({}, reads[:3], [(0.5, "s")], refused=0, stale=2)
    assert once.wrong(mixed.Shares(1, 1, 1)) == [
        "2 calls were stale",
        "1 accounts on Mastodon were not read twice",
        "1 accounts on Bluesky were not read twice",
    ]


@pytest.mark.nightly
def test_a_start_with_much_to_do_begins_with_it(tmp_path):
    with (
        apart.serving("benchmarks.mastodon_api", "3") as ports,
        apart.serving("benchmarks.telegram_api") as (api,),
    ):
        answered(apart.run("benchmarks.restart:backlog", ports=ports, folder=str(tmp_path), due=300))
        figures = restart.restarted(tmp_path, ports, api, drained=60)
    assert figures["s to the first"] > 0
    assert figures["posts/s"] > 0


def test_help_is_written_without_any_heavy_library():
    figures = start.run(start._HELP)
    assert figures["MiB"] > 5


def test_a_week_in_small_reaches_both_accounts_once_and_in_order(capsys):
    results = follow5.measure(posts=30, people=20)
    assert [one.void for one in results] == [None] * 4
    assert [one.json()["id"] for one in results] == ["F1", "F2", "F3", "F4"]
    assert json.loads(capsys.readouterr().out)["posts"] == 30


@pytest.mark.nightly
def test_start_imports_the_core_and_every_adapter(monkeypatch):
    imported = []
    monkeypatch.setattr(start, "run", lambda statement: imported.append(statement) or {"s": 1.0})
    rows = list(measure("start", rounds=1, scale=1))
    assert {"pass", "import bridgebot.app", "import adapters.telegram", "import adapters.mastodon"} <= set(
        imported
    )
    assert all(row.median == 1 for row in rows)


def test_a_process_that_imports_says_its_time_and_memory():
    nothing, something = start.run("pass"), start.run("import decimal, email.message")
    assert set(nothing) == {"s", "CPU s", "MiB"}
    assert 1 < nothing["MiB"] < something["MiB"]


def test_the_command_prints_a_table_and_keeps_lines_of_json(tmp_path, capsys):
    file = tmp_path / "rows" / "file.jsonl"
    main(["mastodon-render", "--rounds", "2", "--scale", "0.001", "--json", str(file)])
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {"mastodon-render, written"} <= {row["comparison"] for row in rows}
    assert all(row["rounds"] == 2 and row["cores"] and row["low"] <= row["high"] for row in rows)
    assert capsys.readouterr().out.count("\n| mastodon-render") == len(rows)


def test_a_name_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["telegram-sideways"])
    assert "there is no telegram-sideways" in capsys.readouterr().err


def test_the_goals_are_kept_as_json_and_put_into_the_page(tmp_path, capsys):
    results, page = tmp_path / "results" / "latest.json", tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\noutdated\n{END}\nbehind\n")
    given = ["--rounds", "1", "--scale", "0.001", "--results", str(results), "--page", str(page)]
    main(["P23", *given])
    found = json.loads(results.read_text())
    assert [one["id"] for one in found] == ["P23", "P23b"]
    names = {"id", "what", "bot", "limit", "ratio", "gate", "stretch", "holds", "spread", "pairs"}
    assert all(names <= set(one) for one in found)
    assert "| P23 | a page of 40 posts, read (CPU) |" in page.read_text()
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith("\nbehind\n")
    assert "outdated" not in page.read_text()


# --- goals -------------------------------------------------------------------------------------

WANTED = "P1 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P16 P17 P19 P20 P23 P24"
RATIO = Goal("P0", "it", "it", "things/s", gate=0.5, stretch=0.8, beside="other")


def rows(own, other, rounds=3):
    both = (played("own", [1, *own], []), played("other", [1, *other], []))
    return compare(Comparison("it", both[0], (both[1],)), rounds)


def test_every_goal_that_was_set_is_measured_once():
    assert set(WANTED.split()) <= set(BY_ID)
    assert len(BY_ID) == sum(len(goals) for goals in GOALS.values())
    assert set(GOALS) <= set(BENCHMARKS)


@pytest.mark.parametrize(
    ("own", "least", "word"),
    [
        ([90, 90, 90], True, "stretch"), ([60, 60, 60], True, "yes"), ([40, 40, 40], True, "**no**"),
        ([20, 48, 80], True, "unclear"), ([40, 40, 40], False, "stretch"), ([90, 90, 90], False, "**no**"),
    ],
)  # fmt: skip
def test_a_goal_holds_by_the_median_of_the_ratios(own, least, word):
    result = judged(replace(RATIO, least=least), rows(own, [100, 100, 100]))
    assert result.holds is (word in ("yes", "stretch"))
    assert table_of_goals([result]).splitlines()[-1].split("|")[-3].strip() == word
    assert result.json()["pairs"] == 3


def test_a_goal_without_a_limit_is_judged_by_its_figure():
    result = judged(replace(RATIO, beside=None, gate=50, stretch=60), rows([55, 56, 57], [1, 1, 1]))
    assert (result.bot, result.limit, result.ratio, result.holds) == (56, None, 56, True)


def test_a_figure_whose_check_failed_is_void_and_printed_as_such(monkeypatch):
    def wrong(scale):
        raise Void("2 posted twice")

    monkeypatch.setitem(BENCHMARKS, "through", contextlib.contextmanager(wrong))
    _, results = measured("through", rounds=1, scale=1)
    assert [one.json()["void"] for one in results] == ["2 posted twice"] * 3
    assert not any(one.json()["holds"] for one in results)
    assert table_of_goals(results).count("| 2 posted twice |") == 3
    assert "| void |" in table_of_goals(results)


def test_a_process_that_says_that_something_was_wrong_gives_no_figures():
    with pytest.raises(Void, match="lost"):
        answered({"figures": {"msg/s": 1000.0}, "problems": ["3 lost", "synchronous=1, not FULL"]})


def test_what_reached_the_accounts_is_checked_for_count_order_and_repetition():
    posts = [[1.0, 0, "t0", "m0"], [2.0, 0, "t0", "m2"], [2.5, 1, "t1", "m1"]]
    wanted = {"t0": [0, 2], "t1": [1]}
    assert checks.posted(posts, wanted) == []
    assert checks.posted(posts[:2], wanted) == ["2 posts, not 3", "1 lanes out of order or incomplete"]
    assert checks.posted([posts[1], posts[0], posts[2]], wanted) == ["1 lanes out of order or incomplete"]
    assert "1 posted twice" in checks.posted([*posts, posts[0]], wanted)


def test_a_disk_that_is_not_asked_is_noticed(tmp_path, monkeypatch):
    sqlite3.connect(tmp_path / "it.db").execute("pragma journal_mode=delete")
    assert checks.disk(tmp_path / "it.db")[0] == "journal mode delete"
    assert checks.durable(1) == ["synchronous=1, not FULL"]
    assert checks.durable(2) == []
    monkeypatch.setattr(checks, "file_system", lambda path: "tmpfs")
    assert "nothing is flushed" in checks.disk(tmp_path / "it.db")[-1]


def test_a_count_grows_to_what_takes_long_enough(monkeypatch):
    counts = []
    monkeypatch.setattr(apart, "run", lambda *_, count, **more: counts.append(count) or ANSWER)
    sized = Sized("a:b", "things/s", 10, 1.0)
    sized()
    sized()
    assert counts == [10, 250]


ANSWER = {"figures": {"things/s": 100.0}, "problems": []}


def test_half_of_what_the_bot_can_is_asked_once_for_each_pair():
    asked = iter((200.0, 100.0, 60.0))
    half = latency.Half(lambda: next(asked))
    order = ("bot", "limit", "limit", "bot", "bot", "limit")
    assert [half(side) for side in order] == [100, 100, 50, 50, 30, 30]


def test_latency_counts_from_when_a_message_was_due():
    posts = [[1.2, 0, "t0", "m0"], [1.5, 1, "t1", "m0"], [2.1, 0, "t0", "m1"]]
    assert latency.delivered([1.0, 2.0], posts) == pytest.approx([500, 100])


# --- the servers -------------------------------------------------------------------------------


def sent(server, chat):
    return b"200 OK" in server.send(b"chat_id=%d&text=x" % chat)


@pytest.mark.parametrize(
    ("limits", "chats", "let_in"),
    [
        ({"overall": 3}, [1, 2, 3, 4], 3),
        ({"chat": 1}, [1, 1, 2], 2),
        ({"group": 2}, [-5, -5, -5, 5], 3),
        ({}, [1, 1, 1, 1], 4),
    ],
)
def test_the_server_of_telegram_enforces_its_limits(limits, chats, let_in):
    server = telegram_api.Server()
    server.reset(limits)
    assert sum(sent(server, chat) for chat in chats) == let_in
    assert [status for *_, status in server.sent].count(429) == len(chats) - let_in


def test_a_limit_lets_in_again_what_has_waited(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(telegram_api.time, "monotonic", lambda: now[0])
    server = telegram_api.Server()
    server.reset({"chat": 1})
    assert [sent(server, 7), sent(server, 7)] == [True, False]
    assert b'"retry_after": 2' in server.send(b"chat_id=7")
    now[0] += 1.01
    assert sent(server, 7)


def test_the_servers_of_mastodon_note_posts_and_leave_some_unanswered():
    server = mastodon_api.Server()
    server.publish(0, b"t1", b'{"status": "m7 words"}')
    assert [(port, token, word) for _, port, token, word in server.posts] == [(0, "t1", "m7")]
    server.control(b"/_reset", b'{"stalled": ["t1"]}')
    assert server.behaviour.stalled == {"t1"}
    assert server.posts == []


# --- the runner --------------------------------------------------------------------------------


def played(name, values, order):
    """A side that gives these figures, one at each run."""
    left = iter(values)

    def run():
        order.append(name)
        return {"things/s": next(left)}

    return Side(name, run)


def test_the_first_round_does_not_count_and_ratios_are_taken_within_a_round():
    order = []
    own = played("own", [1000.0, 10.0, 20.0, 30.0], order)
    other = played("other", [1.0, 100.0, 100.0, 100.0], order)
    first, second = compare(Comparison("it", own, (other,)), rounds=3)
    assert (first.side, first.median, first.ratio, first.rounds) == ("own", 20, 1, 3)
    assert (second.side, second.median, second.ratio) == ("other", 100, 0.2)
    assert second.low == pytest.approx(0.1)
    assert second.high == pytest.approx(0.3)
    assert order == ["own", "other", "other", "own"] * 2


def test_figures_have_three_digits():
    assert [shown(value) for value in (0.043210, 1.0, 23.456, 1234.5, 178432.0)] == [
        "0.0432", "1", "23.5", "1,230", "178,000",
    ]  # fmt: skip
    order = []
    rows = compare(Comparison("it", played("own", [1, 2], order), (played("other", [1, 4], order),)), 1)
    assert table(rows).splitlines()[2:] == [
        "| it | own | things/s | 2 | 1 |  |",
        "| it | other | things/s | 4 | 0.5 | 0.5 to 0.5 |",
    ]


# --- the sides do the same work ----------------------------------------------------------------


def test_posts_are_fitted_to_every_network_that_there_is():
    able = declared("en")
    publish = {one.use: one.social for one in able if one.social is not None and one.social.publish}
    chats = {one.use: one.chat for one in able if one.chat is not None and one.use != "console"}  # a terminal
    assert [use for use, social in publish.items() if social not in render.SOCIAL] == []
    assert [use for use, chat in chats.items() if chat not in render.CHATS] == []


def test_what_is_fitted_is_counted_once_for_every_network():
    assert set(render.UNITS) == {"characters", "graphemes", "utf16", "bytes"}
    [draft] = render.drafts(["你好 👩‍👩‍👧‍👦"])
    assert render.fitted(draft) == len(render.UNITS)  # one part each
    assert render.counted(draft) == 3 * 4 + 10 + 14 + 32
    for draft in render.drafts(render.LONG):
        assert render.fitted(draft) > 2 * len(render.UNITS)


def test_parts_that_are_not_the_text_are_no_figure(monkeypatch):
    monkeypatch.setattr(render, "thread", lambda draft, limits: (replace(draft, text=draft.text[1:]),))
    with pytest.raises(Void):
        render.check(render.drafts(["short"])[0])


async def test_all_three_ask_the_same_of_telegram():
    async with serve() as telegram:
        ada = telegram.person("Ada").met()
        telegram.token = TOKEN
        async with adapter(telegram.url) as own:
            await own.send(Chat(str(ada.id), direct=True), OutgoingMessage("hello"))
        async with aiohttp.ClientSession() as http:
            await bare.send(http, telegram.url, ada.id, "hello")
        async with stock.bot(telegram.url) as bot:
            await stock.send(bot, ada.id, "hello")
        sent = [call.parameters for call in telegram.calls if call.method == "sendMessage"]
    assert len(sent) == 3
    assert sent[0] == sent[1] == sent[2]


def test_the_written_page_has_what_timelines_have():
    posts = mastodon_page.read(written())
    assert len(posts) == PAGE
    assert {post.boost is None for post in posts} == {True, False}
    assert any(post.warning for post in posts)
    assert any(post.media for post in posts)
    assert any(post.spans for post in posts)
    assert any(
        "@lin@example.net" in post.text and "https://example.org/2026/11/" in post.text for post in posts
    )
    assert not any("<" in post.text for post in posts)


def test_without_the_recordings_their_rows_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "ARCHIVE", tmp_path / "missing")
    _, (written, from_server) = measured("mastodon-page", 0, 0.02)
    assert written.void is None
    assert from_server.void == MISSING


@needs_recordings()
def test_the_recorded_page_is_read_whole():
    assert len(mastodon_page.read(from_recordings())) == PAGE


def test_rendered_items_are_what_a_chat_is_shown():
    first = mastodon_page.read(written())[1]
    texts = Texts()
    item = mastodon_render.item(1, first)
    said = mastodon_render.mirror(item, "en", texts).text
    assert said.startswith(mastodon_render.texts_alone(item, "en", texts)[:20])


def test_the_page_names_every_benchmark():
    page = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z]+(?:-[a-z]+)?)` \|", page, re.MULTILINE)) == set(BENCHMARKS)
