"""How words stand beside one another, by the language of whoever reads them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BETWEEN = {"zh-CN": "、"}  # of the members of a list; everywhere else a comma and a space
_CLAUSES = {"zh-CN": "；"}  # of clauses; everywhere else a semicolon and a space
_BESIDES = re.compile(r"[\s,，、]+")  # what people type between them, whatever they read
_WIDE = "（"  # brings room of its own


def listed(language: str, items: Iterable[str]) -> str:
    """Several in one sentence: `North, Plaza`, in Chinese `North、Plaza`; "" where there are none."""
    return _BETWEEN.get(language, ", ").join(items)


def clauses(language: str, items: Iterable[str]) -> str:
    """Several clauses on one line, such as all that is wrong: `no a; no b`, in Chinese `没有 a；没有 b`."""
    return _CLAUSES.get(language, "; ").join(items)


def parted(typed: str) -> list[str]:
    """The members of a list that somebody typed; none of them has a space or a comma in it."""
    return [one for one in _BESIDES.split(typed) if one]


def spaced(*pieces: str) -> str:
    """Pieces of one line with a space between them, which a bracket of Chinese width does not want in front
    of it: `Plaza (2 posts)`, `Plaza（共 2 条）`. Empty ones are left out.
    """
    line = ""
    for piece in pieces:
        between = " " if line and piece and not piece.startswith(_WIDE) else ""
        line = f"{line}{between}{piece}"
    return line
