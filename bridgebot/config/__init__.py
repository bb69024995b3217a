"""The configuration: one YAML file, the environment over it, flags over both.

`read` never raises for a wrong configuration: it gives every problem with its place, so that the
caller can add what the adapters say and show all of them at once. `load` is for those who only
want settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridgebot.config.keys import new_key, read_keys
from bridgebot.config.options import CoreOptions, split_listen
from bridgebot.config.problems import Place, Problem, error
from bridgebot.config.settings import (
    AdapterSettings,
    LogSettings,
    Quotas,
    Settings,
    WebSettings,
    adapter,
)
from bridgebot.config.tree import FILE, Tree, overlay, read_yaml
from bridgebot.config.validate import validate
from bridgebot.texts import negotiate

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Reading:
    """A configuration as far as it could be understood."""

    settings: Settings | None  # None: there is at least one problem
    problems: tuple[Problem, ...]
    adapters: tuple[AdapterSettings, ...]  # also where other parts are wrong
    language: str  # in which the operator reads about problems


def load(file: Path, environment: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """The settings; raises ConfigError with every problem of the core's part."""
    reading = read(file, environment, flags)
    if reading.settings is None:
        raise error(reading.problems, reading.language)
    return reading.settings


def read(file: Path, environment: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Reading:
    """Read `file`; `environment` is `os.environ`, `flags` are options by dotted name.

    Relative paths start at the file's folder, wherever they were written.
    """
    tree, problems = _document(file)
    if problems:
        return Reading(None, tuple(problems), (), operator_language(environment))
    overlay(tree, environment, flags or {})
    folder = file.resolve().parent
    options, problems = validate(CoreOptions, tree, (), folder, besides="adapters")
    adapters, more = _adapters(tree, folder)
    problems += more
    language = str(tree.at(("language",)) or "")
    if language not in ("en", "zh-CN"):
        language = operator_language(environment)
    if options is None:
        return Reading(None, tuple(problems), adapters, language)
    problems += _people(options, adapters, tree)
    settings, more = _settings(options, adapters, tree, folder, environment)
    problems += more
    return Reading(None if problems else settings, tuple(problems), adapters, language)


def operator_language(environment: Mapping[str, str]) -> str:
    """The language of whoever stands at the terminal, by the POSIX locale variables."""
    names = ("BRIDGEBOT__LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((environment[name] for name in names if environment.get(name)), "en")
    return negotiate(wanted.partition(".")[0].replace("_", "-"))


def _document(file: Path) -> tuple[Tree, list[Problem]]:
    start = Place(file.name, (FILE, 1, 1))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Tree(), [Problem(Place(str(file)), (), "config-no-file")]
    except UnicodeDecodeError:
        return Tree(), [Problem(start, (), "config-yaml-unreadable")]
    except OSError:
        return Tree(), [Problem(Place(str(file)), (), "config-file-unreadable", {"file": file.name})]
    return read_yaml(text, file.name)


def _adapters(tree: Tree, folder: Path) -> tuple[tuple[AdapterSettings, ...], list[Problem]]:
    path = ("adapters",)
    written = tree.at(path)
    if not written:
        return (), [Problem(tree.key_place(path), path, "config-no-adapters")]
    if not isinstance(written, dict):
        return (), [Problem(tree.place(path), path, "config-want-section")]
    found = [_adapter(name, tree, folder) for name in written]
    return (
        tuple(one for one in found if isinstance(one, AdapterSettings)),
        [one for one in found if isinstance(one, Problem)],
    )


def _adapter(name: str, tree: Tree, folder: Path) -> AdapterSettings | Problem:
    path = ("adapters", name)
    if not _NAME.fullmatch(name):
        return Problem(tree.key_place(path), path, "config-want-adapter-name")
    written = tree.at(path)
    if written is not None and not isinstance(written, dict):
        return Problem(tree.place(path), path, "config-want-section")
    use = (written or {}).get("use")
    if use is None:
        return Problem(tree.key_place(path), (*path, "use"), "config-missing")
    if not isinstance(use, str) or not all(part.isidentifier() for part in use.split(".")):
        return Problem(tree.place((*path, "use")), (*path, "use"), "config-want-module")
    return AdapterSettings(name, use, tree, folder)


def _people(options: CoreOptions, adapters: tuple[AdapterSettings, ...], tree: Tree) -> list[Problem]:
    """Entries of `allow` and `operators` that name an adapter which is not there."""
    names = {one.name for one in adapters}
    listed = [
        (key, index, who) for key in ("allow", "operators") for index, who in enumerate(getattr(options, key))
    ]
    return [
        Problem(
            tree.place((key, index)), (key, index), "config-no-such-adapter", {"name": who.partition(":")[0]}
        )
        for key, index, who in listed
        if who.partition(":")[0] not in names
    ]


def _settings(
    options: CoreOptions,
    adapters: tuple[AdapterSettings, ...],
    tree: Tree,
    folder: Path,
    environment: Mapping[str, str],
) -> tuple[Settings, list[Problem]]:
    keys_place = tree.place(("secret_keys_file",))
    keys_file = folder / options.secret_keys_file
    keys, problem = read_keys(keys_file, keys_place, environment)
    problems = [problem] if problem else []
    database = options.database.removeprefix(_SQLITE)
    if database == options.database or not database or database.startswith(":"):
        problems.append(Problem(tree.place(("database",)), ("database",), "config-want-database"))
    host, port = split_listen(options.web.listen)
    token, problem = _metrics_token(options, tree, folder)
    problems += [problem] if problem else []
    settings = Settings(
        database=f"{_SQLITE}{folder / database}",
        secret_keys=keys,
        adapters=adapters,
        language=options.language,
        timezone=options.timezone,
        access=options.access,
        allow=options.allow,
        operators=options.operators,
        invites_per_operator=options.invites_per_operator,
        invites_per_user=options.invites_per_user,
        newcomers_per_day=options.newcomers_per_day,
        quotas=Quotas(**options.quotas.model_dump()),
        audit_days=options.audit_days,
        digest_after=options.digest_after,
        privacy=options.privacy.strip(),
        file_sites=options.file_sites,
        web=WebSettings(host, port, options.web.public_url, options.web.metrics_allow, token),
        log=LogSettings(options.log.format, options.log.level),
        shutdown_grace=options.shutdown_grace,
        folder=folder,
        keys_file=keys_file,
    )
    return settings, problems


def _metrics_token(options: CoreOptions, tree: Tree, folder: Path) -> tuple[str | None, Problem | None]:
    """What whoever reads the measurements from elsewhere must say."""
    path, file = ("web", "metrics_token_file"), options.web.metrics_token_file
    if file is None:
        return None, None
    place = tree.place(path)
    try:
        token = (folder / file.expanduser()).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None, Problem(place, path, "config-file-unreadable", {"file": str(file)})
    return token or None, None if token else Problem(place, path, "config-file-empty", {"file": str(file)})


__all__ = [
    "AdapterSettings",
    "LogSettings",
    "Problem",
    "Quotas",
    "Reading",
    "Settings",
    "WebSettings",
    "adapter",
    "error",
    "load",
    "new_key",
    "operator_language",
    "read",
]
