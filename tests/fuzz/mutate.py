"""What is wrong with what comes in: values, structures, texts and markup, made wrong from a seed.

A run that fails says its seed; `BRIDGEBOT_FUZZ_SEED=…` repeats it. Without it the seed is the same in every
ordinary run, and another one each night.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

SEED = os.environ.get("BRIDGEBOT_FUZZ_SEED", "20260301")
TONIGHT = os.environ.get("BRIDGEBOT_FUZZ_SEED", str(int(time.time())))

ODD = (
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "\udfff\ud83d",
        "\u202e\u2066abc",
        "שלום",
        "a\u0301" * 40,
        "\ufeff",
        "\x1b[31m",
    ),
    *(
        "%s%n{0}{x}${y}",
        "<b>&amp;</b>",
        "]]>",
        "../../etc/passwd",
        "'; DROP TABLE post;--",
        "\r\n\r\n",
        "𠮷" * 20,
    ),
    *(
        "👨‍👩‍👧‍👦🏳️‍🌈",
        "/post",
        "/",
        "//",
        "！",
        "/post@",
        "@",
        "#",
        "#2k7",
        "https://",
        "http://[::1",
        "nan",
        "1e999",
    ),
)
NUMBERS = (0, -1, 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, -(2**63) - 1, 10**40, 1.5, -0.0, 1e308)
COMMANDS = (
    *(
        "post",
        "to",
        "re",
        "fav",
        "unfav",
        "boost",
        "bookmark",
        "edit",
        "del",
        "undo",
        "redo",
        "url",
        "context",
    ),
    *(
        "why",
        "follow",
        "unfollow",
        "whois",
        "get",
        "home",
        "mentions",
        "tag",
        "list",
        "search",
        "mirror",
        "sync",
    ),
    *("routes", "on", "off", "settings", "language", "timezone", "help", "start", "tour", "cancel", "status"),
    *(
        "accounts",
        "link",
        "default",
        "memo",
        "memos",
        "cw",
        "vis",
        "lang",
        "share",
        "preview",
        "me",
        "发",
        "admin",
    ),
)


class Fuzz:
    """Everything that is drawn comes from one seed."""

    def __init__(self, name: str, seed: str, times: int = 1) -> None:
        self.random = random.Random(f"{seed} {name}")
        self.told = f"BRIDGEBOT_FUZZ_SEED={seed} pytest tests/fuzz -k {name}"
        self.times = times  # as much as in an ordinary run

    # --- values ---

    def text(self) -> str:
        """Something that somebody could type, paste or send."""
        draw = self.random
        return draw.choice(
            [
                lambda: draw.choice(ODD),
                lambda: "".join(draw.choices(ODD, k=draw.randrange(1, 6))),
                lambda: "".join(chr(draw.randrange(0x20, 0x2FFF)) for _ in range(draw.randrange(40))),
                lambda: "".join(chr(draw.randrange(0x110000)) for _ in range(draw.randrange(12))),
                lambda: draw.choice(ODD) * draw.choice((1, 2, 500)),
                lambda: self.command(),
                lambda: " ".join(self.command() for _ in range(3)),
            ]
        )()

    def command(self) -> str:
        """A command with arguments that it does not want."""
        draw = self.random
        mark = draw.choice(("/", "!", "／", "！", "//", ""))
        words = [
            draw.choice((*ODD, "7k2", "north", "@lin", "-5", "to", "on")) for _ in range(draw.randrange(4))
        ]
        name = draw.choice(COMMANDS)
        if draw.random() < 0.2:
            name = self.bent(name)
        return draw.choice((" ", "  ", "\n", "\t", "")).join([mark + name, *words])

    def bent(self, text: str) -> str:
        """A text with a piece lost, doubled, changed or put in."""
        draw, at = self.random, self.random.randrange(len(text) + 1)
        return draw.choice(
            [
                lambda: text[:at] + text[at + draw.randrange(1, 4) :],
                lambda: text[:at] + text[at // 2 : at] + text[at:],
                lambda: text[:at] + draw.choice(ODD) + text[at:],
                lambda: text[:at] + chr(draw.randrange(0x110000)) + text[at + 1 :],
            ]
        )()

    def junk(self) -> Any:
        """A value of any type."""
        draw = self.random
        return draw.choice(
            [
                lambda: None,
                lambda: draw.choice((True, False)),
                lambda: draw.choice(NUMBERS),
                lambda: draw.randrange(-(10**12), 10**12),
                lambda: self.text(),
                lambda: draw.choice(ODD) * draw.choice((1, 100, 3000)),
                lambda: [],
                lambda: {},
                lambda: [None, {"id": 1}, "x"],
                lambda: {"id": draw.choice(NUMBERS), "type": draw.choice(ODD)},
                lambda: nested(draw.choice((3, 40, 200))),
            ]
        )()

    # --- JSON ---

    def json(self, value: Any, changes: int | None = None) -> Any:
        """A copy of a JSON value with some things wrong."""
        copy = json.loads(json.dumps(value))
        for _ in range(changes or self.random.choice((1, 1, 1, 2, 3, 8))):
            places = list(_places(copy))
            if not places:
                return self.junk()
            self._spoil(*self.random.choice(places))
        return copy

    def json_text(self, value: Any) -> str:
        """The same as text, in which something may be wrong, too."""
        text = json.dumps(self.json(value), ensure_ascii=self.random.random() < 0.8)
        if self.random.random() < 0.05:
            text = self.bent(text)
        return text

    def _spoil(self, parent: Any, key: Any) -> None:
        draw, old = self.random, parent[key]
        change = draw.randrange(9)
        if change == 0:
            del parent[key]
        elif change == 1 and isinstance(old, str):
            parent[key] = self.bent(old)
        elif change == 2 and isinstance(old, int | float):
            parent[key] = old + draw.choice((-1, 1, 10**6, -(10**6), 0.5))
        elif change == 3 and isinstance(old, list):
            parent[key] = old * draw.choice((2, 3, 150))
        elif change == 4 and isinstance(parent, dict):
            parent[draw.choice(("new_field", "id", "type", "text", "chat", "account", key.upper()))] = (
                self.junk()
            )
        elif change == 5:
            parent[key] = {"value": old}
        elif change == 6:
            parent[key] = [old]
        elif change == 7 and isinstance(old, str | int):
            parent[key] = str(old) if isinstance(old, int) else len(old)
        else:
            parent[key] = self.junk()


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = {"a": [value]}
    return value


def _places(value: Any) -> Any:
    """Everything inside of a JSON value, as (what holds it, by which key), however deep it is."""
    inside = [value]
    while inside:
        held = inside.pop()
        keys = list(held) if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
        for key in keys:
            yield held, key
            inside.append(held[key])


# --- XML ---

NAMESPACES = (
    *("urn:xmpp:reply:0", "urn:xmpp:fallback:0", "urn:xmpp:message-correct:0", "urn:xmpp:message-retract:1"),
    *("urn:xmpp:message-retract:0", "urn:xmpp:fasten:0", "urn:xmpp:forward:0", "urn:xmpp:carbons:2"),
    *(
        "urn:xmpp:mam:2",
        "urn:xmpp:sid:0",
        "urn:xmpp:delay",
        "urn:xmpp:eme:0",
        "urn:xmpp:receipts",
        "jabber:x:data",
    ),
    *(
        "urn:xmpp:reactions:0",
        "urn:xmpp:spoiler:0",
        "jabber:x:conference",
        "http://jabber.org/protocol/muc#user",
    ),
    *(
        "jabber:client",
        "http://jabber.org/protocol/pubsub#event",
        "urn:unknown:1",
        "http://etherx.jabber.org/streams",
    ),
)
_ATTRIBUTE = re.compile(r"(\s[\w:]+=)('[^']*')")
_TAG = re.compile(r"<(/?)([\w:]+)([^<>]*)>")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Any text, as XML can carry it."""
    plain = _NOT_XML.sub("\ufffd", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;")


def stanza(fuzz: Fuzz, samples: Sequence[str]) -> str:
    """A sample with some things wrong; well-formed, so that the stream goes on."""
    text = fuzz.random.choice(samples)
    for _ in range(fuzz.random.choice((1, 1, 2, 3, 6))):
        text = fuzz.random.choice(_CHANGES)(fuzz, text, samples)
    return text


def _attribute(fuzz: Fuzz, text: str, samples: Sequence[str]) -> str:
    """Another value for an attribute, or none at all."""
    found = list(_ATTRIBUTE.finditer(text))
    if not found:
        return text
    one, draw = fuzz.random.choice(found), fuzz.random
    name = one[1].strip(" =")
    if name == "xmlns":
        value = f"{one[1]}'{draw.choice(NAMESPACES)}'"
    elif name in ("start", "end") or draw.random() < 0.2:
        value = f"{one[1]}'{draw.choice((*NUMBERS, 'x', '', 3, 7))}'"
    else:
        junk = draw.choice(
            (escaped(fuzz.text()[:300]), "", "ada@localhost", "@", "a@b/c/d", "room@rooms/nick")
        )
        value = draw.choice(("", f"{one[1]}'{junk}'"))
    return text[: one.start()] + value + text[one.end() :]


def _content(fuzz: Fuzz, text: str, samples: Sequence[str]) -> str:
    """Something put between two tags."""
    ends = [one.end() for one in _TAG.finditer(text)][:-1]
    if not ends:
        return text
    at, draw = fuzz.random.choice(ends), fuzz.random
    space = draw.choice(NAMESPACES)
    name = draw.choice(
        ("x", "reply", "fallback", "body", "replace", "retract", "forwarded", "result", "delay", "event")
    )
    extra = draw.choice(
        [
            escaped(fuzz.text()),
            f"<{name} xmlns='{space}' id='{escaped(fuzz.text()[:50])}' stamp='{draw.choice(NUMBERS)}'/>",
            f"<{name} xmlns='{space}'><{name}/>{draw.choice(samples)}</{name}>",
            f"<body xml:lang='{draw.choice(('', 'en', 'x' * 200))}'>{escaped(fuzz.text())}</body>",
            "<a>" * 60 + "</a>" * 60,
        ]
    )
    return text[:at] + extra + text[at:]


def _renamed(fuzz: Fuzz, text: str, samples: Sequence[str]) -> str:
    """Another name for every element of one name, but for the stanza itself."""
    names = sorted({one[2] for one in _TAG.finditer(text)} - {"message", "presence", "iq"})
    if not names:
        return text
    old, new = (
        fuzz.random.choice(names),
        fuzz.random.choice(("body", "x", "reply", "retract", "fallback", "z")),
    )
    return re.sub(rf"(</?){re.escape(old)}(?=[\s/>])", rf"\g<1>{new}", text)


def _wrapped(fuzz: Fuzz, text: str, samples: Sequence[str]) -> str:
    """A stanza inside of another: carbons and forwards that nobody asked for."""
    how = fuzz.random.choice(("sent", "received"))
    forwarded = f"<forwarded xmlns='urn:xmpp:forward:0'>{text}</forwarded>"
    inside = fuzz.random.choice(
        (
            forwarded,
            f"<{how} xmlns='urn:xmpp:carbons:2'>{forwarded}</{how}>",
            f"<result xmlns='urn:xmpp:mam:2'>{forwarded}</result>",
        )
    )
    sender = fuzz.random.choice(("bo@localhost/x", "bot@localhost", ""))
    return f"<message xmlns='jabber:client' from='{sender}'>{inside}</message>"


_CHANGES: tuple[Callable[[Fuzz, str, Sequence[str]], str], ...] = (
    *(_attribute, _attribute, _attribute, _content, _content, _renamed, _wrapped),
)
