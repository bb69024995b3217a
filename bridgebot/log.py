"""The log: one line an event on standard error, for people or as JSON, never with a text or a secret.

Standard `logging` carries all of it, so that what libraries say comes out the same way. What is ours adds an
event's facts: `Log(__name__).info("set aside", adapter="jabber")`.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from bridgebot.errors import AdapterError

# What these say below a warning holds stanzas, addresses and file names of people.
QUIET = (
    "aiohttp.access",
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpx",
    "slixmpp",
    "sqlalchemy",
    "telegram",
)
# Nobody should pass these; if somebody does, they do not get out.
SECRET = frozenset(
    {"answer", "body", "code", "credentials", "key", "password", "secret", "stanza", "text", "token"}
)

Raised = BaseException | bool | None  # True: the error that is being handled
_Write = Callable[[logging.LogRecord, Mapping[str, Any]], str]


class Log:
    """Events of one module, each with its facts."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def shows(self, level: int) -> bool:
        """Whether a line of this level would be written: facts may cost something to gather."""
        return self._logger.isEnabledFor(level)

    def log(self, level: int, event: str, /, *, exc_info: Raised = None, **facts: Any) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=exc_info, extra={"facts": facts})

    def debug(self, event: str, /, **facts: Any) -> None:
        self.log(logging.DEBUG, event, **facts)

    def info(self, event: str, /, **facts: Any) -> None:
        self.log(logging.INFO, event, **facts)

    def warning(self, event: str, /, **facts: Any) -> None:
        self.log(logging.WARNING, event, **facts)

    def error(self, event: str, /, *, exc_info: Raised = None, **facts: Any) -> None:
        self.log(logging.ERROR, event, exc_info=exc_info, **facts)

    def exception(self, event: str, /, **facts: Any) -> None:
        """An error with the one that is being handled."""
        self.error(event, exc_info=True, **facts)


def configure(format: str = "console", level: str = "info") -> None:
    """Set up logging for the process: `format` is console or json, `level` the lowest that is shown."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(_as_json if format == "json" else _words(sys.stderr)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.WARNING))  # an adapter may know worse of its own


def set_level(level: str) -> None:
    """Change the lowest level that is shown, while the process runs."""
    logging.getLogger().setLevel(level.upper())


class _Formatter(logging.Formatter):
    """Libraries' records too: they have no facts, and what else they carry is left out."""

    def __init__(self, write: _Write) -> None:
        super().__init__()
        self._write = write

    def format(self, record: logging.LogRecord) -> str:
        facts = record.__dict__.get("facts") or {}
        if not SECRET.isdisjoint(facts):
            facts = {name: "…" if name in SECRET else value for name, value in facts.items()}
        return self._write(record, facts)


def _as_json(record: logging.LogRecord, facts: Mapping[str, Any]) -> str:
    told = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name, **facts}
    told["timestamp"] = _time(record)
    if (bug := _raised(record)) is not None:
        told["exception"] = _traceback(bug)
    return json.dumps(told, ensure_ascii=False, default=repr)


def _words(stream: TextIO) -> _Write:
    """For people: in colours where a person looks on."""
    level, bright, name, value, plain = ("\033[33m", "\033[1m", "\033[36m", "\033[35m", "\033[0m")
    if not stream.isatty():
        level = bright = name = value = plain = ""

    def write(record: logging.LogRecord, facts: Mapping[str, Any]) -> str:
        told = " ".join([f"{name}{fact}{plain}={value}{_fact(facts[fact])}{plain}" for fact in sorted(facts)])
        head = f"{_time(record)} [{level}{record.levelname.lower():<9}{plain}]"
        line = f"{head} {bright}{record.getMessage():<30}{plain} [{record.name}] {told}".rstrip()
        bug = _raised(record)
        return line if bug is None else f"{line}\n{_traceback(bug)}"

    return write


def _fact(value: Any) -> str:
    """A word as it is; what has blanks or ends of lines in it, so that one sees where it ends."""
    words = str(value)
    return words if words.isprintable() and not {" ", "=", '"'} & set(words) else repr(value)


def _time(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat()}Z"


def _raised(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _traceback(bug: BaseException | None) -> str:
    """Where it happened and what kind of error it was. Its words are left out: those of a `KeyError` or a
    `ValueError` are what somebody wrote. Of our own errors the key is told. No local variables: they hold
    credentials.
    """
    lines: list[str] = []
    while bug is not None:
        before = bug.__cause__ or (None if bug.__suppress_context__ else bug.__context__)
        own = f": {bug.key}" if isinstance(bug, AdapterError) else ""
        frames = "".join(traceback.format_tb(bug.__traceback__))
        lines.append(f"Traceback (most recent call last):\n{frames}{type(bug).__qualname__}{own}")
        bug = before
    return "\n\nwhich came of:\n\n".join(lines)
