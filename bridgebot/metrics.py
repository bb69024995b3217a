"""The measurements, as Prometheus reads them (docs/operating.md lists them).

A label holds an adapter's name from the configuration or a word of ours, never who, where to, or what.
What is counted is counted while it happens; what stands in the database is read when somebody looks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bridgebot import __version__
from bridgebot.meter import Meter
from bridgebot.store.gauges import Gauges
from bridgebot.store.writer import Stats

PREFIX = "bridgebot_"
LATENCY = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)  # seconds
Values = dict[tuple[str, ...], float]  # by the values of the labels
LAG = (1, 5, 15, 30, 60, 120, 300, 900, 3600, 21600)  # seconds


@dataclass(frozen=True, slots=True)
class Look:
    """What is read when somebody looks."""

    up: Mapping[str, bool]  # by adapter
    stats: Stats
    commits: int
    gauges: Gauges | None  # None: the database cannot be read


class Metrics(Meter):
    """Of one process. `look` is asked at each `exposition`."""

    def __init__(self, look: Callable[[], Awaitable[Look]]) -> None:
        self._look = look
        self._registry = CollectorRegistry()
        self._now = _Now()
        self._registry.register(self._now)
        counter, histogram = self._counter, self._histogram
        self._inbound = counter("inbound_events_total", "Things from chats", "adapter", "kind", "result")
        self._posts = counter("posts_total", "Attempts to publish a post", "network", "result")
        self._latency = histogram("post_latency_seconds", "From message to the network's id", LATENCY)
        self._items = counter("mirror_items_total", "Attempts to show a post in a chat", "adapter", "result")
        self._lag = histogram("mirror_lag_seconds", "Of posts of others: read, then shown", LAG, "stage")
        self._others = counter("other_calls_total", "Other attempts: notices, receipts", "adapter", "result")
        self._retries = counter("retry_total", "Attempts that will be repeated", "adapter")
        self._limited = counter("rate_limited_total", "Networks that asked for patience", "target")
        self._reconnects = counter("adapter_reconnects_total", "Runs that were begun again", "adapter")
        self._requests = counter("http_requests_total", "Requests of adapters", "peer_class", "status")
        self._known: dict[tuple[Any, ...], Counter] = {}  # children, by metric and labels

    async def exposition(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        self._now.look = await self._look()
        return generate_latest(self._registry)

    # --- what the house tells ---

    def received(self, adapter: str, kind: str, result: str) -> None:
        self._count(self._inbound, adapter, kind, result)

    def delivered(self, adapter: str, action: str, result: str, seconds: float) -> None:
        by_action = {"post": self._posts, "item": self._items}
        self._count(by_action.get(action, self._others), adapter, result)
        if result == "retried":
            self._count(self._retries, adapter)
        if result == "sent" and action == "post":
            self._latency.observe(seconds)
        if result == "sent" and action == "item":
            self._lag.labels("shown").observe(seconds)

    def limited(self, adapter: str) -> None:
        self._count(self._limited, adapter)

    def read(self, adapter: str, seconds: float) -> None:
        self._lag.labels("read").observe(max(seconds, 0.0))

    def reconnected(self, adapter: str) -> None:
        self._count(self._reconnects, adapter)

    def requested(self, adapter: str, status: str) -> None:
        self._count(self._requests, adapter, status)

    # --- how it is kept ---

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, help, labels, registry=self._registry)

    def _histogram(self, name: str, help: str, limits: Iterable[float], *labels: str) -> Histogram:
        return Histogram(PREFIX + name, help, labels, buckets=tuple(limits), registry=self._registry)

    def _count(self, counter: Counter, *labels: str) -> None:
        key = (counter, *labels)
        child = self._known.get(key)
        if child is None:  # `labels` checks and joins each time, which costs more than the counting
            child = self._known[key] = counter.labels(*labels)
        child.inc()


class _Now(Collector):
    """What stands at the moment of the look."""

    look: Look | None = None

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily(f"{PREFIX}build", "The version", {"version": __version__})
        look = self.look
        if look is None:
            return
        yield _gauge("adapter_up", "1 while an adapter works", ("adapter",), _up(look))
        yield CounterMetricFamily(f"{PREFIX}db_commits", "Commits", value=look.commits)
        yield CounterMetricFamily(f"{PREFIX}db_units", "Units of work committed", value=look.stats.units)
        yield CounterMetricFamily(f"{PREFIX}db_errors", "Errors of disk or file", value=look.stats.errors)
        yield _commit_seconds(look.stats)
        if look.gauges is not None:
            yield from _stored(look.gauges)


def _up(look: Look) -> Values:
    return {(name,): float(up) for name, up in look.up.items()}


def _stored(gauges: Gauges) -> Iterator[Metric]:
    depths: Values = {(state,): float(queue.depth) for state, queue in gauges.queues.items()}
    yield _gauge("queue_depth", "Deliveries that have not ended", ("queue",), depths)
    ages: Values = {
        (state,): max((gauges.at - queue.oldest).total_seconds(), 0.0) if queue.oldest else 0.0
        for state, queue in gauges.queues.items()
    }
    yield _gauge("queue_oldest_age_seconds", "Age of the oldest of them", ("queue",), ages)
    tokens: Values = {key: float(count) for key, count in gauges.accounts.items()}
    yield _gauge("token_state", "Linked accounts by state", ("network", "state"), tokens)


def _gauge(name: str, help: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, help, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _commit_seconds(stats: Stats) -> Metric:
    limits = [*(str(limit) for limit in stats.seconds.limits), "+Inf"]
    counts = accumulate(list(stats.seconds.counts))
    buckets = [(limit, float(count)) for limit, count in zip(limits, counts, strict=True)]
    return HistogramMetricFamily(
        f"{PREFIX}db_commit_seconds", "Time of a commit with its units", buckets, stats.seconds.sum
    )
