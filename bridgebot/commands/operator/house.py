"""`/admin adapters`, `pause`, `resume`, `audit`: how it goes with the house, and who did what."""

from __future__ import annotations

from datetime import datetime

from bridgebot.commands.held import house_back
from bridgebot.commands.operator import words
from bridgebot.commands.operator.answers import Done
from bridgebot.dialog import Talk
from bridgebot.render import clean_name, clock
from bridgebot.store import audit as store
from bridgebot.store import gauges, held
from bridgebot.store.audit import Entry

SHOWN = 20  # lines of the log
LONGEST = 200  # characters of what troubles an adapter


def adapters(exchange: Talk, rest: str) -> Done:
    """Each adapter as it was noted last: what state, since when, and what troubles it."""
    lines = []
    for name, condition in gauges.conditions(exchange.tx).items():
        state = exchange.text(f"adapter-state-{condition.state}")
        line = exchange.text("admin-adapter", name=name, state=state, since=_clock(exchange, condition.since))
        problem = clean_name(condition.problem or "")[:LONGEST]
        lines.append(f"{line}: {problem}" if problem else line)
    exchange.write("\n".join(lines) or exchange.text("admin-adapters-none"))
    return Done()


def pause(exchange: Talk, rest: str) -> Done:
    """Nothing leaves, of anybody, but answers to operators; it is kept."""
    held.stop_house(exchange.tx)
    exchange.say("admin-paused")
    return Done()


def resume(exchange: Talk, rest: str) -> Done:
    stopped = held.house_stopped(exchange.tx)
    house_back(exchange.tx, exchange.now, exchange.house)
    exchange.say("admin-resumed" if stopped else "resumed-already")
    return Done()


def audit(exchange: Talk, rest: str) -> Done:
    """`audit`, `audit NUMBER` of a user, `audit WORD`: the latest lines, the newest last."""
    number = int(rest) if rest.isdigit() and len(rest) < 10 else None
    word = "" if number is not None else _in_english(rest)
    found = store.last(exchange.tx, SHOWN, word=word, user_id=number)
    lines = [_line(exchange, entry) for entry in reversed(found)]
    exchange.write("\n".join(lines) or exchange.text("admin-audit-none"))
    return Done()


def _in_english(rest: str) -> str:
    """The log is written in words of ours: what is asked for in Chinese is looked for by its name."""
    word = words.VOCABULARY.named(rest)
    return word.name if word else rest[:40]


def _line(exchange: Talk, entry: Entry) -> str:
    who = "–" if entry.user_id is None else str(entry.user_id)
    line = f"{_clock(exchange, entry.at)}  {who}  {entry.action} {clean_name(entry.target)}".rstrip()
    return line if entry.result == "ok" else f"{line}  ({entry.result})"


def _clock(exchange: Talk, at: datetime) -> str:
    return clock(at, exchange.now, exchange.user.timezone or exchange.house.timezone)
