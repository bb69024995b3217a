"""What people type, taken in by the core: any text, and commands with arguments that they do not want."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bridgebot.adapter import ChatCapabilities
from bridgebot.model import (
    Chat,
    ChatChanged,
    Deletion,
    Edit,
    Incoming,
    Limits,
    Message,
    Person,
    Press,
    Reaction,
    Span,
)
from tests.fuzz.core import Core, core
from tests.fuzz.mutate import Fuzz

THINGS = 800
BATCH = 100
WHOLE = ChatCapabilities(
    limits=Limits(4096, "utf16"),
    groups=True,
    replies=True,
    buttons=True,
    edit=True,
    delete=True,
    edits_in=True,
    deletions_in=True,
    reactions_in=True,
    markup=frozenset({"bold", "link", "spoiler", "code"}),
)


def clean(text: str) -> str:
    """As every adapter hands texts in: what cannot be stored is none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Babble:
    """Bo and a few others, who do anything; also in a group."""

    def __init__(self, fuzz: Fuzz) -> None:
        self.fuzz = fuzz
        self.number = 0
        self.said: list[str] = []

    def thing(self) -> Incoming:
        self.number += 1
        draw, id = self.fuzz.random, str(self.number)
        name = draw.choice(("bo", "cy", "di", clean(self.fuzz.text())[:40]))
        sender = Person(
            name or "x",
            clean(self.fuzz.text())[:80],
            admin=draw.random() < 0.5,
            language=draw.choice(("en", "zh-CN", "xx", "")),
        )
        chat = (
            Chat(f"chat of {name}", direct=True)
            if draw.random() < 0.8
            else Chat("group", direct=False, topic=draw.choice(("", "7")))
        )
        old = draw.choice([*self.said[-50:], "nothing"])
        self.said.append(id)
        text = clean(self.fuzz.text())
        kind = draw.randrange(20)
        if kind == 0:
            return Edit(f"e{id}", chat, sender, old, text, self.spans(text))
        if kind == 1:
            return Deletion(f"e{id}", chat, sender, old)
        if kind == 2:
            return Press(f"e{id}", chat, sender, old, text[:64])
        if kind == 3:
            return ChatChanged(f"e{id}", Chat("group", direct=False), draw.choice(("joined", "gone")))
        if kind == 4:
            emojis = draw.choices(("⭐", "👍", "🔁", text, ""), k=draw.randrange(4))
            at = draw.choice((None, datetime.now(UTC), datetime.min.replace(tzinfo=UTC)))
            return Reaction(f"e{id}", chat, sender, old, tuple(emojis), at)
        age = draw.choice((0, 0, 0, 700, 10**6, -(10**6)))
        at = datetime.now(UTC) - timedelta(seconds=age)
        reply = old if draw.random() < 0.2 else None
        unfit = draw.choice((None,) * 8 + ("media", "forwarded"))
        return Message(
            f"e{id}",
            chat,
            sender,
            id,
            "" if unfit else text,
            at,
            reply,
            draw.random() < 0.7,
            self.spans(text),
            unfit,
        )

    def spans(self, text: str) -> tuple[Span, ...]:
        draw = self.fuzz.random
        if not text or draw.random() < 0.7:
            return ()
        start, end = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
        return (Span(start, end, draw.choice(("bold", "link", "spoiler", "code")), clean(self.fuzz.text())),)


async def says(own: Core, number: int, text: str) -> None:
    """Ada, who is good throughout."""
    chat, ada = Chat("ada", direct=True), Person("ada", "Ada")
    await own.receive(Message(f"good{number}", chat, ada, f"good{number}", text, datetime.now(UTC)))
    await own.outbox.step()


async def test_whatever_people_type_breaks_nothing_and_hides_nothing(fuzz):
    babble = Babble(fuzz)
    async with core(WHOLE) as own:
        await says(own, 0, "/help")
        await own.settle("ada")
        for name in ("bo", "cy"):
            await own.receive(
                Message(
                    f"first {name}",
                    Chat(f"chat of {name}", direct=True),
                    Person(name),
                    f"first {name}",
                    "/settings reactions on",
                    datetime.now(UTC),
                )
            )
            await own.settle(name)
        for number in range(THINGS * fuzz.times // BATCH):
            for _ in range(BATCH):
                await own.receive(babble.thing())
            await says(own, number + 1, f"/post good {number}")
            assert f"good {number}" in [post.text for post in own.north.network.standing.values()], fuzz.told
            assert own.troubles() == [], fuzz.told
        assert await own.failed() == 0, fuzz.told
        # A few came from strangers and led to nothing: of them nothing is kept.
        assert await own.taken_in() >= THINGS * fuzz.times * 9 // 10
        assert all("Traceback" not in text and "Error" not in text for text in own.mouth.said)
