"""What stands around the posts of the reading page, as HTML. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridgebot.commands.signing import PAGE
from bridgebot.html import Html, element
from bridgebot.model import Audience
from bridgebot.render import clean_name, handle
from bridgebot.store.items import Entry
from bridgebot.store.reading import Place, Source
from bridgebot.texts import Voice
from bridgebot.web import ways
from bridgebot.web.leaves import Look, article, hidden, name_of
from bridgebot.web.sheets import STYLE, Sheet, hash_of
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
article {{ padding: 1rem 0 .5rem; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }}
article p, article ul {{ margin: .35rem 0; }}
article .words {{ white-space: pre-wrap; margin: .5rem 0; }}
article:target {{ border-top: 3px solid var(--accent); }}
.beside {{ border-left: 3px solid var(--line); padding-left: .6rem; }}
.media, .poll {{ list-style: none; padding: 0; }}
.media img {{ display: block; max-width: 100%; height: auto; border-radius: .5rem; margin: .5rem 0; }}
summary {{ min-height: 2.75rem; padding: .5rem 0; cursor: pointer; }}
.spoiler {{ background: var(--ink); color: var(--ink); }}
.spoiler:hover, .spoiler:focus {{ background: none; color: inherit; }}
header a {{ color: inherit; text-decoration: none; }}
header a:hover, header .facts a {{ text-decoration: underline; }}
.acts {{ display: flex; flex-wrap: wrap; margin: .35rem -.35rem 0; }}
.acts > * {{ margin: 0 .35rem; }}
.acts button, .act {{ display: inline-flex; align-items: center; width: auto; min-height: 2.75rem;
  margin: 0; padding: .4rem .35rem; font-size: .9375rem;
  font-weight: 400; line-height: 1.6; border: 0; border-radius: .5rem; background: transparent;
  color: var(--soft); text-decoration: none; }}
.acts button:hover, .act:hover {{ color: var(--accent); }}
.acts button[aria-pressed="true"] {{ color: var(--accent); font-weight: 600; }}
.acts button[name="to"] {{ color: var(--accent); margin-left: auto; }}
label {{ display: block; margin: .6rem 0; }}
.check input {{ width: 1.25rem; height: 1.25rem; margin: 0 .5rem 0 0; vertical-align: -.2rem; }}
.tabs {{ display: flex; flex-wrap: wrap; gap: 0 1.25rem; }}
.tabs a {{ padding: .6rem 0; }}
.tabs a[aria-current] {{ color: var(--ink); font-weight: 600; text-decoration-thickness: 3px; }}
.new {{ color: var(--accent); }}
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
    """The list, newest first; what is new in it, oldest first."""
    posts, sources = [article(look, entry) for entry in entries], list(sources)
    return Sheet(
        look.voice("page-title"),
        (
            element("a", look.voice("page-skip"), href="#posts", class_="skip"),
            _said(look, said),
            ways.tabs(look, sources),
            _filters(look, sources, networks),
            ways.counted(look, entries, further),
            element("div", posts or _nothing(look, further), id="posts"),
            ways.onward(look, entries, further),
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
    voice, all_posts = look.voice, View(pictures=look.view.pictures)
    return Sheet(
        voice("page-post-of", who=name_of(look, entry)),
        (
            element("a", voice("page-back"), href=all_posts.address(), class_="way"),
            _said(look, said),
            [element("h2", voice("page-thread-above")), *(article(look, one) for one in above)]
            if above
            else None,
            article(look, entry),
            _answer(look, entry, answering),
            [element("h2", voice("page-thread-below")), *(article(look, one) for one in below)]
            if below
            else None,
            element(
                "nav", ways.pictures(look, f"{PAGE}/post/{entry.post.id}"), aria_label=voice("page-title")
            ),
            _leave(look),
        ),
    )


# --- pieces ------------------------------------------------------------------------------------


def _said(look: Look, key: str | None) -> Html | None:
    return element("p", look.voice(key), role="status", class_="said") if key else None


def _nothing(look: Look, further: Place | None) -> Html:
    view = look.view
    if further is not None:
        return element("p", look.voice("page-nothing-in-stretch"))
    if view.is_new:
        return element("p", look.voice("page-nothing-new"))
    return element("p", look.voice("page-nothing-found" if view.is_narrowed else "page-empty"))


def _filters(look: Look, sources: Iterable[Source], networks: Mapping[str, str]) -> Html:
    """A form without any script: what is chosen stands in the address."""
    voice, view = look.voice, look.view
    kinds = {kind: voice(f"page-kind-{kind}") for kind in KINDS}
    named = {str(one.id): source_name(voice, one, look.title(one.adapter)) for one in sources}
    chosen = "" if view.source is None else str(view.source)
    search = element("input", type="search", name="q", value=view.words, maxlength=LONGEST)
    only_new = element("input", type="checkbox", name="new", value="1", checked=view.is_new)
    writer = element("input", type="search", name="by", value=view.by, maxlength=LONGEST)
    form = element(
        "form",
        element("label", voice("page-label-words"), search),
        element("label", voice("page-label-by"), writer),
        _select(voice("page-label-kind"), "kind", voice("page-all-kinds"), kinds, view.kind),
        _select(voice("page-label-network"), "network", voice("page-all-networks"), networks, view.network),
        _select(voice("page-label-source"), "from", voice("page-all-sources"), named, chosen),
        element("label", only_new, voice("page-only-new"), class_="check"),
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
    who = element("p", voice("page-reply-as", accounts=voice.listed(answering.accounts), audience=audience))
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
