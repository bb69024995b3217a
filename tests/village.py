"""A small world for property tests: one person, two networks, and all that can go wrong between them.

It remembers what was written where and what is to come of it, and knows nothing of how the house works:
what stands in the networks is compared with that.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import AdapterError, Rejected, Temporary, Unconfirmed
from bridgebot.model import Draft
from bridgebot.outbox import recover
from bridgebot.store import tables as t
from bridgebot.testing.fakes import ManualClock, MemorySocial
from tests.upset import PatientHouse, UpsetChat, UpsetSocial

CHAT = "chat"
NETWORKS = ("north", "south")
ASKED_AFTER = timedelta(minutes=2)  # what was written longer ago is perhaps not taken back unasked
_MARK = re.compile(r"([✓✗…?–]) (North|South)")

Kind = Literal["said", "own", "foreign"]
Trouble = Literal["later", "lost", "dropped", "refused"]
# lost: it happened and no answer came; dropped: it did not happen and no answer came.
TROUBLES: dict[Trouble, type[AdapterError]] = {
    "later": Temporary,
    "lost": Unconfirmed,
    "dropped": Unconfirmed,
    "refused": Rejected,
}


@dataclass
class Source:
    """Something that somebody wrote, and where it has to be in the end."""

    name: str
    kind: Kind
    at: str  # the place where it was written
    id: str
    written_at: datetime
    head: str = ""  # words before the text that say where it goes
    must: set[str] = field(default_factory=set)  # places to which it has to come
    may: set[str] = field(default_factory=set)  # places to which it may come besides
    version: int = 0
    there: bool = True
    undone: bool = False
    liked: bool | None = False  # by Ada, who answered its item or reacted to it; None: nobody can tell
    stars: set[str] = field(default_factory=set)  # messages to which Ada's reaction is a star
    starred: str | None = None  # the one of these whose reaction was the last word on `liked`
    watched: bool = True  # its changes are seen: what brings it has been read all the time
    loose: set[str] = field(default_factory=set)  # places where somebody meddled with the copy

    @property
    def text(self) -> str:
        return f"{self.name} version {self.version}"

    def unsure(self, place: str) -> None:
        if place in self.must:
            self.must.discard(place)
            self.may.add(place)


class Village:
    """The house on its networks, what people do there, and what has to come of it."""

    def __init__(self, folder: Path, way: OnUnconfirmed = OnUnconfirmed.REPEAT, *, edit: bool = True) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.chat = UpsetChat(name=CHAT)
        able = replace(MemorySocial().capabilities, on_unconfirmed=way, edit=edit)
        self.socials = tuple(UpsetSocial(name=name, capabilities=able) for name in NETWORKS)
        self.sources: list[Source] = []
        self.syncs: set[tuple[str, str]] = set()
        self.homes: set[str] = set()
        self.expired: set[str] = set()
        self.unanswered = 0  # sends in the chat that had no answer
        self.paused = self.off = False
        self.gates: list[asyncio.Event] = []  # of calls that are not answered yet

    # --- the process ---

    async def open(self, *, circle: bool = False, reading: bool = False) -> None:
        """`circle`: rules carry posts both ways; `reading`: the home timelines come into the chat."""
        await self._start()
        await self.house.user("ada", *NETWORKS)
        await self.house.says("/settings reactions on")
        for social in self.socials:
            people = social.network.person("ada"), social.network.person("lin")
            social.network.follows.add((people[0].id, people[1].id))
        for name in NETWORKS:  # what was there before
            await self.post(name)
            await self.lin_posts(name)
        for first, to in (NETWORKS, NETWORKS[::-1]) if circle else ():
            await self.sync(first, to)
        for name in NETWORKS if reading else ():
            await self.home(name)

    async def _start(self) -> None:
        self.house = PatientHouse(self.folder, chat=self.chat, socials=self.socials, clock=self.clock)
        await self.house.__aenter__()

    async def close(self) -> None:
        await self.house.__aexit__()

    async def crash(self, place: str, method: str, acted: bool) -> None:
        """The process ends in its next call of this method, if one is due, after or before it happened."""
        unanswered = self.chat.under_way
        adapter = self.adapter(place)
        gate = adapter.hang(method, acted=acted)
        await self.house.settle()
        self.unanswered += max(unanswered, self.chat.under_way)
        for task in [*self.house.outbox._running]:
            task.cancel()
        await asyncio.gather(*self.house.outbox._running, return_exceptions=True)
        for one in (gate, *self.gates):
            one.set()  # those that nobody made are answered at once
        self.gates.clear()
        await self.close()
        await self._start()
        house = self.house
        await house.store.run(lambda tx, now: recover(tx, now, house.house))
        await house.settle()

    async def hangs(self, place: str, method: str, acted: bool, error: AdapterError | None) -> None:
        """The next such call is not answered for a while."""
        self.gates.append(self.adapter(place).hang(method, acted=acted, error=error))
        if place == CHAT and error is not None:
            self.unanswered += 1

    async def are_answered(self) -> None:
        """Every call that is under way has its answer."""
        for gate in self.gates:
            gate.set()
        self.gates.clear()
        await self.house.settle()

    async def wait(self, seconds: float) -> None:
        if seconds > 60:  # no call lasts longer
            await self.are_answered()
        await self.house.wait(seconds)

    def adapter(self, place: str) -> UpsetChat | UpsetSocial:
        return self.chat if place == CHAT else self.social(place)

    def social(self, name: str) -> UpsetSocial:
        return self.socials[NETWORKS.index(name)]

    # --- what is written ---

    def _new(self, kind: Kind, at: str, must: set[str], may: set[str] | None = None) -> Source:
        source = Source(
            f"{kind}-{len(self.sources):03}", kind, at, "", self.clock.now(), must=must, may=may or set()
        )
        self.sources.append(source)
        return source

    async def say(self, only: str | None, *, twice: bool = False) -> None:
        """Ada writes to the bot, for every network or for one; what is on one may be carried on."""
        targets = {only} if only else set(NETWORKS)
        may = {other for first, other in self.syncs if first in targets}
        source = self._new("said", CHAT, targets, may - targets)
        source.head = f"+{only} " if only else ""
        source.id = self.chat.say(f"{source.head}{source.text}")
        if twice:
            self._hand_in_again()
        await self.chat.settled()

    def _hand_in_again(self) -> None:
        """The network hands in its last event a second time: the acknowledgement was lost."""
        self.chat.network.journal.append(self.chat.network.journal[-1])

    async def post(self, at: str) -> None:
        """Ada posts in her own client."""
        must = {to for first, to in self.syncs if first == at}
        chat = {CHAT} if must or at in self.homes else set()  # its copy may be met in a timeline, too
        source = self._new("own", at, must, chat)
        network = self.social(at).network
        source.id = network.add(network.person("ada"), Draft(source.text)).id
        self.clock.skip(1)

    async def lin_posts(self, at: str) -> None:
        """Somebody posts whom Ada follows."""
        shown = {CHAT} if at in self.homes else set()
        hidden = self.off or self.paused
        source = self._new("foreign", at, set() if hidden else shown, shown)
        source.id = self.social(at).add_post("lin", source.text).id
        self.clock.skip(1)

    async def changes(self, source: Source, *, twice: bool = False) -> None:
        source.version += 1
        if source.kind == "said":
            self.chat.edit_line(source.id, f"{source.head}{source.text}")
            if twice:
                self._hand_in_again()
            await self.chat.settled()
        else:
            self.clock.skip(1)
            self.social(source.at).network.change(source.id, source.text, None)

    async def deletes(self, source: Source) -> None:
        source.there = False
        if source.kind == "said":
            self.chat.delete_line(source.id)
            await self.chat.settled()
        else:
            self.social(source.at).network.remove(source.id)

    async def undoes(self, source: Source, again: bool) -> None:
        source.there, source.undone = again, not again
        self._carried_on(source)
        self.chat.say("/redo" if again else "/undo", reply_to=source.id)
        await self.chat.settled()
        if self.clock.now() - source.written_at > ASKED_AFTER:  # it asks first whether that is meant
            await self.house.settle()
            try:
                self.chat.press("Take it back")
            except KeyError:  # the question has not come through
                source.loose |= set(NETWORKS)
            await self.chat.settled()

    def _carried_on(self, source: Source) -> None:
        may = {to for first, to in self.syncs if first in source.must}
        source.may |= may - source.must

    def boosts(self, source: Source) -> None:
        """Lin boosts and likes something that stands in a network."""
        social = self.social(source.at)
        lin = social.network.person("lin")
        social.network.boost(lin, source.id, True)
        social.network.favourite(lin, source.id, True)
        if source.at in self.homes:
            source.may.add(CHAT)

    async def marks(self, source: Source, *, twice: bool = False, reacts: bool = False) -> None:
        """Ada answers the item of something with a mark, or takes that off again; or she reacts to it."""
        items = [one for one in self.chat.messages() if one.text.startswith("@") and source.name in one.text]
        if not items or source.liked is None:
            return
        before = source.liked
        if reacts and not self.chat.under_way:  # else the bot may not know yet what she reacts to
            self._reacts(source, items[-1].id)
        else:
            source.liked, source.starred = not source.liked, None
            self.chat.say("/fav" if source.liked else "/unfav", reply_to=items[-1].id)
        if twice:
            self._hand_in_again()
        await self.chat.settled()
        if source.liked != before and (self.paused or source.at in self.expired):
            source.liked = None  # it is asked about, and may be too late by then

    def _reacts(self, source: Source, line: str) -> None:
        """A star that is new likes it; one that is taken away unlikes what it liked."""
        source.stars ^= {line}
        if line in source.stars and not source.liked:
            source.liked, source.starred = True, line
        elif line not in source.stars and source.liked and source.starred == line:
            source.liked = False
        self.chat.react(line, *(["⭐", "😂"] if line in source.stars else []))

    def meddles(self, source: Source, at: str) -> None:
        """Ada deletes a copy in her own client."""
        source.loose.add(at)
        for post in self._posts(source, at):
            self.social(at).network.remove(post)

    # --- routes ---

    async def sync(self, first: str, to: str) -> None:
        self.clock.skip(1)
        if (first, to) in self.syncs:
            self.syncs.discard((first, to))
            await self.house.says(f"/sync off {first} to {to}")
            self._let_go(("own",), first, to)
        else:
            coming = [one for one in self.sources if one.kind == "said" and not self._posts(one, first)]
            await self.house.says(f"/sync {first} to {to}")
            await self.house.poll()
            self.syncs.add((first, to))
            for source in coming:  # what comes there from now on is carried on
                self._carried_on(source)
        self.clock.skip(1)

    async def home(self, at: str) -> None:
        self.clock.skip(1)
        if at in self.homes:
            self.homes.discard(at)
            await self.house.says(f"/home off {at}")
            self._let_go(("foreign", "own"), at, CHAT)
        else:
            await self.house.says(f"/home on {at}")
            await self.house.poll()
            self.homes.add(at)
        self.clock.skip(1)

    def _let_go(self, kinds: tuple[Kind, ...], at: str, place: str) -> None:
        for source in self.sources:
            if source.kind in kinds and source.at == at:
                source.unsure(place)
                source.watched = False

    async def pause(self) -> None:
        self.paused = not self.paused
        self._chat_unsure()
        await self.house.says("/pause" if self.paused else "/resume")

    async def switch(self) -> None:
        self.off = not self.off
        self._chat_unsure()
        await self.house.says("/off" if self.off else "/on")

    def _chat_unsure(self) -> None:
        """After a time away only a little of what was missed is shown unasked."""
        for source in self.sources:
            source.unsure(CHAT)

    # --- trouble ---

    def trouble(self, place: str, method: str, kind: Trouble) -> None:
        if place == CHAT and kind in ("lost", "dropped"):
            self.unanswered += 1
        self.adapter(place).fail(method, TROUBLES[kind](), acted=kind == "lost")

    def expire(self, at: str) -> None:
        self.expired.add(at)
        self.social(at).expire(self.social(at).account("ada"))

    async def relink(self, at: str) -> None:
        self.expired.discard(at)
        social = self.social(at)
        social.network.tokens["token-ada"] = social.network.person("ada").id
        await self.house.says(f"/relink {at}")
        await self.house.says("token-ada")

    async def poll(self, again: int = 0, backwards: bool = False) -> None:
        for social in self.socials:
            social.again, social.backwards = again, backwards
        await self.house.poll()
        for social in self.socials:
            social.again, social.backwards = 0, False

    async def meanwhile(self, place: str, method: str, acted: bool, error: AdapterError | None) -> None:
        """A call is begun and has no answer yet, and the timelines are read."""
        await self.hangs(place, method, acted, error)
        await self.house.settle()
        await self.poll(again=3)

    # --- rest ---

    async def comes_to_rest(self) -> None:
        """Everything is mended, every question answered; then all has to be as it was meant."""
        await self.are_answered()
        for social in self.socials:
            social.heal()
        self.chat._faults.clear()
        for at in sorted(self.expired):
            await self.relink(at)
        if self.paused:
            await self.pause()
        if self.off:
            await self.switch()
        for _ in range(5):
            await self.house.poll()
            await self.house.wait(61)
            await self.answers()
        for _ in range(2):
            await self.house.wait(7200)
            await self.house.poll()

    async def answers(self) -> None:
        """Answer every question; then have tried again what failed."""
        for labels in (("It is there",), ("Send all", "All", "Delete and post anew"), ("Retry",)):
            for line in self.chat.messages():
                offered = {button.label: button.data for button in line.buttons}
                if offered.keys() & set(labels):
                    with contextlib.suppress(KeyError):  # an answer before this one took the button away
                        self.chat.network.press(line.id, self._answer(line.text, offered))
                    await self.house.settle()

    def _answer(self, text: str, offered: dict[str, str]) -> str:
        """The true answer to a question of the bot."""
        if "It is there" not in offered:
            meant = ("Send all", "All", "Delete and post anew", "Retry")
            return next(offered[label] for label in meant if label in offered)
        place = next(name for name in NETWORKS if name.title() in text)
        about = next(source for source in self.sources if source.name in text)
        about.loose.add(place)  # nobody knows as what it stands there
        return offered["It is there" if self._posts(about, place) else "Send again"]

    def _posts(self, source: Source, at: str) -> list[str]:
        standing = self.social(at).network.standing.values()
        return [post.id for post in standing if post.text.startswith(f"{source.name} ")]

    # --- what has to hold ---

    def texts(self, source: Source, place: str) -> list[str]:
        """What stands of it in a place."""
        if place == CHAT:
            items = [line for line in self.chat.lines() if line.startswith(("@", "🔁"))]
            return [line for line in items if source.name in line]
        return [text for text in self.social(place).texts() if text.startswith(f"{source.name} ")]

    def check_always(self) -> None:
        """At no time is anything twice, or where it was never to be."""
        for source in self.sources:
            for place in (CHAT, *NETWORKS):
                found = self.texts(source, place)
                most = 1 + self.unanswered if place == CHAT else 1
                allowed = {source.at, *source.must, *source.may} - (
                    {CHAT} if source.kind == "said" else set()
                )
                assert len(found) <= (most if place in allowed else 0), (place, found)
        for name in NETWORKS:
            known = tuple(f"{source.name} " for source in self.sources)
            strangers = [text for text in self.social(name).texts() if not text.startswith(known)]
            assert strangers == [], (name, strangers)

    def check_at_rest(self) -> None:
        for source in self.sources:
            if source.kind == "foreign" and source.there and source.liked is not None:
                network = self.social(source.at).network
                mark = (network.person("ada").id, source.id)
                assert (mark in network.favourites) == source.liked, source
            for place in source.must | source.may:
                self._check_copy(source, place)

    def _check_copy(self, source: Source, place: str) -> None:
        found = self.texts(source, place)
        if place in source.loose or not source.watched:
            return
        if place == CHAT:
            if self.unanswered:
                return
            found = [text.partition(": ")[2] for text in found]
        wanted = [source.text] if source.there else []
        fits = found == wanted or (place in source.may and found == [])
        assert fits, (source, place, found)

    async def check_house(self) -> None:
        """Nothing is left in the queue, nothing was thrown away, and each receipt says what is true."""

        async def rows(query: sa.Select) -> list[dict]:
            return await self.house.store.read(
                lambda tx, now: [dict(row) for row in tx.connection.execute(query).mappings()]
            )

        waiting = await rows(sa.select(t.delivery).where(t.delivery.c.ended_at.is_(None)))
        assert waiting == [], waiting
        assert await rows(sa.select(t.inbox).where(t.inbox.c.state == "failed")) == []
        shown = await rows(
            sa.select(t.copy.c.native_id, t.post.c.text).join(t.post).where(t.copy.c.role == "receipt")
        )
        for row in shown:
            line = next((one for one in self.chat.messages() if one.id == row["native_id"]), None)
            source = next((one for one in self.sources if one.name in row["text"]), None)
            if line is not None and source is not None:
                self._check_receipt(source, line.text)

    def _check_receipt(self, source: Source, text: str) -> None:
        for mark, title in _MARK.findall(text):
            place = title.lower()
            if place not in source.loose:
                assert (mark == "✓") == bool(self.texts(source, place)), (source, text)
                assert mark in "✓✗–", (source, text)
