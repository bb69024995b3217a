"""Canaries in the whole suite: no secret that a test hands out may come to light, whatever it is about.

Whatever is a secret is noted where it is made or used: keys, tokens, passwords, what the vault encrypts,
one-time codes, what people write. Whatever comes out is listened to: lines of the log as the bot's own
formatter writes them, texts of errors, measurements, what `status` and other commands print, logs of bots
that run as processes. After each test the two are compared, and a test in which something came to light
fails, though it passed. What one file of tests held is forgotten when the next begins.

A test that must show one says so: `@pytest.mark.shows_secrets("why")`.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import re
import secrets
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bridgebot import beside, errors, inbox, log, metrics
from bridgebot.store import keep, vault

HEAD = 10  # letters by which a secret is found; what is shorter is too often a word
LONGEST = 32 * 1024 * 1024  # bytes of one log that are looked through
SECRET, CODE, TEXT = "secret", "one-time code", "private text"
LOG, ERROR, NUMBERS, STATUS, TERMINAL = "the log", "an error", "the metrics", "status", "a command's output"
# A command may print a code that was asked for, and an error may quote what somebody wrote to them.
MAY_SHOW = {(TERMINAL, CODE), (TERMINAL, TEXT), (ERROR, TEXT)}
# Of what is kept as JSON, the parts that are secrets; and those that are if nobody could guess them.
NAMES = ("token", "secret", "password", "verifier", "credentials")
PERHAPS = ("key", "code", "state", "answer")
MARK = re.compile(r"[0-9a-f]{12}")  # `vault.mark`
RANDOM = re.compile(r"(?=.*\d)(?=.*[a-zA-Z])[\w~+/=:-]{16,}")


class Canary:
    """What must not come to light, and what did."""

    def __init__(self) -> None:
        self._heads: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._seen: list[tuple[str, str]] = []

    def guard(self, secret: object, kind: str = SECRET) -> None:
        """From now on this must not be seen."""
        if isinstance(secret, bytes):
            secret = secret.decode("utf-8", "replace")
        if not isinstance(secret, str) or len(secret) < HEAD:
            return
        for form in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
            self._heads[form[:HEAD]].setdefault(form, kind)

    def forget(self) -> None:
        """What an earlier file of tests held: a word of the one may be another's secret by chance."""
        self._heads.clear()
        self._seen.clear()

    def saw(self, where: str, shown: object) -> None:
        """This came out."""
        if isinstance(shown, bytes):
            shown = shown.decode("utf-8", "replace")
        if shown:
            self._seen.append((where, str(shown)))

    def leaks(self) -> list[str]:
        """What was seen since the last time and should not have been: where, and what around it."""
        seen, self._seen = self._seen, []
        return [leak for where, shown in seen for leak in self._leaks(where, shown)]

    def _leaks(self, where: str, shown: str) -> Iterator[str]:
        for place in range(len(shown) - HEAD + 1):
            for secret, kind in self._heads.get(shown[place : place + HEAD], {}).items():
                if (where, kind) not in MAY_SHOW and shown.startswith(secret, place):
                    around = shown[max(0, place - 60) : place + len(secret) + 20]
                    yield f"a {kind} in {where}: …{around}…"


CANARY = Canary()


def guard_kept(kept: str) -> None:
    """What the vault encrypts: whole if it is one word, of JSON the parts that are secrets."""
    if kept.startswith(("{", "[")):
        with contextlib.suppress(ValueError):
            for leaf in _secret_leaves(json.loads(kept)):
                CANARY.guard(leaf)
    elif MARK.fullmatch(kept):
        return  # which keys opened everything last: told to whoever asks
    elif RANDOM.fullmatch(kept) or not {" ", "."} & set(kept):  # a server's name is no secret
        CANARY.guard(kept)


def _secret_leaves(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _secret_leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_leaves(inner, name)
    elif isinstance(value, str) and value.startswith("{"):  # what an adapter keeps between two steps
        with contextlib.suppress(ValueError):
            yield from _secret_leaves(json.loads(value))
    elif isinstance(value, str) and _is_secret(value, name.lower()):
        yield value


def _is_secret(value: str, name: str) -> bool:
    certain, perhaps = (any(one in name for one in names) for names in (NAMES, PERHAPS))
    return certain or (perhaps and RANDOM.fullmatch(value) is not None)


def guard_text(text: object) -> None:
    """What somebody wrote: a sentence, that is, and no command."""
    if isinstance(text, str) and len(text) >= 20 and " " in text and text[0] not in "/!.,":
        CANARY.guard(text, TEXT)


# --- where secrets are made, and where things come out ----------------------------------------


def after(owner: Any, name: str, look: Callable[..., None]) -> None:
    """Have `look` see the result of each call, and its arguments."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def looking(*given: Any, **named: Any) -> Any:
        result = function(*given, **named)
        look(result, *given)
        return result

    setattr(owner, name, looking)


def after_awaiting(owner: Any, name: str, look: Callable[[Any], None]) -> None:
    function = getattr(owner, name)

    @functools.wraps(function)
    async def looking(*given: Any, **named: Any) -> Any:
        result = await function(*given, **named)
        look(result)
        return result

    setattr(owner, name, looking)


def watch_what_is_made() -> None:
    for name in ("token_urlsafe", "token_hex"):
        after(secrets, name, lambda made, *_: CANARY.guard(made))
    after(Fernet, "__init__", lambda _, this, key, *more: CANARY.guard(key))
    after(SecretStr, "__init__", lambda _, this, *value: CANARY.guard(*value or ("",)))
    after(keep, "new_code", lambda code, *_: CANARY.guard(code, CODE))
    after(vault.Vault, "encrypt", lambda _, this, text: guard_kept(text))
    after(inbox.Inbox, "receive", lambda _, this, name, thing, *more: guard_text(getattr(thing, "text", "")))
    made = Fernet.generate_key

    def generate_key() -> bytes:
        key = made()
        CANARY.guard(key)
        return key

    Fernet.generate_key = staticmethod(generate_key)


def watch_what_comes_out() -> None:
    formatter = log._Formatter(log._as_json)

    def logged(_: None, this: logging.Logger, record: logging.LogRecord) -> None:
        # What the bot silences is not its own word: servers of the tests run in this process.
        if record.levelno >= logging.WARNING or record.name.partition(".")[0] not in log.QUIET:
            CANARY.saw(LOG, formatter.format(record))

    after(logging.Logger, "callHandlers", logged)
    after(log._Formatter, "format", lambda line, *_: CANARY.saw(LOG, line))

    def raised(this: errors.BridgebotError, *words: object) -> None:
        Exception.__init__(this, *words)
        CANARY.saw(ERROR, " ".join(map(str, words)))

    errors.BridgebotError.__init__ = raised
    after_awaiting(metrics.Metrics, "exposition", lambda text: CANARY.saw(NUMBERS, text))
    after_awaiting(beside, "status", lambda found: CANARY.saw(STATUS, json.dumps(found, default=str)))
    after(subprocess, "run", lambda done, *given: printed(done))


def printed(done: subprocess.CompletedProcess[Any]) -> None:
    """What a command of the bot's printed."""
    words = done.args if isinstance(done.args, list | tuple) else [done.args]
    if "bridgebot" in map(str, words):
        CANARY.saw(TERMINAL, done.stdout)
        CANARY.saw(TERMINAL, done.stderr)


class Logs:
    """Logs of bots that run as processes: what was added since the last look."""

    def __init__(self) -> None:
        self._read: dict[Path, int] = {}

    def look(self, folder: Path) -> None:
        for file in (*folder.rglob("log"), *folder.rglob("*.log")):
            with contextlib.suppress(OSError):
                if file.is_file():
                    self._more(file)

    def _more(self, file: Path) -> None:
        with file.open("rb") as stream:
            stream.seek(self._read.get(file, 0))
            CANARY.saw(LOG, stream.read(LONGEST))
            self._read[file] = stream.tell()


LOGS = Logs()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shows_secrets(why): a secret comes to light in it on purpose")
    watch_what_is_made()
    watch_what_comes_out()


FILES: list[Path] = []  # the last that a test was run of


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if [item.path] != FILES:
        FILES[:] = [item.path]
        CANARY.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if call.when != "teardown":
        return report
    arguments = getattr(item, "funcargs", {})
    for folder in {argument for argument in arguments.values() if isinstance(argument, Path)}:
        LOGS.look(folder)
    for folder in {getattr(argument, "folder", None) for argument in arguments.values()}:
        if isinstance(folder, Path):
            LOGS.look(folder)
    leaks = CANARY.leaks()
    if leaks and item.get_closest_marker("shows_secrets") is None:
        report.outcome = "failed"
        report.longrepr = "Something came to light in this test:\n" + "\n".join(dict.fromkeys(leaks))
    return report
