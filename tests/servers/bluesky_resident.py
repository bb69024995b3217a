"""Somebody on Bluesky with another app, in the same words on the strict fake and on Bluesky's own servers.

So a story can be told once: by day on what is pretended, by night on what is real.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from tests.servers import bluesky_lexicons as lexicons
from tests.servers.bluesky import BlueskyServer
from tests.servers.bluesky_person import Someone
from tests.servers.bluesky_real import Member, RealBluesky
from tests.servers.bluesky_world import (
    FOLLOW,
    GATE,
    LIKE,
    LIST,
    LISTITEM,
    POST,
    POSTGATE,
    REPOST,
    Kept,
    stamp,
)

_CURATED = "app.bsky.graph.defs#curatelist"
_WORDS = re.compile(r"(?<!\S)(?:@(?P<handle>[\w.-]+\.[a-z]+)|#(?P<tag>\w+)|(?P<url>https?://\S+))")


@dataclass(frozen=True)
class Record(Kept):
    """A record, with what a story looks at in a post."""

    @property
    def embed(self) -> dict[str, Any]:
        found: dict[str, Any] = self.value.get("embed", {})
        return found

    def cut(self) -> dict[str, dict[str, str]]:
        """What stands behind the words of the text: by the words, as the bytes of the facets cut them."""
        raw = self.text.encode()
        return {
            raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(): one["features"][0]
            for one in self.value.get("facets", [])
        }


class Resident(ABC):
    """A person, acting: each act is over when it returns, and the app view may hear of it later."""

    did: str
    handle: str  # with @
    password: str

    @abstractmethod
    async def write(self, collection: str, value: dict[str, Any], key: str | None = None) -> Record:
        """A record of one's own; `key`: where it is to stand."""

    @abstractmethod
    async def read(self, uri: str) -> Record:
        """Anybody's record."""

    @abstractmethod
    async def records(self, collection: str) -> list[Record]:
        """One's own, oldest first."""

    @abstractmethod
    async def delete(self, uri: str) -> None: ...

    @abstractmethod
    async def takes_back_the_password(self) -> None:
        """In the settings of the app: no session that was made with it can be renewed."""

    @abstractmethod
    async def makes_a_password(self) -> None:
        """A new app password: `password` from now on."""

    @abstractmethod
    async def hand_over(self, content: bytes, kind: str) -> dict[str, Any]:
        """A file; what names it in a record."""

    @abstractmethod
    async def content(self, blob: dict[str, Any]) -> bytes:
        """The file that a record of one's own names."""

    async def posts(self) -> list[Record]:
        """One's own posts, oldest first, each as the public lexicons want it."""
        found = await self.records(POST)
        for one in found:
            lexicons.check_record(POST, one.uri.rpartition("/")[2], one.value)
        return found

    async def texts(self) -> list[str]:
        return [one.text for one in await self.posts()]

    async def subjects(self, kind: str) -> list[str]:
        """Whom or what one's own follows, likes, reposts … are about."""
        found = [one.value["subject"] for one in await self.records(kind)]
        return [one["uri"] if isinstance(one, dict) else one for one in found]

    async def post(
        self, text: str, *, reply_to: str | None = None, quote: str | None = None, **fields: Any
    ) -> Record:
        """A post with the facets that every app makes."""
        if facets := _facets(text):
            fields.setdefault("facets", facets)
        if reply_to is not None:
            parent = await self.read(reply_to)
            fields["reply"] = {
                "root": parent.value.get("reply", {}).get("root", parent.ref),
                "parent": parent.ref,
            }
        if quote is not None:
            fields["embed"] = {"$type": "app.bsky.embed.record", "record": (await self.read(quote)).ref}
        return await self.write(POST, {"text": text, **fields})

    async def shows(self, text: str, *pictures: tuple[bytes, str], **fields: Any) -> Record:
        """A post with pictures: each its content and its description."""
        images = [
            {"image": await self.hand_over(content, "image/png"), "alt": alt} for content, alt in pictures
        ]
        return await self.post(text, embed={"$type": "app.bsky.embed.images", "images": images}, **fields)

    async def like(self, uri: str) -> None:
        await self.write(LIKE, {"subject": (await self.read(uri)).ref})

    async def repost(self, uri: str) -> None:
        await self.write(REPOST, {"subject": (await self.read(uri)).ref})

    async def follow(self, other: Resident) -> None:
        await self.write(FOLLOW, {"subject": other.did})

    async def list(self, name: str, *members: Resident) -> str:
        """A list of people; its address."""
        made = await self.write(LIST, {"name": name, "purpose": _CURATED})
        for member in members:
            await self.write(LISTITEM, {"list": made.uri, "subject": member.did})
        return made.uri

    async def lets_nobody_answer(self, uri: str) -> None:
        """A threadgate, with nobody in it."""
        await self.write(GATE, {"post": uri, "allow": []}, uri.rpartition("/")[2])

    async def lets_nobody_quote(self, uri: str) -> None:
        """A postgate."""
        rules = [{"$type": f"{POSTGATE}#disableRule"}]
        await self.write(POSTGATE, {"post": uri, "embeddingRules": rules}, uri.rpartition("/")[2])


def _facets(text: str) -> list[dict[str, Any]]:
    """Of links and tags."""
    found = []
    for word in _WORDS.finditer(text):
        start, end = (len(text[:at].encode()) for at in word.span())
        kind = "app.bsky.richtext.facet"
        feature = {"$type": f"{kind}#link", "uri": word["url"]} if word["url"] else None
        feature = {"$type": f"{kind}#tag", "tag": word["tag"]} if word["tag"] else feature
        if feature:
            found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return found


class Pretended(Resident):
    """Somebody on the strict fake."""

    def __init__(self, person: Someone) -> None:
        self.someone = person
        self.did, self.handle = person.did, person.handle
        self.password = person.password

    async def write(self, collection: str, value: dict[str, Any], key: str | None = None) -> Record:
        if key is None:
            made = self.someone.world.add(self.someone.who, collection, value)
        else:
            record = {"$type": collection, "createdAt": stamp(self.someone.world.now()), **value}
            lexicons.check_record(collection, key, record)
            made = self.someone.world.put(f"at://{self.did}/{collection}/{key}", record)
        return Record(made.uri, made.cid, made.value)

    async def read(self, uri: str) -> Record:
        made = self.someone.world.records[uri]
        return Record(made.uri, made.cid, made.value)

    async def records(self, collection: str) -> list[Record]:
        found = self.someone.world.seen(collection, self.did)
        return [Record(one.uri, one.cid, one.value) for one in found]

    async def delete(self, uri: str) -> None:
        self.someone.delete(uri)

    async def takes_back_the_password(self) -> None:
        self.someone.server.expire(self.did)
        self.someone.who.passwords.clear()

    async def makes_a_password(self) -> None:
        self.password = f"{self.password[:-4]}wxyz"
        self.someone.who.passwords[self.password] = "another"

    async def hand_over(self, content: bytes, kind: str) -> dict[str, Any]:
        cid = lexicons.cid(content)
        self.someone.world.blobs[cid] = (content, kind, self.did)
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}

    async def content(self, blob: dict[str, Any]) -> bytes:
        return self.someone.world.blobs[blob["ref"]["$link"]][0]


class Real(Resident):
    """Somebody on Bluesky's own servers."""

    def __init__(self, network: RealBluesky, member: Member) -> None:
        self.network, self.token = network, member.token
        self.did, self.handle, self.password = member.did, f"@{member.handle}", member.password

    async def write(self, collection: str, value: dict[str, Any], key: str | None = None) -> Record:
        record = {"$type": collection, "createdAt": stamp(datetime.now(UTC)), **value}
        wanted = {"repo": self.did, "collection": collection, "record": record}
        wanted |= {"rkey": key} if key else {}
        made = await self.network.call("com.atproto.repo.createRecord", wanted, self.token)
        return Record(made["uri"], made["cid"], record)

    async def read(self, uri: str) -> Record:
        params = list(zip(("repo", "collection", "rkey"), uri.split("/")[2:], strict=True))
        made = await self.network.call("com.atproto.repo.getRecord", params=params)
        return Record(made["uri"], made["cid"], made["value"])

    async def records(self, collection: str) -> list[Record]:
        """By the times that they bear, a hundred at most: keys of the bot lie within a second of theirs."""
        params = [("repo", self.did), ("collection", collection), ("limit", "100"), ("reverse", "true")]
        page = await self.network.call("com.atproto.repo.listRecords", params=params)
        found = [Record(one["uri"], one["cid"], one["value"]) for one in page["records"]]
        return sorted(found, key=lambda one: (one.value["createdAt"], one.uri))

    async def delete(self, uri: str) -> None:
        _, collection, rkey = uri.removeprefix("at://").split("/")
        body = {"repo": self.did, "collection": collection, "rkey": rkey}
        await self.network.call("com.atproto.repo.deleteRecord", body, self.token)

    async def takes_back_the_password(self) -> None:
        for one in (await self.network.call("com.atproto.server.listAppPasswords", token=self.token))[
            "passwords"
        ]:
            name = {"name": one["name"]}
            await self.network.call("com.atproto.server.revokeAppPassword", name, self.token)

    async def makes_a_password(self) -> None:
        made = await self.network.call(
            "com.atproto.server.createAppPassword", {"name": "another"}, self.token
        )
        self.password = made["password"]

    async def hand_over(self, content: bytes, kind: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        url = f"{self.network.pds}/xrpc/com.atproto.repo.uploadBlob"
        async with aiohttp.ClientSession(headers=headers) as http, http.post(url, data=content) as answer:
            assert answer.status == 200, await answer.text()
            blob: dict[str, Any] = (await answer.json())["blob"]
            return blob

    async def content(self, blob: dict[str, Any]) -> bytes:
        return await self.network.blob(self.did, blob["ref"]["$link"])


class Sky(ABC):
    """The network, with an app view behind it."""

    options: dict[str, Any]  # of an adapter that is to use it
    pds: str  # the server that keeps the accounts
    pictures: str  # the site at which the app view's pictures lie

    @abstractmethod
    async def person(self, name: str) -> Resident:
        """Somebody new, whose handle begins so, with an app password."""

    async def settled(self) -> None:
        """Until the app view has seen all that was written."""


class PretendedSky(Sky):
    def __init__(self, server: BlueskyServer, password: str = "abcd-efgh-ijkl-mnop") -> None:
        self.server, self._password = server, password
        self.options, self.pds, self.pictures = server.options, server.url, server.url
        server.world.cdn = f"{server.url}/img"

    async def person(self, name: str) -> Resident:
        found = self.server.person(name)
        found.who.passwords[self._password] = "a test"
        return Pretended(found)


class RealSky(Sky):
    def __init__(self, network: RealBluesky) -> None:
        self.network = network
        self.options, self.pds, self.pictures = network.options, network.pds, network.appview

    async def person(self, name: str) -> Resident:
        member = await self.network.join(name)
        await self.settled()  # before that the app view knows no such handle
        return Real(self.network, member)

    async def settled(self) -> None:
        await self.network.settled()
