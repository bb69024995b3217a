"""The measurements in the text format of Prometheus, written by its own library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from bridgebot.meter import Spread
from bridgebot.metrics import Counts, Look, Spreads
from bridgebot.store.gauges import Gauges
from bridgebot.store.writer import Stats

PREFIX = "bridgebot_"
Values = dict[tuple[str, ...], float]  # by the values of the labels


def written(kept: Iterable[Counts | Spreads], look: Look) -> bytes:
    """What was counted, and what stands at the moment of the look."""
    registry = CollectorRegistry()
    registry.register(_All(kept, look))
    return generate_latest(registry)


class _All(Collector):
    def __init__(self, kept: Iterable[Counts | Spreads], look: Look) -> None:
        self._kept = kept
        self._look = look

    def collect(self) -> Iterator[Metric]:
        yield from _now(self._look)
        yield from (_counts(one) if isinstance(one, Counts) else _spreads(one) for one in self._kept)


def _counts(kept: Counts) -> Metric:
    family = CounterMetricFamily(PREFIX + kept.name, kept.help, labels=kept.labels)
    for key, count in kept.items():
        family.add_metric(key, count)
    return family


def _spreads(kept: Spreads) -> Metric:
    family = HistogramMetricFamily(PREFIX + kept.name, kept.help, labels=kept.labels)
    for key, spread in kept.items():
        family.add_metric(key, _buckets(spread), spread.sum)
    return family


def _now(look: Look) -> Iterator[Metric]:
    yield InfoMetricFamily(f"{PREFIX}build", "The version", {"version": __version__})
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
