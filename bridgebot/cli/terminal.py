"""What the commands share: the operator's language, output, and what is imported late."""

from __future__ import annotations

import importlib
import io
import json
import os
import signal
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from bridgebot.texts import Texts, listed, negotiate

_LOCALE = ("BRIDGEBOT__LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGE = negotiate(next((os.environ[name] for name in _LOCALE if os.environ.get(name)), None))
_TEXTS = Texts()


def say(key: str, /, **arguments: str | int) -> str:
    """A text in the language of whoever stands at the terminal."""
    return _TEXTS(LANGUAGE, key, **arguments)


def say_in(language: str, key: str, /, **arguments: str | int) -> str:
    return _TEXTS(language, key, **arguments)


def kinds(lost: Mapping[str, int], language: str = LANGUAGE) -> str:
    """What is lost, in words: `3 linked accounts, 2 questions`; `lost` is rows by table."""
    words = (say_in(language, "keys-kind", table=name, count=count) for name, count in sorted(lost.items()))
    return listed(language, words)


def write_wholly() -> None:
    """Let standard output and errors write all that they are given, from now on in this process. Where
    Python buffers nothing (PYTHONUNBUFFERED), it makes one system call and forgets what that did not take: a
    terminal takes 2,048 bytes of more when a signal comes meanwhile (Linux, tty_io.c: iterate_tty_write).
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = getattr(stream, "buffer", None)
        if isinstance(raw, io.RawIOBase):
            whole: Any = io.BufferedWriter(raw)
            setattr(sys, name, io.TextIOWrapper(whole, stream.encoding, stream.errors, line_buffering=True))


def tell(*lines: str) -> None:
    """Print to standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def tell_json(value: Any) -> None:
    tell(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def complain(*lines: str) -> None:
    """Print to standard error."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def late(module: str) -> Any:
    """Import a module when a command needs it: these bring aiohttp, SQLAlchemy and the adapters."""
    return importlib.import_module(module)


def settings(file: Path, flags: list[str] | None) -> Any:
    """The checked `Settings`, adapters' options included; raises ConfigError with every problem.

    An adapter that cannot be imported is no wrong configuration: it is set aside when the bot runs.
    From here on new files are for the owner's eyes only: the database holds what people write.
    """
    os.umask(0o077)
    found = reread(file, flags)
    late("bridgebot.log").configure(found.log.format, found.log.level)
    return found


def reread(file: Path, flags: list[str] | None) -> Any:
    """The same once more, for a bot that runs already; raises ConfigError."""
    reading = late("bridgebot.config").read(file, os.environ, pairs(flags))
    prepared = late("bridgebot.loader").prepare(reading.adapters)
    wrong = [*reading.problems, *(problem for one in prepared for problem in one.wrong)]
    if wrong or reading.settings is None:
        raise late("bridgebot.config").error(wrong, reading.language)
    return reading.settings


def pairs(flags: list[str] | None) -> Mapping[str, str]:
    """`NAME=VALUE` flags by name; raises ConfigError for one without `=`."""
    found: dict[str, str] = {}
    for flag in flags or ():
        name, sign, value = flag.partition("=")
        if not sign or not name:
            raise late("bridgebot.errors").ConfigError(say("cli-set-needs-value", flag=name))
        found[name] = value
    return found


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run `work` on uvloop where that is installed; SIGTERM ends it as Ctrl-C does."""
    with late("asyncio").Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_until_terminated(work))


async def _until_terminated(work: Coroutine[Any, Any, Any]) -> Any:
    asyncio = late("asyncio")  # a fifth of the time that `--help` takes
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return 0  # asked to stop, and stopped


def _loop_factory() -> Any:
    try:
        return late("uvloop").new_event_loop
    except ImportError:
        return None
