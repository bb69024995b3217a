"""The rooms that the bot is in: entering, being invited, being thrown out, and what is said there."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Final
from uuid import uuid4
from xml.etree import ElementTree as ET

from adapters.xmpp.archive import Archive, archive_id
from adapters.xmpp.config import Config
from adapters.xmpp.connection import Connection, Refused, Silent
from adapters.xmpp.crew import Crew
from adapters.xmpp.intake import Arrival, Intake
from adapters.xmpp.memory import BOT, Memory
from adapters.xmpp.names import DELAY, bare, children
from adapters.xmpp.reading import Kind, Said, read
from adapters.xmpp.room import Left, Room
from adapters.xmpp.talk import hand_in, remember
from bridgebot.adapter import Context, Receive
from bridgebot.model import Chat, ChatChanged, Incoming, Person

log = logging.getLogger(__name__)

_SOON: Final = 5.0  # seconds until a room that lost the bot is entered again
_AGAIN: Final = 60.0  # the same, where it does not open
_IN_ALL: Final = 200  # invitations beyond that are not followed
_PAST: Final = 100  # messages of a room's past that later ones may be about
_KEY: Final = "rooms"  # in the adapter's state


class Rooms:
    """All rooms of one connection."""

    def __init__(
        self,
        config: Config,
        context: Context,
        connection: Connection,
        receive: Receive,
        memory: Memory,
        crew: Crew,
    ) -> None:
        self.config = config
        self.context = context
        self.connection = connection
        self.receive = receive
        self.memory = memory
        self.crew = crew
        self._rooms: dict[str, Room] = {}
        self._intakes: dict[str, Intake] = {}
        self._archives: dict[str, Archive] = {}
        self._remembered: dict[str, str] = {}  # where the house knows the bot to be: password

    async def load(self) -> None:
        """Recall which rooms the bot was in."""
        self._remembered = json.loads(await self.context.state.get(_KEY) or "{}")

    def enter(self) -> None:
        """Go where the configuration and former invitations say."""
        for jid in dict.fromkeys([*self.config.rooms, *self._remembered]):
            self.crew.start(self._stay(self._room(jid, self._remembered.get(jid, ""))))

    def get(self, jid: str) -> Room | None:
        """The room that the bot is in, or is about to enter."""
        return self._rooms.get(jid)

    async def check(self) -> None:
        """Leave and enter again each room that no longer knows the bot; one that is silent fails nothing."""
        await asyncio.gather(*(room.check() for room in list(self._rooms.values()) if room.inside))

    def invited(self, said: Said) -> None:
        """Somebody asks the bot into a room."""
        known = said.target in self._rooms or "@" not in said.target
        if self.config.accept_invitations and not known and len(self._rooms) < _IN_ALL:
            self.crew.start(self._stay(self._room(said.target, said.password)))

    def take(self, message: ET.Element) -> bool:
        """Is this from the archive of a room?"""
        archive = self._archives.get(bare(message.get("from", "")))
        return archive is not None and archive.take(message)

    def present(self, presence: ET.Element) -> None:
        """Presence, perhaps from a room."""
        room = self._rooms.get(bare(presence.get("from", "")))
        if room is not None:
            room.present(presence)

    def said(self, message: ET.Element) -> None:
        """A message that a room shows to everybody in it."""
        jid = bare(message.get("from", ""))
        room, intake = self._rooms.get(jid), self._intakes.get(jid)
        if room is None or any(delay.get("from") == jid for delay in children(message, DELAY, "delay")):
            return  # the room's history
        if room.is_bot(message):
            self.connection.reflected(message.get("id", ""), message)
        elif intake is None:
            room.early.append((message, room.person(message)))
        else:
            intake.arrive(self._arrival(room, message, room.person(message)))

    async def _stay(self, room: Room) -> None:
        """Be in a room for as long as it lets the bot; what ends that is handed in."""
        while True:
            inside = await room.enter()
            if inside:
                await self._inside(room)
            why = await room.left
            self._rooms.pop(room.jid, None)
            self._intakes.pop(room.jid, None)
            if why is Left.GONE or room.jid not in (*self.config.rooms, *self._remembered):
                return await self._note(room.jid, None)
            room = self._room(room.jid, room.password)
            await self.context.clock.sleep(_SOON if inside else _AGAIN)

    async def _inside(self, room: Room) -> None:
        """Hand in what is said in the room until the bot is out of it."""
        intake = self._intake(room)
        try:
            await self._read_past(room, intake.archive)
            await intake.begin()
        except (Silent, Refused):
            log.warning("The archive of a room does not answer")
            room.lose()
            return
        if room.made:  # nothing that the house knows of a former room of this address holds for it
            await self._note(room.jid, None)
        await self._note(room.jid, room.password)
        reading = self.crew.start(intake.run())
        await room.left
        reading.cancel()

    def _room(self, jid: str, password: str) -> Room:
        trusted = jid in self.config.rooms
        room = Room(self.connection, jid, self.config.nick, password=password, trusted=trusted)
        self._rooms[jid] = room
        return room

    def _intake(self, room: Room) -> Intake:
        archive = Archive(self.connection, room.jid) if room.archived else None
        if archive is not None:
            self._archives[room.jid] = archive

        async def decide(arrival: Arrival) -> Incoming | None:
            return self._decide(room, arrival)

        key = f"archive:{room.jid}"
        intake = Intake(self.context, key, archive, decide, self.receive, lambda arrival: None)
        for message, sender in room.early:  # was said while the bot asked what kind of room this is
            intake.arrive(self._arrival(room, message, sender))
        self._intakes[room.jid] = intake
        return intake

    def _arrival(self, room: Room, message: ET.Element, sender: Person) -> Arrival:
        id = archive_id(message, room.jid) if room.vouches else ""
        return Arrival(message, id, self.context.clock.now(), late=False, sender=sender)

    async def _read_past(self, room: Room, archive: Archive | None) -> None:
        """Learn the names of the last messages: corrections and retractions may be about them."""
        for past in await archive.last(_PAST) if archive else ():
            said = read(past.message)
            who = BOT if room.is_bot(past.message) else room.former_person(past.message).id
            if said.kind is Kind.TEXT:
                chat = Chat(room.jid, direct=False)
                remember(self.memory, chat, said, past.id, who, past.message.get("from", ""))

    def _decide(self, room: Room, arrival: Arrival) -> Incoming | None:
        """What a message in a room is."""
        message, said = arrival.message, arrival.said
        if message.get("type") != "groupchat" or "/" not in message.get("from", ""):
            return None
        if room.is_bot(message) or said.kind not in (Kind.TEXT, Kind.EDIT, Kind.DELETION):
            return None
        sender = arrival.sender or room.former_person(message)
        chat = Chat(room.jid, direct=False, title=room.title)
        return hand_in(self.memory, arrival, said, chat, sender, room.nick)

    async def _note(self, jid: str, password: str | None) -> None:
        """Hand in that the bot came into a room, or (without a password) left it, if that is news."""
        rooms = {room: secret for room, secret in self._remembered.items() if room != jid}
        if (jid in self._remembered) != (password is None):
            return
        if password is not None:
            rooms[jid] = password
        chat = Chat(jid, direct=False)
        change = ChatChanged(str(uuid4()), chat, "gone" if password is None else "joined")
        self._remembered = rooms
        await self.receive(change, state={_KEY: json.dumps(rooms)})
