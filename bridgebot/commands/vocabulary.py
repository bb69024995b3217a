"""The vocabulary that is in force: every word of the grammar, ready to be matched."""

from __future__ import annotations

from bridgebot.commands.grammar import WORDS, Vocabulary, Word

VOCABULARY = Vocabulary(WORDS)


def named(name: str) -> Word | None:
    """The command of this name or alias."""
    return next((word for word in WORDS if name in (word.name, *word.aliases)), None)


__all__ = ["VOCABULARY", "WORDS", "named"]
