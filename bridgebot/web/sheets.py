"""The pages on which an account is linked, as HTML: pure, without scripts, readable by everything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bridgebot.html import Child, Html, element
from bridgebot.texts import Voice

STYLE = """
:root { color-scheme: light dark; --paper: #fbf8f3; --ink: #26221d; --soft: #5d564d; --line: #d9cfc1;
  --accent: #0c6a5f; --on-accent: #fff; --warm: #7a3f05; --warm-wash: #fdf3e3; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181a; --ink: #e9e4da; --soft: #b3aca1;
  --line: #3a4146; --accent: #83d3c3; --on-accent: #10211e; --warm: #f0bd7d; --warm-wash: #2c2519; } }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0 auto; max-width: 36rem; padding: 1.5rem 1rem 3rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC",
  "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
.site { margin: 0 0 1.5rem; color: var(--soft); }
dl { margin: 1.25rem 0; border-top: 1px solid var(--line); }
dt { padding-top: .6rem; color: var(--soft); font-size: .9375rem; }
dd { margin: 0; padding-bottom: .6rem; border-bottom: 1px solid var(--line); font-weight: 600; }
ul { margin: .25rem 0; padding-left: 1.25rem; font-weight: 400; }
.warning { padding: .75rem 1rem; background: var(--warm-wash); color: var(--warm); border-left: 4px solid; }
button { font: inherit; font-weight: 600; min-height: 3rem; width: 100%; padding: .5rem 1rem; border: 0;
  border-radius: .5rem; background: var(--accent); color: var(--on-accent); cursor: pointer; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
.code { font: 700 2.5rem/1.2 ui-monospace, monospace; letter-spacing: .1em; margin: 1rem 0; }
"""


def hash_of(style: str) -> str:
    """By what a page's policy lets its own style in. Pure."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


STYLE_HASH = hash_of(STYLE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page before it is framed."""

    title: str
    body: Sequence[Child]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to consent to."""

    network: str
    host: str
    owner: str  # the chat identity that will own the account, by its stable id
    scopes: tuple[str, ...]  # in words


def document(voice: Voice, site: str, sheet: Sheet, *, style: str = STYLE) -> str:
    """A whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", f"{sheet.title} · bridgebot"),
        element("style", Html(style)),
    )
    bot = element("p", voice("link-page-bot", site=site), class_="site")
    main = element("main", element("h1", sheet.title), sheet.body)
    return f"<!doctype html>\n{element('html', head, element('body', bot, main), lang=voice.language)}\n"


def consent(voice: Voice, asked: Asked, action: str, proof: str) -> Sheet:
    """Who asks for what, and the button that leads to the network."""
    button = element("button", voice("link-page-go", host=asked.host), type="submit")
    hidden = element("input", type="hidden", name="proof", value=proof)
    return Sheet(
        voice("link-page-title", network=asked.network),
        (
            element("p", voice("link-page-lead", network=asked.network)),
            _facts(voice, asked),
            element("p", voice("link-page-warning", owner=asked.owner), class_="warning"),
            element("form", hidden, button, method="post", action=action),
            element("p", voice("link-page-not-you")),
        ),
    )


def _facts(voice: Voice, asked: Asked) -> Html:
    scopes = element("ul", [element("li", scope) for scope in asked.scopes])
    facts: tuple[tuple[str, str | Html], ...] = (
        ("owner", element("bdi", asked.owner)),
        ("network", asked.network),
        ("host", element("bdi", asked.host)),
        ("scopes", scopes),
    )
    pairs = [(element("dt", voice(f"link-page-{name}")), element("dd", words)) for name, words in facts]
    return element("dl", [part for pair in pairs for part in pair])


def wait(voice: Voice, network: str) -> Sheet:
    """The network is being asked."""
    return Sheet(
        voice("link-page-wait-title"),
        (element("p", voice("link-page-wait", network=network), role="status"),),
    )


def code(voice: Voice, digits: str, owner: str) -> Sheet:
    """What is to be typed in the chat."""
    return Sheet(
        voice("link-page-code-title"),
        (
            element("p", voice("link-page-code-lead")),
            element("p", f"{digits[:3]} {digits[3:]}", class_="code"),
            element("p", voice("link-page-code-warning", owner=owner), class_="warning"),
        ),
    )


def confirm(voice: Voice, handle: str) -> Sheet:
    """The chat asks the last question."""
    words = element("p", voice("link-page-confirm", handle=handle), role="status")
    return Sheet(voice("link-page-confirm-title"), (words,))


def over(voice: Voice, key: str, /, *, done: bool = False, **arguments: str | int) -> Sheet:
    """It ended, or this page is not for this browser: one sentence says why."""
    title = voice("link-page-done-title" if done else "link-page-over-title")
    return Sheet(title, (element("p", voice(key, **arguments), role="status"),))
