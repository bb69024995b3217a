"""Albums: Telegram sends their parts one by one and names the album in each, but not which is the last.

So a while is waited after each part for another. Meanwhile nothing of it is confirmed: the next answer brings
the same updates again, with those that came since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.telegram.reading import Reading
from bridgebot.model import Message

LONGEST: Final = 10.0  # seconds that an album may take to become whole
_REMEMBERED: Final = 1000  # albums that were handed in; a part that comes later belongs to one of the last

Album = tuple[str, str]  # a chat, and what Telegram calls the album there


@dataclass(frozen=True, slots=True)
class Sorted:
    """What of a batch can be handed in now."""

    ready: list[Reading]
    waits: bool  # some of it is held back: for an album that may not be whole


@dataclass(slots=True)
class Albums:
    """Puts the parts of albums together."""

    _seen: dict[Album, int] = field(default_factory=dict)  # parts at the last look, of those that wait
    _given: OrderedDict[Album, tuple[str, ...]] = field(default_factory=OrderedDict)  # ids of their parts

    def sort(self, batch: Sequence[Reading], *, over: bool) -> Sorted:
        """The batch in its order, albums as one thing where their first part stands. An album that grew since
        the last look waits, and what was written in its chat after it; `over`: nothing waits any longer.
        """
        ready: list[Reading] = []
        waiting: set[str] = set()  # chats
        for found in self._whole(batch):
            chat = found.thing.chat.id if isinstance(found.thing, Message) else _chat(found)
            if chat in waiting:
                continue
            if found.album is not None and not over and self._grew(found):
                waiting.add(chat)
                continue
            ready.append(self._give(found))
        return Sorted(ready, bool(waiting))

    def _whole(self, batch: Iterable[Reading]) -> list[Reading]:
        """The parts of each album as one, where the first of them stands. In a group one of which no part has
        words that may be for the bot is nothing.
        """
        found: list[Reading] = []
        places: dict[Album, int] = {}
        for one in batch:
            album = _album(one)
            if album is not None and album in self._given and _id(one) not in self._given[album]:
                found.append(_late(one, self._given[album][0]))
            elif album is not None and album in places:
                found[places[album]] = _joined(found[places[album]], one)
            else:
                if album is not None:
                    places[album] = len(found)
                found.append(one)
        return [Reading() if one.beside else one for one in found]

    def _grew(self, found: Reading) -> bool:
        album, parts = _album(found), len(found.parts)
        if album is None or album in self._given or self._seen.get(album) == parts:
            return False
        self._seen[album] = parts
        return True

    def _give(self, found: Reading) -> Reading:
        album = _album(found)
        if album is not None:
            self._seen.pop(album, None)
            self._given[album] = tuple(dict.fromkeys((*self._given.get(album, ()), *found.parts)))
            while len(self._given) > _REMEMBERED:
                self._given.popitem(last=False)
        return found


def _album(found: Reading) -> Album | None:
    if found.album is None or not isinstance(found.thing, Message):
        return None
    return found.thing.chat.id, found.album


def _id(found: Reading) -> str:
    return found.parts[0]


def _chat(found: Reading) -> str:
    chat = getattr(found.thing, "chat", None)
    return "" if chat is None else str(chat.id)


def _joined(first: Reading, other: Reading) -> Reading:
    """Two parts of an album as one: the words of the first that has any."""
    one, two = first.thing, other.thing
    if not isinstance(one, Message) or not isinstance(two, Message):
        return first
    worded = one if one.text or not two.text else two
    whole = replace(
        one,
        media=one.media + two.media,
        text=worded.text,
        spans=worded.spans,
        addressed=one.addressed or two.addressed,
    )
    beside = first.beside and other.beside
    return replace(first, thing=whole, parts=first.parts + other.parts, beside=beside)


def _late(found: Reading, first: str) -> Reading:
    """A part that comes when its album was handed in, of which `first` was the first: it is answered, and no
    post of its own.
    """
    if not isinstance(found.thing, Message):
        return found
    return Reading(replace(found.thing, media=(), text="", spans=(), reply_to=first, unfit="late"))
