"""Everything between one login and the end of that connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree import ElementTree as ET

from adapters.xmpp import writing
from adapters.xmpp.archive import Archive, archive_id, stamp
from adapters.xmpp.client import Client
from adapters.xmpp.config import Config
from adapters.xmpp.connection import Connection, Refused, Silent
from adapters.xmpp.crew import Crew
from adapters.xmpp.failures import NOT_IN_ROOM, condition, refusal
from adapters.xmpp.forms import Forms
from adapters.xmpp.intake import Arrival, Intake
from adapters.xmpp.memory import Memory
from adapters.xmpp.names import MAM, bare
from adapters.xmpp.notices import Notices
from adapters.xmpp.reading import Kind, is_private_in_room
from adapters.xmpp.rooms import Rooms
from adapters.xmpp.talk import hand_in
from adapters.xmpp.uploads import Uploads
from bridgebot.adapter import Context, Receive
from bridgebot.errors import Temporary
from bridgebot.model import Chat, Incoming, Person

_STILL_THERE: Final = 60.0  # seconds between two questions whether the server is there
_BORN: Final = "first start"  # key in the adapter's state


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
        self.crew = Crew()
        self.rooms = Rooms(config, context, self.connection, receive, memory, self.crew)
        self.uploads = Uploads(self.connection, context.http)
        self.ready = False  # it is known which rooms the bot is in
        self._client = client
        self._notices = Notices(config, context, self.connection)
        self._forms = Forms(config, context, self.connection, receive, self.rooms, self.crew)
        self._own: Intake | None = None
        self._born = datetime.max.replace(tzinfo=UTC)
        self._archive: Archive | None = None
        client.on_message(self._message)
        client.on_presence(self.rooms.present)

    async def run(self) -> None:
        """Appear, and hand in what comes; ends by cancellation or by the first error."""
        try:
            self._own = await self._open_direct_chats()
            await self.rooms.load()
            self._client.on_command(self._forms.asked)
            await self._forms.offer()
            self.connection.present()
            self.crew.start(self.connection.lost())
            self.crew.start(self.connection.watch(self.context.clock.sleep, _STILL_THERE))
            self.crew.start(self._own.run())
            self.rooms.enter()
            self.ready = True
            await self.crew.fails()
        finally:
            self._acknowledge()
            await self.crew.stop()

    async def check(self) -> None:
        """A round trip to the server, and one to the bot's own place in each room."""
        try:
            await self.connection.ping()
        except Silent:
            raise Temporary("xmpp-unreachable", server=self.connection.server) from None
        await self.rooms.check()

    async def _open_direct_chats(self) -> Intake:
        features, _ = await self.connection.about(self.connection.jid)
        archive = Archive(self.connection, self.connection.jid) if MAM in features else None
        intake = Intake(self.context, "archive", archive, self._decide, self.receive, self._handled)
        self._archive = archive
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
        message, said = arrival.message, arrival.said
        sender = bare(message.get("from", ""))
        if said.kind is Kind.INVITATION:
            self.rooms.invited(said)
            return None
        if "@" not in sender or sender == self.connection.jid or message.get("type") == "groupchat":
            return None
        if said.kind is Kind.NOTHING or said.id.startswith(writing.OWN):
            return None
        if self.rooms.get(sender) or is_private_in_room(message):
            if said.kind is Kind.REACTION:
                return None
            await self._notices.only_direct(message, said.language)
            return None
        if said.kind is Kind.ENCRYPTED:
            await self._notices.encrypted(message, said.language)
            return None
        person = Person(sender, sender.partition("@")[0])
        return hand_in(self.memory, arrival, said, Chat(sender, direct=True), person, "")

    def _handled(self, arrival: Arrival) -> None:
        """Only what is committed is acknowledged to its sender (XEP-0184)."""
        said, sender = arrival.said, arrival.message.get("from", "")
        if said.wants_receipt and said.id and said.kind in (Kind.TEXT, Kind.EDIT, Kind.DELETION):
            self.connection.put(sender, "chat", writing.receipt(said.id))

    def _acknowledge(self) -> None:
        """Without an archive the server shall deliver once more what is not acknowledged: what of that was
        committed is known by its event. With one it need not.
        """
        if self._archive is not None:
            self._client.acknowledge()

    def _message(self, message: ET.Element) -> None:
        """A message stanza; they come in the server's order."""
        if (self._archive is not None and self._archive.take(message)) or self.rooms.take(message):
            return
        if message.get("type") == "error":
            self._bounced(message)
        elif message.get("type") == "groupchat":
            self.rooms.said(message)
        elif self._own is not None:
            self._said(message, self._own)

    def _said(self, message: ET.Element, intake: Intake) -> None:
        at = stamp(message, self.connection.server, self.connection.jid)
        if at is not None and (intake.first or at < self._born):
            return  # written before the bot was there for the first time
        id = archive_id(message, self.connection.jid) if intake.archive else ""
        intake.arrive(Arrival(message, id, at or self.context.clock.now(), late=at is not None))

    def _bounced(self, message: ET.Element) -> None:
        jid = bare(message.get("from", ""))
        room, error = self.rooms.get(jid), refusal(message)
        if room is not None and condition(message)[1] == NOT_IN_ROOM:
            room.lose()
            error = Temporary("xmpp-not-in-room", room=jid)
        self.connection.bounced(message, error)
