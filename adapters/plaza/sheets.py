"""Each page's own part: front, person, post with its thread, tag, and what is not there."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import regex

from adapters.plaza.html import Html, element, joined
from adapters.plaza.markup import one_way
from adapters.plaza.settings import Config
from adapters.plaza.store.listing import Slice
from adapters.plaza.store.rows import Entry, Seen
from adapters.plaza.views import Sheet, letter, stream, tag_path
from adapters.plaza.voice import Voice
from bridgebot.model import Audience

EVENTS = "/plaza/events"
_TITLE = 60  # characters of a post in a title


def front(voice: Voice, config: Config, piece: Slice, first: bool) -> Sheet:
    """The newest public posts, and how to join."""
    welcome = element(
        "section",
        element("h1", config.title),
        element("p", voice("tagline"), class_="lead"),
        _joining(voice, config),
        class_="welcome",
    )
    body = joined([welcome if first else None, _posts(voice, "/", piece, first, voice("empty"))])
    return Sheet(config.title, body, "/", about=voice("tagline"), heads_site=True)


def _joining(voice: Voice, config: Config) -> Html:
    if not config.open:
        return element("p", voice("join-closed"), class_="join")
    command = element("code", voice("join-command"))
    bot = _bot_link(voice, config.bot) if config.bot else None
    return element("p", element("span", voice("join-how")), command, bot, class_="join")


def _bot_link(voice: Voice, address: str) -> Html:
    shown = urlsplit(address)
    return element("a", voice("join-bot"), href=address, title=f"{shown.netloc}{shown.path}", class_="button")


def person(voice: Voice, site: str, seen: Seen, piece: Slice, first: bool) -> Sheet:
    """A person's public posts."""
    name = seen.member.name
    path = f"/@{name}"
    counts = [
        voice("posts", count=seen.posts),
        voice("followers", count=seen.followers),
        voice("following", count=seen.following),
        voice("locked") if seen.member.locked else None,
    ]
    head = element(
        "section",
        letter(name),
        element("h1", element("bdi", f"@{name}")),
        element("ul", [element("li", count) for count in counts if count], class_="counts"),
        element("p", _feed_links(voice, path), class_="feeds"),
        class_="person",
    )
    empty = voice("empty-person", name=f"@{name}")
    body = joined([head, _posts(voice, path, piece, first, empty, f"name={name}")])
    return Sheet(f"@{name} · {site}", body, path, about=f"@{name} · {counts[0]}", feeds=_feeds(path, name))


def _feed_links(voice: Voice, path: str) -> list[Html]:
    return [
        element("a", voice("atom"), href=f"{path}/feed.atom", type="application/atom+xml"),
        element("a", voice("json-feed"), href=f"{path}/feed.json", type="application/feed+json"),
    ]


def _feeds(path: str, name: str) -> Html:
    kinds = {"feed.atom": "application/atom+xml", "feed.json": "application/feed+json"}
    return joined(
        element("link", rel="alternate", href=f"{path}/{file}", type=kind, title=f"@{name}")
        for file, kind in kinds.items()
    )


def tag(voice: Voice, site: str, word: str, piece: Slice, first: bool) -> Sheet:
    """Public posts with a tag."""
    path = tag_path(word)
    head = element("section", element("h1", element("bdi", f"#{word}")), class_="tag")
    posts = _posts(
        voice, path, piece, first, voice("empty-tag", tag=f"#{word}"), f"tag={quote(word, safe='')}"
    )
    return Sheet(f"#{word} · {site}", joined([head, posts]), path)


def thread(voice: Voice, site: str, subject: Entry, piece: Slice) -> Sheet:
    """A post in its thread, oldest first. What the reader may not see leaves a gap that does not
    tell whether it is deleted or not for them.
    """
    public = subject.audience is Audience.PUBLIC
    events = voice.path(EVENTS, thread=subject.root, after=piece.seq) if public else None
    body = element(
        "section",
        element("h1", voice("post-by", name=f"@{subject.name}"), class_="spoken"),
        stream(voice, piece.shown, events=events, append=True, subject=subject.id),
        class_="thread",
    )
    said = opening(subject)
    return Sheet(f"@{subject.name}: {said} · {site}", body, subject.path, about=said, listed=public)


def opening(entry: Entry) -> str:
    """The first words of a post, or its warning, or what is said of its pictures, in one line."""
    alts = [one.alt for one in entry.pictures if one.alt]
    line = " ".join(one_way(entry.warning or entry.text or " ".join(alts) or "🖼").split())
    letters = regex.findall(r"\X", line)
    return line if len(letters) <= _TITLE else "".join(letters[: _TITLE - 1]).rstrip() + "…"


def missing(voice: Voice, site: str) -> Sheet:
    """Whatever is deleted, hidden, for others or never was."""
    body = element(
        "section",
        element("h1", voice("missing")),
        element("p", voice("missing-why")),
        element("p", element("a", voice("to-front"), href=voice.path("/"), class_="button")),
        class_="missing",
    )
    return Sheet(f"{voice('missing')} · {site}", body, "/", listed=False)


def _posts(voice: Voice, path: str, piece: Slice, first: bool, empty: str, scope: str = "") -> Html:
    """A listing; only its first piece grows by itself."""
    name, _, value = scope.partition("=")
    query: dict[str, str | int] = {name: value} if scope else {}
    events = voice.path(EVENTS, **query, after=piece.seq) if first else None
    older = voice.path(path, before=piece.before) if piece.before is not None else None
    return joined(
        [
            stream(voice, piece.shown, events=events),
            element("p", empty, class_="empty", id="empty") if not piece.shown else None,
            _pager(voice, voice.path(path), older, first),
        ]
    )


def _pager(voice: Voice, newest: str, older: str | None, first: bool) -> Html | None:
    links = [
        None if first else element("a", voice("newest"), href=newest, rel="first"),
        None if older is None else element("a", voice("older"), href=older, rel="next"),
    ]
    return element("nav", links, class_="pager", aria_label=voice("pages")) if any(links) else None
