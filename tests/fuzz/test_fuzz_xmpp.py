"""XMPP's stanzas, made wrong in every way: read, and over a real stream into the core."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from adapters import xmpp
from adapters.xmpp.intake import Arrival
from adapters.xmpp.memory import Memory
from adapters.xmpp.reading import Kind, read
from adapters.xmpp.talk import hand_in
from bridgebot.model import Chat, Person
from bridgebot.supervisor import Supervisor
from bridgebot.testing.clock import RealClock
from bridgebot.testing.context import house
from tests.fuzz.core import core
from tests.fuzz.mutate import Fuzz, escaped, stanza
from tests.fuzz.xmpp_script import LIMIT, serving

READ = 12000
SENT = 1500
BATCH = 50
BETWEEN = 5  # batches between two good messages

FROM = "<message xmlns='jabber:client' type='chat' from='bo@localhost/x' to='bot@localhost/fuzz' id='m{0}'>"
INNER = (
    "<body>hello bot</body>",
    "<body xml:lang='zh'>你好 𠮷 &amp; &lt;b&gt;</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>",
    "<body>&gt; quoted\nanswer</body><reply xmlns='urn:xmpp:reply:0' id='m0' to='bot@localhost'/>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='9'/></fallback>",
    "<body>corrected</body><replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
    "<body>I retract</body><retract xmlns='urn:xmpp:message-retract:1' id='m0'/>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>",
    "<apply-to xmlns='urn:xmpp:fasten:0' id='m0'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
    "<reactions xmlns='urn:xmpp:reactions:0' id='m0'><reaction>+</reaction></reactions><body>+</body>",
    "<body>hidden</body><spoiler xmlns='urn:xmpp:spoiler:0'>hint</spoiler>",
    "<body>late</body><delay xmlns='urn:xmpp:delay' from='localhost' stamp='2026-03-01T12:00:00Z'/>",
    "<body>kept</body><stanza-id xmlns='urn:xmpp:sid:0' by='bot@localhost' id='s{0}'/>"
    "<request xmlns='urn:xmpp:receipts'/>",
    "<body>secret</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>",
    "<x xmlns='jabber:x:conference' jid='room@rooms.localhost' password='p'/>",
    "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bo@localhost'/><password>p</password></x>",
    "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message from='bot@localhost'>"
    "<body>forged</body></message></forwarded></sent>",
)
OTHERS = (
    "<presence xmlns='jabber:client' from='bo@localhost/x' type='subscribe'/>",
    "<presence xmlns='jabber:client' from='room@rooms.localhost/bot'><x "
    "xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/>"
    "<status code='110'/></x></presence>",
    "<iq xmlns='jabber:client' type='get' id='q1' from='bo@localhost/x'><query "
    "xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "<iq xmlns='jabber:client' type='set' id='q2' from='bo@localhost/x'><query xmlns='jabber:iq:roster'>"
    "<item jid='x@y' subscription='both'/></query></iq>",
    "<iq xmlns='jabber:client' type='result' id='q3' from='localhost'/>",
)
SAMPLES = [FROM.format(number) + inner.format(number) + "</message>" for number, inner in enumerate(INNER)]
GOOD = (
    "<message xmlns='jabber:client' type='chat' from='ada@localhost/x' to='bot@localhost/fuzz' id='good{0}'>"
    "<body>{1}</body>"
    "<stanza-id xmlns='urn:xmpp:sid:0' by='bot@localhost' id='good{0}'/></message>"
)
ILL = (
    "<message><body>",
    "</message>",
    "<a b=c>",
    "&undefined;",
    "<!DOCTYPE x [<!ENTITY e 'x'>]>",
    "\x00",
    "</stream:stream>",
)


def is_well_formed(text: str) -> bool:
    try:
        ET.fromstring(text)
    except ET.ParseError:
        return False
    return True


def well_formed(fuzz: Fuzz, samples: list[str]) -> str:
    while not is_well_formed(text := stanza(fuzz, samples)):
        pass
    return text


def fresh(text: str, number: int) -> str:
    """Not the same message once more: with an id of its own, where it still has one."""
    return re.sub(r" id='[ms]\d+'", f" id='m{number}'", text, count=1)


def test_whatever_a_stanza_is_reading_it_gives_one_answer(fuzz):
    memory, kinds = Memory(), Counter()
    chat, person = Chat("bo@localhost", direct=True), Person("bo@localhost")
    for number in range(READ * fuzz.times):
        element = ET.fromstring(well_formed(fuzz, SAMPLES))
        said = read(element)
        kinds[said.kind] += 1
        if said.kind in (Kind.TEXT, Kind.EDIT, Kind.DELETION, Kind.REACTION):
            arrival = Arrival(element, f"s{number}" if number % 2 else "", datetime.now(UTC), late=False)
            thing = hand_in(memory, arrival, said, chat, person, "")
            assert thing is None or (thing.event and (thing.id or said.kind is Kind.DELETION)), fuzz.told
    assert min(kinds[kind] for kind in Kind) > READ / 200, kinds


class Hasty(RealClock):
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


class Plain(RealClock):
    """The adapter's own waits are real."""


async def test_stanzas_that_are_wrong_break_nothing_and_hide_nothing(fuzz):
    async with (
        serving() as script,
        house(xmpp, clock=Plain()) as context,
        core(xmpp.Adapter.capabilities) as own,
    ):
        options = {"host": "127.0.0.1", "port": script.port, "tls": False, "accept_invitations": False}
        adapter = xmpp.Adapter(xmpp.Config(jid="bot@localhost", password="x", **options), context)
        supervisor = Supervisor(Hasty())
        supervisor.start("xmpp", lambda: adapter.run(own.receive))
        try:
            await script.says(GOOD.format(0, "/help"))
            await until(own, 1)
            await own.settle("ada@localhost")
            sent, most = 0, SENT * fuzz.times
            while sent < most:
                for _ in range(BETWEEN):
                    some = [well_formed(fuzz, [*SAMPLES, *OTHERS]) for _ in range(BATCH)]
                    await script.says(*(fresh(one, sent + number) for number, one in enumerate(some)))
                    sent += BATCH
                await posts(own, script, f"after {sent}")
                script.archive = [archived(fuzz, sent + number) for number in range(BATCH)]
                script.archive.append(kept(f"kept {sent}"))
                sent += BATCH
                await script.breaks(fuzz.random.choice(ILL))  # at the next connection the archive is read
                await stands(own, f"kept {sent - BATCH}")
                await posts(own, script, f"after {sent}")
                assert own.troubles() == [], fuzz.told
        finally:
            await supervisor.stop()
        assert await own.failed() == 0, fuzz.told
        assert script.connections > most / BATCH / (BETWEEN + 1)
        assert await own.taken_in() > most / 8


def archived(fuzz: Fuzz, number: int) -> str:
    """The rest of a `result` of the archive."""
    stamp = fuzz.random.choice(
        ("2026-03-01T12:00:00Z", "", "yesterday", "9999-12-31T23:59:59.999Z", "0001-01-01")
    )
    return result(f"a{number}", escaped(stamp), well_formed(fuzz, SAMPLES))


def kept(text: str) -> str:
    """A good message of this moment, in the archive."""
    id = text.split()[-1] + text
    return result(f"good{id}", datetime.now(UTC).isoformat(), GOOD.format(id, f"/post {text}"))


def result(id: str, stamp: str, message: str) -> str:
    return (
        f"id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>"
        f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>{message}</forwarded>"
    )


async def posts(own, script, text: str) -> None:
    await script.says(GOOD.format(text.split()[-1] + text, f"/post {text}"))
    await stands(own, text)


async def stands(own, text: str) -> None:
    async with asyncio.timeout(LIMIT):
        while text not in [post.text for post in own.north.network.standing.values()]:
            await own.outbox.step()
            await asyncio.sleep(0.01)


async def until(own, count: int) -> None:
    async with asyncio.timeout(LIMIT):
        while await own.taken_in() < count:
            await asyncio.sleep(0.01)
