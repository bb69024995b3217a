"""The benchmarks run, on very little work: nothing is said here of how fast anything is."""

import json
import re

import aiohttp
import pytest

from benchmarks import mastodon_page, mastodon_render, start
from benchmarks.__main__ import BENCHMARKS, main, measure
from benchmarks.limits import bot_api as bare
from benchmarks.limits import telegram_bot as stock
from benchmarks.pages import PAGE, from_recordings, written
from benchmarks.runner import Comparison, Side, compare, shown, table
from benchmarks.telegram import TOKEN, adapter
from bridgebot.model import Chat, OutgoingMessage
from bridgebot.texts import Texts
from tests.record import ROOT
from tests.servers.recorded import needs_recordings
from tests.servers.telegram import serve


@pytest.mark.parametrize("name", sorted(set(BENCHMARKS) - {"start"}))
def test_every_benchmark_measures_all_its_sides(name):
    rows = list(measure(name, rounds=1, scale=0.001))
    assert len(rows) >= 3
    assert all(row.median > 0 and row.ratio > 0 and row.rounds == 1 for row in rows)
    assert all(row.comparison.startswith(name) for row in rows)


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
