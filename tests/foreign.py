"""Other people's bridges, and several houses on the same networks: for tests of circles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import regex

from bridgebot.model import Draft, Post
from bridgebot.testing.fakes import ManualClock, MemorySocial, SocialNetwork
from tests.house import TestHouse

CHANNEL = "notes"  # a place as any other, where rules name it; of the first house alone
_LINK = regex.compile(r"https?://\S+")
SHORT = 10  # letters: what says so little is not copied, for nobody could tell it from the next of its kind
Change = Callable[[str, int], str]  # what a bridge makes of a text; the number is a new one each time

CHANGES: dict[str, Change] = {
    "as it is": lambda text, n: text,
    "its own short links": lambda text, n: _LINK.sub(f"https://sho.rt/{n:x}z9", text),
    "RT": lambda text, n: f"RT @ada: {text}",
    "counted": lambda text, n: f"{text} (1/1)",
    "via": lambda text, n: f"{text} (via Carrier)",
    "where it comes from": lambda text, n: f"{text} https://carrier.example/posts/{n}",
    "cut": lambda text, n: text if len(text) < 50 else f"{text[: len(text) * 3 // 4].rstrip()}…",
}


@dataclass
class Copier:
    """A dumb bridge with a site of its own: after a while it writes with an account what it saw of another
    one, and knows nothing of who else does. What it wrote itself it does not copy, nor does it write the
    same twice.
    """

    source: SocialNetwork
    target: SocialNetwork
    change: str = "as it is"
    delay: timedelta = timedelta(seconds=30)
    site: str = "carrier.example"
    made: set[str] = field(default_factory=set)  # ids of what it wrote
    _seen: int = 0  # how much of the log it has read
    _waiting: list[tuple[datetime, str]] = field(default_factory=list)

    def reads(self, *, but: Iterable[Copier] = ()) -> None:
        """Look at what is new; `but` of these nothing is copied."""
        foreign = {(id(one.target), post) for one in (self, *but) for post in one.made}
        for change in self.source.log[self._seen :]:
            if (
                self._is_new(change.post)
                and len(change.post.text) > SHORT
                and (id(self.source), change.post.id) not in foreign
            ):
                self._waiting.append((self.source.clock.now() + self.delay, change.post.text))
        self._seen = len(self.source.log)

    @staticmethod
    def _is_new(post: Post) -> bool:
        return bool(post.id) and post.edited_at is None and post.boost is None

    def writes(self) -> None:
        """What its time has come for."""
        now = self.source.clock.now()
        for due, text in [one for one in self._waiting if one[0] <= now]:
            self._waiting.remove((due, text))
            words = CHANGES[self.change](text, self.target.next_number())
            words = words.replace("carrier.example", self.site)
            post = self.target.add(self.target.person("ada"), Draft(words))
            self.made.add(post.id)

    @property
    def waits(self) -> bool:
        return bool(self._waiting)


class Signed(MemorySocial):
    """A network that says with what a post was written: what houses publish, with this program."""

    def _publish(self, account, draft, key):
        post = super()._publish(account, draft, key)
        return self.network.sign(post.id, "bridgebot")


@dataclass
class World:
    """Networks that several houses share, each with rules of its own."""

    clock: ManualClock
    networks: dict[str, SocialNetwork]
    houses: list[TestHouse] = field(default_factory=list)

    def says(self, name: str, text: str, **more) -> Post:
        """Ada posts there, by no house."""
        network = self.networks[name]
        return network.add(network.person("ada"), Draft(text), **more)

    async def airs(self, text: str) -> None:
        """Ada posts in her channel."""
        self.houses[0].chat.say(text, sender=CHANNEL, chat=CHANNEL)
        await self.houses[0].settle()

    def texts(self, name: str) -> list[str]:
        """What stands there; in the channel, what rules brought."""
        if name == CHANNEL:
            return self.houses[0].chat.lines(CHANNEL)
        return [post.text for post in self.networks[name].standing.values()]

    async def turn(self, *copiers: Copier, seconds: float = 61) -> None:
        """Everybody looks once, and what is due happens; then time passes."""
        for one in self.houses:
            await one.poll()
        for copier in copiers:
            copier.reads(but=copiers)
            copier.writes()
        self.clock.skip(seconds)
        for one in self.houses:
            await one.settle()

    def count(self) -> int:
        """How many posts there are."""
        places = (*self.networks, CHANNEL)
        return sum(len(self.texts(name)) for name in places)

    async def rests(self, *copiers: Copier, turns: int = 12) -> None:
        """Go on until nobody writes any more; it must come to that."""
        for _ in range(turns):
            before = self.count()
            await self.turn(*copiers)
            if self.count() == before and not any(one.waits for one in copiers):
                return
        raise AssertionError("it does not come to rest")


@asynccontextmanager
async def world(
    folder: Path, names: Iterable[str], *rules: Iterable[tuple[str, str]]
) -> AsyncIterator[World]:
    """A house for each of these sets of rules between Ada's accounts, `(from, to)`."""
    clock, names = ManualClock(), tuple(names)
    made = World(clock, {name: SocialNetwork(f"{name}.example", clock=clock) for name in names})
    async with AsyncExitStack() as stack:
        for number, its in enumerate(rules):
            own = folder / f"house{number}"
            own.mkdir()
            socials = tuple(Signed(name=name, network=made.networks[name]) for name in names)
            house = await stack.enter_async_context(TestHouse(own, socials=socials, clock=clock))
            await house.user("ada", *names)
            house.chat.person("ada", name="Ada", admin=True)
            house.chat.broadcast(CHANNEL, title=CHANNEL)
            for first, to in its:
                if not number or CHANNEL not in (first, to):
                    await house.says(f"/sync {first} to {to}")
            await house.poll()
            made.houses.append(house)
        clock.skip(2)
        yield made


__all__ = ["CHANGES", "CHANNEL", "SHORT", "Copier", "World", "world"]
