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
PING = "<iq type='get' id='heard' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq>"
LIMIT = 120  # seconds for what takes a moment: only what never comes takes so long
_IQ = re.compile(r"<iq\b[^>]*?>.*?</iq>|<iq\b[^>]*?/>", re.DOTALL)


class Line:
    """One connection of the bot, until it is gone."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.present = False  # before that a server delivers nothing
        self.over = False  # the server has said its last word
        self.heard = asyncio.Event()
        self.gone = asyncio.Event()

    async def asks(self, text: str) -> bool:
        """Say this and a ping behind it: True once the bot has answered, False if it hung up instead."""
        self.heard.clear()
        self.writer.write((text + PING).encode("utf-8", "replace"))
        async with asyncio.timeout(LIMIT):
            await self.heard.wait()
        return not self.gone.is_set()

    def ends(self) -> None:
        self.gone.set()
        self.heard.set()
        self.writer.close()


class Script:
    """`says` reaches the bot that is connected now, `archive` what it reads when it connects."""

    def __init__(self) -> None:
        self.port = 0
        self.archive: list[str] = []  # what stands in <result>…</result>, oldest first
        self.connections = 0
        self.ready = asyncio.Event()
        self._line: Line | None = None  # where the bot is present now

    async def says(self, *texts: str) -> None:
        """Say these, and wait until the bot has answered a ping behind them. It may not hang up on them:
        what is said live is said once, so what stood behind would be lost.
        """
        line = await self._listener()
        assert await line.asks("".join(texts)), "the bot hung up"

    async def breaks(self, text: str) -> None:
        """Say what no server says, and end the connection; whoever is ready after that is on a new one."""
        line = await self._listener()
        self._leaves(line)
        line.over = True
        line.writer.write(text.encode())
        line.writer.write_eof()
        async with asyncio.timeout(LIMIT):
            await line.gone.wait()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        line, unread, logged_in = Line(writer), "", False
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                unread += "" if line.over else data.decode("utf-8", "replace")
                if "<stream:stream" in unread:
                    unread = ""
                    writer.write((HEAD + (BIND if logged_in else SASL)).encode())
                elif "<auth" in unread and "</auth>" in unread:
                    unread, logged_in = "", True
                    writer.write(SUCCESS.encode())
                else:
                    for question in _IQ.findall(unread):
                        self._answer(line, question)
                    unread = _IQ.sub("", unread)[-100_000:]
                    if "<presence" in unread and not line.present:
                        self._appears(line)
        self._leaves(line)
        line.ends()

    def hang_up(self) -> None:
        """Be gone without a word."""
        if self._line is not None:
            self._line.writer.transport.abort()

    async def _listener(self) -> Line:
        async with asyncio.timeout(LIMIT):
            await self.ready.wait()
        assert self._line is not None
        return self._line

    def _appears(self, line: Line) -> None:
        line.present, self._line = True, line
        self.ready.set()

    def _leaves(self, line: Line) -> None:
        if line is self._line:
            self._line = None
            self.ready.clear()

    def _answer(self, line: Line, question: str) -> None:
        start = question.partition(">")[0]
        id = _attribute(start, "id")
        if "type='result'" in start.replace('"', "'") or "type='error'" in start.replace('"', "'"):
            if id == "heard":
                line.heard.set()
            return
        sender = _attribute(start, "to")
        body, kind = "", "result"
        if "xmpp-bind" in question:
            body = BOUND
        elif "disco#info" in question:
            body = DISCO if sender.startswith("bot@") else ""
        elif "urn:xmpp:mam:2" in question:
            query = re.search(r"queryid=['\"]([^'\"]*)", question)
            line.writer.write(self._results(query[1] if query else ""))
            body = FIN
        elif not ("jabber:iq:roster" in question or "urn:xmpp:ping" in question):
            body, kind = ERROR, "error"
        origin = f" from='{sender}'" if sender else ""
        line.writer.write(f"<iq type='{kind}' id='{id}'{origin}>{body}</iq>".encode())

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
        script.hang_up()
