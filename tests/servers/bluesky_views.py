"""How the app view shows people and posts to one reader: packages/bsky/src/views/index.ts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.servers.bluesky_world import (
    BLOCK,
    FOLLOW,
    GATE,
    LIKE,
    POST,
    POSTGATE,
    PROFILE,
    REPOST,
    Person,
    Stored,
    World,
    stamp,
    subject_of,
)

MODERATORS = "did:plc:ar7c4by46qjdydhdevvrndac"


@dataclass
class Views:
    """What this reader sees; `viewer` None: nobody is signed in."""

    world: World
    viewer: Person | None

    # --- people ---

    def basic(self, person: Person) -> dict[str, Any]:
        """#profileViewBasic."""
        shown = {"did": person.did, "handle": person.handle, "displayName": person.name}
        return shown | self._about(person)

    def profile(self, person: Person) -> dict[str, Any]:
        """#profileView."""
        said = self.world.records.get(f"at://{person.did}/{PROFILE}/self")
        return self.basic(person) | ({"description": said.value["description"]} if said else {})

    def detailed(self, person: Person) -> dict[str, Any]:
        """#profileViewDetailed."""
        seen = self.world.seen
        return self.profile(person) | {
            "followersCount": sum(subject_of(one) == person.did for one in seen(FOLLOW)),
            "followsCount": len(seen(FOLLOW, person.did)),
            "postsCount": len(seen(POST, person.did)),
            "avatar": f"{self.world.cdn}/avatar/plain/{person.did}/bafkreibq",
        }

    def _about(self, person: Person) -> dict[str, Any]:
        marks = [self._label(f"at://{person.did}/{PROFILE}/self", val, person.did) for val in person.labels]
        viewer = {} if self.viewer is None else {"viewer": self._standing(self.viewer, person)}
        return {"labels": marks, **viewer}

    def _standing(self, me: Person, person: Person) -> dict[str, Any]:
        following = self.world.about(FOLLOW, me.did, person.did)
        followed = self.world.about(FOLLOW, person.did, me.did)
        blocking = self.world.about(BLOCK, me.did, person.did)
        blocked = bool(self.world.about(BLOCK, person.did, me.did))
        found = {"muted": person.did in me.muted, "blockedBy": blocked}
        refs = {"following": following, "followedBy": followed, "blocking": blocking}
        return found | {name: one.uri for name, one in refs.items() if one}

    def _label(self, uri: str, val: str, by: str = MODERATORS) -> dict[str, Any]:
        return {"src": by, "uri": uri, "val": val, "cts": stamp(self.world.now())}

    # --- posts ---

    def post(self, stored: Stored) -> dict[str, Any]:
        """#postView."""
        uri, seen = stored.uri, self.world.seen
        embed = self.embed(stored)
        return {
            **stored.ref,
            "author": self.basic(self.world.people[stored.did]),
            "record": stored.value,
            "replyCount": sum(_parent(one) == uri for one in seen(POST)),
            "repostCount": sum(subject_of(one) == uri for one in seen(REPOST)),
            "likeCount": sum(subject_of(one) == uri for one in seen(LIKE)),
            "indexedAt": stamp(sorted_at(stored)),
            "labels": self._labels(stored),
            **({"embed": embed} if embed else {}),
            **({} if self.viewer is None else {"viewer": self._marks(self.viewer, uri)}),
        }

    def _labels(self, stored: Stored) -> list[dict[str, Any]]:
        own = stored.value.get("labels", {}).get("values", [])
        mine = [self._label(stored.uri, one["val"], stored.did) for one in own]
        return [*(self._label(stored.uri, val) for val in self.world.labels.get(stored.uri, [])), *mine]

    def _marks(self, me: Person, uri: str) -> dict[str, Any]:
        like, repost = (self.world.about(kind, me.did, uri) for kind in (LIKE, REPOST))
        found = {"bookmarked": uri in me.bookmarks, "threadMuted": False}
        found |= {"replyDisabled": self._shut(me, uri), "embeddingDisabled": self._unquotable(me, uri)}
        return found | {name: one.uri for name, one in (("like", like), ("repost", repost)) if one}

    def _shut(self, me: Person, uri: str) -> bool:
        """The threadgate of the thread's root keeps this reader from answering: bsky/src/util.ts,
        parseThreadGate. Nobody is kept out of a thread of one's own.
        """
        root = self.world.records[uri].value.get("reply", {}).get("root", {}).get("uri", uri)
        gate = self.world.records.get(root.replace(POST, GATE))
        owner = root.split("/")[2]
        if gate is None or me.did == owner or "allow" not in gate.value:
            return False
        may = {
            "followerRule": self.world.about(FOLLOW, me.did, owner),
            "followingRule": self.world.about(FOLLOW, owner, me.did),
        }
        return not any(may[rule["$type"].partition("#")[2]] for rule in gate.value["allow"])

    def _unquotable(self, me: Person, uri: str) -> bool:
        gate = self.world.records.get(uri.replace(POST, POSTGATE))
        return gate is not None and me.did != gate.did and bool(gate.value.get("embeddingRules"))

    def maybe(self, uri: str) -> dict[str, Any]:
        """#postView, or #notFoundPost, or #blockedPost: with `$type`."""
        stored = self.world.standing(uri)
        if stored is None:
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}
        if self.viewer is not None and self.world.blocks(self.viewer.did, stored.did):
            by = {"did": stored.did}
            return {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri, "blocked": True, "author": by}
        return {"$type": "app.bsky.feed.defs#postView", **self.post(stored)}

    # --- embeds ---

    def embed(self, stored: Stored) -> dict[str, Any] | None:
        embed = stored.value.get("embed")
        return self._embed(stored.did, embed) if embed else None

    def _embed(self, did: str, embed: dict[str, Any]) -> dict[str, Any]:
        kind = embed["$type"]
        match kind.removeprefix("app.bsky.embed."):
            case "images":
                shown = {"images": [self._picture(did, one, "thumb") for one in embed["images"]]}
            case "gallery":
                shown = {"items": [self._picture(did, one, "thumbnail") for one in embed["items"]]}
            case "video":
                cid = embed["video"]["ref"]["$link"]
                shown = {"cid": cid, "playlist": f"https://video.bsky.app/watch/{did}/{cid}/playlist.m3u8"}
                shown |= {name: embed[name] for name in ("alt", "aspectRatio") if name in embed}
            case "external":
                said = embed["external"]
                shown = {"external": {name: said[name] for name in ("uri", "title", "description")}}
            case "record":
                shown = {"record": self._record(embed["record"]["uri"])}
            case _:
                inner = {"record": self._record(embed["record"]["record"]["uri"])}
                shown = {"record": inner, "media": self._embed(did, embed["media"])}
        return {"$type": f"{kind}#view", **shown}

    def _picture(self, did: str, one: dict[str, Any], small: str) -> dict[str, Any]:
        cid = one["image"]["ref"]["$link"]
        at = {
            small: f"{self.world.cdn}/feed_thumbnail/plain/{did}/{cid}",
            "fullsize": f"{self.world.cdn}/feed_fullsize/plain/{did}/{cid}",
        }
        return {
            **at,
            "alt": one["alt"],
            **({"aspectRatio": one["aspectRatio"]} if "aspectRatio" in one else {}),
        }

    def _record(self, uri: str) -> dict[str, Any]:
        """app.bsky.embed.record#viewRecord and what stands instead of it."""
        if self.world.standing(uri) is None:
            return {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
        view = self.post(self.world.records[uri])
        kept = {name: view[name] for name in ("uri", "cid", "author", "labels", "indexedAt")}
        return {"$type": "app.bsky.embed.record#viewRecord", **kept, "value": view["record"]}


def sorted_at(stored: Stored) -> datetime:
    """By what the app view orders: when it was written, but not after it was seen."""
    return min(written(stored), stored.at)


def written(stored: Stored) -> datetime:
    return datetime.fromisoformat(stored.value["createdAt"])


def _parent(stored: Stored) -> str:
    return str(stored.value.get("reply", {}).get("parent", {}).get("uri", ""))
