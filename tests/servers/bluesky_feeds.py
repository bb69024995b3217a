"""app.bsky.* as the app view answers it, newest first, with cursors downwards: packages/bsky/src/api."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.servers.bluesky_api import Call, Handler, XrpcError, invalid
from tests.servers.bluesky_views import Views, sorted_at
from tests.servers.bluesky_world import (
    FOLLOW,
    GENERATOR,
    LIKE,
    LIST,
    LISTITEM,
    POST,
    REPOST,
    Person,
    Stored,
    stamp,
    subject_of,
)


@dataclass(frozen=True)
class Line:
    """One line of a feed: where it stands, the post, and the repost that brought it."""

    at: datetime
    number: int
    post: Stored
    repost: Stored | None = None

    @property
    def place(self) -> str:
        """Where a cursor points."""
        return f"{stamp(self.at)}::{self.number:09}"


def views(call: Call) -> Views:
    return Views(call.world, call.person)


def paged(call: Call, lines: Iterable[Any], place: Callable[[Any], str]) -> tuple[list[Any], dict[str, str]]:
    """The next page below the cursor, and the cursor below it, if anything may stand there."""
    cursor = call.params.get("cursor")
    found = sorted(lines, key=place, reverse=True)
    below = [one for one in found if cursor is None or place(one) < cursor]
    page = below[: call.params["limit"]]
    return page, ({"cursor": place(page[-1])} if len(below) > len(page) else {})


# --- feeds ---------------------------------------------------------------------------------------


def lines_of(call: Call, people: Iterable[str]) -> list[Line]:
    """Posts and reposts of these people that the reader may see."""
    world, found = call.world, list[Line]()
    for did in people:
        found += [Line(sorted_at(one), one.number, one) for one in world.seen(POST, did)]
        for repost in world.seen(REPOST, did):
            if (post := world.standing(subject_of(repost))) is not None:
                found.append(Line(sorted_at(repost), repost.number, post, repost))
    me = call.person
    return [
        line
        for line in found
        if not (me and (line.post.did in me.muted or world.blocks(me.did, line.post.did)))
    ]


def feed(call: Call, lines: Iterable[Line]) -> dict[str, Any]:
    page, cursor = paged(call, lines, lambda line: line.place)
    return {"feed": [_item(call, line) for line in page], **cursor}


def _item(call: Call, line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {"post": views(call).post(line.post)}
    if reply := line.post.value.get("reply"):
        shown["reply"] = {name: views(call).maybe(reply[name]["uri"]) for name in ("root", "parent")}
    if line.repost is not None:
        by = views(call).basic(call.world.people[line.repost.did])
        reason = {"by": by, **line.repost.ref, "indexedAt": stamp(line.at)}
        shown["reason"] = {"$type": "app.bsky.feed.defs#reasonRepost", **reason}
    return shown


def timeline(call: Call) -> dict[str, Any]:
    """Those whom one follows, and oneself."""
    me = call.viewer
    follows = {subject_of(one) for one in call.world.seen(FOLLOW, me.did)}
    return feed(call, lines_of(call, {*follows, me.did}))


def author_feed(call: Call) -> dict[str, Any]:
    person = call.actor(call.params["actor"])
    if call.person and call.world.blocks(call.person.did, person.did):
        raise invalid("Requester has blocked actor", "BlockedActor")
    lines = lines_of(call, [person.did])
    if call.params["filter"] == "posts_no_replies":
        lines = [line for line in lines if line.repost or "reply" not in line.post.value]
    return feed(call, lines)


def list_feed(call: Call) -> dict[str, Any]:
    """Posts of those who are on it, not their reposts."""
    uri = call.params["list"]
    if uri not in call.world.records:
        raise invalid("List not found", "UnknownList")
    members = {subject_of(one) for one in call.world.seen(LISTITEM) if one.value["list"] == uri}
    return feed(call, [line for line in lines_of(call, members) if line.repost is None])


def custom_feed(call: Call) -> dict[str, Any]:
    """In the order of its maker, which is kept by the feed's own server."""
    uri = call.params["feed"]
    if uri not in call.world.records:
        raise invalid("could not find feed", "UnknownFeed")
    start = int(call.params.get("cursor", "0"))
    named = call.world.feeds.get(uri, [])
    page = named[start : start + call.params["limit"]]
    posts = [post for one in page if (post := call.world.standing(one))]
    more = {"cursor": str(start + len(page))} if start + len(page) < len(named) else {}
    return {"feed": [{"post": views(call).post(post)} for post in posts], **more}


def search(call: Call) -> dict[str, Any]:
    """Only for who is signed in; every word must stand in the text."""
    if call.person is None:
        raise XrpcError("Forbidden", "Forbidden", 403)
    words = call.params["q"].casefold().split()
    found = [one for one in call.world.seen(POST) if _holds(one.text.casefold(), words)]
    lines = [Line(sorted_at(one), one.number, one) for one in found]
    page, cursor = paged(call, lines, lambda line: line.place)
    return {"posts": [views(call).post(line.post) for line in page], **cursor}


def _holds(text: str, words: list[str]) -> bool:
    """A tag is a whole word, other words need not be."""
    return all(word in text.split() if word.startswith("#") else word in text for word in words)


def bookmarks(call: Call) -> dict[str, Any]:
    kept = [(uri, number, at) for uri, (number, at) in call.viewer.bookmarks.items()]
    page, cursor = paged(call, kept, lambda one: f"{one[1]:09}")
    return {"bookmarks": [_kept(call, uri, at) for uri, _, at in page], **cursor}


def _kept(call: Call, uri: str, at: datetime) -> dict[str, Any]:
    """What is gone is shown as such."""
    stored = call.world.records.get(uri)
    ref = stored.ref if stored else {"uri": uri, "cid": "bafyreigone"}
    return {"subject": ref, "createdAt": stamp(at), "item": views(call).maybe(uri)}


# --- posts and people ----------------------------------------------------------------------------


def posts(call: Call) -> dict[str, Any]:
    """getPosts.ts: what is not there is left out; so is what is blocked."""
    if len(call.params["uris"]) > 25:
        raise invalid("Error: uris must not have more than 25 elements")
    found = [views(call).maybe(uri) for uri in dict.fromkeys(call.params["uris"])]
    return {"posts": [_untyped(one) for one in found if "record" in one]}


def _untyped(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "$type"}


def thread(call: Call) -> dict[str, Any]:
    stored = call.world.standing(call.params["uri"])
    if stored is None:
        raise invalid(f"Post not found: {call.params['uri']}", "NotFound")
    return {"thread": _thread(call, stored.uri, call.params["parentHeight"], call.params["depth"])}


def _thread(call: Call, uri: str, above: int, below: int) -> dict[str, Any]:
    view = views(call).maybe(uri)
    if "record" not in view:
        return view
    shown: dict[str, Any] = {"$type": "app.bsky.feed.defs#threadViewPost", "post": _untyped(view)}
    reply = view["record"].get("reply")
    if reply and above:
        shown["parent"] = _thread(call, reply["parent"]["uri"], above - 1, 0)
    if below:
        answers = [one for one in call.world.seen(POST) if _answers(one, uri)]
        shown["replies"] = [_thread(call, one.uri, 0, below - 1) for one in reversed(answers)]
    return shown


def _answers(stored: Stored, uri: str) -> bool:
    return bool(stored.value.get("reply", {}).get("parent", {}).get("uri") == uri)


def profile(call: Call) -> dict[str, Any]:
    return views(call).detailed(call.actor(call.params["actor"]))


def lists(call: Call) -> dict[str, Any]:
    found = call.world.seen(LIST, call.actor(call.params["actor"]).did)
    page, cursor = paged(call, found, lambda one: f"{one.number:09}")
    return {"lists": [_list(call, one) for one in page], **cursor}


def one_list(call: Call) -> dict[str, Any]:
    stored = call.world.records.get(call.params["list"])
    if stored is None:
        raise invalid("List not found")
    return {"list": _list(call, stored), "items": []}


def _list(call: Call, stored: Stored) -> dict[str, Any]:
    said = {name: stored.value[name] for name in ("name", "purpose")}
    return {**stored.ref, **said, **_made(call, stored)}


def generator(call: Call) -> dict[str, Any]:
    stored = call.world.records.get(call.params["feed"])
    if stored is None or stored.collection != GENERATOR:
        raise invalid("feed not found")
    shown = {"did": stored.value["did"], "displayName": stored.value["displayName"]}
    return {"view": {**stored.ref, **shown, **_made(call, stored)}, "isOnline": True, "isValid": True}


def _made(call: Call, stored: Stored) -> dict[str, Any]:
    by = views(call).profile(call.world.people[stored.did])
    return {"creator": by, "indexedAt": stamp(stored.at)}


# --- notifications -------------------------------------------------------------------------------


def notifications(call: Call) -> dict[str, Any]:
    """By when it was written, the newest first; what is muted or gone is left out."""
    me, world = call.viewer, call.world
    found = [(one, *told) for one in world.records.values() if (told := reason(call, me, one)) is not None]
    seen = [told for told in found if told[0].uri not in world.hidden and told[0].did not in me.muted]
    page, cursor = paged(call, seen, lambda told: Line(sorted_at(told[0]), told[0].number, told[0]).place)
    return {"notifications": [_told(call, *one) for one in page], **cursor}


def reason(call: Call, me: Person, stored: Stored) -> tuple[str, str | None] | None:
    """Why somebody is told of a record, and about what: packages/bsky/src/data-plane/server/indexing."""
    if stored.did == me.did:
        return None
    subject = subject_of(stored)
    match stored.collection:
        case "app.bsky.feed.like" | "app.bsky.feed.repost" if subject.startswith(f"at://{me.did}/"):
            kind = "like" if stored.collection == LIKE else "repost"
            return (kind, subject) if subject in call.world.records else None
        case "app.bsky.graph.follow" if subject == me.did:
            return "follow", None
        case "app.bsky.feed.post":
            return _named(me, stored)
    return None


def _named(me: Person, stored: Stored) -> tuple[str, str | None] | None:
    mine = f"at://{me.did}/"
    parent = stored.value.get("reply", {}).get("parent", {}).get("uri", "")
    quoted = stored.value.get("embed", {}).get("record", {})
    quoted = quoted.get("record", quoted).get("uri", "") if isinstance(quoted, dict) else ""
    dids = [one.get("did") for facet in stored.value.get("facets", []) for one in facet["features"]]
    if me.did in dids:
        return "mention", stored.uri
    if parent.startswith(mine):
        return "reply", parent
    return ("quote", quoted) if quoted.startswith(mine) else None


def _told(call: Call, stored: Stored, why: str, about: str | None) -> dict[str, Any]:
    by = views(call).profile(call.world.people[stored.did])
    subject = {} if about is None else {"reasonSubject": about}
    seen = {"isRead": False, "indexedAt": stamp(sorted_at(stored))}
    return {**stored.ref, "author": by, "reason": why, "record": stored.value, **subject, **seen}


HANDLERS: dict[str, Handler] = {
    "app.bsky.feed.getTimeline": timeline,
    "app.bsky.feed.getAuthorFeed": author_feed,
    "app.bsky.feed.getListFeed": list_feed,
    "app.bsky.feed.getFeed": custom_feed,
    "app.bsky.feed.searchPosts": search,
    "app.bsky.bookmark.getBookmarks": bookmarks,
    "app.bsky.feed.getPosts": posts,
    "app.bsky.feed.getPostThread": thread,
    "app.bsky.feed.getFeedGenerator": generator,
    "app.bsky.actor.getProfile": profile,
    "app.bsky.graph.getLists": lists,
    "app.bsky.graph.getList": one_list,
    "app.bsky.notification.listNotifications": notifications,
}
