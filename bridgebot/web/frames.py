"""What stands around the posts of the reading page, as HTML. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bridgebot.commands.signing import PAGE
from bridgebot.html import Child, Html, element
from bridgebot.model import Audience
from bridgebot.render import clean_name, handle
from bridgebot.store.items import Entry
from bridgebot.store.reading import NEWEST, Place, Source
from bridgebot.web.leaves import Look, article, hidden, name_of
from bridgebot.web.sheets import STYLE, Sheet, Voice, hash_of
from bridgebot.web.views import KINDS, LONGEST, View

LONGEST_ANSWER = 10_000  # characters
READER_STYLE = f"""{STYLE}
body {{ max-width: 40rem; }}
a {{ color: var(--accent); }}
a:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, summary:focus-visible,
  .spoiler:focus-visible {{ outline: 3px solid var(--ink); outline-offset: 2px; }}
.skip {{ position: absolute; left: -100rem; }}
.skip:focus {{ position: static; display: block; padding: .5rem 0; }}
.soft, footer p {{ color: var(--soft); font-size: .9375rem; }}
.soft a {{ color: inherit; }}
.facts {{ display: block; }}
article {{ padding: 1rem 0; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }}
article p, article ul {{ margin: .35rem 0; }}
article .words {{ white-space: pre-wrap; margin: .5rem 0; }}
article:target {{ border-top: 3px solid var(--accent); }}
.beside {{ border-left: 3px solid var(--line); padding-left: .6rem; }}
.media, .poll {{ list-style: none; padding: 0; }}
.media img {{ display: block; max-width: 100%; height: auto; border-radius: .5rem; margin: .5rem 0; }}
summary {{ min-height: 2.75rem; padding: .5rem 0; cursor: pointer; }}
.spoiler {{ background: var(--ink); color: var(--ink); }}
.spoiler:hover, .spoiler:focus {{ background: none; color: inherit; }}
.acts {{ display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 .5rem; }}
.acts button, .act {{ width: auto; min-height: 2.75rem; padding: .5rem .8rem; font-weight: 400;
  border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: var(--ink);
  text-decoration: none; line-height: 1.6; }}
.acts button[aria-pressed="true"] {{ background: var(--accent); color: var(--on-accent); }}
label {{ display: block; margin: .6rem 0; }}
input[type="search"], select, textarea {{ display: block; width: 100%; min-height: 2.75rem; padding: .5rem;
  font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft);
  border-radius: .5rem; }}
textarea {{ min-height: 8rem; }}
[role="search"], .plain {{ margin: 1rem 0; }}
.way {{ display: inline-block; padding: .6rem 1rem .6rem 0; }}
.said {{ padding: .75rem 1rem; border-left: 4px solid var(--accent); }}
.plain button {{ width: auto; background: transparent; color: var(--accent); border: 1px solid var(--line); }}
"""
READER_HASH = hash_of(READER_STYLE)


@dataclass(frozen=True, slots=True)
class Answering:
    """As whom a reader would answer a post, and who would read that."""

    accounts: tuple[str, ...]  # in words; empty: none can
    audience: Audience
    warning: str | None


def enter(voice: Voice, owner: str, action: str, proof: str) -> Sheet:
    """Who is signing in, and the button that does."""
    form = element(
        "form",
        element("input", type="hidden", name="proof", value=proof),
        element("button", voice("page-enter-go"), type="submit"),
        method="post",
        action=action,
    )
    return Sheet(
        voice("page-enter-title"),
        (
            element("p", voice("page-enter")),
            element("p", element("b", element("bdi", owner))),
            element("p", voice("page-enter-warning"), class_="warning"),
            form,
        ),
    )


def timeline(
    look: Look,
    entries: Sequence[Entry],
    sources: Iterable[Source],
    networks: Mapping[str, str],
    further: Place | None,
    said: str | None,
) -> Sheet:
    """The list, newest first."""
    posts = [article(look, entry) for entry in entries]
    return Sheet(
        look.voice("page-title"),
        (
            element("a", look.voice("page-skip"), href="#posts", class_="skip"),
            _said(look, said),
            _filters(look, sources, networks),
            element("div", posts or _nothing(look, further), id="posts"),
            _ways(look, further),
            _leave(look),
        ),
    )


def one_post(
    look: Look,
    above: Sequence[Entry],
    entry: Entry,
    below: Sequence[Entry],
    answering: Answering,
    said: str | None,
) -> Sheet:
    """A post with the thread in which it stands, as far as it is known here, and the form to answer it."""
    voice, ways = look.voice, View(pictures=look.view.pictures)
    return Sheet(
        voice("page-post-of", who=name_of(look, entry)),
        (
            element("a", voice("page-back"), href=ways.address(), class_="way"),
            _said(look, said),
            [element("h2", voice("page-thread-above")), *(article(look, one) for one in above)]
            if above
            else None,
            article(look, entry),
            _answer(look, entry, answering),
            [element("h2", voice("page-thread-below")), *(article(look, one) for one in below)]
            if below
            else None,
            element("nav", _pictures(look, f"{PAGE}/post/{entry.post.id}"), aria_label=voice("page-title")),
            _leave(look),
        ),
    )


# --- pieces ------------------------------------------------------------------------------------


def _said(look: Look, key: str | None) -> Html | None:
    return element("p", look.voice(key), role="status", class_="said") if key else None


def _nothing(look: Look, further: Place | None) -> Html:
    key = "page-nothing-found" if look.view.is_narrowed else "page-empty"
    return element("p", look.voice("page-nothing-in-stretch" if further is not None else key))


def _filters(look: Look, sources: Iterable[Source], networks: Mapping[str, str]) -> Html:
    """A form without any script: what is chosen stands in the address."""
    voice, view = look.voice, look.view
    kinds = {kind: voice(f"page-kind-{kind}") for kind in KINDS}
    named = {str(one.id): source_name(voice, one, look.title(one.adapter)) for one in sources}
    chosen = "" if view.source is None else str(view.source)
    search = element("input", type="search", name="q", value=view.words, maxlength=LONGEST)
    form = element(
        "form",
        element("label", voice("page-label-words"), search),
        _select(voice("page-label-kind"), "kind", voice("page-all-kinds"), kinds, view.kind),
        _select(voice("page-label-network"), "network", voice("page-all-networks"), networks, view.network),
        _select(voice("page-label-source"), "from", voice("page-all-sources"), named, chosen),
        element("input", type="hidden", name="pictures", value="1") if view.pictures else None,
        element("button", voice("page-show"), type="submit"),
        method="get",
        action=PAGE,
        role="search",
    )
    return element("details", element("summary", voice("page-filters")), form, open=view.is_narrowed)


def _select(label: str, name: str, every: str, options: Mapping[str, str], chosen: str) -> Html:
    made = [
        element("option", words, value=value, selected=value == chosen)
        for value, words in {"": every, **options}.items()
    ]
    return element("label", label, element("select", made, name=name))


def source_name(voice: Voice, source: Source, network: str) -> str:
    """What people call what they read. Of a feed the title alone: its address may be a secret."""
    if source.kind == "feed":
        who = f"{clean_name(source.title)} · {clean_name(source.server)}"
    elif source.kind == "tag":
        who = f"#{clean_name(source.title).lstrip('#')}"
    elif source.kind in ("home", "mentions", "own") and source.handle:
        who = handle(source.handle)
    else:
        who = clean_name(source.title)
    return voice(f"page-source-{source.kind}", who=who, network=network)


def _ways(look: Look, further: Place | None) -> Html:
    voice, view = look.voice, look.view
    ways: list[Child] = []
    if further is not None:
        key = "page-search-further" if view.words else "page-older"
        ways.append(element("a", voice(key), href=view.at(further).address(), rel="next", class_="way"))
    if view.before != NEWEST:
        ways.append(element("a", voice("page-newest"), href=view.at(NEWEST).address(), class_="way"))
    return element("nav", ways, _pictures(look, PAGE), aria_label=voice("page-title"))


def _pictures(look: Look, path: str) -> list[Html]:
    """The reader's choice, which an address keeps: nothing is stored of it."""
    view, voice = look.view, look.voice
    other = replace(view, pictures=not view.pictures)
    key = "page-pictures-hide" if view.pictures else "page-pictures-show"
    way = element("a", voice(key), href=other.address(path), class_="way")
    return [way, *([] if view.pictures else [element("p", voice("page-pictures-why"), class_="soft")])]


def _leave(look: Look) -> Html:
    button = element("button", look.voice("page-sign-out"), type="submit")
    return element("form", hidden(look), button, method="post", action=f"{PAGE}/out", class_="plain")


def _answer(look: Look, entry: Entry, answering: Answering) -> Html:
    """Who will read it, and as whom it is written, stand before the words."""
    voice = look.voice
    heading = element("h2", voice("page-reply-title"), id="answer")
    if not answering.accounts:
        return element("section", heading, element("p", voice("page-reply-nobody")))
    audience = voice(f"audience-{answering.audience.value}")
    who = element("p", voice("page-reply-as", accounts=", ".join(answering.accounts), audience=audience))
    warning = answering.warning
    kept = element("p", voice("page-reply-warning", warning=clean_name(warning))) if warning else None
    text = element("textarea", "", name="text", maxlength=LONGEST_ANSWER, required=True, rows="5")
    return element(
        "section",
        heading,
        who,
        kept,
        element(
            "form",
            hidden(look),
            element("label", voice("page-reply-text"), text),
            element("button", voice("page-reply-send"), name="do", value="reply"),
            method="post",
            action=f"{PAGE}/post/{entry.post.id}",
        ),
        aria_labelledby="answer",
    )
