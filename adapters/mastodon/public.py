"""What anybody may read: people by their handles and the addresses of their pages, without an account.

A handle names a host; the person's server may be another one, which the host tells by WebFinger (RFC 7033;
docs.joinmastodon.org/spec/webfinger). A page's address names the server itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from adapters.mastodon import reading, timelines
from adapters.mastodon.entities import Account as Person
from adapters.mastodon.linking import server_of
from adapters.mastodon.wire import Wire
from bridgebot.adapter import Address
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary
from bridgebot.model import Account, Post, Profile, Source, Timeline, TimelineKind

# Names as servers give them (mastodon: app/models/account.rb, USERNAME_RE), and names of hosts. Nothing of
# this is sure: other networks have such handles, and any site such pages.
_USER: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_HOST: Final = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
ADDRESSES: Final = (
    Address(rf"@{_USER}@{_HOST}"),
    Address(rf"https://{_HOST}/@{_USER}(?:@{_HOST})?/?"),
    Address(rf"https://{_HOST}/users/{_USER}/?"),
)
_HANDLE = re.compile(rf"@?({_USER})@({_HOST})")
_PAGE = re.compile(rf"https://({_HOST})/(?:@({_USER})(?:@({_HOST}))?|users/({_USER}))/?")
MOST = 20  # posts that are shown at once
_ACTIVITY = "application/activity+json"


class _Link(msgspec.Struct, frozen=True):
    rel: str = ""
    type: str = ""
    href: str = ""


class _Found(msgspec.Struct, frozen=True):
    """What WebFinger answers (RFC 7033, 4.4)."""

    subject: str = ""
    links: list[_Link] = []


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody, as they are asked for: the name, and the host that their handle or page names."""

    user: str
    host: str


async def sources(api: Wire, address: str) -> tuple[Source, ...]:
    """The person at an address. Raises TargetGone, and Rejected where the server wants an account."""
    person, whose = await _person(api, whose_of(address, api))
    return (_source(person, whose),)


async def whois(api: Wire, address: str) -> Profile:
    """The same person, looked up."""
    person, whose = await _person(api, whose_of(address, api))
    return reading.profile(person, whose.host)


async def latest(api: Wire, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
    """What a timeline shows now, the newest first."""
    return (await timelines.Reader(api, timeline, account).now())[:MOST]


def whose_of(address: str, api: Wire) -> Whose:
    """Whom an address means. Raises TargetGone where it is none, Rejected for hosts that are no names."""
    page = _PAGE.fullmatch(address)
    if page is not None:
        server, user, elsewhere, name = page.groups()
        return Whose(user or name, server_of(elsewhere or server, api))
    handle = _HANDLE.fullmatch(address.strip())
    if handle is None:
        raise TargetGone("mastodon-nobody", handle=address)
    return Whose(handle[1], server_of(handle[2], api))


async def _person(api: Wire, whose: Whose) -> tuple[Person, Whose]:
    """Who that is, and on which server. Most servers are what their people's handles say: that is tried
    first, and saves a call.
    """
    try:
        return await _looked_up(api, whose.host, whose.user), whose
    except AdapterError as error:
        if isinstance(error, Rejected) and error.key == "mastodon-needs-account":
            raise
        server = await _server(api, whose, error)
        if server == whose.host:
            raise _nobody(whose, error) from error
        return await _looked_up(api, server, whose.user), Whose(whose.user, server)


async def _looked_up(api: Wire, server: str, user: str) -> Person:
    """Somebody of this server's own."""
    params = {"acct": user}
    return await api.call(None, "GET", "/api/v1/accounts/lookup", Person, server=server, params=params)


async def _server(api: Wire, whose: Whose, first: AdapterError) -> str:
    """Where somebody is, as the host of their handle tells. Raises what went wrong first if it is silent."""
    params = {"resource": f"acct:{whose.user}@{whose.host}"}
    try:
        found = await api.call(
            None, "GET", "/.well-known/webfinger", _Found, server=whose.host, params=params
        )
    except AdapterError:
        raise _nobody(whose, first) from first
    itself = (link.href for link in found.links if (link.rel, link.type) == ("self", _ACTIVITY))
    host = urlsplit(next(itself, "")).hostname or ""
    if not host:
        raise _nobody(whose, first)
    return server_of(host, api)


def _nobody(whose: Whose, error: AdapterError) -> AdapterError:
    """The host has no such person; or it refuses to say, or cannot be reached, which may pass. A page that
    is no answer comes from a site that is none of these servers.
    """
    if isinstance(error, Rejected | Temporary) and error.key != "http-no-answer":
        return error
    return TargetGone("mastodon-nobody", handle=f"@{whose.user}@{whose.host}")


def _source(person: Person, whose: Whose) -> Source:
    """One person is one timeline, whatever they were called: the server's own id."""
    author = reading.author(person, whose.host)
    timeline = Timeline(TimelineKind.PERSON, whose.host, author.id)
    return Source(timeline, author.name, author.handle, author.url)
