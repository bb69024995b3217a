"""The log: one line an event on standard error, for people or as JSON, never with a text or a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# What these say below a warning holds stanzas, addresses and file names of people.
QUIET = ("aiohttp.access", "aiohttp", "alembic", "asyncio", "httpx", "slixmpp", "sqlalchemy", "telegram")
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
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering(format))
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
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


def _rendering(format: str) -> list[Any]:
    # No renderer shows local variables: they hold credentials.
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "json":
        return [
            clean,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    colours = sys.stderr.isatty()
    plain = structlog.dev.plain_traceback
    return [clean, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]


def _hide(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in SECRET & event.keys():
        event[name] = "…"
    return event
