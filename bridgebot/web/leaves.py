"""Posts on the reading page, as HTML. Pure: what anybody wrote in them becomes markup in `element` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bridgebot.commands.signing import PAGE
from bridgebot.html import Child, Html, element, joined
from bridgebot.model import ANYBODY, Attachment, Audience
from bridgebot.render import Rich, clean_name, clock, foreign, handle, one_line
from bridgebot.store.items import Beside, Entry
from bridgebot.store.posts import WORDS_KEPT
from bridgebot.store.reading import Place
from bridgebot.store.rows import Account, Post
from bridgebot.texts import Voice
from bridgebot.web.views import OWN, View, mark_of
from bridgebot.web.words import address_of, anchor, language_of, origin_of, words

EXCERPT = 120  # graphemes of what a post answers or shows
LONGEST_WARNING = 200
MARKS = ("favourite", "boost", "bookmark")  # what can be set on a post; a network declares each


@dataclass(frozen=True, slots=True)
class Look:
    """What all posts of one page are shown with."""

    voice: Voice
    view: View
    now: datetime
    zone: str
    title: Callable[[str], str]  # of an adapter
    able: Callable[[Account, str], bool]
    proof: str  # that a form of this page was sent by this page
    nonce: str  # of this page: what is asked twice by one form is done once
    page_of: int | None = None  # the post whose own page it is; None: it is the list
    new: frozenset[int] = frozenset()  # of the posts shown, those that came since the reader was here


def article(look: Look, entry: Entry) -> Html:
    """One post."""
    return element(
        "article",
        _head(look, entry),
        _answers(look, entry.parent, "answers") if entry.post.parent_id is not None else None,
        _body(look, entry),
        _quoted(look, entry),
        _foot(look, entry),
        id=f"p{entry.post.id}",
    )


def name_of(look: Look, entry: Entry) -> str:
    """Whose post it is, in a line of the page's own."""
    if entry.mine:
        return look.voice("page-you")
    named = clean_name(entry.post.author_name) if entry.post.user_id is None else ""
    return handle(entry.who) if entry.who else named or "@–"


# --- the head ----------------------------------------------------------------------------------


def _head(look: Look, entry: Entry) -> Html:
    post, by = entry.post, entry.sighted.boosted_by
    boosted = element("p", look.voice("page-boosted", who=handle(by)), class_="soft") if by else None
    shown = clean_name(post.author_name) if post.user_id is None else ""  # of users: as they are known there
    who = name_of(look, entry)
    both = [element("bdi", shown), " "] if shown and shown != who.lstrip("@") else None
    named, theirs = joined([both, element("bdi", who)]), _theirs(look, entry)
    writer = element("a", named, href=theirs.address()) if theirs is not None else named
    return element("header", boosted, element("p", element("b", writer), " ", _facts(look, entry)))


def _theirs(look: Look, entry: Entry) -> View | None:
    """The part of the list that its writer wrote; of a feed, the feed."""
    post, pictures = entry.post, look.view.pictures
    if entry.mine:
        return View(kind=OWN, pictures=pictures)
    if entry.source is not None and entry.source.kind == "feed":
        return View(source=entry.source.id, pictures=pictures)
    return View(by=post.author_handle, pictures=pictures) if post.user_id is None and entry.who else None


def _facts(look: Look, entry: Entry) -> Html:
    """Where it stands, when it was written, and who else may read it."""
    post = entry.post
    networks = _networks(look, entry)
    when = element("time", clock(post.created_at, look.now, look.zone), datetime=post.created_at.isoformat())
    shown = element("a", when, href=_own_page(look, post)) if entry.is_open else when
    fresh = element("b", look.voice("page-is-new"), class_="new") if post.id in look.new else None
    facts: list[Child] = [*([fresh] if fresh else []), *networks, shown]
    if post.seen_by is not Audience.PUBLIC:
        facts.append(look.voice(f"audience-{post.audience}"))
    if post.version:
        facts.append(look.voice("page-edited"))
    between = [[" · " if number else None, fact] for number, fact in enumerate(facts)]
    return element("span", between, class_="soft facts")


def _networks(look: Look, entry: Entry) -> list[Html]:
    """Where it stands out there: a link to it on each network where it does."""
    post = entry.post
    there = [(look.title(one.adapter), address_of(one.url)) for one in entry.there]
    if not there and (entry.mine or post.user_id is None):
        there = [(look.title(post.adapter), None)]
    if address_of(entry.url) and not any(address for _, address in there):
        there = [(look.title(post.adapter), address_of(entry.url)), *there[1:]]
    leads = {title: address for title, address in reversed(there) if address}
    return [
        anchor(leads[title], look.voice("page-at", network=title)) if title in leads else joined(title)
        for title in dict.fromkeys(title for title, _ in there)
    ]


def _own_page(look: Look, post: Post) -> str:
    return View(pictures=look.view.pictures).address(f"{PAGE}/post/{post.id}")


def _answers(look: Look, beside: Beside | None, key: str) -> Html | None:
    """One line of the post that this one answers or shows."""
    if beside is None or beside.post is None:
        words_ = look.voice("page-answers-hidden") if key == "answers" else None
        return element("p", words_, class_="soft beside") if words_ else None
    post = beside.post
    text = f"⚠ {clean_name(post.warning)}" if post.warning else Rich(post.text, post.emphasis).covered().text
    who = look.voice("page-you") if beside.mine else handle(beside.who or "–")
    line = look.voice(f"page-{key}", who=who, text=one_line(foreign(text), EXCERPT))
    inner: Child = element("a", line, href=_own_page(look, post)) if beside.is_open else line
    return element("p", inner, class_="soft beside", lang=language_of(post.language))


def _quoted(look: Look, entry: Entry) -> Html | None:
    """The post that it shows: as it is known here, else as its network told of it."""
    told = entry.post.shows
    if told is None or entry.quoted is not None:
        return _answers(look, entry.quoted, "shows")
    who = handle(told.handle or "–")
    line = look.voice("page-shows", who=who, text=one_line(foreign(told.text or told.url), EXCERPT))
    return element("p", anchor(told.url, line), class_="soft beside")


# --- the words and what belongs to them ---------------------------------------------------------


def _body(look: Look, entry: Entry) -> Html:
    post = entry.post
    if is_wiped(post, look.now):
        key = "page-gone-text-link" if address_of(entry.url) else "page-gone-text"
        return element("p", look.voice(key), class_="soft")
    text = words(Rich(post.text, post.emphasis))
    inner = joined(
        [
            element("div", text, class_="words", dir="auto", lang=language_of(post.language))
            if text
            else None,
            _poll(look, post),
            _media(look, post),
        ]
    )
    if not post.warning:
        return inner
    warning = f"⚠ {one_line(foreign(post.warning), LONGEST_WARNING)}"
    return element("details", element("summary", element("bdi", warning)), inner)


def is_wiped(post: Post, now: datetime) -> bool:
    """Whether its words were kept here once. Pure."""
    nothing = not (post.text or post.media or post.files or post.poll)
    return post.user_id is None and nothing and post.created_at < now - WORDS_KEPT


def _media(look: Look, post: Post) -> Html | None:
    """Links with their descriptions, for a picture would tell its server who reads here; pictures only where
    the reader wants them. Of what its writer sent to a chat only the description: where it is opens it.
    """
    shown = [element("li", _attached(look, one)) for one in post.attachments]
    own = [element("li", _said(look, file.kind, file.alt)) for file in post.enclosed if not shown]
    return element("ul", shown, own, class_="media") if shown or own else None


def _attached(look: Look, one: Attachment) -> Html:
    said, address = _said(look, one.kind, one.alt), picture_of(one)
    if not look.view.pictures or address is None:
        return anchor(one.url, said)
    alt = foreign(one.alt) or look.voice("page-media-no-alt", kind=look.voice("page-media-image"))
    picture = element("img", src=address, alt=alt, loading="lazy", referrerpolicy="no-referrer")
    return anchor(one.url, picture)


def picture_of(one: Attachment) -> str | None:
    """The address of a picture that can be shown: over https, from a server that a policy can name."""
    address = address_of(one.url)
    if one.kind != "image" or not address or not address.startswith("https://"):
        return None
    return address if origin_of(address) is not None else None


def _said(look: Look, kind: str, alt: str) -> Html:
    named = look.voice(f"page-media-{kind}")
    if not alt:
        return joined(look.voice("page-media-no-alt", kind=named))
    return element("bdi", look.voice("page-media-alt", kind=named, alt=foreign(alt)))


def _poll(look: Look, post: Post) -> Html | None:
    poll = post.votable
    if poll is None:
        return None
    votes = [*poll.votes, *[None] * len(poll.choices)]
    lines = [
        foreign(choice) if count is None else look.voice("page-votes", choice=foreign(choice), votes=count)
        for choice, count in zip(poll.choices, votes, strict=False)
    ]
    return element("ul", [element("li", element("bdi", line)) for line in lines], class_="poll")


# --- the foot ----------------------------------------------------------------------------------


def _foot(look: Look, entry: Entry) -> Html | None:
    """What can be done with it, with the account that can; and that everything up to it was read."""
    account = entry.actor if entry.is_open else None
    deeds: list[Child] = []
    if account is not None:
        if look.able(account, "replies"):
            address = f"{_own_page(look, entry.post)}#answer"
            deeds.append(element("a", look.voice("page-reply"), href=address, class_="act"))
        deeds += [_button(look, entry, mark) for mark in _marks(look, entry, account)]
    if look.view.is_new and look.page_of is None:
        deeds.append(reach(look, "page-read-to-here", entry.sighted.place))
    if not deeds:
        return None
    form = element(
        "form",
        hidden(look),
        deeds,
        method="post",
        action=f"{PAGE}/post/{entry.post.id}",
        class_="acts",
        aria_label=look.voice("page-marks-of", who=name_of(look, entry)),
    )
    return element("footer", form)


def reach(look: Look, key: str, place: Place, **arguments: int) -> Html:
    """The button by which everything is read up to a place of the list."""
    words_ = look.voice(key, **arguments)
    return element("button", words_, name="to", value=mark_of(place), formaction=f"{PAGE}/to")


def _marks(look: Look, entry: Entry, account: Account) -> Iterable[str]:
    for mark in MARKS:
        if look.able(account, mark) and (mark != "boost" or entry.post.seen_by in ANYBODY):
            yield mark


def _button(look: Look, entry: Entry, mark: str) -> Html:
    is_on = mark in entry.marked
    words_ = look.voice(f"page-{mark}-on" if is_on else f"page-{mark}")
    does = f"un{mark}" if is_on else mark
    return element("button", words_, name="do", value=does, aria_pressed="true" if is_on else "false")


def hidden(look: Look) -> list[Html]:
    """What every form of the page bears: its proof, its name, and where one comes back to."""
    here = look.page_of
    return [
        element("input", type="hidden", name="proof", value=look.proof),
        element("input", type="hidden", name="form", value=look.nonce),
        element("input", type="hidden", name="back", value=look.view.address("")),
        *([] if here is None else [element("input", type="hidden", name="page", value=here)]),
    ]
