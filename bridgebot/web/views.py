"""Which part of the reading page somebody looks at: what its addresses say. Pure."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bridgebot.commands.signing import PAGE
from bridgebot.model import TimelineKind as Kind
from bridgebot.store.reading import NEWEST, Place, Source, Wanted

OWN = "own"
KINDS: dict[str, frozenset[str]] = {
    "posts": frozenset({Kind.HOME, Kind.PERSON, Kind.TAG, Kind.LIST, Kind.OWN}),
    "mentions": frozenset({Kind.MENTIONS}),
    "feeds": frozenset({Kind.FEED}),
    OWN: frozenset(),
}
MOST_WORDS = 8
LONGEST = 200  # characters of what is searched for
_FORM = struct.Struct(">QQ")


@dataclass(frozen=True, slots=True)
class View:
    """What is looked for, from where on, and whether pictures are shown."""

    network: str = ""  # adapter; "": every one
    source: int | None = None  # a timeline
    kind: str = ""  # of KINDS; "": everything
    words: str = ""
    before: Place = NEWEST
    pictures: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> View:
        """What an address says; what it says wrongly is as if it were not there."""
        source, kind = query.get("from", ""), query.get("kind", "")
        return cls(
            query.get("network", "")[:100],
            int(source) if source.isascii() and source.isdigit() and len(source) < 18 else None,
            kind if kind in KINDS else "",
            " ".join(query.get("q", "")[:LONGEST].replace("\0", "").split()),
            _place(query.get("before", "")),
            query.get("pictures") == "1",
        )

    def query(self) -> dict[str, str]:
        """The same as an address says it."""
        said = {
            "network": self.network,
            "from": "" if self.source is None else str(self.source),
            "kind": self.kind,
            "q": self.words,
            "before": "" if self.before == NEWEST else _mark(self.before),
            "pictures": "1" if self.pictures else "",
        }
        return {name: value for name, value in said.items() if value}

    def address(self, path: str = PAGE, **more: str) -> str:
        """Where this is looked at."""
        said = urlencode(self.query() | more)
        return f"{path}?{said}" if said else path

    def at(self, place: Place) -> View:
        """The same from a place on."""
        return replace(self, before=place)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.network or self.source is not None or self.kind or self.words)

    def wanted(self, sources: Iterable[Source]) -> Wanted:
        """The sources that are meant, of those that there are."""
        chosen = [
            source.id
            for source in sources
            if self.network in ("", source.adapter)
            and self.source in (None, source.id)
            and (not self.kind or source.kind in KINDS[self.kind])
        ]
        own = self.source is None and self.kind in ("", OWN)
        return Wanted(tuple(chosen), own, self.network, tuple(self.words.split()[:MOST_WORDS]))


def _mark(place: Place) -> str:
    """A place as an address has it: it says nothing to whoever reads it."""
    return base64.urlsafe_b64encode(_FORM.pack(*place)).decode().rstrip("=")


def _place(mark: str) -> Place:
    try:
        at, post = _FORM.unpack(base64.b64decode(f"{mark}==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, struct.error):
        return NEWEST
    return min(Place(at, post), NEWEST) if post <= NEWEST.post else NEWEST
