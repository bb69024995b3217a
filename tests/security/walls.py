"""Ada's world, with something of everything in it, and those who try what they can reach of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridgebot import commands
from bridgebot.model import Audience, Chat, Incoming, Message, Person
from bridgebot.store import people, talk
from bridgebot.texts import Texts
from tests.house import TestHouse
from tests.security.arguments import Names
from tests.security.ownership import Rows, everything, owned

SECRET = "octarine"  # stands in everything of hers that is not public, and in nothing that others type
HERS = Names(
    posts=("2k7", "3bd", "#4mt", "5cw", "https://north.example/ada/1", "p1"),
    people=("@ada", "@ada@north.example", "@ada@south.example"),
    accounts=("south", "north"),
)
ALLOWED = frozenset({"chat:ada", "chat:bo", "chat:cy"})


@dataclass(frozen=True)
class Actor:
    """Somebody who is not Ada, and where they write."""

    id: str
    place: str  # a chat by its native id
    weak: bool = False

    @property
    def chat(self) -> Chat:
        return Chat(self.place, direct=self.place == self.id)

    @property
    def person(self) -> Person:
        """As bold as they can be: they say that they administer the place."""
        return Person(self.id, self.id.title(), weak=self.weak, admin=True)


ACTORS = {
    "another user": Actor("bo", "bo"),
    "another user in her group": Actor("bo", "den"),
    "somebody who is blocked": Actor("cy", "cy"),
    "somebody blocked in her group": Actor("cy", "den"),
    "a stranger": Actor("eve", "eve"),
    "a stranger in her group": Actor("eve", "den"),
    "a nick in her group": Actor("ada", "den", weak=True),
}


class World:
    """A house with Ada in it, or the same house without her."""

    def __init__(self, folder: Path, *, with_ada: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.house = TestHouse(folder, access="allowlist", allow=ALLOWED)
        self.with_ada = with_ada
        self.ada = 0
        self._event = 0

    async def __aenter__(self) -> World:
        await self.house.__aenter__()
        self.house.chat.group("den")
        if self.with_ada:
            self.ada = await self.house.user("ada", "north", "south")
        await self.house.user("bo", "north")
        cy = await self.house.user("cy", "north")
        await self.house.store.run(lambda tx, now: people.set_user(tx, cy, role="blocked"))
        await self._write() if self.with_ada else self._write_in_public()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.house.__aexit__()

    # --- what there is of hers ---

    def _write_in_public(self) -> None:
        """What of hers anybody can see on the network is there without her, too."""
        north = self.house.social("north")
        for text, audience in (("a walk", Audience.PUBLIC), (f"friends {SECRET}", Audience.FOLLOWERS)):
            north.add_post("ada", text, audience=audience)

    async def _write(self) -> None:
        house = self.house
        for typed in (
            "+north a walk",
            "/vis followers",
            f"+north friends {SECRET}",
            f"/memo {SECRET} milk",
            f"+south harbour {SECRET}",
            "/sync south to north",
            "/home on south",
            "/home on north",
            f"/tag {SECRET}",
        ):
            await house.says(typed)
            await house.wait(2)
        await house.poll()
        await self._is_shown_something()
        await house.says("/link south")
        await house.store.run(self._asks)
        await house.settle()

    async def _is_shown_something(self) -> None:
        south = self.house.social("south")
        lin, ada = south.network.person("lin"), south.network.person("ada")
        south.network.follows.add((ada.id, lin.id))
        south.add_post("lin", f"among us {SECRET}", audience=Audience.FOLLOWERS)
        await self.house.poll()
        await self.house.wait(2)

    def _asks(self, tx: Any, now: Any) -> None:
        """A question of every kind is open for her; nobody else gets as far as its arguments."""
        home = people.direct_chat(tx, self.ada)
        for kind in question_kinds():
            options = ("post", "no", "drop") if kind in commands._CHOICES else ()
            secret = {"message": f"{SECRET}-{kind}"}
            talk.ask(
                tx, now, chat_id=home.id, user_id=self.ada, kind=kind, arguments=secret, options=options,
                cause_id=None,
            )  # fmt: skip

    # --- looking ---

    async def hers(self) -> tuple[Rows, Any, list[str]]:
        """All that must stay as it is: her rows, her part of the networks, her chat."""
        rows = owned(await everything(self.house.store), self.ada)
        return rows, [_part(social.network) for social in self.house.socials], self.house.chat.lines("ada")

    async def tokens(self) -> list[str]:
        """What buttons of hers carry, in whatever table, and all that stands under her messages."""
        rows = owned(await everything(self.house.store), self.ada)
        kept = [row["token"] for table in rows.values() for row in table if row.get("token")]
        shown = [b.data.partition(":")[0] for line in self.house.chat.messages("ada") for b in line.buttons]
        return list(dict.fromkeys([*kept, *shown]))

    def messages(self) -> list[str]:
        """The ids of all messages in her chat, hers and the bot's."""
        return [line.id for line in self.house.chat.network.lines("ada")]

    def heard(self, place: str) -> list[str]:
        """What the bot said there, without what is counted over all people."""
        return sorted(re.sub(r"\b\d+\b", "N", line) for line in self.house.chat.lines(place))

    async def broken(self) -> list[str]:
        """What could not be handled."""
        rows = await everything(self.house.store)
        return [row["problem"] for row in rows["inbox"] if row["state"] == "failed"]

    # --- trying ---

    async def says(self, actor: Actor, text: str, **more: Any) -> None:
        self._event += 1
        at = self.house.clock.now()
        more = {"addressed": True, **more}
        number = f"x{self._event}"
        await self.takes(Message(number, actor.chat, actor.person, f"{actor.id}{number}", text, at, **more))

    async def takes(self, thing: Incoming) -> None:
        await self.house.inbox.receive("chat", thing)

    def event(self) -> str:
        self._event += 1
        return f"y{self._event}"


def question_kinds() -> list[str]:
    """Of every question: those with options, and those that any text answers."""
    free = {key.removeprefix("expired-") for key in _keys() if key.startswith("expired-")}
    return sorted({*commands._CHOICES, *free})


def _keys() -> Iterable[str]:
    return Texts()._shelves["en"]._open()


def _part(network: Any) -> tuple[Any, ...]:
    """What Ada did on a network."""
    mine = network.person("ada").id
    posts = [post for post in network.standing.values() if post.author.id == mine]
    did = [sorted(pair for pair in pairs if pair[0] == mine) for pairs in (
        network.favourites, network.boosts, network.bookmarks, network.follows, network.pending,
        network.mutes, network.blocks,
    )]  # fmt: skip
    return posts, did, network.tokens.get("token-ada"), mine in network.locked
