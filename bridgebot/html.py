"""HTML and XML that are escaped by construction: text becomes markup in `element` alone."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset({"link", "meta", "br", "hr", "input", "img"})


class Html(str):
    """Text that is markup already. Only this module and constants make it."""

    __slots__ = ()


Child = str | Html | None | Iterable["Child"]


def element(tag: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """One element. Children that are plain text are escaped; an attribute that is None or False is
    left out. `class_` is `class`, `aria_label` is `aria-label`.
    """
    start = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}"
    return Html(f"{start}/>" if tag in _VOID else f"{start}>{joined(children)}</{tag}>")


def joined(children: Child) -> Html:
    """Children one after another."""
    if children is None:
        return Html()
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(html.escape(children))
    return Html("".join(joined(child) for child in children))


def _attribute(name: str, value: str | int | bool | None) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
