"""Everything between one login and the end of that connection."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4
from xml.etree import ElementTree as ET

from adapters.xmpp import writing
from adapters.xmpp.archive import Archive, archive_id, stamp
from adapters.xmpp.client import Client
from adapters.xmpp.config import Config
from adapters.xmpp.connection import Connection, Refused, Silent
from adapters.xmpp.failures import NOT_IN_ROOM, condition, refusal
from adapters.xmpp.intake import Arrival, Intake
from adapters.xmpp.memory import BOT, Memory
from adapters.xmpp.names import DELAY, MAM, bare, children
from adapters.xmpp.notices import Notices
from adapters.xmpp.reading import Kind, Said, is_private_in_room, read
from adapters.xmpp.room import Left, Room
from adapters.xmpp.talk import hand_in, remember
from bridgebot.adapter import Context, Receive
from bridgebot.errors import Temporary
from bridgebot.model import Chat, ChatChanged, Incoming, Person

log = logging.getLogger(__name__)

_STILL_THERE: Final = 60.0  # seconds between two questions whether the server is there
_SOON: Final = 5.0  # seconds until a room that lost the bot is entered again
_AGAIN: Final = 60.0  # the same, where it does not open
_ROOMS_IN_ALL: Final = 200  # invitations beyond that are not followed
_PASSERS_BY: Final = 100  # messages of a room's past that later ones may be about
_ROOMS: Final = "rooms"  # key in the adapter's state
_BORN: Final = "first start"  # likewise


class Session:
    """The direct chats and the rooms of one connection."""

    def __init__(
        self,
        config: Config,
        context: Context,
        client: Client,
        receive: Receive,
        memory: Memory,
        patience: float,
    ) -> None:
        self.config = config
        self.context = context
        self.receive = receive
        self.memory = memory
        self.connection = Connection(client, patience)
        self.rooms: dict[str, Room] = {}
        self.ready = False  # it is known which rooms the bot is in
        self._client = client
        self._notices = Notices(config, context, self.connection)
        self._own: Intake | None = None
        self._born = datetime.max.replace(tzinfo=UTC)
        self._intakes: dict[str, Intake] = {}  # of the rooms
        self._archives: dict[str, Archive] = {}
        self._remembered: dict[str, str] = {}  # rooms that the house knows the bot to be in: password
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        client.on_message(self._message)
        client.on_presence(self._presence)

    async def run(self) -> None:
        """Appear, and hand in what comes; ends by cancellation or by the first error."""
        try:
            self._own = await self._open_direct_chats()
            await self._load_rooms()
            self._client.get_roster(timeout=30)
            self.connection.present()
            self._start(self.connection.lost())
            self._start(self.connection.watch(self.context.clock.sleep, _STILL_THERE))
            self._start(self._own.run())
            for jid in dict.fromkeys([*self.config.rooms, *self._remembered]):
                self._start(self._stay(self._room(jid, self._remembered.get(jid, ""))))
            self.ready = True
            await self._failed
        finally:
            await self._stop()

    def is_in(self, jid: str) -> bool:
        """Is the bot in this room now?"""
        return jid in self.rooms and self.rooms[jid].inside

    def belongs_to(self, jid: str) -> bool:
        """Is the bot in this room, or about to enter it?"""
        return jid in self.rooms

    # --- the direct chats ---

    async def _open_direct_chats(self) -> Intake:
        features, _ = await self.connection.about(self.connection.jid)
        archive = self._archive(self.connection.jid) if MAM in features else None
        intake = Intake(self.context, "archive", archive, self._decide, self.receive, self._handled)
        try:
            await intake.begin()
        except (Silent, Refused):
            raise Temporary("xmpp-unreachable", server=self.connection.server) from None
        self._born = await self._first_start(archive is not None)
        return intake

    async def _first_start(self, archived: bool) -> datetime:
        """When the bot was here for the first time, by the server's clock: what offline storage has from
        before is not for it.
        """
        kept = await self.context.state.get(_BORN)
        if kept is not None:
            return datetime.fromisoformat(kept)
        born = await self.connection.time() or self.context.clock.now()
        if archived:  # servers stamp whole seconds; what was written after that comes from the archive
            born += timedelta(seconds=1)
        await self.context.state.set(_BORN, born.isoformat())
        return born

    async def _decide(self, arrival: Arrival) -> Incoming | None:
        """What a message to the bot's own address is."""
        message, said = arrival.message, read(arrival.message)
        sender = bare(message.get("from", ""))
        if said.kind is Kind.INVITATION:
            self._invited(said)
            return None
        if "@" not in sender or sender == self.connection.jid or message.get("type") == "groupchat":
            return None
        if said.kind is Kind.NOTHING or said.id.startswith(writing.OWN):
            return None
        if sender in self.rooms or is_private_in_room(message):
            await self._notices.only_direct(message, said.language)
            return None
        if said.kind is Kind.ENCRYPTED:
            await self._notices.encrypted(message, said.language)
            return None
        person = Person(sender, sender.partition("@")[0])
        return hand_in(self.memory, arrival, said, Chat(sender, direct=True), person, "")

    def _handled(self, arrival: Arrival) -> None:
        """Only what is committed is acknowledged to its sender (XEP-0184)."""
        said, sender = read(arrival.message), arrival.message.get("from", "")
        if said.wants_receipt and said.id and said.kind in (Kind.TEXT, Kind.EDIT, Kind.DELETION):
            self.connection.put(sender, "chat", writing.receipt(said.id))

    # --- rooms ---

    async def _load_rooms(self) -> None:
        self._remembered = json.loads(await self.context.state.get(_ROOMS) or "{}")

    async def _stay(self, room: Room) -> None:
        """Be in a room for as long as it lets the bot; what ends that is handed in."""
        while True:
            inside = await room.enter()
            if inside:
                await self._inside(room)
            why = await room.left
            self.rooms.pop(room.jid, None)
            self._intakes.pop(room.jid, None)
            if why is Left.GONE or room.jid not in (*self.config.rooms, *self._remembered):
                return await self._note_room(room.jid, None)
            room = self._room(room.jid, room.password)
            await self.context.clock.sleep(_SOON if inside else _AGAIN)

    def _room(self, jid: str, password: str) -> Room:
        trusted = jid in self.config.rooms
        room = Room(self.connection, jid, self.config.nick, password=password, trusted=trusted)
        self.rooms[jid] = room
        return room

    async def _inside(self, room: Room) -> None:
        """Hand in what is said in the room until the bot is out of it."""
        archive = self._archive(room.jid) if room.archived else None

        async def decide(arrival: Arrival) -> Incoming | None:
            return self._decide_in(room, arrival)

        intake = Intake(
            self.context, f"archive:{room.jid}", archive, decide, self.receive, lambda arrival: None
        )
        self._intakes[room.jid] = intake
        try:
            await self._read_past(room, archive)
            await intake.begin()
        except (Silent, Refused):
            log.warning("The archive of the room %s does not answer", room.jid)
            room.lose()
            return
        await self._note_room(room.jid, room.password)
        reading = self._start(intake.run())
        await room.left
        reading.cancel()

    async def _read_past(self, room: Room, archive: Archive | None) -> None:
        """Learn the names of the last messages: corrections and retractions may be about them."""
        for past in await archive.last(_PASSERS_BY) if archive else ():
            said = read(past.message)
            who = BOT if room.is_bot(past.message) else room.former_person(past.message).id
            if said.kind is Kind.TEXT:
                chat = Chat(room.jid, direct=False)
                remember(self.memory, chat, said, past.id, who, past.message.get("from", ""))

    def _decide_in(self, room: Room, arrival: Arrival) -> Incoming | None:
        """What a message in a room is."""
        message, said = arrival.message, read(arrival.message)
        if message.get("type") != "groupchat" or "/" not in message.get("from", ""):
            return None
        if room.is_bot(message) or said.kind not in (Kind.TEXT, Kind.EDIT, Kind.DELETION):
            return None
        sender = arrival.sender or room.former_person(message)
        chat = Chat(room.jid, direct=False, title=room.title)
        return hand_in(self.memory, arrival, said, chat, sender, room.nick)

    def _invited(self, said: Said) -> None:
        known = said.target in self.rooms or "@" not in said.target
        if self.config.accept_invitations and not known and len(self.rooms) < _ROOMS_IN_ALL:
            self._start(self._stay(self._room(said.target, said.password)))

    async def _note_room(self, jid: str, password: str | None) -> None:
        """Hand in that the bot came into a room, or (without a password) left it, if that is news."""
        rooms = {room: secret for room, secret in self._remembered.items() if room != jid}
        news = (jid in self._remembered) == (password is None)
        if password is not None:
            rooms[jid] = password
        if news:
            change = ChatChanged(
                str(uuid4()), Chat(jid, direct=False), "gone" if password is None else "joined"
            )
            self._remembered = rooms
            await self.receive(change, state={_ROOMS: json.dumps(rooms)})

    # --- what comes over the wire, in its order ---

    def _message(self, message: ET.Element) -> None:
        sender = bare(message.get("from", "")) or self.connection.jid
        if any(archive.take(message) for archive in self._archives.values()):
            return
        if message.get("type") == "error":
            self._bounced(message, sender)
        elif message.get("type") == "groupchat":
            self._said_in_room(message, sender)
        elif self._own is not None:
            self._said_to_bot(message, self._own)

    def _said_to_bot(self, message: ET.Element, intake: Intake) -> None:
        by = (self.connection.server, self.connection.jid)
        at = stamp(message, *by)
        if at is not None and (intake.first or at < self._born):
            return  # written before the bot was there for the first time
        id = archive_id(message, self.connection.jid) if intake.archive else ""
        intake.arrive(Arrival(message, id, at or self.context.clock.now(), late=at is not None))

    def _said_in_room(self, message: ET.Element, jid: str) -> None:
        room, intake = self.rooms.get(jid), self._intakes.get(jid)
        if room is None or any(delay.get("from") == jid for delay in children(message, DELAY, "delay")):
            return  # the room's history
        if room.is_bot(message):
            self.connection.reflected(message.get("id", ""), message)
        elif intake is not None:
            id = archive_id(message, jid) if room.vouches else ""
            intake.arrive(
                Arrival(message, id, self.context.clock.now(), late=False, sender=room.person(message))
            )

    def _bounced(self, message: ET.Element, sender: str) -> None:
        room, error = self.rooms.get(sender), refusal(message)
        if room is not None and condition(message)[1] == NOT_IN_ROOM:
            room.lose()
            error = Temporary("xmpp-not-in-room", room=sender)
        self.connection.bounced(message, error)

    def _presence(self, presence: ET.Element) -> None:
        room = self.rooms.get(bare(presence.get("from", "")))
        if room is not None:
            room.present(presence)

    def _archive(self, jid: str) -> Archive:
        self._archives[jid] = Archive(self.connection, jid)
        return self._archives[jid]

    # --- tasks ---

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let it run beside the others; the first error ends the session."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _stop(self) -> None:
        if self._own is not None and self._own.archive is not None:
            # The archive has all that is not committed: so the server need not deliver it once more.
            # Without an archive it shall, and what was committed is then known by its event.
            self._client.acknowledge()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._failed.done() and not self._failed.cancelled():
            self._failed.exception()  # looked at, also where a cancellation came first
