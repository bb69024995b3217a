"""From an address that somebody writes to the feeds behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from adapters.feeds import addresses, pages, parsing, xml
from adapters.feeds.entities import Feed
from adapters.feeds.pages import Named
from adapters.feeds.wire import MISSING, Answer, Wire, links
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary
from bridgebot.model import Source, Timeline, TimelineKind

PATIENCE = 10.0  # seconds for one request: somebody waits for the answer


async def find(wire: Wire, written: str) -> tuple[Source, ...]:
    """The feeds at an address, of a page or of a feed. Raises TargetGone where there is none."""
    meant = addresses.meant(written)
    if not meant:
        raise Rejected("feeds-wrong")
    for number, address in enumerate(meant, 1):
        try:
            return await _at(wire, address)
        except (Temporary, TargetGone):
            if number == len(meant):
                raise
    raise Rejected("feeds-wrong")


async def _at(wire: Wire, address: str) -> tuple[Source, ...]:
    host = addresses.host(address)
    try:
        answer = await wire.get(address, timeout=PATIENCE)
    except TargetGone as error:
        raise TargetGone("feeds-none", host=host) from error
    if answer.status == MISSING:
        raise TargetGone("feeds-none", host=host)
    feed = await wire.understood(answer)
    if feed is not None:
        return (source(answer.moved, feed),)
    found = await _of_page(wire, answer)
    if not found:
        raise TargetGone("feeds-none", host=host)
    return found


async def _of_page(wire: Wire, answer: Answer) -> tuple[Source, ...]:
    """What the page names; else what is found where feeds usually are."""
    kind = parsing.charset(answer.headers.get("Content-Type", ""))
    page = await wire.beside(
        lambda: pages.of(xml.decoded(answer.body, kind), answer.url, links(answer.headers))
    )
    if len(page.named) > 1:
        return tuple(_named(one) for one in page.named)
    for guesses in (page.named, page.like, pages.well_known(answer.url)):
        if (found := await _first(wire, guesses)) is not None:
            return (found,)
    return ()


async def _first(wire: Wire, guesses: Iterable[Named]) -> Source | None:
    """The first of these that is a feed; they are asked together."""
    found = await asyncio.gather(*(_tried(wire, guess) for guess in guesses))
    return next((one for one in found if one is not None), None)


async def _tried(wire: Wire, guess: Named) -> Source | None:
    try:
        answer = await wire.get(guess.address, timeout=PATIENCE)
        feed = await wire.understood(answer) if answer.status != MISSING else None
    except AdapterError:
        return None
    return None if feed is None else source(answer.moved, feed)


def source(address: str, feed: Feed) -> Source:
    """A feed that was read."""
    host = addresses.host(address)
    return Source(Timeline(TimelineKind.FEED, host, address), feed.title or host, url=feed.link or None)


def _named(one: Named) -> Source:
    """A feed that was only named."""
    host = addresses.host(one.address)
    return Source(Timeline(TimelineKind.FEED, host, one.address), one.title or host)
