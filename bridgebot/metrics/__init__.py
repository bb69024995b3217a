"""The measurements, as Prometheus reads them (docs/operating.md lists them).

A label holds an adapter's name from the configuration or a word of ours, never who, where to, or what.
What is counted is counted while it happens; what stands in the database is read when somebody looks.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridgebot.meter import Meter, Spread
from bridgebot.store.gauges import Gauges
from bridgebot.store.writer import Stats

LATENCY = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)  # seconds
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
        self._kept: list[Counts | Spreads] = []
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
        written: bytes = _exposition().written(self._kept, await self._look())
        return written

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

    def _counts(self, name: str, help: str, *labels: str) -> Counts:
        made = Counts(name, help, labels)
        self._kept.append(made)
        return made

    def _spreads(self, name: str, help: str, limits: Sequence[float], *labels: str) -> Spreads:
        made = Spreads(name, help, labels, limits)
        self._kept.append(made)
        return made


class Counts(Counter[tuple[str, ...]]):
    """How often something happened, by the values of the labels. Only the event loop counts, so this needs
    none of the locks and checks of the library's own counters, which cost a twentieth of a message.
    """

    def __init__(self, name: str, help: str, labels: tuple[str, ...]) -> None:
        super().__init__()
        self.name, self.help, self.labels = name, help, labels


class Spreads(dict[tuple[str, ...], Spread]):
    """How long something took, by the values of the labels."""

    def __init__(self, name: str, help: str, labels: tuple[str, ...], limits: Sequence[float]) -> None:
        super().__init__()
        self.name, self.help, self.labels = name, help, labels
        self._limits = limits
        if not labels:
            self[()] = Spread(limits)

    def __missing__(self, key: tuple[str, ...]) -> Spread:
        self[key] = made = Spread(self._limits)
        return made


def _exposition() -> Any:
    """Imported when somebody looks: Prometheus' library brings a web server of its own."""
    return importlib.import_module("bridgebot.metrics.exposition")
