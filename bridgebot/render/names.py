"""Names in a text that call somebody: each is written so that it calls whom it means, or nobody."""

from __future__ import annotations

from collections.abc import Callable

import regex

from bridgebot.render.plain import AT, WORD_JOINER
from bridgebot.render.rich import Rich

# `@lin`, `@lin.example`, `@lin@example.social`: as networks read it, where Chinese may follow directly.
_NAME = regex.compile(
    r"[@＠]([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)"
    r"(@[\p{Latin}\p{N}\p{M}_]+(?:[.-]+[\p{Latin}\p{N}\p{M}_]+)*(?::\d+)?)?"
)
_GOES_ON = regex.compile(r"[.-]*[\p{L}\p{N}\p{M}_]")  # what some networks take for more of a name


def renamed(text: Rich, write: Callable[[str], str | None]) -> tuple[Rich, bool]:
    """The text with each name as `write` has it, which is given it with one @ in front; None: the name stays
    and calls nobody. And whether there was such a one.
    """
    edits, silent = list[tuple[int, int, str]](), False
    for found in AT.finditer(text.text):
        name = _NAME.match(text.text, found.start())
        typed = f"@{name[1]}{name[2] or ''}" if name is not None else ""
        new = write(typed) if name is not None else None
        if new is None:
            edits.append((found.end(), found.end(), WORD_JOINER))
            silent = True
        elif name is not None and new != typed:
            joiner = WORD_JOINER if _GOES_ON.match(text.text, name.end()) else ""
            edits.append((*name.span(), f"{new}{joiner}"))
    return (text.rewritten(edits) if edits else text), silent
