"""A person with an XMPP client: sends any stanza, and keeps what it was shown."""

from __future__ import annotations

import asyncio
from uuid import uuid4
from xml.etree import ElementTree as ET

from slixmpp import ClientXMPP
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import StanzaPath

from tests.canary import guard_text
from tests.servers.prosody import DOMAIN, PASSWORDS, Prosody

NS = "{jabber:client}"
MUC = "http://jabber.org/protocol/muc"
DEADLINE = 10.0


class PersonClient:
    """One person, connected; `messages` and `presences` are what came, as elements."""

    def __init__(self, prosody: Prosody, name: str, domain: str = DOMAIN) -> None:
        self.jid = f"{name}@{domain}"
        self.name = name
        self.messages: list[ET.Element] = []
        self.presences: list[ET.Element] = []
        self._prosody = prosody
        self._news = asyncio.Event()
        self._client = ClientXMPP(f"{self.jid}/{uuid4().hex[:6]}", PASSWORDS[name])
        self._client.ca_certs = prosody.ca_file
        self._client.enable_direct_tls = False
        self._client.register_handler(
            Callback("m", StanzaPath("message"), lambda got: self._got(self.messages, got))
        )
        self._client.register_handler(
            Callback("p", StanzaPath("presence"), lambda got: self._got(self.presences, got))
        )

    async def __aenter__(self) -> PersonClient:
        started = asyncio.Event()
        self._client.add_event_handler("session_start", lambda _: started.set())
        self._client.connect("127.0.0.1", self._prosody.port)
        await asyncio.wait_for(started.wait(), DEADLINE)
        self._client.send_presence()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.disconnect(1.0)
        self._client._run_out_filters.cancel()

    def raw(self, stanza: str) -> None:
        """Send a stanza as it is written here."""
        self._client.send(stanza)

    def send(
        self,
        to: str,
        body: str | None,
        *parts: str,
        kind: str = "chat",
        id: str | None = None,
        attributes: str = "",
    ) -> str:
        """Send a message with these further elements, written as XML; its id."""
        guard_text(body)
        id = id or uuid4().hex
        message = ET.Element("message", {"to": to, "type": kind, "id": id})
        text = ET.tostring(message, encoding="unicode").removesuffix("/>").rstrip()
        if body is not None:
            escaped = ET.Element("body")
            escaped.text = body
            parts = (ET.tostring(escaped, encoding="unicode"), *parts)
        self.raw(f"{text} {attributes}>{''.join(parts)}</message>")
        return id

    def subscribe(self, to: str) -> None:
        self.raw(f"<presence to='{to}' type='subscribe'/>")

    async def ask(self, to: str, kind: str, question: str) -> ET.Element:
        """Send an iq; its answer. Raises IqError or IqTimeout."""
        iq = self._client.make_iq(ito=to, itype=kind)
        iq.xml.append(ET.fromstring(question))
        return (await iq.send(timeout=DEADLINE)).xml

    async def enter(self, room: str, nick: str | None = None) -> None:
        """Enter a room; one that is new is taken as it is."""
        nick = nick or self.name
        self.raw(f"<presence to='{room}/{nick}'><x xmlns='{MUC}'><history maxstanzas='0'/></x></presence>")
        own = await self.shown(lambda one: one.get("from") == f"{room}/{nick}", self.presences)
        assert own.get("type") != "error", ET.tostring(own)
        if own.find(f"{{{MUC}#user}}x/{{{MUC}#user}}status[@code='201']") is not None:
            await self.configure(room)

    async def configure(self, room: str, **fields: str) -> None:
        """Give a room these options (`whois="moderators"`); an empty form takes it as it is."""
        name = "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        given = "".join(
            f"<field var='muc#roomconfig_{key}'><value>{value}</value></field>"
            for key, value in fields.items()
        )
        form = f"<x xmlns='jabber:x:data' type='submit'>{name + given if given else ''}</x>"
        await self.ask(room, "set", f"<query xmlns='{MUC}#owner'>{form}</query>")

    async def affiliate(self, room: str, jid: str, affiliation: str) -> None:
        item = f"<item jid='{jid}' affiliation='{affiliation}'/>"
        await self.ask(room, "set", f"<query xmlns='{MUC}#admin'>{item}</query>")

    async def shown(self, wanted, among: list[ET.Element] | None = None, *, skip: int = 0) -> ET.Element:
        """Wait for a message (or a presence) like that; the first one after `skip`."""
        among = self.messages if among is None else among
        async with asyncio.timeout(DEADLINE):
            while True:
                self._news.clear()
                found = [one for one in among[skip:] if wanted(one)]
                if found:
                    return found[0]
                await self._news.wait()

    async def sees(self, address: str) -> None:
        """Wait until somebody at this address (all of it, or what stands before the slash) is there."""

        def here(one: ET.Element) -> bool:
            sender = one.get("from", "")
            return one.get("type") is None and address in (sender, sender.partition("/")[0])

        await self.shown(here, self.presences)

    def texts(self, sender: str) -> list[str]:
        """The bodies that this bare address sent."""
        own = [one for one in self.messages if one.get("from", "").partition("/")[0] == sender]
        return [one.findtext(f"{NS}body") for one in own if one.find(f"{NS}body") is not None]

    def _got(self, kept: list[ET.Element], stanza) -> None:
        kept.append(stanza.xml)
        self._news.set()
