"""Forms: pure functions of what they ask."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.plaza.browser.cookies import sign
from adapters.plaza.html import Child, Html, element


def form(path: str, cookie: str, hidden: Mapping[str, str], *children: Child) -> Html:
    """A form that only a browser with this cookie can send."""
    fields = [_hidden(name, value) for name, value in {"sign": sign(cookie), **hidden}.items()]
    return element("form", fields, children, method="post", action=path)


def _hidden(name: str, value: str) -> Html:
    return element("input", type="hidden", name=name, value=value)


def button(words: str, *, name: str | None = None, value: str | None = None, soft: bool = False) -> Html:
    """A button that sends its form."""
    kind = "button soft" if soft else "button"
    return element("button", words, type="submit", name=name, value=value, class_=kind)
