"""What is measured: every number right, nobody in a label, and every chart about something there is."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bridgebot import __version__, http
from bridgebot.errors import Rejected, StoreError, Temporary, Unconfirmed
from bridgebot.meter import Spread
from bridgebot.metrics import Look, Metrics
from bridgebot.model import Chat, Draft, Message, Person
from bridgebot.store import gauges
from bridgebot.store import tables as t
from bridgebot.store.writer import Stats
from bridgebot.testing.clock import START
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.testing.pictures import png
from tests.house import TestHouse

ROOT = Path(__file__).parents[1]
NAMES = {
    "build_info", "adapter_up", "adapter_reconnects_total", "inbound_events_total", "posts_total",
    "post_latency_seconds", "mirror_items_total", "mirror_lag_seconds", "queue_depth",
    "queue_oldest_age_seconds", "rules_withheld_total", "rate_limited_total", "retry_total", "token_state",
    "http_requests_total", "media_bytes_total", "db_errors_total",
}  # fmt: skip
MARK = "zanzibar"  # stands in every name, handle, server and text of the run below


async def nothing() -> Look:
    return Look({}, Stats(), 0, None)


async def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, without the times of creation."""
    families = text_string_to_metric_families((await metrics.exposition()).decode())
    return {
        (sample.name.removeprefix("bridgebot_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@pytest.fixture
async def measured(tmp_path):
    """A house that measures itself."""

    async def look() -> Look:
        database = house.store.database
        return Look({"chat": True}, database.stats, database.commits, await house.store.read(gauges.look))

    metrics = Metrics(look)
    async with TestHouse(tmp_path, meter=metrics) as house:
        house.metrics = metrics
        await house.user("ada", "north")
        yield house


async def test_what_rules_do_not_carry_on_is_counted(measured) -> None:
    house = measured
    await house.user("ada", "south")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(2)
    for name in ("north", "south"):
        network = house.social(name).network
        network.add(network.person("ada"), Draft("the same words in two places at the same time"))
    await house.poll()
    now = await samples(house.metrics)
    assert now["rules_withheld_total", "there"] == 1
    assert now["posts_total", "south", "withheld"] == 1


async def test_the_bytes_of_files_are_counted_on_both_ways(measured) -> None:
    house = measured
    picture = png((200, 30, 30))
    await house.user("ada", "south")
    await house.says("a red stone", files=[picture])
    now = await samples(house.metrics)
    found = {key[1:]: value for key, value in now.items() if key[0] == "media_bytes_total"}
    assert found == {way: len(picture) for way in (("chat", "in"), ("north", "out"), ("south", "out"))}


async def test_every_number_of_a_days_work(measured) -> None:
    house, north = measured, measured.social("north")
    before = await samples(house.metrics)
    await house.says("one")
    north.fail("publish", Rejected())
    await house.says("two")
    north.fail("publish", Temporary(retry_after=7))
    await house.says("three")
    await house.wait(8)
    now = await samples(house.metrics)

    def grown(*key: str) -> float:
        return now.get(key, 0) - before.get(key, 0)

    assert grown("inbound_events_total", "chat", "message", "accepted") == 3
    assert grown("posts_total", "north", "sent") == 2
    assert grown("posts_total", "north", "failed") == 1
    assert grown("posts_total", "north", "retried") == grown("retry_total", "north") == 1
    assert grown("rate_limited_total", "north") == 1
    assert grown("post_latency_seconds_count") == 2
    assert grown("post_latency_seconds_sum") == pytest.approx(8)  # on a clock that stands still
    assert grown("db_commits_total") > 0
    assert grown("db_units_total") >= grown("db_commits_total")
    assert grown("db_commit_seconds_count") == grown("db_commits_total")
    assert now["token_state", "north", "active"] == 1
    assert now["queue_depth", "queued"] == now["queue_oldest_age_seconds", "queued"] == 0
    assert now["adapter_up", "chat"] == 1
    assert now["build_info", __version__] == 1


async def test_an_event_that_comes_again_is_counted_as_such(measured) -> None:
    again = Message("e-again", Chat("ada", direct=True), Person("ada", "Ada"), "l-again", "one", START)
    for _ in range(2):
        await measured.inbox.receive("chat", again)
    assert (await samples(measured.metrics))["inbound_events_total", "chat", "message", "repeated"] == 1


async def test_posts_of_others_are_measured_from_their_writing(measured) -> None:
    house = measured
    await house.shows("hello")
    now = await samples(house.metrics)
    assert now["mirror_items_total", "chat", "sent"] == 1
    assert now["mirror_lag_seconds_count", "read"] >= 1
    assert now["mirror_lag_seconds_count", "shown"] == 1
    await house.poll()  # the same page again: not met anew
    assert (await samples(house.metrics))["mirror_lag_seconds_count", "read"] == now[
        "mirror_lag_seconds_count", "read"
    ]


async def test_what_waits_is_measured_by_its_state(measured) -> None:
    house, north = measured, measured.social("north")
    north.expire(north.account("ada"))
    await house.says("this waits")
    north.fail("publish", Unconfirmed())
    house.clock.skip(90)
    now = await samples(house.metrics)
    assert now["queue_depth", "held"] == 1
    assert now["queue_depth", "queued"] >= 1
    assert now["queue_oldest_age_seconds", "held"] >= 90
    assert now["token_state", "north", "expired"] == 1
    assert now["posts_total", "north", "held"] == 1


async def test_no_label_holds_a_person_a_handle_or_a_server(tmp_path) -> None:
    async def look() -> Look:
        conditions = {"chat": True, "north": False}
        return Look(conditions, Stats(), 0, await house.store.read(gauges.look))

    metrics = Metrics(look)
    chat = MemoryChat(name="chat")
    async with TestHouse(tmp_path, chat=chat, socials=(MemorySocial(name="north"),), meter=metrics) as house:
        north = house.social("north")
        north.network.server = f"{MARK}.example"
        await house.user(f"{MARK}ada", "north")
        for error in (None, Rejected("error-rejected", words=MARK), Temporary(server=MARK), KeyError(MARK)):
            if error is not None:
                north.fail("publish", error)
            await house.says(f"a word of {MARK}", sender=f"{MARK}ada")
        await house.says(f"/whois @{MARK}@{MARK}.example", sender=f"{MARK}ada")
        await house.wait(400)
        stored = await house.store.read(
            lambda tx, now: (
                tx.scalars(sa.select(t.account.c.handle)) + tx.scalars(sa.select(t.account.c.server))
            )
        )
        shown = (await metrics.exposition()).decode()
    assert any(MARK in value for value in stored)  # it is there to be found
    assert "bridgebot_posts_total" in shown
    assert MARK not in shown
    labels = {
        value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
        for name, value in sample.labels.items()
        if name not in ("le", "version")
    }
    assert [value for value in labels if not re.fullmatch(r"[a-z][a-z0-9_]*|[1-9]xx|429|-", value)] == []


async def test_every_name_of_the_list_is_there() -> None:
    assert {name for name in NAMES if name not in await declared()} == set()


async def declared() -> set[str]:
    """The names of all that is measured, as they stand in a query."""

    async def look() -> Look:
        queue = gauges.Queue(0, None)
        return Look({"a": True}, Stats(), 0, gauges.Gauges({"queued": queue}, {("a", "active"): 1}, START))

    shown = (await Metrics(look).exposition()).decode()
    kinds = re.findall(r"^# TYPE bridgebot_(\w+) (\w+)$", shown, re.MULTILINE)
    names = {name for name, _ in kinds}
    return names | {f"{name}_{part}" for name, kind in kinds if kind == "histogram" for part in ("bucket",)}


@pytest.mark.parametrize("file", ["config/grafana.json", "config/alerts.yaml"])
async def test_charts_and_alerts_are_about_what_is_measured(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    used = set(re.findall(r"\bbridgebot_([a-z_]+)", text))
    assert used
    assert used - await declared() == set()


async def test_the_documents_list_what_is_measured() -> None:
    part = (ROOT / "docs/operating.md").read_text("utf-8").partition("| name (after `bridgebot_`)")[2]
    rows = re.findall(r"^\| (`.+?`) \|", part.partition("\n\n")[0], re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    assert named == {name for name in await declared() if not name.endswith(("_bucket", "_created"))}


def test_there_are_six_alerts_and_a_dashboard_that_can_be_read() -> None:
    [group] = yaml.safe_load((ROOT / "config/alerts.yaml").read_text("utf-8"))["groups"]
    assert len(group["rules"]) == 6
    assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in group["rules"])
    board = json.loads((ROOT / "config/grafana.json").read_text("utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 12
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


# --- where it comes from -----------------------------------------------------------------------


async def test_requests_are_counted_by_how_they_ended(aiohttp_answers) -> None:
    heard: list[str] = []
    url, answers = aiohttp_answers
    policy = http.policy({"url": url})
    async with http.session(policy, ended=heard.append) as session:
        for status in (200, 404, 429, 503):
            answers.append(status)
            async with session.get(url) as answer:
                assert answer.status == status
        with pytest.raises(http.AddressRefused):
            await session.get("http://10.0.0.1/")
    assert heard == ["2xx", "4xx", "429", "5xx", "refused"]


@pytest.fixture
async def aiohttp_answers():
    from aiohttp import web

    answers: list[int] = []

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}/", answers
    await runner.cleanup()


async def test_errors_of_the_disk_are_counted(measured) -> None:
    def broken(tx, now) -> None:
        raise StoreError("the disk is gone")

    with pytest.raises(StoreError):
        await measured.store.run(broken)
    assert (await samples(measured.metrics))["db_errors_total",] == 1


def test_a_spread_counts_each_duration_once() -> None:
    spread = Spread((1, 10))
    for seconds in (0.5, 1, 5, 100):
        spread.note(seconds)
    assert (spread.counts, spread.sum) == ([2, 1, 1], 106.5)


async def test_a_look_reads_by_an_index_only(measured) -> None:
    """The number of ended deliveries must not matter, however many there are."""
    plans: list[str] = []

    def unit(tx, now) -> None:
        seen = []
        sa.event.listen(tx.connection, "before_cursor_execute", lambda *a: seen.append((a[2], a[3])))
        gauges.look(tx, now)
        for statement, values in list(seen):
            rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[3] for row in rows)

    await measured.store.read(unit)
    assert [plan for plan in plans if plan.startswith("SCAN delivery")] == []
    assert any("ix_account_state" in plan for plan in plans)


async def test_counting_costs_next_to_nothing() -> None:
    """A bound for a machine that does ten other things; docs/operating.md has the figure."""
    metrics = Metrics(nothing)
    rounds = 20_000
    begun = time.process_time()
    for _ in range(rounds):
        metrics.delivered("north", "post", "sent", 0.3)
    assert (time.process_time() - begun) / rounds < 30e-6
