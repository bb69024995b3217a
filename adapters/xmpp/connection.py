"""One standing connection: questions to the server, and messages with the server's word on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal
from xml.etree import ElementTree as ET

from slixmpp.exceptions import IqError, IqTimeout

from adapters.xmpp.client import Client
from adapters.xmpp.names import DISCO, PING, STREAM_MANAGEMENT, TIME, child, children, element
from bridgebot.errors import AdapterError, Temporary, Unconfirmed

Kind = Literal["chat", "groupchat"]

_QUESTION = 30.0  # seconds for an answer to an iq


class Silent(Exception):
    """A question was not answered in time."""


class Refused(Exception):
    """A question was answered by an error; `condition` is its name (RFC 6120, 8.3.3)."""

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class Connection:
    """What may be said over a connected client."""

    def __init__(self, client: Client, patience: float) -> None:
        self.client = client
        self.patience = patience  # seconds to wait for the word on a message
        self._waiting: dict[str, asyncio.Future[ET.Element | None]] = {}
        self._asking = False  # for an acknowledgement, behind what is sent in this turn of the loop
        client.add_event_handler("stanza_acked", self._acknowledged)
        client.lost.add_done_callback(self._cut)

    @property
    def jid(self) -> str:
        """The bot's own bare address."""
        return str(self.client.boundjid.bare)

    @property
    def server(self) -> str:
        """The bot's server."""
        return str(self.client.boundjid.host)

    async def lost(self) -> None:
        """Wait for the end of the connection, which is an error: `Temporary`."""
        await asyncio.shield(self.client.lost)
        raise Temporary("xmpp-unreachable", server=self.server)

    async def watch(self, sleep: Callable[[float], Any], seconds: float) -> None:
        """Ask now and then whether the server is still there; `Temporary` when it does not say so."""
        while True:
            await sleep(seconds)
            try:
                await self.ping()
            except Silent:
                raise Temporary("xmpp-unreachable", server=self.server) from None

    async def ask(self, to: str, kind: Literal["get", "set"], question: ET.Element) -> ET.Element:
        """Send an iq of kind `get` or `set`; its answer. Raises `Silent` or `Refused`."""
        iq = self.client.make_iq(ito=to, itype=kind)
        iq.xml.append(question)
        try:
            answer: ET.Element = (await iq.send(timeout=_QUESTION)).xml  # type: ignore[no-untyped-call]
        except IqTimeout:
            raise Silent from None
        except IqError as error:
            raise Refused(error.condition) from None
        return answer

    async def ping(self) -> None:
        """A round trip to the server; an error is an answer, too. Raises `Silent`."""
        try:
            await self.ask(self.server, "get", element(PING, "ping"))
        except Refused:
            return

    async def time(self) -> datetime | None:
        """The server's time in UTC (XEP-0202); None where it does not say."""
        try:
            answer = await self.ask(self.server, "get", element(TIME, "time"))
            return datetime.fromisoformat(answer.findtext(f"{{{TIME}}}time/{{{TIME}}}utc") or "")
        except (Silent, Refused, ValueError):
            return None

    async def about(self, jid: str) -> tuple[frozenset[str], str]:
        """(features, name) of an address (XEP-0030); nothing where it does not say."""
        try:
            answer = await self.ask(jid, "get", element(DISCO, "query"))
        except (Silent, Refused):
            return frozenset(), ""
        query = child(answer, DISCO, "query")
        if query is None:
            return frozenset(), ""
        features = frozenset(feature.get("var", "") for feature in children(query, DISCO, "feature"))
        names = [identity.get("name", "") for identity in children(query, DISCO, "identity")]
        return features, next(filter(None, names), "")

    def put(self, to: str, kind: Kind, parts: Sequence[ET.Element], id: str = "") -> None:
        """Send a message of which no word is awaited."""
        self.client.send(self._message(to, kind, parts, id))

    def present(self, to: str = "", *parts: ET.Element) -> None:
        """Send presence."""
        presence = self.client.make_presence(pto=to or None)
        presence.xml.extend(parts)
        self.client.send(presence)

    async def deliver(self, to: str, kind: Kind, parts: Sequence[ET.Element], id: str) -> ET.Element | None:
        """Send a message and wait until the network has it: the server's acknowledgement of the stream
        (XEP-0198), else of a ping sent behind it; in a room (`groupchat`) the room's reflection, which
        is returned. Raises `Temporary`, `Unconfirmed`, or what an error stanza means.
        """
        if self.client.lost.done() or not self.client.is_connected():
            raise Temporary("xmpp-unreachable", server=self.server)
        word: asyncio.Future[ET.Element | None] = asyncio.get_running_loop().create_future()
        self._waiting[id] = word
        ping: asyncio.Task[None] | None = None
        try:
            self.client.send(self._message(to, kind, parts, id))
            if kind != "groupchat":
                ping = self._request_acknowledgement(word)
            async with asyncio.timeout(self.patience):
                return await word
        except TimeoutError:
            raise Unconfirmed("xmpp-unconfirmed") from None
        finally:
            self._waiting.pop(id, None)
            word.cancel()
            if ping is not None:
                ping.cancel()

    def reflected(self, id: str, message: ET.Element) -> None:
        """A room has shown the bot's own message to everybody."""
        self._settle(id, message)

    def bounced(self, message: ET.Element, error: AdapterError) -> None:
        """An error stanza came back; if somebody waits for a word on that message, it is this error."""
        word = self._waiting.get(message.get("id", ""))
        if word is not None and not word.done():
            word.set_exception(error)

    def _request_acknowledgement(self, word: asyncio.Future[ET.Element | None]) -> asyncio.Task[None] | None:
        if not self.client.managed:
            return asyncio.create_task(self._round_trip(word))
        if not self._asking:
            self._asking = True
            asyncio.get_running_loop().call_soon(self._ask_once)
        return None

    def _ask_once(self) -> None:
        """One question for all that was sent together: the answer counts stanzas."""
        self._asking = False
        if self.client.is_connected():
            # As text it takes its turn behind the messages; slixmpp's own request would overtake them.
            self.client.send(f"<r xmlns='{STREAM_MANAGEMENT}'/>")

    def _cut(self, _lost: object) -> None:
        """The connection is gone, and with it the words on what was sent."""
        for word in self._waiting.values():
            if not word.done():
                word.set_exception(Unconfirmed("xmpp-unconfirmed"))

    async def _round_trip(self, word: asyncio.Future[ET.Element | None]) -> None:
        """Servers handle a stream in order (RFC 6120, 10.1): the answer says that the message was, too."""
        try:
            await self.ping()
        except Silent:
            return
        if not word.done():
            word.set_result(None)

    def _acknowledged(self, stanza: Any) -> None:
        if stanza.name == "message" and stanza.xml.get("type") != "groupchat":
            self._settle(stanza.xml.get("id", ""), None)

    def _settle(self, id: str, message: ET.Element | None) -> None:
        word = self._waiting.get(id)
        if word is not None and not word.done():
            word.set_result(message)

    def _message(self, to: str, kind: Kind, parts: Sequence[ET.Element], id: str) -> Any:
        message = self.client.Message()
        message.xml.attrib |= {"to": to, "type": kind} | ({"id": id} if id else {})
        message.xml.extend(parts)
        return message
