"""An XMPP server of a few lines: it lets everybody in, answers what it must, and says what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

HEAD = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    " id='s' from='localhost' version='1.0'>"
)
SASL = (
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>"
    "</mechanisms></stream:features>"
)
BIND = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"
SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
BOUND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>bot@localhost/fuzz</jid></bind>"
DISCO = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query>"
FIN = "<fin xmlns='urn:xmpp:mam:2' complete='true'/>"
ERROR = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
_IQ = re.compile(r"<iq\b[^>]*?>.*?</iq>|<iq\b[^>]*?/>", re.DOTALL)


class Script:
    """`says` reaches the bot that is connected now, `archive` what it reads when it connects."""

    def __init__(self) -> None:
        self.port = 0
        self.archive: list[str] = []  # what stands in <result>…</result>, oldest first
        self.connections = 0
        self.pongs = 0
        self.ready = asyncio.Event()
        self.heard = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def says(self, *texts: str) -> None:
        """Say these, and wait until the bot has answered a ping behind them, or is gone."""
        await self.ready.wait()
        assert self._writer is not None
        self.heard.clear()
        ping = "<iq type='get' id='heard' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq>"
        self._writer.write(("".join(texts) + ping).encode("utf-8", "replace"))
        async with asyncio.timeout(60):
            await self.heard.wait()

    async def breaks(self, text: str) -> None:
        """Say what no server says, and end the connection."""
        await self.ready.wait()
        assert self._writer is not None
        self.ready.clear()
        self._writer.write(text.encode())
        await asyncio.sleep(0.05)
        self._writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writer, unread, logged_in = writer, "", False
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                unread += data.decode("utf-8", "replace")
                if "<stream:stream" in unread:
                    unread = ""
                    writer.write((HEAD + (BIND if logged_in else SASL)).encode())
                elif "<auth" in unread and "</auth>" in unread:
                    unread, logged_in = "", True
                    writer.write(SUCCESS.encode())
                else:
                    for question in _IQ.findall(unread):
                        self._answer(writer, question)
                    unread = _IQ.sub("", unread)[-100_000:]
                    if "<presence" in unread:  # before that a server delivers nothing
                        self.ready.set()
        if writer is self._writer:
            self.ready.clear()
            self.heard.set()
        writer.close()

    def _answer(self, writer: asyncio.StreamWriter, question: str) -> None:
        start = question.partition(">")[0]
        id = _attribute(start, "id")
        if "type='result'" in start.replace('"', "'") or "type='error'" in start.replace('"', "'"):
            if id == "heard":
                self.heard.set()
            return
        sender = _attribute(start, "to")
        body, kind = "", "result"
        if "xmpp-bind" in question:
            body = BOUND
        elif "disco#info" in question:
            body = DISCO if sender.startswith("bot@") else ""
        elif "urn:xmpp:mam:2" in question:
            query = re.search(r"queryid=['\"]([^'\"]*)", question)
            writer.write(self._results(query[1] if query else ""))
            body = FIN
        elif not ("jabber:iq:roster" in question or "urn:xmpp:ping" in question):
            body, kind = ERROR, "error"
        origin = f" from='{sender}'" if sender else ""
        writer.write(f"<iq type='{kind}' id='{id}'{origin}>{body}</iq>".encode())

    def _results(self, query: str) -> bytes:
        head = f"<message from='bot@localhost'><result xmlns='urn:xmpp:mam:2' queryid='{query}' "
        found = [f"{head}{one}</result></message>" for one in self.archive]
        self.archive = []
        return "".join(found).encode("utf-8", "replace")


def _attribute(start: str, name: str) -> str:
    found = re.search(rf"\s{name}=['\"]([^'\"]*)", start)
    return found[1] if found else ""


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Script]:
    script = Script()
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        if script._writer is not None:
            script._writer.transport.abort()
