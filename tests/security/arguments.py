"""What to type behind every command, so that a new one is tried without being named here.

The grammar says what shape an argument has, its pattern says which words are unmistakable, and the product's
own help says what it looks like (`/sync FROM to TO`): from these three every case is made. What none of them
covers fails with a sentence that says what to add.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bridgebot.texts
from bridgebot.commands.grammar import Shape, Word
from bridgebot.commands.operator import _ACTIONS as OPERATORS
from bridgebot.commands.vocabulary import named

_TEXTS = Path(bridgebot.texts.__file__).parent / "en"
_FREE = re.compile(r"^[\[(<]*(\{ \$\w+ \}|[A-Z]{2,}…?|@name|#tag|\d+|[A-Z]\w+/[A-Z]\w+)[\])>]*$")


@dataclass(frozen=True)
class Names:
    """All by which somebody can try to reach what is another's."""

    posts: tuple[str, ...]  # short ids, addresses, native ids
    people: tuple[str, ...]  # handles
    accounts: tuple[str, ...]  # the names of her accounts
    numbers: tuple[str, ...] = ("1", "2", "3")  # of users, rules, deliveries, memos

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.posts, *self.people, *self.accounts, *self.numbers)


class Uncovered(AssertionError):
    """A command for which no arguments can be made."""


def arguments(name: str, hers: Names) -> list[str]:
    """Every case of a command, the bare one first."""
    word = named(name)
    if word is None:
        raise Uncovered(f"/{name} has no word in bridgebot/commands/grammar/words.py: add one.")
    made = _SHAPES.get(word.shape)
    if made is None:
        raise Uncovered(
            f"/{name} takes {word.shape}, and tests/security/arguments.py does not know what that looks "
            "like: add it to _SHAPES."
        )
    cases = ["", *made(hers), *_documented(word, hers), *_patterned(word, hers)]
    if name == "admin":
        cases += [f"{action} {one}".strip() for action in OPERATORS for one in ("", *hers.all)]
    return list(dict.fromkeys(cases))


# --- by the shape ------------------------------------------------------------------------------


def _with_text(hers: Names) -> Iterable[str]:
    return (f"{one} words" for one in (*hers.posts, *hers.people))


def _text(hers: Names) -> Iterable[str]:
    named_first = (f"{sign}{one} words" for one in hers.accounts for sign in ("", "+", "-"))
    return (*named_first, *hers.posts[:2], "words")


def _options(hers: Names) -> Iterable[str]:
    """A word of hers by itself, and with the words with which options are switched."""
    switched = (f"{how} {one}" for one in (*hers.accounts, hers.numbers[0]) for how in ("off", "on", "stop"))
    return (*hers.all, *switched, *(f"{one} off" for one in hers.accounts))


_SHAPES: dict[Shape, Callable[[Names], Iterable[str]]] = {
    Shape.NOTHING: lambda hers: hers.all[:1],
    Shape.POST: lambda hers: (*hers.posts, *hers.people, *(f"{hers.posts[0]} to {a}" for a in hers.accounts)),
    Shape.PERSON: lambda hers: (*hers.people, *hers.posts),
    Shape.POST_AND_TEXT: _with_text,
    Shape.TEXT: _text,
    Shape.OPTIONS: _options,
}


# --- by the pattern of what is unmistakable ------------------------------------------------------


def _patterned(word: Word, hers: Names) -> Iterable[str]:
    """The plain words of the pattern's branches, each alone and with a name of hers behind it."""
    words = [one for one in re.split(r"[|()?*+.\\ ]+", word.plain) if re.fullmatch(r"[a-z-]{2,}", one)]
    return [case for one in words for case in (one, *(f"{one} {name}" for name in hers.accounts))]


# --- by what the product says of itself ----------------------------------------------------------


@cache
def _said() -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(_TEXTS.glob("*.ftl")))


def _documented(word: Word, hers: Names) -> Iterable[str]:
    """`/sync FROM to TO` with names of hers in the places of what is free."""
    for found in re.finditer(rf"/{re.escape(word.name)} ([^\n.;:“”]+)", _said()):
        for piece in re.split(r",| or |\|", found.group(1)):
            yield from _filled(piece.strip().removeprefix(f"/{word.name} ").split()[:5], hers)


def _filled(piece: list[str], hers: Names) -> Iterable[str]:
    bare = [token.strip("[]()<>") for token in piece]
    free = [at for at, token in enumerate(piece) if _FREE.match(token)]
    pairs = itertools.permutations(hers.accounts, 2) if len(free) == 2 else ()
    for chosen in (*(itertools.repeat(one, len(free)) for one in hers.all if free), *pairs):
        tokens = list(bare)
        for at, name in zip(free, chosen, strict=False):
            tokens[at] = name
        yield " ".join(tokens)
    if not free:
        yield " ".join(bare)
