"""Scopes and browsers in plain words: pure."""

from __future__ import annotations

from collections.abc import Collection

from adapters.plaza.html import Html, element
from adapters.plaza.scopes import ordered
from adapters.plaza.voice import Voice

_WIDE = {
    "profile": "scope-profile",
    "read": "scope-read",
    "write": "scope-write",
    "follow": "scope-follow",
    "push": "scope-push",
}
_PARTS = {"read": "scope-read-part", "write": "scope-write-part"}
# In this order: most call themselves by the names of others as well.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def called(agent: str) -> str:
    """A browser by the name that people know; by what it calls itself where nobody knows it."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return " · ".join(name for name in (browser, system) if name) or agent


def scope_list(words: Voice, scopes: Collection[str]) -> Html:
    """What an app may do, one line each, with the scope's own name behind."""
    return element("ul", [_line(words, one) for one in ordered(scopes)], class_="scopes")


def _line(words: Voice, scope: str) -> Html:
    verb, _, part = scope.partition(":")
    said = words(_PARTS[verb], part=part) if part else words(_WIDE[verb])
    return element("li", said, " ", element("code", scope))
