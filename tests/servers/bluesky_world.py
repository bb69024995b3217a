"""What stands on the network: people, their repositories, what servers know beside these."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers import bluesky_lexicons as lexicons

POST, LIKE, REPOST = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.feed.repost"
FOLLOW, BLOCK = "app.bsky.graph.follow", "app.bsky.graph.block"
LIST, LISTITEM = "app.bsky.graph.list", "app.bsky.graph.listitem"
GATE, POSTGATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
GENERATOR, PROFILE = "app.bsky.feed.generator", "app.bsky.actor.profile"


@dataclass(eq=False)
class Person:
    """An account and its repository."""

    did: str
    handle: str
    name: str = ""
    email: str = ""
    passwords: dict[str, str] = field(default_factory=dict)  # app passwords: what it is → its name
    state: str = ""  # `takendown`, `deactivated`; "": all is well
    wants_code: bool = False  # signing in needs a code that comes by e-mail
    labels: list[str] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)  # DIDs
    bookmarks: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # by post, oldest first


@dataclass(frozen=True)
class Kept:
    """A record as it stands in a repository."""

    uri: str
    cid: str
    value: dict[str, Any]

    @property
    def ref(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}

    @property
    def text(self) -> str:
        return str(self.value.get("text", ""))


@dataclass(frozen=True)
class Stored(Kept):
    """A record, and when the app view saw it."""

    at: datetime
    number: int  # in the order in which the network saw them

    @property
    def did(self) -> str:
        return self.uri.split("/")[2]

    @property
    def collection(self) -> str:
        return self.uri.split("/")[3]


class World:
    """Everything, and what can be done to it without HTTP."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.cdn = "https://cdn.bsky.app/img"  # where its pictures are said to lie
        self.people: dict[str, Person] = {}  # by DID
        self.records: dict[str, Stored] = {}  # by uri
        self.blobs: dict[str, tuple[bytes, str, str]] = {}  # by CID: content, type, whose
        self.largest_blob = 100 * 1024 * 1024  # bytes; as the installer of a PDS sets it
        self.feeds: dict[str, list[str]] = {}  # of a generator: posts, newest first
        self.labels: dict[str, list[str]] = {}  # of a post, by those who moderate
        self.hidden: set[str] = set()  # records that the app view has not seen yet
        self.lags = False  # True: it sees nothing that is written, until `catch_up`
        self.offset = timedelta()
        self.counted = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def number(self) -> int:
        self.counted += 1
        return self.counted

    # --- people ---

    def join(self, name: str, *, password: str = "") -> Person:
        digest = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()[:24]
        person = Person(f"did:plc:{digest}", f"{name}.{self.domain}", name.title(), f"{name}@post.example")
        if password:
            person.passwords[password] = "a test"
        self.people[person.did] = person
        return person

    def person(self, actor: str) -> Person | None:
        """By DID, handle or name."""
        if actor in self.people:
            return self.people[actor]
        wanted = actor.removeprefix("@").lower()
        return next((p for p in self.people.values() if wanted in (p.handle, p.handle.split(".")[0])), None)

    # --- records ---

    def put(self, uri: str, value: dict[str, Any]) -> Stored:
        """What is written anew is seen now; what is changed keeps its place."""
        old = self.records.get(uri)
        at, number = (old.at, old.number) if old else (self.now(), self.number())
        stored = self.records[uri] = Stored(uri, lexicons.cid_of(value), value, at, number)
        if self.lags and old is None:
            self.hidden.add(uri)
        return stored

    def add(self, person: Person, collection: str, value: dict[str, Any]) -> Stored:
        """A new record under a key of the server's making."""
        record = {"$type": collection, **value}
        record.setdefault("createdAt", stamp(self.now()))
        key = lexicons.tid(int(self.now().timestamp() * 1_000_000) + self.counted, 7)
        lexicons.check_record(collection, key, record)
        return self.put(f"at://{person.did}/{collection}/{key}", record)

    def remove(self, uri: str) -> None:
        self.records.pop(uri, None)
        self.hidden.discard(uri)

    def catch_up(self) -> None:
        """The app view sees all that was written."""
        self.lags = False
        self.hidden.clear()

    def seen(self, collection: str, did: str | None = None) -> list[Stored]:
        """What the app view knows of a collection, of one person or of all, oldest first."""
        found = [
            one
            for one in self.records.values()
            if one.collection == collection and one.uri not in self.hidden and did in (None, one.did)
        ]
        return sorted(found, key=lambda one: one.number)

    def standing(self, uri: str) -> Stored | None:
        """A post as the app view knows it, whose author is not taken down."""
        stored = self.records.get(uri)
        if stored is None or uri in self.hidden or stored.collection != POST:
            return None
        return None if self.people[stored.did].state else stored

    def about(self, collection: str, did: str, subject: str) -> Stored | None:
        """Somebody's like, repost or follow of this."""
        return next((one for one in self.seen(collection, did) if subject_of(one) == subject), None)

    def blocks(self, one: str, other: str) -> bool:
        """Does either keep the other away?"""
        return bool(self.about(BLOCK, one, other) or self.about(BLOCK, other, one))


def subject_of(stored: Stored) -> str:
    subject = stored.value.get("subject", "")
    return subject["uri"] if isinstance(subject, dict) else subject


def stamp(at: datetime) -> str:
    """A time of the wire."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
