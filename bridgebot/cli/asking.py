"""Questions at the terminal: asked until the answer will do."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence

from bridgebot.cli.terminal import say_in, tell
from bridgebot.errors import ConfigError
from bridgebot.texts import listed

Check = Callable[[str], str | None]  # what is wrong with an answer, in words


def choose(language: str, key: str, choices: Sequence[str], default: str) -> str:
    """One of `choices`; `key` is the question's text."""

    def check(answer: str) -> str | None:
        return (
            None if answer in choices else say_in(language, "init-choose", choices=listed(language, choices))
        )

    question = say_in(language, key, choices=listed(language, choices))
    return until_well(question, check, language, default=default)


def until_well(question: str, check: Check, language: str, *, default: str = "", hidden: bool = False) -> str:
    """Ask until the answer will do; an empty one is the default. Raises ConfigError if none comes."""
    while True:
        answer = _line(f"{question} [{default}] " if default else f"{question} ", hidden, language) or default
        problem = check(answer) if answer else say_in(language, "config-missing")
        if problem is None:
            return answer
        tell(f"  {problem}")


def somebody_is_there() -> bool:
    """Whether a person can be asked once more: piped answers are written in advance."""
    return sys.stdin.isatty()


def _line(prompt: str, hidden: bool, language: str) -> str:
    if hidden and sys.stdin.isatty():
        return getpass.getpass(prompt).strip()
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        tell("")
    if not line:
        raise ConfigError(say_in(language, "init-no-answer", question=prompt.strip()))
    return line.strip()
