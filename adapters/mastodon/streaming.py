"""Word of what happens, as it happens: the user's stream over a websocket, else as server-sent events.

A stream only hints: the poll behind it reads what a broken stream has missed. When the connection
ends, listening ends, and the core begins anew.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from functools import lru_cache

import aiohttp
import msgspec
from yarl import URL

from adapters.mastodon import filters, wire
from adapters.mastodon.entities import Event, Status
from adapters.mastodon.sharing import Stream, Streams, Tell
from bridgebot.errors import AuthExpired, Temporary, Unsupported
from bridgebot.model import Account, Hint, Timeline, TimelineKind

HEARTBEAT = 30.0  # seconds between two pings; a peer that answers none is gone
SILENCE = 90.0  # seconds; servers write `:thump` every 15 into server-sent events
_MOST = 1024 * 1024  # bytes of one message
_ADDRESSES = 4096  # that are kept: nearly all streams of a server have the same


async def listen(streams: Streams, timeline: Timeline, account: Account) -> AsyncGenerator[Hint, None]:
    """Hints for one timeline. Raises Temporary when the stream breaks."""
    try:
        with streams.join(_stream(timeline, account)) as events:
            async for event in events:
                if event.event == "delete" and not events.first:
                    continue  # it says nothing about the timeline: one who asks is enough
                if (hint := hint_of(event, timeline, account)) is not None:
                    yield hint
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Temporary("mastodon-stream", server=account.server) from error


def _stream(timeline: Timeline, account: Account) -> Stream:
    """The one that tells of the timeline."""
    known = wire.secret(account)
    if not known.streaming or timeline.kind is TimelineKind.BOOKMARKS:  # no stream tells of those
        raise Unsupported()
    return Stream(_address(known.streaming, timeline), known.token, account.server, known.software)


async def follow(http: aiohttp.ClientSession, stream: Stream, tell: Tell) -> None:
    """Tell what comes, by websocket; where the server has none, by server-sent events."""
    socket = await _socket(http, stream)
    if socket is None:
        await _follow_events(http, stream, tell)
        return
    async with socket:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT and (said := _event(message.data)) is not None:
                tell(said)


async def _socket(http: aiohttp.ClientSession, stream: Stream) -> aiohttp.ClientWebSocketResponse | None:
    """The open websocket; None where the server has none. What was needed to open it is not kept as long as
    it stands: there are thousands.
    """
    try:
        return await http.ws_connect(
            stream.address,
            headers=_signed(stream),
            # Pleroma and Akkoma read the token only here; never in the address, which is logged on the way.
            protocols=(stream.token,) if stream.software in ("pleroma", "akkoma") else (),
            heartbeat=HEARTBEAT,
            max_msg_size=_MOST,
        )
    except aiohttp.WSServerHandshakeError as error:
        if error.status == 401:
            raise AuthExpired() from None  # not the cause: it holds the headers that were sent
        if error.status == 429 or error.status >= 500:
            raise Temporary("mastodon-stream", server=stream.server) from None
        return None


def _signed(stream: Stream) -> dict[str, str]:
    return {"Authorization": f"Bearer {stream.token}"}


@lru_cache(_ADDRESSES)
def _address(base: str, timeline: Timeline) -> URL:
    """`/api/v1/streaming?stream=user`; some servers name the path together with the host."""
    url = URL(base)
    if not url.path.rstrip("/").endswith("/api/v1/streaming"):
        url = url.with_path(f"{url.path.rstrip('/')}/api/v1/streaming")
    match timeline.kind:
        case TimelineKind.TAG:
            return url.with_query(stream="hashtag", tag=timeline.argument)
        case TimelineKind.LIST:
            return url.with_query(stream="list", list=timeline.argument)
        case _:
            return url.with_query(stream="user")


async def _follow_events(http: aiohttp.ClientSession, stream: Stream, tell: Tell) -> None:
    """The same stream as server-sent events: `/api/v1/streaming/user`."""
    url = stream.address
    url = url.with_scheme({"ws": "http", "wss": "https"}.get(url.scheme, url.scheme))
    query = {name: value for name, value in url.query.items() if name != "stream"}
    url = (url / url.query["stream"]).with_query(query)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE)
    headers = {**_signed(stream), "Accept": "text/event-stream"}
    async with http.get(url, headers=headers, timeout=timeout, allow_redirects=False) as answer:
        if answer.status == 401:
            raise AuthExpired()
        if answer.status != 200 or answer.content_type != "text/event-stream":
            raise Temporary("mastodon-stream", server=stream.server)
        name, data = "", list[str]()
        async for line in _lines(answer.content):
            field, _, value = line.partition(":")
            if field == "event":
                name = value.strip()
            elif field == "data":
                data.append(value.removeprefix(" "))
            elif not line and (name or data):
                tell(Event(name, "\n".join(data)))
                name, data = "", []


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[str]:
    """The lines of a stream, none longer than a message may be."""
    rest = b""
    async for piece in content.iter_any():
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _MOST:
            raise ValueError("a line without an end")
        for line in lines:
            yield line.rstrip(b"\r").decode(errors="replace")


# --- what an event means: pure -----------------------------------------------------------------


def _event(data: str) -> Event | None:
    try:
        return msgspec.json.decode(data, type=Event)
    except wire.UNREADABLE:
        return None  # heartbeats of some servers, and errors


def hint_of(event: Event, timeline: Timeline, account: Account) -> Hint | None:
    """What an event says about a timeline; None: nothing."""
    if event.event == "delete" and isinstance(event.payload, str | int):
        return Hint(str(event.payload).strip())
    if event.event == "notification":
        return Hint(None) if timeline.kind is TimelineKind.MENTIONS else None
    if event.event not in ("update", "status.update"):
        return None
    status = _status(event.payload)
    if status is None or not _belongs(status, event.event, timeline, account):
        return None
    return Hint(status.id)


def _status(payload: object) -> Status | None:
    try:
        if isinstance(payload, str):
            return msgspec.json.decode(payload, type=Status)
        return msgspec.convert(payload, Status)  # some servers do not wrap it into a text
    except wire.UNREADABLE:
        return None


def _belongs(status: Status, event: str, timeline: Timeline, account: Account) -> bool:
    """The user's stream carries the home timeline; other timelines take their part of it. What the reader's
    filters hide there is nobody's.
    """
    place = filters.PLACES.get(timeline.kind, filters.OWN)
    if filters.hides(status, filters.place_of(status, place, account)):
        return False
    if timeline.kind is TimelineKind.OWN:
        return status.account.id == account.id and status.reblog is None
    if timeline.kind is TimelineKind.PERSON:  # in it if the account follows the person
        return status.account.id == timeline.argument
    if timeline.kind is TimelineKind.MENTIONS:  # new mentions come as notifications
        return event == "status.update" and any(one.id == account.id for one in status.mentions or ())
    return True
