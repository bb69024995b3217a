"""Marks on posts, follows, requests, complaints, and what is looked up."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.mastodon import entities, filters, reading, wire
from adapters.mastodon.entities import Relationship, Status
from adapters.mastodon.filters import HOME, THREAD
from adapters.mastodon.wire import Wire, quoted
from bridgebot.model import Account, PeopleList, Post, Profile

MOST = 80  # follow requests in one answer
FOUND = 20


async def mark(api: Wire, account: Account, post_id: str, verb: str) -> None:
    """`favourite`, `unreblog` …: repeating one changes nothing."""
    await api.call(account, "POST", f"/api/v1/statuses/{quoted(post_id)}/{verb}", Status, idempotent=True)


async def follow(api: Wire, account: Account, handle: str, on: bool) -> Profile:
    person = await wire.person(api, account, handle)
    path = f"/api/v1/accounts/{quoted(person.id)}/{'follow' if on else 'unfollow'}"
    now = await api.call(account, "POST", path, Relationship, idempotent=True)
    pending = on and bool(now.requested) and not now.following
    return reading.profile(person, wire.domain(account), pending=pending)


async def keep_off(api: Wire, account: Account, handle: str, verb: str) -> Profile:
    """`mute`, `unblock` …: repeating one changes nothing."""
    person = await wire.person(api, account, handle)
    path = f"/api/v1/accounts/{quoted(person.id)}/{verb}"
    await api.call(account, "POST", path, Relationship, idempotent=True)
    return reading.profile(person, wire.domain(account))


async def whois(api: Wire, account: Account, handle: str) -> Profile:
    return reading.profile(await wire.person(api, account, handle), wire.domain(account))


async def check(api: Wire, account: Account) -> None:
    await api.call(account, "GET", "/api/v1/accounts/verify_credentials", entities.Account)


async def lock(api: Wire, account: Account, on: bool) -> None:
    path = "/api/v1/accounts/update_credentials"
    await api.call(account, "PATCH", path, entities.Account, json={"locked": on}, idempotent=True)


async def requests(api: Wire, account: Account) -> tuple[Profile, ...]:
    """Who waits, the first to ask first (the server gives the last first)."""
    params = {"limit": str(MOST)}
    raw = await api.call(account, "GET", "/api/v1/follow_requests", list[msgspec.Raw], params=params)
    people = wire.each(raw, entities.Account)
    return tuple(reading.profile(one, wire.domain(account)) for one in reversed(people))


async def approve(api: Wire, account: Account, handle: str, on: bool) -> Profile:
    person = await wire.person(api, account, handle)
    path = f"/api/v1/follow_requests/{quoted(person.id)}/{'authorize' if on else 'reject'}"
    await api.call(account, "POST", path, Relationship, idempotent=True)
    return reading.profile(person, wire.domain(account))


async def report(api: Wire, account: Account, post_id: str, comment: str) -> None:
    status = await wire.status(api, account, post_id)
    about = status.reblog or status
    body = {"account_id": about.account.id, "status_ids": [about.id], "comment": comment}
    await api.call(account, "POST", "/api/v1/reports", dict[str, Any], json=body)


async def search(api: Wire, account: Account, words: str) -> tuple[Post, ...]:
    params = {"q": words, "type": "statuses", "limit": str(FOUND)}
    found = await api.call(account, "GET", "/api/v2/search", entities.Search, params=params)
    posts = _posts(found.statuses, account)
    return tuple(sorted(posts, key=lambda post: post.created_at, reverse=True))[:FOUND]


async def bookmarks(api: Wire, account: Account) -> tuple[Post, ...]:
    """What was put aside last stands last. Nobody filters what they put aside themselves."""
    params = {"limit": str(FOUND)}
    raw = await api.call(account, "GET", "/api/v1/bookmarks", list[msgspec.Raw], params=params)
    found = {
        post.id: post for post in reversed(_posts(raw, account, filters.OWN))
    }  # some servers repeat themselves
    return tuple(found.values())


async def lists(api: Wire, account: Account) -> tuple[PeopleList, ...]:
    raw = await api.call(account, "GET", "/api/v1/lists", list[msgspec.Raw])
    return tuple(PeopleList(one.id, one.title) for one in wire.each(raw, entities.PeopleList))


async def get(api: Wire, account: Account, post_id: str) -> Post:
    """A filter only warns somebody who asks for this one post. Streams bring most of them, for the home
    timeline: so its filters count.
    """
    found = await wire.status(api, account, post_id)
    return reading.post(found, wire.domain(account), filters.place_of(found, HOME, account))


async def thread(api: Wire, account: Account, post_id: str) -> tuple[Post, ...]:
    """Ancestors come from the root down, descendants branch by branch: by their time they are in order."""
    path = f"/api/v1/statuses/{quoted(post_id)}/context"
    here = await get(api, account, post_id)
    around = await api.call(account, "GET", path, entities.Context)
    below = sorted(_posts(around.descendants, account, THREAD), key=lambda post: post.created_at)
    posts = [*_posts(around.ancestors, account, THREAD), here, *below]
    return tuple({post.id: post for post in posts}.values())


def _posts(raw: list[msgspec.Raw], account: Account, place: str | None = None) -> list[Post]:
    """Without what the reader's filters hide there."""
    found = [(one, filters.place_of(one, place, account)) for one in wire.each(raw, Status)]
    shown = ((one, there) for one, there in found if not filters.hides(one, there))
    return [reading.post(one, wire.domain(account), there) for one, there in shown]
