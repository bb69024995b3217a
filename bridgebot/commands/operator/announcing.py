"""`/admin announce`: a word to everybody, shown to its writer first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from bridgebot.commands.operator.answers import DONE, Done, refused
from bridgebot.dialog import Talk
from bridgebot.store import announcements, keep
from bridgebot.store.announcements import ANYBODY

KIND = "announce"
LONGEST = 3000  # characters of each language
_STOP = ("stop", "停止")
_MARK = regex.compile(r"^\s*(en|english|英文|zh|zh-cn|chinese|中文)\s*[:：]\s*", regex.IGNORECASE)
_CHINESE = frozenset({"zh", "zh-cn", "chinese", "中文"})


def announce(exchange: Talk, rest: str) -> Done:
    """`announce TEXT`; a line that begins with `zh:` or `en:` begins the words for its readers."""
    texts = by_language(rest)
    if rest.strip().lower() in _STOP:
        return _stop(exchange)
    if not texts or any(len(text) > LONGEST for text in texts.values()):
        exchange.say("usage-admin-announce", most=LONGEST)
        return refused()
    number = announcements.hearers(exchange.tx)
    shown = "\n\n".join(texts.values())
    text = f"{exchange.text('announce-ask', number=number)}\n\n{shown}"
    exchange.ask(KIND, text, {"texts": texts}, ("announce", "no"))
    return Done(f"asked {number}")


def by_language(typed: str) -> dict[str, str]:
    """What was typed, by the language of those who read it; what stands before any mark is for anybody.
    Pure.
    """
    found: dict[str, list[str]] = {}
    language = ANYBODY
    for line in typed.strip().splitlines():
        mark = _MARK.match(line)
        if mark is not None:
            language = "zh-CN" if mark[1].lower() in _CHINESE else "en"
            line = line[mark.end() :]
        found.setdefault(language, []).append(line)
    texts = {language: "\n".join(lines).strip() for language, lines in found.items()}
    return {language: text for language, text in texts.items() if text}


def answered(exchange: Talk, arguments: Mapping[str, Any], option: str) -> None:
    """[Send] or [No]. Whoever asked may be no operator any more."""
    if exchange.user.role != "operator":
        exchange.say("operators-only")
    elif option == "no":
        exchange.say("announce-kept")
    else:
        announcements.begin(exchange.tx, exchange.now, exchange.user.id, dict(arguments["texts"]))
        exchange.say("announce-begun", number=announcements.hearers(exchange.tx))
        keep.audit(exchange.tx, exchange.now, exchange.user.id, "announced", "")


def _stop(exchange: Talk) -> Done:
    """What was not queued yet is told to nobody."""
    going = announcements.under_way(exchange.tx) is not None
    told = announcements.stop(exchange.tx, exchange.now)
    exchange.say("announce-stopped" if going else "announce-none", number=told)
    return DONE
