"""What an app may be let do: Mastodon's words for it (https://docs.joinmastodon.org/api/oauth-scopes/). Pure.

A wide scope holds its parts: `read` is every `read:…`. `profile` is no part of anything: it only tells
who somebody is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

_READ = """
    accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses
"""
_WRITE = """
    accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications
    reports statuses
"""
_OLD = frozenset({"blocks", "follows", "mutes"})  # what `follow` was for, before there were parts
PARTS = {"read": tuple(_READ.split()), "write": tuple(_WRITE.split())}
# `push` is asked for by nearly every app; nothing here answers to it, so it grants nothing.
WIDE = ("profile", "read", "write", "follow", "push")
KNOWN = frozenset(WIDE) | {f"{verb}:{part}" for verb, parts in PARTS.items() for part in parts}
USUAL = frozenset({"read"})  # where nothing is said


def parsed(text: str) -> frozenset[str] | None:
    """The scopes that a text names; None where one of them is none."""
    words = frozenset(text.split()) or USUAL
    return words if words <= KNOWN else None


def allows(held: Collection[str], wanted: str) -> bool:
    """Whether somebody who holds these scopes may do what needs that one."""
    verb, _, part = wanted.partition(":")
    return wanted in held or verb in held or (part in _OLD and "follow" in held)


def within(wanted: Iterable[str], held: Collection[str]) -> bool:
    """Whether every wanted scope is held, or part of one that is."""
    return all(allows(held, one) for one in wanted)


def ordered(scopes: Collection[str]) -> tuple[str, ...]:
    """As people read them: the wide ones first, parts that a wide one holds left out."""
    wide = [word for word in WIDE if word in scopes]
    parts = sorted(one for one in scopes if ":" in one and not allows(wide, one))
    return (*wide, *parts)


def spoken(scopes: Collection[str]) -> str:
    """As OAuth writes them down."""
    return " ".join(sorted(scopes))
