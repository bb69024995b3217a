"""What people do on the network at once, without HTTP: as if with another app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.servers.bluesky_world import (
    BLOCK,
    FOLLOW,
    GENERATOR,
    LIKE,
    LIST,
    LISTITEM,
    POST,
    REPOST,
    Person,
    Stored,
)

if TYPE_CHECKING:
    from tests.servers.bluesky import BlueskyServer

_WORDS = re.compile(r"(?<!\S)(?:@(?P<handle>[\w.-]+\.[a-z]+)|#(?P<tag>\w+)|(?P<url>https?://\S+))")


class Someone:
    """A person, acting."""

    def __init__(self, server: BlueskyServer, who: Person) -> None:
        self.server, self.who = server, who

    @property
    def world(self):
        return self.server.world

    @property
    def did(self) -> str:
        return self.who.did

    @property
    def handle(self) -> str:
        return f"@{self.who.handle}"

    @property
    def password(self) -> str:
        return next(iter(self.who.passwords))

    def post(
        self, text: str, *, reply_to: str | None = None, quote: str | None = None, **fields: Any
    ) -> Stored:
        """A post, with the facets that every app makes of what stands in its text."""
        facets = self.facets(text)
        if facets:
            fields.setdefault("facets", facets)
        if reply_to is not None:
            fields["reply"] = self._reply(reply_to)
        if quote is not None:
            fields["embed"] = {"$type": "app.bsky.embed.record", "record": self.world.records[quote].ref}
        return self.world.add(self.who, POST, {"text": text, **fields})

    def facets(self, text: str) -> list[dict[str, Any]]:
        found = []
        for word in _WORDS.finditer(text):
            if (feature := self._feature(word)) is not None:
                start, end = (len(text[:at].encode()) for at in word.span())
                found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
        return found

    def _feature(self, word: re.Match[str]) -> dict[str, Any] | None:
        kind = "app.bsky.richtext.facet"
        if word["url"]:
            return {"$type": f"{kind}#link", "uri": word["url"]}
        if word["tag"]:
            return {"$type": f"{kind}#tag", "tag": word["tag"]}
        named = self.world.person(word["handle"])
        return {"$type": f"{kind}#mention", "did": named.did} if named else None

    def _reply(self, uri: str) -> dict[str, Any]:
        parent = self.world.records[uri]
        root = parent.value.get("reply", {}).get("root", parent.ref)
        return {"root": root, "parent": parent.ref}

    def follow(self, other: Someone) -> Stored:
        return self._once(FOLLOW, other.did, other.did)

    def block(self, other: Someone) -> Stored:
        return self._once(BLOCK, other.did, other.did)

    def like(self, uri: str) -> Stored:
        return self._once(LIKE, uri, self.world.records[uri].ref)

    def repost(self, uri: str) -> Stored:
        return self._once(REPOST, uri, self.world.records[uri].ref)

    def bookmark(self, uri: str) -> None:
        self.who.bookmarks.setdefault(uri, (self.world.number(), self.world.now()))

    def _once(self, kind: str, subject: str, value: Any) -> Stored:
        return self.world.about(kind, self.did, subject) or self.world.add(self.who, kind, {"subject": value})

    def list(self, name: str, *members: Someone, purpose: str = "curatelist") -> Stored:
        """A list with these people on it; the same one for the same name."""
        named = next((one for one in self.world.seen(LIST, self.did) if one.value["name"] == name), None)
        kind = f"app.bsky.graph.defs#{purpose}"
        made = named or self.world.add(self.who, LIST, {"name": name, "purpose": kind})
        for member in members:
            self.world.add(self.who, LISTITEM, {"list": made.uri, "subject": member.did})
        return made

    def feed(self, name: str) -> str:
        """A feed of one's own making, empty as yet; its at-uri."""
        uri = f"at://{self.did}/{GENERATOR}/{name}"
        value = {"$type": GENERATOR, "did": "did:web:feeds.example", "displayName": name.title()}
        if uri not in self.world.records:
            self.world.put(uri, {**value, "createdAt": "2026-01-02T03:04:05.678Z"})
            self.world.feeds[uri] = []
        return uri

    def delete(self, uri: str) -> None:
        self.world.remove(uri)

    def posts(self) -> list[Stored]:
        """What stands, oldest first."""
        return self.world.seen(POST, self.did)
