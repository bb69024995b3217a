"""Scopes in plain words."""

from __future__ import annotations

from collections.abc import Collection

from adapters.plaza.html import Html, element
from adapters.plaza.scopes import ordered
from adapters.plaza.voice import Voice


def scope_list(words: Voice, scopes: Collection[str]) -> Html:
    """What an app may do, one line each, with the scope's own name behind."""
    return element("ul", [_line(words, one) for one in ordered(scopes)], class_="scopes")


def _line(words: Voice, scope: str) -> Html:
    verb, _, part = scope.partition(":")
    said = words(f"scope-{verb}-part", part=part) if part else words(f"scope-{verb}")
    return element("li", said, " ", element("code", scope))
