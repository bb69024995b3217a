"""How results look in a terminal, and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from bridgebot.cli.terminal import complain, say, say_in, tell


def problems(found: Iterable[Any], language: str) -> dict[str, Any]:
    """Configuration problems (`bridgebot.config.Problem`) for `--json`."""
    rows = [
        {
            "place": one.place.label,
            "option": ".".join(str(part) for part in one.path),
            "problem": one.words(say_in, language),
        }
        for one in sorted(found, key=lambda one: (one.place.order, one.place.label))
    ]
    return {"ok": not rows, "problems": rows}


def answer(one: Any) -> dict[str, Any]:
    """What a network said of the bot (`bridgebot.cli.reach.Answer`) for `--json`."""
    reached = one.verdict.value == "reached"
    return {
        "adapter": one.name,
        "verdict": one.verdict.value,
        "address": one.site if reached else None,
        "problem": None if reached else one.words or None,
    }


def online(answers: Iterable[Any], language: str) -> None:
    """The same for people: what is wrong goes where problems go."""
    for one in answers:
        match one.verdict.value:
            case "reached":
                tell(say_in(language, "online-well", name=one.name, address=one.site))
            case "unasked":
                tell(say_in(language, "online-unasked", name=one.name))
            case _:
                complain(say_in(language, "online-wrong", name=one.name, problem=one.words))


def code(answers: Iterable[Any]) -> int:
    """The exit code: 78 if a network refuses the bot, 75 if one cannot be reached, else 0."""
    verdicts = {one.verdict.value for one in answers}
    if "refused" in verdicts:
        return 78
    return 75 if "unreachable" in verdicts else 0


def adapter(declared: Any) -> dict[str, Any]:
    """One adapter (`bridgebot.loader.Declared`) for `--json`."""
    return {
        "use": declared.use,
        "title": declared.title,
        "kind": kind(declared),
        "can": abilities(declared),
        "problem": declared.problem,
    }


def adapters(declared: Iterable[Any]) -> list[str]:
    """The table of `bridgebot adapters list`."""
    rows = [(one.use, one.title, one.problem or _can(one)) for one in declared]
    return columns([(say("cli-adapter"), say("cli-network"), say("cli-can")), *rows])


def kind(declared: Any) -> str | None:
    if declared.chat is not None:
        return "chat"
    return "social" if declared.social is not None else None


def abilities(declared: Any) -> list[str]:
    """The names of the capabilities that are on."""
    capabilities = declared.chat or declared.social
    if capabilities is None:
        return []
    fields = dataclasses.fields(capabilities)
    return [one.name for one in fields if getattr(capabilities, one.name) is True]


def lines(value: Mapping[str, Any], indent: str = "") -> list[str]:
    """Nested values as indented lines: the status of a bot."""
    found: list[str] = []
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            found += [f"{indent}{name}:", *lines(inner, indent + "  ")]
        elif isinstance(inner, list | tuple):
            found += [f"{indent}{name}:", *(f"{indent}  {fields(item)}" for item in inner)]
        else:
            found.append(f"{indent}{name}: {_word(inner)}")
    return found


def columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows with their columns under one another; the last column is as long as it is."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _can(declared: Any) -> str:
    return f"{kind(declared)}: {', '.join(abilities(declared))}"


def fields(item: Any) -> str:
    """One entry on one line: `id=5  action=create`."""
    if not isinstance(item, Mapping):
        return _word(item)
    return "  ".join(f"{name}={_word(inner)}" for name, inner in item.items() if inner is not None)


def _word(value: Any) -> str:
    return "-" if value is None else str(value)
