"""What is looked up: people, posts, threads, lists, and what anybody may read.

The app view hears of a post a moment after the server that took it. Of one's own posts, and of those alone,
one's own server is asked where the app view knows nothing: there they stand as soon as they are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.bluesky import entities, places, reading, repository, wire
from adapters.bluesky.entities import PostRecord, PostView, ProfileView, ThreadView
from adapters.bluesky.names import handle, url
from adapters.bluesky.records import Ref
from adapters.bluesky.showing import inner
from adapters.bluesky.wire import Wire
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Account, Author, PeopleList, Post, Profile, Source, Timeline, TimelineKind

FOUND = 20
AT_ONCE = 25  # posts of one getPosts, by its lexicon
BELOW, ABOVE = 100, 80  # posts of a thread: levels under one, and over it
POST = "app.bsky.feed.defs#postView"
CURATED = "app.bsky.graph.defs#curatelist"  # a list to read; the others are for blocking and for starting out


# --- people -------------------------------------------------------------------------------------


async def profile_view(api: Wire, account: Account | None, who: str) -> ProfileView:
    """Somebody by the handle (with or without @; `ada` of the entryway's own) or DID. Raises TargetGone."""
    name = who.strip().removeprefix("@").lower() if "did:" not in who else who.strip().removeprefix("@")
    if re.fullmatch(r"[a-z0-9-]+", name):
        name = f"{name}.{api.config.entryway.partition('://')[2]}"
    if places.named(f"@{name}") is None:
        raise TargetGone("bluesky-nobody", handle=who)
    try:
        return await api.query(account, "app.bsky.actor.getProfile", ProfileView, [("actor", name)])
    except TargetGone:
        raise TargetGone("bluesky-nobody", handle=who) from None


async def whois(api: Wire, account: Account | None, who: str) -> Profile:
    view = await profile_view(api, account, who)
    _may_see(view, account)
    return reading.profile(view, api.config.site)


def _may_see(view: ProfileView, account: Account | None) -> None:
    if account is None and reading.hidden(view):
        raise Rejected("bluesky-signed-in-only", handle=handle(view))


async def check(api: Wire, account: Account) -> None:
    await api.query(account, "com.atproto.server.getSession", entities.Session)


# --- posts --------------------------------------------------------------------------------------


async def views(api: Wire, account: Account | None, uris: Sequence[str]) -> dict[str, PostView]:
    """Those of these posts that stand, by their id."""
    found: dict[str, PostView] = {}
    for start in range(0, len(uris), AT_ONCE):
        params = [("uris", uri) for uri in uris[start : start + AT_ONCE]]
        answer = await api.query(account, "app.bsky.feed.getPosts", entities.Found, params)
        found |= {view.uri: view for view in wire.each(answer.posts, PostView)}
    return found


async def post_view(api: Wire, account: Account | None, uri: str) -> PostView:
    """One post as the network shows it. Raises TargetGone."""
    found = (await views(api, account, [uri])).get(uri)
    if found is None or (account is None and reading.hidden(found.author)):
        raise TargetGone()
    return found


async def get(api: Wire, account: Account | None, post_id: str) -> Post:
    try:
        return reading.post(await post_view(api, account, post_id), api.config.site)
    except TargetGone:
        return await _unheard(api, account, post_id)


async def own(api: Wire, account: Account, uri: str) -> tuple[Ref, PostRecord]:
    """A post of one's own, as one's own server has it at this moment. Raises TargetGone, also for what is
    somebody else's.
    """
    did, collection, key = repository.parts(uri)
    kept = await repository.get(api, account, collection, key) if did == account.id else None
    record = wire.one(kept.value, PostRecord) if kept else None
    if kept is None or record is None:
        raise TargetGone()
    return Ref(kept.uri, kept.cid), record


def written(api: Wire, account: Account, uri: str, record: PostRecord) -> Post:
    """A post of one's own by its record."""
    by = Author(account.id, account.handle, account.name or account.handle, account.url)
    return reading.from_record(uri, by, record, api.config.site)


async def _unheard(api: Wire, account: Account | None, uri: str) -> Post:
    """A post that the app view does not know (yet). Raises TargetGone for what is not the reader's own."""
    if account is None:
        raise TargetGone()
    return written(api, account, uri, (await own(api, account, uri))[1])


async def search(api: Wire, account: Account, words: str) -> tuple[Post, ...]:
    params = [("q", words), ("sort", "latest"), ("limit", str(FOUND))]
    found = await api.query(account, "app.bsky.feed.searchPosts", entities.Found, params)
    posts = [reading.post(view, api.config.site) for view in wire.each(found.posts, PostView)]
    return tuple(sorted(posts, key=lambda post: post.created_at, reverse=True))[:FOUND]


async def thread(
    api: Wire, account: Account | None, post_id: str, *, above: int = ABOVE, below: int = BELOW
) -> tuple[Post, ...]:
    """What stands over a post, from the root down, the post, and what stands below it, by time: so many
    levels of each.
    """
    try:
        return await _shown_thread(api, account, post_id, above, below)
    except TargetGone:  # what nobody has heard of nobody has answered
        post = await _unheard(api, account, post_id)
    if post.reply_to is None or not above:
        return (post,)
    try:
        return (*await thread(api, account, post.reply_to, above=above - 1, below=0), post)
    except TargetGone:
        return (post,)


async def _shown_thread(
    api: Wire, account: Account | None, post_id: str, above: int, below: int
) -> tuple[Post, ...]:
    params = [("uri", post_id), ("depth", str(below)), ("parentHeight", str(above))]
    here = (await api.query(account, "app.bsky.feed.getPostThread", entities.Thread, params)).thread
    if not here.post:
        raise TargetGone()
    over, under = list(_above(here))[::-1], list(_below(here))
    shown, before = (
        [reading.post(one, api.config.site) for one in views if account or not reading.hidden(one.author)]
        for views in (under, over)
    )
    posts = [*before, *shown[:1], *sorted(shown[1:], key=lambda post: post.created_at)]
    return tuple({post.id: post for post in posts}.values())


def _above(here: ThreadView) -> Iterable[PostView]:
    """What this post answers, and what that answers …: as far as it stands and is shown."""
    while (over := inner(here.parent, ThreadView)) and (view := inner(over.post, PostView)):
        yield view
        here = over


def _below(here: ThreadView) -> Iterable[PostView]:
    """The post itself, then its answers, branch by branch; without recursion, however deep they are."""
    waiting = [here]
    while waiting:
        branch = waiting.pop()
        if view := inner(branch.post, PostView):
            yield view
            waiting += wire.each(branch.replies, ThreadView)[::-1]


async def bookmarks(api: Wire, account: Account) -> tuple[Post, ...]:
    """What the account put aside, the last of it last; a post that is gone stays among them as a name."""
    params = [("limit", str(FOUND))]
    kept = await api.query(account, "app.bsky.bookmark.getBookmarks", entities.Bookmarks, params)
    items = [one.item for one in wire.each(kept.bookmarks, entities.Bookmark)]
    kinds = [inner(item, entities.Typed) for item in items]
    standing = [item for item, kind in zip(items, kinds, strict=True) if kind and kind.kind == POST]
    return tuple(reading.post(view, api.config.site) for view in wire.each(reversed(standing), PostView))


# --- lists, and what anybody may read -----------------------------------------------------------


async def lists(api: Wire, account: Account) -> tuple[PeopleList, ...]:
    params = [("actor", account.id), ("limit", "100")]
    found = await api.query(account, "app.bsky.graph.getLists", entities.Lists, params)
    own = wire.each(found.lists, entities.Generator)
    return tuple(PeopleList(one.uri, one.name) for one in own if one.purpose == CURATED)


async def sources(api: Wire, address: str) -> tuple[Source, ...]:
    """Somebody's posts, a feed or a list, by what people write for it. Raises TargetGone."""
    named = places.named(address)
    if named is None:
        raise TargetGone("bluesky-nobody", handle=address)
    view = await profile_view(api, None, named.who)
    _may_see(view, None)
    if not named.collection:
        return (_person(api, view),)
    uri = f"at://{view.did}/{named.collection}/{named.key}"
    if named.collection == places.LIST:
        params = [("list", uri), ("limit", "1")]
        kept = (await api.query(None, "app.bsky.graph.getList", entities.ListHead, params)).list
        return (_shown(api, TimelineKind.LIST, uri, kept.name),)
    feed = await api.query(None, "app.bsky.feed.getFeedGenerator", entities.Generated, [("feed", uri)])
    return (_shown(api, TimelineKind.FEED, uri, feed.view.display_name),)


def _person(api: Wire, view: ProfileView) -> Source:
    by = reading.author(view, api.config.site)
    return Source(Timeline(TimelineKind.PERSON, api.config.realm, by.id), by.name, by.handle, by.url)


def _shown(api: Wire, kind: TimelineKind, uri: str, title: str) -> Source:
    return Source(Timeline(kind, api.config.realm, uri), title or uri, url=url(uri, api.config.site))
