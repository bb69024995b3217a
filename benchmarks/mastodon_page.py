"""What a page of Mastodon's timelines costs: from the bytes of the answer to `model.Post`s."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapters.mastodon import reading, timelines
from adapters.mastodon.entities import Status
from benchmarks.limits import mastodon as limits
from benchmarks.pages import PAGE, absent, pages
from benchmarks.runner import Comparison, Figures, Side, Stopwatch
from bridgebot.model import Post

PAGES = 50  # in one run
_DOMAIN = "example.social"


def read(body: bytes) -> list[Post]:
    """As the adapter reads a page of which every status can be read."""
    return [reading.post(one, _DOMAIN) for one in timelines.STATUSES.decode(body) if isinstance(one, Status)]


def side(name: str, of_page: Callable[[bytes], Sequence[Any]], body: bytes, count: int) -> Side:
    """`count` times the same page; the figure is for one post."""

    def run() -> Figures:
        watch = Stopwatch()
        watch.start()
        for _ in range(count):
            found = of_page(body)
        watch.stop()
        assert len(found) == PAGE
        return watch.each(count * PAGE, "post")

    return Side(name, run)


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    many, few = max(1, round(PAGES * scale)), max(1, round(PAGES * scale / 50))
    here = [
        Comparison(
            f"mastodon-page, {name}",
            side("adapter", read, body, many),
            (
                side("bare msgspec", limits.structs, body, many * 10),
                side("Mastodon.py", limits.mastodon_py, body, few),
            ),
        )
        for name, body in pages().items()
    ]
    yield [*here, *absent("mastodon-page")]
