"""Which part of the reading page somebody looks at: what its addresses say. Pure."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

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
    by: str = ""  # handle of whoever wrote it; "": anybody
    new: bool = False  # what came since the reader was here, the oldest first
    edge: Place | None = None  # where the page before this one ended; None: this is the first
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
            query.get("by", "")[:LONGEST].replace("\0", ""),
            query.get("new") == "1",
            place_of(query.get("edge", "")),
            query.get("pictures") == "1",
        )

    @classmethod
    def of(cls, address: str) -> View:
        """What the part of an address says that stands behind its path."""
        return cls.read({name: values[0] for name, values in parse_qs(address.lstrip("?")).items()})

    def query(self) -> dict[str, str]:
        """The same as an address says it."""
        said = {
            "network": self.network,
            "from": "" if self.source is None else str(self.source),
            "kind": self.kind,
            "q": self.words,
            "by": self.by,
            "new": "1" if self.new else "",
            "edge": "" if self.edge is None else mark_of(self.edge),
            "pictures": "1" if self.pictures else "",
        }
        return {name: value for name, value in said.items() if value}

    def address(self, path: str = PAGE, **more: str) -> str:
        """Where this is looked at."""
        said = urlencode(self.query() | more)
        return f"{path}?{said}" if said else path

    def at(self, place: Place | None) -> View:
        """The same from a place on; None: from where it begins."""
        return replace(self, edge=place)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.network or self.source is not None or self.kind or self.is_searched)

    @property
    def is_searched(self) -> bool:
        """Whether single posts are looked for, new or not."""
        return bool(self.words or self.by)

    @property
    def is_new(self) -> bool:
        return self.new and not self.is_searched

    def wanted(self, sources: Iterable[Source]) -> Wanted:
        """The sources that are meant, of those that there are."""
        chosen = [
            source.id
            for source in sources
            if self.network in ("", source.adapter)
            and self.source in (None, source.id)
            and (not self.kind or source.kind in KINDS[self.kind])
        ]
        own = self.source is None and self.kind in ("", OWN) and not self.by
        return Wanted(tuple(chosen), own, self.network, tuple(self.words.split()[:MOST_WORDS]), self.by)


def mark_of(place: Place) -> str:
    """A place as an address has it: it says nothing to whoever reads it."""
    return base64.urlsafe_b64encode(_FORM.pack(*place)).decode().rstrip("=")


def place_of(mark: str) -> Place | None:
    """The same read; None: it is none."""
    try:
        at, post = _FORM.unpack(base64.b64decode(f"{mark}==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, struct.error):
        return None
    return Place(at, post) if max(at, post) <= NEWEST.at else None
