"""`bridgebot keys`: the keys that the database's secrets are encrypted with, also while the bot runs on it.

A rotation is three steps, after each of which everything opens: a new key in front of the file, every row
encrypted anew, the old key dropped once it opens nothing. What was interrupted goes on where it is called
again.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridgebot import beside, config
from bridgebot.cli.terminal import kinds, say_in, settings
from bridgebot.config import Settings, keyfile, new_key
from bridgebot.config.problems import Problem
from bridgebot.errors import BridgebotError, ConfigError
from bridgebot.store import Store, Unit, lockfile, overview, sealed
from bridgebot.store.vault import mark


@dataclass(frozen=True, slots=True)
class Done:
    """What to show, for programs and for people."""

    facts: dict[str, Any]
    lines: tuple[str, ...]


def new(file: Path, flags: Mapping[str, str]) -> Done:
    """A key in front of the others; or a file with a first one, where there is none and none is missed."""
    if (missing := _missing(file, flags)) is not None:
        return _first(file, flags, missing)
    chosen = _settings(file, flags)
    key_file, language = _file(chosen), chosen.language
    with _writing(key_file, language):
        _refuse_strangers(chosen)
        keyfile.put_in_front(key_file, new_key())
    keys = keyfile.keys_in(key_file)
    facts = {"file": str(key_file), "key": mark(keys[0]), "keys": len(keys)}
    return Done(facts, (say_in(language, "keys-new", file=str(key_file), key=mark(keys[0])),))


def _first(file: Path, flags: Mapping[str, str], missing: Path) -> Done:
    """Begin a key file, unless the database needs one that was lost. Raises KeysLost."""
    with _writing(missing, config.operator_language(os.environ)):
        keyfile.create(missing, new_key())
        try:
            chosen = _settings(file, flags)
            sealed.raise_for(_looked(chosen), chosen.secret_keys, missing)
        except BridgebotError:
            missing.unlink()
            raise
    key = mark(*chosen.secret_keys)
    words = say_in(chosen.language, "keys-created", file=str(missing), key=key)
    return Done({"file": str(missing), "key": key, "keys": 1}, (words,))


async def rotate(chosen: Settings, *, drop_old: bool) -> Done:
    """Everything under a new key; what was begun before is finished instead."""
    file, language = _file(chosen), chosen.language
    with _writing(file, language):
        _refuse_strangers(chosen)
        async with beside.opened(chosen) as store:
            keys = keyfile.keys_in(file)
            before = await store.read(lambda tx, now: sealed.census(tx, keys))
            sealed.raise_for(before, keys, file)
            finishing = any(before.opened[1:]) or (len(keys) > 1 and not before.opened[0])
            if not finishing:
                keyfile.put_in_front(file, new_key())
            keys = keyfile.keys_in(file)
            changed = await _turn_all(store, keys)
            dropped = await _drop(store, file) if drop_old else ()
    facts = {"file": str(file), "key": mark(keys[0]), "rows": changed, "dropped": len(dropped)}
    lines = [say_in(language, "keys-rotated", key=mark(keys[0]), count=changed)]
    if finishing:
        lines.insert(0, say_in(language, "keys-finished"))
    lines.append(_after(language, len(dropped), drop_old))
    return Done(facts, tuple(lines))


async def drop(chosen: Settings) -> Done:
    """The keys that open nothing leave the file."""
    file, language = _file(chosen), chosen.language
    with _writing(file, language):
        _refuse_strangers(chosen)
        async with beside.opened(chosen) as store:
            dropped = await _drop(store, file)
            keys = keyfile.keys_in(file)
            left = await store.read(lambda tx, now: sealed.census(tx, keys))
    lines = [_after(language, len(dropped), True)]
    if any(left.opened[1:]):
        lines.append(say_in(language, "keys-needed", count=sum(count > 0 for count in left.opened[1:])))
    return Done({"file": str(file), "dropped": len(dropped), "keys": len(keys)}, tuple(lines))


def status(chosen: Settings) -> Done:
    """What each key opens. Reads beside a running bot, and changes nothing."""
    file, keys, language = _file(chosen), chosen.secret_keys, chosen.language
    found = _looked(chosen)
    names = [mark(key) for key in keys]
    facts = {
        "file": str(file),
        "keys": [{"key": one, "opens": n} for one, n in zip(names, found.opened, strict=True)],
        "lost": found.lost,
    }
    lines = [say_in(language, "keys-file", file=str(file))]
    for place, (name, count) in enumerate(zip(names, found.opened, strict=True)):
        lines.append(say_in(language, "keys-first" if place == 0 else "keys-other", key=name, count=count))
    if found.lost:
        lines.append(say_in(language, "keys-none-opens", what=kinds(found.lost, language)))
    return Done(facts, tuple(lines))


def _looked(chosen: Settings) -> sealed.Census:
    """What each key opens; nothing where there is no database yet."""
    keys = chosen.secret_keys
    if not chosen.database_path.exists():
        return sealed.Census((0,) * len(keys), {})
    return overview.keys(chosen.database_path, keys)


# --- the steps ---


async def _turn_all(store: Store, keys: tuple[str, ...]) -> int:
    """Every table from its beginning, page by page: a bot beside it goes on in between. A row that comes
    meanwhile is encrypted with the new key by whoever writes it.
    """
    changed = 0
    for name in sealed.tables():
        turned = sealed.Turned((), 0, True)
        while turned.more:
            turned = await store.run(_page(keys, name, turned.last))
            changed += turned.changed
    await store.run(lambda tx, now: sealed.note(tx, keys))
    return changed


def _page(keys: tuple[str, ...], name: str, after: sealed.Place) -> Unit[sealed.Turned]:
    return lambda tx, now: sealed.turn(tx, keys, name, after)


async def _drop(store: Store, file: Path) -> tuple[str, ...]:
    forget = functools.partial(keyfile.drop, file)
    return await store.run(lambda tx, now: sealed.drop(tx, keyfile.keys_in(file), forget))


def _after(language: str, dropped: int, wanted: bool) -> str:
    if not wanted:
        return say_in(language, "keys-drop-later", command="bridgebot keys drop")
    return say_in(language, "keys-dropped", count=dropped)


# --- the file ---


def _file(chosen: Settings) -> Path:
    if chosen.keys_file is None:
        raise ConfigError(say_in(chosen.language, "keys-no-file"))
    return chosen.keys_file


def _settings(file: Path, flags: Mapping[str, str]) -> Settings:
    found: Settings = settings(file, [f"{name}={value}" for name, value in flags.items()])
    return found


def _missing(file: Path, flags: Mapping[str, str]) -> Path | None:
    """The key file that a configuration names, where it is not there and nothing else is wrong."""
    reading = config.read(file, os.environ, flags)
    missing = [one for one in reading.problems if _is_missing(one)]
    if not missing or len(reading.problems) > 1:
        return None
    return Path(str(missing[0].arguments["file"]))


def _is_missing(problem: Problem) -> bool:
    return problem.key == "config-keys-unreadable" and not Path(str(problem.arguments["file"])).exists()


@contextlib.contextmanager
def _writing(file: Path, language: str) -> Iterator[None]:
    """Nobody else changes the file meanwhile. Raises ConfigError for what is in the way."""
    os.umask(0o077)
    try:
        with keyfile.alone(file):
            yield
    except BlockingIOError as error:
        raise ConfigError(say_in(language, "keys-busy", file=str(file))) from error
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise ConfigError(say_in(language, "init-cannot-write", file=str(file), error=words)) from error


def _refuse_strangers(chosen: Settings) -> None:
    """A bot that does not look at this file would not know the new key."""
    path, file = chosen.database_path, _file(chosen)
    if lockfile.in_use(path) and lockfile.facts(path).get("keys") != keyfile.name_of(file):
        raise ConfigError(say_in(chosen.language, "keys-other-file", file=str(file)))
