"""One room (XEP-0045) as the bot sees it: entering, who is there, and why it left."""

from __future__ import annotations

import asyncio
import enum
import logging
from dataclasses import dataclass, replace
from typing import Final
from xml.etree import ElementTree as ET

from adapters.xmpp import writing
from adapters.xmpp.connection import Connection, Refused, Silent
from adapters.xmpp.failures import condition
from adapters.xmpp.names import (
    MAM,
    MUC_USER,
    OCCUPANT,
    PING,
    STANZA_ID,
    bare,
    child,
    children,
    element,
    resource,
)
from bridgebot.model import Person

log = logging.getLogger(__name__)

_ENTERING = 30.0  # seconds for a room to let the bot in
_SELF, _CREATED, _BANNED, _NEW_NICK, _KICKED = "110", "201", "301", "303", "307"
_EXPELLED: Final = frozenset({_BANNED, _KICKED, "321", "322"})  # XEP-0045, 15.6; 332, 333 are mishaps
# XEP-0045, 7.2: there is no way in for the bot, until somebody opens the room to it.
_CLOSED: Final = frozenset(
    {"forbidden", "gone", "item-not-found", "jid-malformed", "not-allowed", "not-authorized"}
    | {"registration-required", "remote-server-not-found", "service-unavailable"}
)
# XEP-0410, 3: these come from the room itself and mean that one is not in it. Others come from a client
# that knows no pings, or from a server in between.
_OUTSIDE: Final = frozenset({"not-acceptable", "not-allowed", "bad-request"})
_ADMINISTRATORS: Final = frozenset({"owner", "admin"})


class Left(enum.Enum):
    """How being in a room ended."""

    GONE = enum.auto()  # thrown out, closed, refused: for good
    LATER = enum.auto()  # the room's server stumbled: it may be tried again


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in the room now."""

    jid: str = ""  # real bare address, where the room shows it
    affiliation: str = "none"
    occupant_id: str = ""  # stable in this room (XEP-0421), where the room vouches for it


class Room:
    """Its occupants, fed with presence in the order in which it comes."""

    def __init__(
        self, connection: Connection, jid: str, nick: str, *, password: str = "", trusted: bool = False
    ) -> None:
        self.connection = connection
        self.jid = jid
        self.nick = nick
        self.password = password
        self.trusted = trusted  # what the room says about anybody's address is believed
        self.title = ""
        self.features: frozenset[str] = frozenset()
        self.occupants: dict[str, Occupant] = {}
        self.people: dict[str, str] = {}  # real addresses by occupant id, for what the archive brings
        self.early: list[tuple[ET.Element, Person]] = []  # said before it was known what the room can do
        self.left: asyncio.Future[Left] = asyncio.get_running_loop().create_future()
        self._entered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._made = False  # the bot is the first in the room

    @property
    def archived(self) -> bool:
        """Does the room keep its messages, under ids that it gives?"""
        return MAM in self.features

    @property
    def vouches(self) -> bool:
        """Are the stanza-ids in this room its own? (Whoever keeps an archive must see to that.)"""
        return self.archived or STANZA_ID in self.features

    @property
    def made(self) -> bool:
        """Did the bot make it by entering? Whatever stood at this address before is not this room."""
        return self._made

    @property
    def inside(self) -> bool:
        return self._entered.done() and not self.left.done()

    async def enter(self) -> bool:
        """Ask in; True inside, False where `left` tells why not. A taken nick gets an underscore."""
        self.features, self.title = await self.connection.about(self.jid)
        for nick in (self.nick, f"{self.nick}_", f"{self.nick}__"):
            refused = await self._try(nick)
            if refused != "conflict":
                break
        if self._made:
            await self._take_as_it_is()
        if not refused and not self.features:  # it was not there, or hid from strangers
            self.features, self.title = await self.connection.about(self.jid)
        if refused:
            log.warning("A room does not let the bot in: %s", refused)
            self._leave(Left.GONE if refused in _CLOSED else Left.LATER)
        return not refused

    def present(self, presence: ET.Element) -> None:
        """Presence came from the room."""
        nick, mark = resource(presence.get("from", "")), child(presence, MUC_USER, "x")
        if presence.get("type") == "error":
            self._enter(condition(presence)[1])
        elif mark is not None:
            codes = {status.get("code", "") for status in children(mark, MUC_USER, "status")}
            self._note(nick, presence, mark)
            if _SELF in codes or (nick == self.nick and self._entered.done()):
                self._about_the_bot(nick, presence, mark, codes)

    def person(self, message: ET.Element) -> Person:
        """Who writes, at this moment. Without a real address it is only a nick or an occupant: weak."""
        nick = resource(message.get("from", ""))
        occupant = self.occupants.get(nick, Occupant(occupant_id=self._occupant_id(message)))
        return self._person(nick, occupant)

    def former_person(self, message: ET.Element) -> Person:
        """Who wrote what stands in the archive. A nick proves nothing by then: only an occupant id that
        the bot has seen together with an address does.
        """
        nick, occupant_id = resource(message.get("from", "")), self._occupant_id(message)
        here = [one for one in self.occupants.values() if occupant_id and one.occupant_id == occupant_id]
        known = here[0] if here else Occupant(self.people.get(occupant_id, ""), occupant_id=occupant_id)
        return replace(self._person(nick, known), outside=not here)

    def is_bot(self, message: ET.Element) -> bool:
        """Is this the bot's own message, shown by the room?"""
        return resource(message.get("from", "")) == self.nick or message.get("id", "").startswith(writing.OWN)

    def lose(self) -> None:
        """The room no longer knows the bot: enter again."""
        self._leave(Left.LATER)

    async def check(self) -> None:
        """Is the bot still in the room? It asks itself there (XEP-0410); if not, it enters again."""
        try:
            await self.connection.ask(f"{self.jid}/{self.nick}", "get", element(PING, "ping"))
        except Silent:
            return  # the room's server may be down: by that nobody is thrown out
        except Refused as refused:
            if refused.condition in _OUTSIDE:
                self.lose()

    def administers(self, jid: str) -> bool:
        """Whether somebody is in the room now whom it names, with the affiliation of an administrator."""
        mine = [one for one in self.occupants.values() if one.jid and one.jid == jid]
        return self._may_vouch_for(jid) and any(one.affiliation in _ADMINISTRATORS for one in mine)

    async def _try(self, nick: str) -> str:
        """Ask in under this nick; the condition of the refusal, or nothing."""
        self.nick, self._entered = nick, asyncio.get_running_loop().create_future()
        self.connection.present(f"{self.jid}/{nick}", writing.joining(self.password))
        await asyncio.wait({self._entered}, timeout=_ENTERING)
        return self._entered.result() if self._entered.done() else "timeout"

    def _about_the_bot(self, nick: str, presence: ET.Element, mark: ET.Element, codes: set[str]) -> None:
        if presence.get("type") != "unavailable":
            self.nick = nick
            self._made = self._made or _CREATED in codes
            self._enter("")
        elif _NEW_NICK in codes:
            item = child(mark, MUC_USER, "item")
            self.nick = self.nick if item is None else item.get("nick", self.nick)
        else:
            closed = child(mark, MUC_USER, "destroy") is not None
            self._leave(Left.GONE if closed or codes & _EXPELLED else Left.LATER)

    def _note(self, nick: str, presence: ET.Element, mark: ET.Element) -> None:
        item = child(mark, MUC_USER, "item")
        if presence.get("type") == "unavailable":
            self.occupants.pop(nick, None)
        elif item is not None:
            occupant_id, jid = self._occupant_id(presence), bare(item.get("jid", ""))
            self.occupants[nick] = Occupant(jid, item.get("affiliation", "none"), occupant_id)
            if occupant_id and jid:
                self.people[occupant_id] = jid

    def _occupant_id(self, stanza: ET.Element) -> str:
        """Only where the room says that it gives them; else anybody may have written it."""
        given = child(stanza, OCCUPANT, "occupant-id")
        return given.get("id", "") if given is not None and OCCUPANT in self.features else ""

    def _person(self, nick: str, occupant: Occupant) -> Person:
        admin = occupant.affiliation in _ADMINISTRATORS
        if occupant.jid and self._may_vouch_for(occupant.jid):
            return Person(occupant.jid, nick, admin=admin)
        # A slash keeps these apart from every bare address.
        weak = f"{self.jid}/{occupant.occupant_id or nick}"
        return Person(weak, nick, weak=True, admin=admin)

    def _may_vouch_for(self, jid: str) -> bool:
        """Anybody can run a room service and say of anybody that he is there. It is believed about the
        people of its own server, and where the operator named the room or runs it on the bot's server.
        """
        service, home = self.jid.partition("@")[2], jid.partition("@")[2]
        return self.trusted or is_within(service, home) or is_within(service, self.connection.server)

    async def _take_as_it_is(self) -> None:
        """A new room is locked until its maker has said how it should be."""
        try:
            await self.connection.ask(self.jid, "set", writing.unlocking())
        except (Silent, Refused):
            log.warning("A new room cannot be opened to others")

    def _enter(self, refused: str) -> None:
        if not self._entered.done():
            self._entered.set_result(refused)

    def _leave(self, why: Left) -> None:
        if not self.left.done():
            self.left.set_result(why)


def is_within(service: str, server: str) -> bool:
    """Does `service` belong to `server`: conference.example.org to example.org?"""
    return service == server or service.endswith(f".{server}")
