"""What is wrong with a configuration: where, which option, and a sentence in the operator's language."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bridgebot.errors import ConfigError
from bridgebot.texts import Texts, listed

Path = tuple[str | int, ...]  # of an option: ("adapters", "jabber", "jid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written."""

    label: str  # `config.yaml:4:3`, `BRIDGEBOT__WEB__LISTEN`, `--set web.listen`
    order: tuple[int, int, int] = (0, 0, 0)  # source (file, environment, flags), line, column


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the operator must change. No argument holds a value that may be a secret."""

    place: Place
    path: Path
    key: str  # of a text
    arguments: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)  # an adapter's: Fluent

    def sentence(self, texts: Texts, language: str) -> str:
        """`config.yaml:4:3: adapters.jabber.jdi: unknown key (did you mean "jid"?)`"""
        words = self.words(texts, language)
        return ": ".join(part for part in (self.place.label, dotted(self.path), words) if part)

    def words(self, texts: Callable[..., str], language: str) -> str:
        """Without the place; several in one argument are listed."""
        said = {n: listed(language, a) if isinstance(a, tuple) else a for n, a in self.arguments.items()}
        return (Texts(self.own) if self.own else texts)(language, self.key, **said)


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, 0.6)), None)


def unknown_key(place: Place, path: Path, known: Iterable[str]) -> Problem:
    """The problem of a key that is not one of `known`."""
    meant = near(str(path[-1]), known)
    if meant is None:
        return Problem(place, path, "config-unknown-key")
    return Problem(place, path, "config-unknown-key-near", {"near": meant})


def error(problems: Iterable[Problem], language: str) -> ConfigError:
    """All problems as one error, sorted by where they stand."""
    texts = Texts()
    ordered = sorted(problems, key=lambda problem: (problem.place.order, problem.place.label))
    return ConfigError(*dict.fromkeys(problem.sentence(texts, language) for problem in ordered))
