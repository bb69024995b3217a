"""Where one gets to from a page of the list: its parts, how it goes on, how far was read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridgebot.commands.signing import PAGE
from bridgebot.html import Child, Html, element, joined
from bridgebot.store.items import Entry
from bridgebot.store.reading import Place, Source
from bridgebot.web.leaves import Look, hidden, reach
from bridgebot.web.views import KINDS, OWN, View


def tabs(look: Look, sources: Sequence[Source]) -> Html:
    """The parts of the list that are looked at most; those of them in which there can be something."""
    parts = {"all": View(), "new": View(new=True)}
    parts |= {kind: View(kind=kind) for kind in ("mentions", "feeds") if _has(sources, kind)}
    parts[OWN] = View(kind=OWN)
    here = replace(look.view, edge=None, pictures=False)
    links = [
        element(
            "a",
            look.voice(f"page-tab-{name}"),
            href=replace(view, pictures=look.view.pictures).address(),
            aria_current="page" if view == here else None,
        )
        for name, view in parts.items()
    ]
    return element("nav", links, aria_label=look.voice("page-parts"), class_="tabs")


def _has(sources: Sequence[Source], kind: str) -> bool:
    return any(source.kind in KINDS[kind] for source in sources)


def counted(look: Look, entries: Sequence[Entry], further: Place | None) -> Html | None:
    """How much is new, on the first page of the list; and the button for whoever has seen it all."""
    if not look.new or look.view.edge is not None or look.view.is_searched:
        return None
    brought = [entry for entry in entries if entry.source is not None]
    more = further is not None and brought[-1].post.id in look.new
    said = look.voice("page-new-more" if more else "page-new-some", number=len(look.new))
    newest = max(entry.sighted.place for entry in brought)
    way = element("a", said, href=replace(look.view, new=True).address(), class_="way")
    return _form(look, [way, reach(look, "page-read-all", newest)])


def _form(look: Look, inner: Child) -> Html:
    return element("form", hidden(look), inner, method="post", action=f"{PAGE}/to", class_="acts")


def onward(look: Look, entries: Sequence[Entry], further: Place | None) -> Html:
    """What comes behind this page."""
    voice, view = look.voice, look.view
    ways: list[Child] = []
    if view.is_new and (place := further or _last(entries)) is not None:
        key = "page-read-go-on" if further is not None else "page-read-these"
        ways.append(_form(look, reach(look, key, place)))
    if further is not None:
        key = "page-newer" if view.is_new else "page-search-further" if view.is_searched else "page-older"
        ways.append(_way(voice(key), view.at(further), rel="next"))
    if view.edge is not None:
        ways.append(_way(voice("page-oldest-new" if view.is_new else "page-newest"), view.at(None)))
    return element("nav", ways, pictures(look, PAGE), aria_label=voice("page-title"))


def _last(entries: Sequence[Entry]) -> Place | None:
    return entries[-1].sighted.place if entries else None


def _way(words: str, view: View, **more: str) -> Html:
    return element("a", words, href=view.address(), class_="way", **more)


def pictures(look: Look, path: str) -> Html:
    """The reader's choice, which an address keeps: nothing is stored of it."""
    view, voice = look.view, look.voice
    other = replace(view, pictures=not view.pictures)
    key = "page-pictures-hide" if view.pictures else "page-pictures-show"
    way = element("a", voice(key), href=other.address(path), class_="way")
    return joined([way, None if view.pictures else element("p", voice("page-pictures-why"), class_="soft")])
