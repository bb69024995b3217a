"""A town where everything that can be written is, for every audience: for what must never get about.

Ada is a user in two chat networks and on three social ones of different abilities; Bo is another user; Lin
is on the networks only. Ada and Bo share a group, into which careless routes lead. After each step all that
any adapter was asked for is judged by `Readers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgebot.adapter import ChatCapabilities
from bridgebot.model import Audience, Ballot, Draft, Media, Post, Timeline, TimelineKind, changed
from bridgebot.store import routes
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.testing.pictures import png
from tests.house import TestHouse
from tests.readership import Readers, Words, marks

NETWORKS = ("north", "south", "west")
CODE = re.compile(r"#([0-9a-z]{3})\b")
NARROW = (Audience.FOLLOWERS, Audience.DIRECT)
CARELESS = ("url", "thread", "history", "quote", "re", "share", "edit", "get", "search", "drafts", "routes")


class Town:
    """The house, what people do in it and beside it, and what each may read."""

    def __init__(self, folder: Path, abilities: Sequence[dict[str, Any]]) -> None:
        everything = MemorySocial().capabilities
        socials = tuple(
            MemorySocial(name=name, capabilities=replace(everything, **able))
            for name, able in zip(NETWORKS, abilities, strict=True)
        )
        bare = ChatCapabilities(groups=True, replies=True, edits_in=True)
        second = MemoryChat(name="second", capabilities=bare)
        self.house = TestHouse(folder, chats=(second,), socials=socials)
        self.readers = Readers()
        self.mine: list[tuple[str, Words]] = []  # Ada's messages that may be posts, newest last
        self.memos: list[tuple[str, Words]] = []
        self.said = 0
        self.warns = False  # whether `/cw` was said last
        self._seen: dict[str, int] = {}

    async def open(self) -> None:
        house = self.house
        await house.__aenter__()
        await house.user("ada", *NETWORKS)
        await house.user("bo", "north")
        await house.meets()
        house.chat.group("den", title="Den")
        house.chat.person("ada", admin=True)
        await house.says("/help", chat="den")
        north = house.social("north").network
        for one, other in (("ada", "lin"), ("bo", "ada")):
            north.follows.add((north.person(one).id, north.person(other).id))
            self.readers.followers.add((one, other, "north"))
        await house.store.run(self._careless)
        await self.rests()

    def _careless(self, tx: Any, now: Any) -> None:
        """Routes that no command makes: all that Ada reads on every network into every chat, unfiltered."""
        chats = tx.scalars(sa.select(t.chat.c.id))
        for account in tx.connection.execute(sa.select(t.account)).all():
            for kind in (TimelineKind.OWN, TimelineKind.HOME, TimelineKind.MENTIONS):
                native = Timeline(kind, account.server)
                row = routes.timeline(tx, now, account.adapter, native, account.id, "x")
                for chat in chats:
                    routes.add(tx, now, account.user_id, "follow", timeline_id=row.id, chat_id=chat)

    async def close(self) -> None:
        await self.house.__aexit__(None, None, None)

    async def rests(self) -> None:
        """Time passes, everything is read, and what was asked for is judged."""
        for _ in range(2):
            await self.house.wait(3)
            await self.house.poll()
        await self.house.wait(3)
        self.judge()

    def judge(self) -> None:
        for adapter in (*self.house.socials, *self.house.chats):  # what stands there, before who saw it
            name = adapter.context.name
            for call in adapter.calls[self._seen.get(name, 0) :]:
                see = self.readers.see_chat if isinstance(adapter, MemoryChat) else self.readers.see_social
                see(adapter, call)  # type: ignore[arg-type]
            self._seen[name] = len(adapter.calls)
        assert not self.readers.wrong, "\n".join(self.readers.wrong)

    # --- what is there to be answered, changed, shared -------------------------------------------

    def lines(self, place: str = "ada") -> list[tuple[str, Words]]:
        """What stands in a chat and bears a mark: the bot's items, and Ada's own messages in hers."""
        shown = [(line.id, sorted(marks(_own(line.text)))) for line in self.house.chat.messages(place)]
        items = [(id, self.readers.words[found[-1]]) for id, found in shown if len(found) == 1]
        return items + (self.mine if place == "ada" else [])

    def some(self, number: int, place: str = "ada") -> tuple[str, Words] | None:
        """One of them, counted from the newest."""
        lines = self.lines(place)
        return lines[-1 - number % len(lines)] if lines else None

    def posts(self, name: str, by: str = "ada") -> list[Post]:
        """What stands on a network of somebody's and bears a mark."""
        who = self.house.social(name).network.person(by).id
        return [one for one in self.house.social(name).posts if one.author.id == who and marks(one.text)]

    # --- Ada writes in her chat ------------------------------------------------------------------

    async def says(
        self,
        audience: Audience,
        warned: bool,
        to: Sequence[str],
        shape: str = "{}",
        *,
        under: int | None = None,
        shows: bool = False,
        files: bool = False,
    ) -> None:
        """`/vis`, `/cw`, and words: for these networks, or in answer to something, or about what is shown."""
        found = self.some(under) if under is not None else None
        above = found[1] if found is not None else None
        words = self.readers.write("ada", audience, said_in="ada", warned=warned, targets=set(to or NETWORKS))
        if above is not None:
            self._is_under(words, above, shows)
        await self._chooses(audience, f"about {words.mark}" if warned else "")
        self.said += 1
        names = "" if above is not None and not shows else "".join(f"+{name} " for name in to)
        text = ("/quote {}" if shows else shape).format(f"{names}{words.mark} number {self.said}")
        media = [(png((1, 2, 3)), Media("image", "", "image/png", 200))] if files else []
        text += f"\nalt: shown {words.mark}" if files else ""
        line = self.house.chat.say(text, reply_to=found[0] if found else None, files=media)
        self.mine.append((line, words))
        await self.house.settle()

    async def _chooses(self, audience: Audience, warning: str = "") -> None:
        """Whatever was chosen before and was not used counts no more."""
        await self.house.says(f"/vis {audience}")
        if warning or self.warns:
            await self.house.says(f"/cw {warning}")
        self.warns = bool(warning)

    def _is_under(self, words: Words, above: Words, shows: bool) -> None:
        """An answer is as narrow as what it answers, if that is a post; so is what shows something narrow."""
        if above.said_in == "ada" and not above.stands:  # it is asked about, and may go wherever posts go
            words.targets = set(NETWORKS)
            return
        if not shows or above.audience in NARROW:
            words.audience = narrowest(words.audience, above.audience)
        if not shows:
            words.warned = words.warned or above.warned
            words.targets = {above.home} if above.by == "lin" and above.home else set(NETWORKS)

    async def changes(self, number: int) -> None:
        """She edits a message of hers."""
        if not self.mine:
            return
        line, old = self.mine[-1 - number % len(self.mine)]
        new = self.readers.write(
            "ada", old.audience, said_in="ada", warned=old.warned, targets=old.targets, wider=old.wider
        )
        text = next(one.text for one in self.house.chat.network.lines("ada") if one.id == line)
        self.house.chat.edit_line(line, text.replace(old.mark, new.mark))
        self.mine = [(one, new if words is old else words) for one, words in self.mine]

    async def shares(self, number: int, to: str, *, public: bool) -> None:
        """She brings something of hers to another network, and may say that it is public there."""
        own = [(line, words) for line, words in self.lines() + self.memos if words.by == "ada"]
        line, words = own[-1 - number % len(own)] if own else ("", None)
        code = self._code(line)
        if words is None or code is None:
            return
        if (line, words) in self.memos:
            words.audience = Audience.PUBLIC
        words.targets.add(to)
        for one in self.readers.words.values():
            if one.targets is words.targets:  # of the same message: an edit leaves its warning as it was
                one.wider = one.wider or public
        if self.warns:  # by words that were meant for something else, and were not used
            await self.house.says("/cw ")
            self.warns = False
        await self.house.says(f"/share {code} to {to}{' public' if public else ''}")

    def _code(self, line: str) -> str | None:
        """What her chat calls a post: as its receipt says, or the line itself."""
        about = [one.text for one in self.house.chat.messages() if line in (one.reply_to, one.id)]
        codes = [found[1] for text in about if (found := CODE.search(text))]
        return codes[0] if codes else None

    async def keeps(self) -> None:
        """A memo, and a look at all of them."""
        words = self.readers.write("ada", Audience.DIRECT, said_in="ada")
        line = self.house.chat.say(f"/memo {words.mark} for me")
        self.memos.append((line, words))
        await self.house.settle()
        await self.house.says("/memos")

    # --- in apps ---------------------------------------------------------------------------------

    async def posts_in_app(
        self, name: str, by: str, audience: Audience, warned: bool, under: int | None, shows: int | None
    ) -> None:
        """Ada or Lin writes on a network, perhaps in answer to something there."""
        network = self.house.social(name).network
        self.house.clock.skip(1)
        writer = network.person(by)  # nobody answers or shows what they may not read
        standing = [
            p for p in self.house.social(name).posts if marks(p.text) and network.visible(p, writer.id)
        ]
        above = standing[-1 - under % len(standing)] if under is not None and standing else None
        shown = standing[-1 - shows % len(standing)] if shows is not None and standing else None
        words = self.readers.write(by, audience, home=name, warned=warned)
        words.readers = self._readers(name, by, audience)
        if above is not None and above.author.name == "Ada":
            words.readers.add("ada")  # who is answered may read it
        named = "@ada " if by == "lin" and audience is Audience.DIRECT else ""
        draft = Draft(
            f"{named}{words.mark} word",
            audience,
            f"about {words.mark if by == 'ada' else 'that'}" if warned else None,  # an answer keeps it
            reply_to=above.id if above is not None else None,
            quote=shown.id if shown is not None else None,
            poll=Ballot((f"yes {words.mark}", f"no {words.mark}"), 3600)
            if shows is None and warned
            else None,
        )
        network.add(writer, draft)

    def _readers(self, name: str, by: str, audience: Audience) -> set[str]:
        if audience is Audience.DIRECT:
            return {"ada"}  # whom it names
        return {"ada", "bo"} if audience is not Audience.FOLLOWERS else set()

    async def changes_in_app(self, name: str, by: str, number: int, audience: Audience | None) -> None:
        """Somebody changes a post of theirs in an app, and perhaps for whom it is."""
        network, mine = self.house.social(name).network, self.posts(name, by)
        own = [one for one in mine if self.readers.words[min(marks(one.text))].home == name]
        if not own:
            return
        old = own[-1 - number % len(own)]
        self.house.clock.skip(1)
        wanted = audience or old.audience
        was = self.readers.words[min(marks(old.text))]
        meant = narrowest(wanted, was.audience)
        new = self.readers.write(by, meant, home=name, warned=was.warned, readers=set(was.readers))
        if (
            wanted is not Audience.DIRECT
        ):  # the network shows it to them, though nothing else may make it wider
            for words in (self.readers.words[mark] for mark in {*marks(old), new.mark}):
                words.readers |= {"ada", "bo"}
        network.standing[old.id] = changed(old, audience=wanted)
        network.change(old.id, old.text.replace(was.mark, new.mark), old.warning, old.spans)

    # --- rules, groups, others -------------------------------------------------------------------

    async def rules(self, first: str, to: str, options: Sequence[str]) -> None:
        opted = {one for one in (Audience.UNLISTED, Audience.FOLLOWERS) if one.value in options}
        self.readers.opted.setdefault(to, set()).update(opted)
        await self.house.says(" ".join([f"/sync {first} to {to}", *options]))

    async def is_careless(self, number: int, who: str, place: str) -> None:
        """Every command in the group, or by the other user, about what is known there and in Ada's chat."""
        found = self.some(number, place)
        for name in CARELESS:
            for argument in ("", "@ada@north.example"):
                self.house.chat.say(
                    f"/{name} {argument}", sender=who, chat=place, reply_to=found[0] if found else None
                )
            self.house.chat.say("/cancel", sender=who, chat=place)
        await self.house.settle()

    async def says_in_group(self, audience: Audience) -> None:
        await self._chooses(audience)
        words = self.readers.write("ada", audience, said_in="den", targets=set(NETWORKS))
        self.house.chat.say(f"/post {words.mark} in the den", chat="den")
        await self.house.settle()

    async def waits(self, seconds: float) -> None:
        await self.house.wait(seconds)

    async def press(self, label: str) -> None:
        """The newest button that is called so."""
        try:
            self.house.chat.press(label)
        except KeyError:
            return
        await self.house.settle()

    async def is_marked(self, name: str, number: int) -> None:
        """Lin likes something of Ada's, and Bo boosts it; she boosts something of Lin's."""
        network = self.house.social(name).network
        if own := self.posts(name):
            post = own[-1 - number % len(own)]
            network.favourite(network.person("lin"), post.id, True)
            network.boost(network.person("bo"), post.id, True)
        if hers := self.posts(name, "lin"):
            network.boost(network.person("ada"), hers[-1 - number % len(hers)].id, True)


def _own(text: str) -> str:
    """An item without what it quotes: that is under what hides it, whoever shows it."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("↪"))


def narrowest(*audiences: Audience) -> Audience:
    return max(audiences, key=list(Audience).index)
