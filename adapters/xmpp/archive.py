"""Reading an archive (XEP-0313): the bot's own, or a room's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4
from xml.etree import ElementTree as ET

from adapters.xmpp import writing
from adapters.xmpp.connection import Connection, Refused
from adapters.xmpp.names import CLIENT, DELAY, FORWARD, MAM, STANZA_ID, bare, child, children

_OVERLAP = timedelta(minutes=5)  # more is read where only a time is known: repeats are harmless
_ITEM_NOT_FOUND: Final = "item-not-found"  # the archive no longer has the message that was named


@dataclass(frozen=True, slots=True)
class Archived:
    """A message in an archive."""

    id: str  # the same as the stanza-id that the live message bears
    at: datetime
    message: ET.Element


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some of an archive, oldest first."""

    messages: tuple[Archived, ...]
    complete: bool  # nothing comes behind these


class Archive:
    """One archive over one connection."""

    def __init__(self, connection: Connection, jid: str) -> None:
        self.connection = connection
        self.jid = jid
        self._query = ""
        self._results: list[Archived] = []

    async def after(self, id: str, since: str) -> Leaf:
        """What came after the message `id`, or (without one) since a time; with neither, from the start.
        An id that has left the archive is replaced by the time. Raises `Silent` or `Refused`.
        """
        try:
            return await self._ask(after=id, since="" if id else _written(since))
        except Refused as refused:
            if refused.condition != _ITEM_NOT_FOUND or not id:
                raise
            return await self._ask(since=_earlier(since))

    async def last(self, count: int) -> tuple[Archived, ...]:
        """The last messages, oldest first. Raises `Silent` or `Refused`."""
        return (await self._ask(last=count)).messages

    def take(self, message: ET.Element) -> bool:
        """Is this a result of the question that was asked here? Then it is kept for the answer."""
        result = child(message, MAM, "result")
        if result is None or not self._query or result.get("queryid") != self._query:
            return False
        if bare(message.get("from", self.connection.jid)) != self.jid:
            return False  # only the archive itself may say what stands in it
        archived = _archived(result)
        if archived is not None:
            self._results.append(archived)
        return True

    async def _ask(self, *, after: str = "", since: str = "", last: int = 0) -> Leaf:
        self._query, self._results = uuid4().hex, []
        question = writing.query(self._query, after=after, since=since, last=last)
        try:
            answer = await self.connection.ask(self.jid, "set", question)
        finally:
            self._query = ""
        fin = child(answer, MAM, "fin")
        complete = fin is None or fin.get("complete") == "true" or not self._results
        return Leaf(tuple(self._results), complete)


def stamp(message: ET.Element, *by: str) -> datetime | None:
    """When a message that did not come at once was written, by the word of one of these (XEP-0203)."""
    stamps = [
        delay.get("stamp", "") for delay in children(message, DELAY, "delay") if delay.get("from") in by
    ]
    return _time(stamps[-1]) if stamps else None


def archive_id(message: ET.Element, by: str) -> str:
    """The id under which `by` keeps this message (XEP-0359). Ask only those that say they give such ids:
    others let a sender's own invention through.
    """
    ids = [
        given.get("id", "") for given in children(message, STANZA_ID, "stanza-id") if given.get("by") == by
    ]
    return ids[-1] if ids else ""


def _archived(result: ET.Element) -> Archived | None:
    forwarded = child(result, FORWARD, "forwarded")
    message = None if forwarded is None else forwarded.find(f"{CLIENT}message")
    if forwarded is None or message is None or not result.get("id"):
        return None
    delay = child(forwarded, DELAY, "delay")
    at = _time("" if delay is None else delay.get("stamp", ""))
    return Archived(result.get("id", ""), at or datetime.fromtimestamp(0, UTC), message)


def _time(stamp: str) -> datetime | None:
    """A time as XEP-0082 writes it, or None."""
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _earlier(since: str) -> str:
    """A safe time to read from, where the message that was handled last is no longer kept."""
    return _written((datetime.fromisoformat(since) - _OVERLAP).isoformat()) if since else ""


def _written(since: str) -> str:
    """A time as XEP-0082 wants it."""
    return datetime.fromisoformat(since).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if since else ""
