"""The log: one line an event on standard error, for people or as JSON, never with a text or a secret."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from structlog.typing import ExcInfo

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


def configure(format: str = "console", level: str = "info") -> None:
    """Set up logging for the process: `format` is console or json, `level` the lowest that is shown."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _unfold,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide,
    ]
    handler = logging.StreamHandler(sys.stderr)
    quick = _as_json if format == "json" else _as_words
    handler.setFormatter(
        _Formatter(foreign_pre_chain=shared, processors=_rendering(format)).with_quick(
            None if format == "console" and sys.stderr.isatty() else quick
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.WARNING))  # an adapter may know worse of its own
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def set_level(level: str) -> None:
    """Change the lowest level that is shown, while the process runs."""
    logging.getLogger().setLevel(level.upper())


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Lines as structlog writes them; what is all in a record's `facts` takes half the time."""

    _quick: Callable[[logging.LogRecord, dict[str, Any]], str] | None = None

    def with_quick(self, quick: Callable[[logging.LogRecord, dict[str, Any]], str] | None) -> _Formatter:
        self._quick = quick
        return self

    def format(self, record: logging.LogRecord) -> str:
        facts = record.__dict__.get("facts")
        if self._quick is None or facts is None or record.exc_info or not SECRET.isdisjoint(facts):
            return super().format(record)
        return self._quick(record, facts)


def _as_json(record: logging.LogRecord, facts: dict[str, Any]) -> str:
    head = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
    return json.dumps(head | facts | {"timestamp": _time(record)}, ensure_ascii=False)


def _as_words(record: logging.LogRecord, facts: dict[str, Any]) -> str:
    told = " ".join([f"{name}={facts[name]}" for name in sorted(facts)])
    head = f"{_time(record)} [{record.levelname.lower():<9}] {record.getMessage():<30}"
    return f"{head} [{record.name}] {told}"


def _time(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat()}Z"


def _unfold(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What stands in `facts` belongs to the event itself."""
    event.update(event.pop("facts", {}))
    return event


def _rendering(format: str) -> list[Any]:
    # No renderer shows local variables: they hold credentials.
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "json":
        return [
            clean,
            structlog.processors.ExceptionRenderer(_traceback),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    colours = sys.stderr.isatty()
    return [clean, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=_print_traceback)]


def _traceback(exc_info: ExcInfo) -> str:
    """Where it happened and what kind of error it was. Its words are left out: those of a `KeyError` or a
    `ValueError` are what somebody wrote. Of our own errors the key is told.
    """
    bug: BaseException | None = exc_info[1]
    lines: list[str] = []
    while bug is not None:
        before = bug.__cause__ or (None if bug.__suppress_context__ else bug.__context__)
        own = f": {bug.key}" if isinstance(bug, AdapterError) else ""
        frames = "".join(traceback.format_tb(bug.__traceback__))
        lines.append(f"Traceback (most recent call last):\n{frames}{type(bug).__qualname__}{own}")
        bug = before
    return "\n\nwhich came of:\n\n".join(lines)


def _print_traceback(out: TextIO, error: ExcInfo) -> None:
    out.write("\n" + _traceback(error))


def _hide(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in SECRET & event.keys():
        event[name] = "…"
    return event
