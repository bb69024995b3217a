"""The measurements, as Prometheus reads them (docs/operating.md lists them).

A label holds an adapter's name from the configuration or a word of ours, never who, where to, or what.
What is counted is counted while it happens; what stands in the database is read when somebody looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import CollectorRegistry
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
from bridgebot.meter import Meter, Spread
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
        self._kept: list[_Counts | _Spreads] = []
        self._registry.register(self._now)
        self._registry.register(_Kept(self._kept))
        counts, spreads = self._counts, self._spreads
        self._inbound = counts("inbound_events", "Things from chats", "adapter", "kind", "result")
        self._posts = counts("posts", "Attempts to publish a post", "network", "result")
        self._latency = spreads("post_latency_seconds", "From message to the network's id", LATENCY)
        self._items = counts("mirror_items", "Attempts to show a post in a chat", "adapter", "result")
        self._lag = spreads("mirror_lag_seconds", "Of posts of others: read, then shown", LAG, "stage")
        self._others = counts("other_calls", "Other attempts: notices, receipts", "adapter", "result")
        self._withheld = counts("rules_withheld", "Posts that rules did not carry on", "reason")
        self._retries = counts("retry", "Attempts that will be repeated", "adapter")
        self._limited = counts("rate_limited", "Networks that asked for patience", "target")
        self._media = counts("media_bytes", "Bytes of files", "adapter", "way")
        self._reconnects = counts("adapter_reconnects", "Runs that were begun again", "adapter")
        self._requests = counts("http_requests", "Requests of adapters", "peer_class", "status")
        self._by_action = {"post": self._posts, "item": self._items, "other": self._others}

    async def exposition(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        self._now.look = await self._look()
        return generate_latest(self._registry)

    # --- what the house tells ---

    def received(self, adapter: str, kind: str, result: str) -> None:
        self._inbound[adapter, kind, result] += 1

    def delivered(self, adapter: str, action: str, result: str, seconds: float) -> None:
        self._by_action[action][adapter, result] += 1
        if result == "retried":
            self._retries[adapter,] += 1
        elif result == "sent" and action == "post":
            self._latency[()].note(seconds)
        elif result == "sent" and action == "item":
            self._lag["shown",].note(seconds)

    def withheld(self, reason: str) -> None:
        self._withheld[reason,] += 1

    def limited(self, adapter: str) -> None:
        self._limited[adapter,] += 1

    def read(self, adapter: str, seconds: float) -> None:
        self._lag["read",].note(max(seconds, 0.0))

    def carried(self, adapter: str, way: str, size: int) -> None:
        self._media[adapter, way] += size

    def reconnected(self, adapter: str) -> None:
        self._reconnects[adapter,] += 1

    def requested(self, adapter: str, status: str) -> None:
        self._requests[adapter, status] += 1

    # --- how it is kept ---

    def _counts(self, name: str, help: str, *labels: str) -> _Counts:
        made = _Counts(name, help, labels)
        self._kept.append(made)
        return made

    def _spreads(self, name: str, help: str, limits: Sequence[float], *labels: str) -> _Spreads:
        made = _Spreads(name, help, labels, limits)
        self._kept.append(made)
        return made


class _Counts(Counter[tuple[str, ...]]):
    """How often something happened, by the values of the labels. Only the event loop counts, so this needs
    none of the locks and checks of the library's own counters, which cost a twentieth of a message.
    """

    def __init__(self, name: str, help: str, labels: tuple[str, ...]) -> None:
        super().__init__()
        self._name, self._help, self._labels = name, help, labels

    def family(self) -> Metric:
        family = CounterMetricFamily(PREFIX + self._name, self._help, labels=self._labels)
        for key, count in self.items():
            family.add_metric(key, count)
        return family


class _Spreads(dict[tuple[str, ...], Spread]):
    """How long something took, by the values of the labels."""

    def __init__(self, name: str, help: str, labels: tuple[str, ...], limits: Sequence[float]) -> None:
        super().__init__()
        self._name, self._help, self._labels, self._limits = name, help, labels, limits
        if not labels:
            self[()] = Spread(limits)

    def __missing__(self, key: tuple[str, ...]) -> Spread:
        self[key] = made = Spread(self._limits)
        return made

    def family(self) -> Metric:
        family = HistogramMetricFamily(PREFIX + self._name, self._help, labels=self._labels)
        for key, spread in self.items():
            family.add_metric(key, _buckets(spread), spread.sum)
        return family


class _Kept(Collector):
    """What was counted while it happened."""

    def __init__(self, kept: Iterable[_Counts | _Spreads]) -> None:
        self._kept = kept

    def collect(self) -> Iterator[Metric]:
        return (one.family() for one in self._kept)


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
    family = HistogramMetricFamily(f"{PREFIX}db_commit_seconds", "Time of a commit with its units", labels=())
    family.add_metric((), _buckets(stats.seconds), stats.seconds.sum)
    return family


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    """How many took at most so long."""
    limits = [*(str(float(limit)) for limit in spread.limits), "+Inf"]
    counts = accumulate(list(spread.counts))
    return [(limit, float(count)) for limit, count in zip(limits, counts, strict=True)]
