"""Posts and pages as HTML: pure functions of what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import regex

from adapters.plaza.html import Html, element, joined
from adapters.plaza.markup import Segment, segments
from adapters.plaza.store.listing import Shown
from adapters.plaza.store.rows import Entry, Picture
from adapters.plaza.voice import LANGUAGES, Voice
from bridgebot.model import Audience

_NOFOLLOW = "nofollow ugc noopener"
_HUES = 8  # of the round letters beside names; in style.css


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    site: str  # the site's name
    style: str  # paths, with the version of what they lead to
    script: str
    icon: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page before it is framed."""

    title: str
    body: Html
    path: str  # of the page itself, without the language
    about: str = ""  # one line for search engines
    feeds: Html = Html()  # links to what a feed reader can read, for the head
    listed: bool = True  # False: search engines are asked to leave it out
    heads_site: bool = False  # the front page, where the site's name is the heading
    plain: bool = False  # a page in the middle of something: no script, no other language to go to


def document(frame: Frame, voice: Voice, sheet: Sheet) -> str:
    """A whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", sheet.title),
        element("meta", name="description", content=sheet.about) if sheet.about else None,
        None if sheet.listed else element("meta", name="robots", content="noindex"),
        element("link", rel="icon", href=frame.icon, type="image/svg+xml"),
        element("link", rel="stylesheet", href=frame.style),
        sheet.feeds,
        None if sheet.plain else element("script", src=frame.script, defer=True),
    )
    body = element(
        "body",
        element("a", voice("skip"), class_="skip", href="#main"),
        _masthead(frame, voice, sheet),
        element("main", sheet.body, id="main"),
        _colophon(voice, sheet),
    )
    return f"<!doctype html>\n{element('html', head, body, lang=voice.language)}\n"


def _masthead(frame: Frame, voice: Voice, sheet: Sheet) -> Html:
    home = element("a", frame.site, href=voice.path("/"), aria_current="page" if sheet.heads_site else None)
    return element("header", element("p", home, class_="site"), class_="masthead")


def _colophon(voice: Voice, sheet: Sheet) -> Html:
    others = [
        element("a", title, href=f"{sheet.path}?lang={name}", lang=name, hreflang=name, rel="alternate")
        if name != voice.language
        else element("span", title, lang=name, aria_current="true")
        for name, title in LANGUAGES.items()
    ]
    languages = element("nav", others, aria_label=voice("language"), class_="languages")
    words = element("p", voice("colophon-desk" if sheet.plain else "colophon"))
    return element("footer", words, None if sheet.plain else languages, class_="colophon")


# --- posts -------------------------------------------------------------------------------------


def stream(
    voice: Voice,
    shown: Iterable[Shown],
    *,
    events: str | None,
    append: bool = False,
    subject: int | None = None,
) -> Html:
    """Posts one under another. `events` is where word of changes comes from; the script listens
    there. `subject` is the post that the page is about.
    """
    return element(
        "div",
        [article(voice, one, subject=one.entry.id == subject) for one in shown],
        class_="stream",
        id="stream",
        data_events=events,
        data_append=append,
        aria_live="polite" if events else None,
        aria_relevant="additions" if events else None,
    )


def article(voice: Voice, shown: Shown, *, subject: bool = False) -> Html:
    """One post, as it stands in every listing and comes through the stream."""
    entry = shown.entry
    return element(
        "article",
        _heading(voice, entry),
        _context(voice, shown),
        content(voice, shown),
        _marks(voice, shown),
        class_="post subject" if subject else "post",
        id=f"post-{entry.id}",
        aria_current="true" if subject else None,
        aria_labelledby=f"by-{entry.id}",
    )


def _heading(voice: Voice, entry: Entry) -> Html:
    author = element("a", element("bdi", f"@{entry.name}"), href=voice.path(f"/@{entry.name}"))
    when = element("a", moment(entry.created_at), href=voice.path(entry.path), class_="when")
    return element(
        "header", letter(entry.name), element("h2", author, id=f"by-{entry.id}", class_="author"), when
    )


def letter(name: str) -> Html:
    """A round letter in place of a picture; its colour is the name's own."""
    hue = sum(name.encode()) % _HUES
    return element("span", name.strip("_")[:1].upper(), class_=f"letter hue-{hue}", aria_hidden="true")


def moment(at: datetime) -> Html:
    """A time that machines read too; the script puts it into the reader's own time zone."""
    at = at.astimezone(UTC)
    return element("time", f"{at:%Y-%m-%d %H:%M} UTC", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def _context(voice: Voice, shown: Shown) -> Html | None:
    if shown.entry.reply_to is None:
        return None
    if shown.parent is None:
        return element("p", voice("reply-gap"), class_="context gap")
    words = voice("reply-to", name=f"@{shown.parent.name}")
    return element("p", element("a", words, href=voice.path(shown.parent.path)), class_="context")


def content(voice: Voice, shown: Shown, *, base: str = "") -> Html:
    """Text and pictures; behind the warning where there is one. With `base` links are absolute, for feeds,
    which do not all fold what is to be folded: there a covered picture is a link.
    """
    entry = shown.entry
    words = paragraphs(voice, shown, base)
    text = element("div", words, class_="text", lang=entry.language, dir="auto") if words else None
    hidden = entry.covered or entry.warning is not None
    seen = pictures(voice, entry, base, linked=hidden and bool(base))
    if entry.warning is None:
        return joined([text, _folded(voice, seen) if entry.covered and seen and not base else seen])
    label = element("span", voice("warning"), class_="label")
    warning = element("span", entry.warning, dir="auto", lang=entry.language)
    return element("details", element("summary", label, " ", warning), text, seen, class_="warning")


def _folded(voice: Voice, seen: Html) -> Html:
    return element("details", element("summary", voice("covered")), seen, class_="warning")


def pictures(voice: Voice, entry: Entry, base: str, *, linked: bool = False) -> Html | None:
    """The pictures under a post, each leading to itself alone; `linked`: only where they are."""
    if not entry.pictures:
        return None
    shown = [_linked(voice, one, base) if linked else _picture(voice, one, base) for one in entry.pictures]
    return element("div", shown, class_=f"pictures of-{len(entry.pictures)}")


def _picture(voice: Voice, picture: Picture, base: str) -> Html:
    address = base + picture.path
    size = {"width": picture.width, "height": picture.height}
    image = element("img", src=address, alt=picture.alt, title=picture.alt or None, loading="lazy", **size)
    # Where nobody described it, the link says at least what it leads to.
    return element("a", image, href=address, aria_label=None if picture.alt else voice("picture"))


def _linked(voice: Voice, picture: Picture, base: str) -> Html:
    return element("p", element("a", picture.alt or voice("picture"), href=base + picture.path))


def paragraphs(voice: Voice, shown: Shown, base: str) -> list[Html]:
    """The text without anything around it."""
    text = shown.entry.text.strip("\n")
    if not text.strip():
        return []  # pictures alone
    return [
        element("p", [_segment(voice, one, shown.names, base) for one in segments(paragraph)])
        for paragraph in regex.split(r"\n{2,}", text)
    ]


def _segment(voice: Voice, segment: Segment, names: frozenset[str], base: str) -> Html:
    if segment.kind == "link":
        return element("a", segment.text, href=segment.value, rel=_NOFOLLOW)
    if segment.kind == "mention" and segment.value in names:
        return element("a", segment.text, href=base + voice.path(f"/@{segment.value}"), class_="mention")
    if segment.kind == "tag":
        return element("a", segment.text, href=base + voice.path(tag_path(segment.value)), rel="tag")
    lines = segment.text.split("\n")
    return joined([lines[0], *((element("br"), line) for line in lines[1:])])


def tag_path(tag: str) -> str:
    return f"/tags/{quote(tag, safe='')}"


def _marks(voice: Voice, shown: Shown) -> Html | None:
    entry = shown.entry
    words = [
        _mark("answers", "↩", shown.answers, voice("answers", count=shown.answers)),
        _mark("boosts", "↻", shown.boosts, voice("boosts", count=shown.boosts)),
        _mark("favourites", "★", shown.favourites, voice("favourites", count=shown.favourites)),
        element("li", voice("edited"), class_="edited") if entry.edited_at else None,
        element("li", voice("unlisted")) if entry.audience is Audience.UNLISTED else None,
    ]
    said = [word for word in words if word is not None]
    return element("ul", said, class_="marks") if said else None


def _mark(kind: str, sign: str, count: int, words: str) -> Html | None:
    if not count:
        return None
    sign_and_count = element("span", f"{sign} {count}", aria_hidden="true")
    return element("li", sign_and_count, element("span", words, class_="spoken"), class_=kind, title=words)
