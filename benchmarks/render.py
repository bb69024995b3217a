"""What it costs to fit a post to every network there is: `render.thread` and `render.messages`, as the outbox
calls them, beside counting the same texts once for each network by the bare means.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

import regex

from adapters import bluesky, mastodon, pebble, plaza, telegram, xmpp
from benchmarks.runner import Comparison, Figures, Side, Stopwatch, Void
from bridgebot.model import Draft, Limits, Span, Unit
from bridgebot.render import Rich, messages, thread

POSTS = 4000  # in one run
SOCIAL = tuple(one.Adapter.capabilities for one in (mastodon, bluesky, plaza, pebble))
CHATS = tuple(one.Adapter.capabilities for one in (telegram, xmpp))
UNITS: tuple[Unit, ...] = tuple(one.limits.unit for one in (*SOCIAL, *CHATS))

_EN = "The river is high again, and somebody forgot an umbrella on the train. "
_ZH = "今天的天气真好，去河边走了一圈，看到了很多鸟。晚上再写。"
_LINK = "https://example.org/2026/11/a-rather-long-address-of-a-page?from=here"
SHORT = (  # most posts are: they fit as they are, but some not where 140 characters do
    _EN,
    f"@lin@example.net I think you are right, but the second paragraph does not say so:\n\n{_LINK}",
    f"New tyres! They are loud and they are green. 🚲 #bikes #winter {_LINK}",
    f"{_ZH}#标签 {_LINK}",
    "Good morning 👩‍👩‍👧‍👦 from all of us, e\u0301coutez!",
)
LONG = (  # a thread on most networks
    "\n\n".join([_EN * 4] * 6),
    "\n\n".join([_ZH * 6] * 6),
    f"{_EN * 3}{_LINK} @lin@example.net #bikes 👩‍👩‍👧‍👦\n" * 12,
)
MIXED = (*SHORT * 3, *LONG)  # a sixth are long


def drafts(texts: Sequence[str]) -> list[Draft]:
    """Posts of these texts, a word of each in bold."""
    return [Draft(text, spans=(Span(4, 9, "bold"),)) for text in texts]


def fitted(draft: Draft) -> int:
    """Every part of it, everywhere; how many they are."""
    bare = Draft(draft.text)  # no network that is posted to shows emphasis
    posts = sum(len(thread(bare, able.limits, labels="link" in able.markup)) for able in SOCIAL)
    text = Rich(draft.text, draft.spans)
    return posts + sum(len(messages(text, able.limits)) for able in CHATS)


_GRAPHEMES = regex.compile(r"\X")


def counted(draft: Draft) -> int:
    """How long it is, in the unit of each network, and nothing else: neither addresses nor names."""
    return sum(_length(draft.text, unit) for unit in UNITS)


def _length(text: str, unit: Unit) -> int:
    match unit:
        case "graphemes":
            return len(_GRAPHEMES.findall(text))
        case "utf16":
            return len(text.encode("utf-16-le")) // 2
        case "bytes":
            return len(text.encode())
        case _:
            return len(text)


def check(draft: Draft) -> None:
    """Each part is as long as its network allows, and together they are the text."""
    for limits in (*(able.limits for able in SOCIAL), Limits(140, "bytes")):
        parts = thread(Draft(draft.text), limits)
        words = "".join(part.text.rpartition(" (")[0] if len(parts) > 1 else part.text for part in parts)
        if not all(limits.fits(part.text) for part in parts):
            raise Void(f"a part is too long for {limits}")
        if "".join(words.split()) != "".join(draft.text.split()):
            raise Void("the parts are not the text")


def _side(name: str, once: Callable[[Draft], int], posts: Sequence[Draft], count: int) -> Side:
    def run() -> Figures:
        watch, turns = Stopwatch(), max(1, round(count / len(posts)))
        watch.start()
        for _ in range(turns):
            for post in posts:
                once(post)
        watch.stop()
        return watch.per_second(turns * len(posts), "posts")

    return Side(name, run)


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    found = []
    for name, texts in (("mixed", MIXED), ("short", SHORT), ("long", LONG)):
        posts = drafts(texts)
        for post in posts:
            check(post)
        count = max(1, round(POSTS * scale))
        others = (_side(r"regex \X and len", counted, posts, count),)
        found.append(Comparison(f"render, {name}", _side("render", fitted, posts, count), others))
    yield found
