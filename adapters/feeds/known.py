"""What of a feed is new, what changed, and what only looks so. Pure.

A feed has no ids that hold: its guids all change at once when its software does, its addresses when it moves,
it is put into another order, cut short, empty for an hour and whole again. So each entry that stands there
is told by four marks (its guid, its address, its words, its date), and those that stand there now are matched
with those that are known, each with one: by the most that can be the same first. What matches nothing is
new; what matches in all but its words was edited.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from adapters.feeds.entities import Entry
from adapters.feeds.shown import shown

FEWEST = 200  # entries that are remembered though they do not stand there any more; else as many as ever did
_NOTHING = "." * 8  # a mark that is missing: equal to no other
_WIDTHS = (8, 8, 8, 4, 8)  # characters of guid, link, words, date, id in a line: 48 bits and once 24


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells an entry from others, each as a short digest."""

    guid: str
    link: str
    words: str
    date: str


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was met before."""

    marks: Marks
    id: str  # what it is called since then, whatever it calls itself

    def line(self) -> str:
        """As a cursor keeps it."""
        marks = self.marks
        return f"{marks.guid}{marks.link}{marks.words}{marks.date}{self.id}"


@dataclass(frozen=True, slots=True)
class Met:
    """An entry that stands there now."""

    entry: Entry
    marks: Marks
    id: str
    before: Known | None  # None: it is new

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_edited(self) -> bool:
        return self.before is not None and self.before.marks.words != self.marks.words

    def known(self) -> Known:
        return Known(self.marks, self.id)


def read(line: str) -> Known:
    """What `Known.line` wrote."""
    parts, at = [], 0
    for width in _WIDTHS:
        parts.append(line[at : at + width])
        at += width
    return Known(Marks(*parts[:4]), parts[4])


def compare(entries: Iterable[Entry], known: Sequence[Known]) -> list[Met]:
    """What stands there now, in its order, and which of it is known."""
    there = _marked(entries)
    found = _matched([marks for _, marks in there], known)
    taken = {one.id for one in known}
    met: list[Met] = []
    for (entry, marks), before in zip(there, found, strict=True):
        id = _new_id(marks, taken) if before is None else before.id
        taken.add(id)
        met.append(Met(entry, marks, id, before))
    return met


def remembered(met: Iterable[Met], known: Sequence[Known], left: frozenset[str], most: int) -> list[Known]:
    """What is known from now on: what stands there, then what stood there, the latest first, as many as ever
    stood there at once (`most`). `left` are the ids of what was not handed in yet: it stays as it was.
    """
    now = [one.before if one.id in left else one.known() for one in met]
    there = [one for one in now if one is not None]
    ids = {one.id for one in met}
    gone = [one for one in known if one.id not in ids]
    return [*there, *gone[: max(most, FEWEST)]]


# --- marks -------------------------------------------------------------------------------------


def _marked(entries: Iterable[Entry]) -> list[tuple[Entry, Marks]]:
    """Each entry once, with its marks. A guid that several bear, or an address, is none."""
    distinct = {(one.guid, one.link, one.title, one.body.text, one.published): one for one in entries}
    there = list(distinct.values())
    guids, links = Counter(one.guid for one in there), Counter(one.link for one in there)
    return [(one, _marks(one, guids[one.guid] == 1, links[one.link] == 1)) for one in there]


def _marks(entry: Entry, own_guid: bool, own_link: bool) -> Marks:
    link = digest(entry.link) if entry.link and own_link else _NOTHING
    guid = digest(entry.guid) if entry.guid and own_guid else link  # who has no guid is told by its address
    text = shown(entry)
    said = text.text.removesuffix(entry.link).split()
    media = () if said else sorted(one.url for one in entry.media)
    date = digest(entry.published.isoformat())[:4] if entry.published else _NOTHING[:4]
    return Marks(guid, link, digest("\n".join((" ".join(said), *media))), date)


def digest(text: str) -> str:
    """A short name for what stands in a feed."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:6]).decode()


def _new_id(marks: Marks, taken: set[str]) -> str:
    """Its guid if it has one; one that was used before, by what stood there then, is no name for it."""
    id, times = (marks.guid if marks.guid != _NOTHING else marks.words), 0
    while id in taken:
        times += 1
        id = digest(f"{marks.guid}{marks.link}{marks.words}{marks.date}{times}")
    return id


# --- matching ----------------------------------------------------------------------------------

Key = Callable[[Marks], tuple[str, ...]]
# By what they are the same, the surest first.
_WAYS: tuple[Key, ...] = (
    lambda marks: (marks.guid, marks.words),
    lambda marks: (marks.words, marks.date),  # guid and address changed: the site moved
    lambda marks: (marks.link, marks.words),  # guid and date changed
    lambda marks: (marks.guid,),  # edited, and perhaps its address with its title
    lambda marks: (marks.link, marks.date),  # edited while all guids changed
)


def _matched(there: Sequence[Marks], known: Sequence[Known]) -> list[Known | None]:
    """For each the known one that it is, if any; no known one is two of them."""
    found: list[Known | None] = [None] * len(there)
    left = dict(enumerate(known))
    for way in _WAYS:
        free: defaultdict[tuple[str, ...], deque[int]] = defaultdict(deque)
        for number, one in left.items():
            free[way(one.marks)].append(number)
        for place, marks in enumerate(there):
            key = way(marks)
            if found[place] is None and _NOTHING not in key and free.get(key):
                found[place] = left.pop(free[key].popleft())
    return found
