"""From a name in the configuration to an adapter.

One that cannot be loaded is named and set aside; the house starts with the others. An adapter that
is not configured is never imported.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
import pkgutil
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bridgebot.adapter import (
    AdapterConfig,
    ChatAdapter,
    ChatCapabilities,
    Context,
    Network,
    SocialAdapter,
    SocialCapabilities,
)
from bridgebot.config import AdapterSettings, Problem
from bridgebot.config.problems import Place, near
from bridgebot.config.validate import validate
from bridgebot.errors import ConfigError
from bridgebot.http import Policy, policy
from bridgebot.log import Log
from bridgebot.texts import LANGUAGES, Texts

Kind = type[ChatAdapter[Any]] | type[SocialAdapter[Any]]

PACKAGE = "adapters"
_log = Log("bridgebot.loader")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A configured adapter, imported and checked, not yet made."""

    name: str
    use: str
    kind: Kind | None = None  # None: it is set aside
    options: type[AdapterConfig] | None = None  # the model of its options
    config: AdapterConfig | None = field(default=None, repr=False)  # None: set aside, or `wrong`
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)  # Fluent sources by language
    policy: Policy = Policy()  # where it may go
    migrations: Path | None = None  # folder of its alembic versions
    failure: Problem | None = None  # why it is set aside
    wrong: tuple[Problem, ...] = ()  # options that the operator must change


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a configured adapter: one of the two is set."""

    name: str
    adapter: ChatAdapter[Any] | SocialAdapter[Any] | None
    problem: str | None = None  # a sentence for the operator


@dataclass(frozen=True, slots=True)
class Declared:
    """An adapter that is there, configured or not."""

    use: str
    title: str = ""
    chat: ChatCapabilities | None = None
    social: SocialCapabilities | None = None
    problem: str | None = None


class _Unusable(Exception):
    """Why a module does not become an adapter: a text key and its arguments."""

    def __init__(self, key: str, **arguments: str | tuple[str, ...]) -> None:
        super().__init__(key)
        self.key = key
        self.arguments = arguments


def prepare(adapters: Sequence[AdapterSettings]) -> tuple[Prepared, ...]:
    """Import each configured adapter and check its options; never raises."""
    return tuple(_prepare(settings) for settings in adapters)


def load(prepared: Prepared, context: Context, language: str) -> Loaded:
    """Make the adapter; what is wrong with it is told in `language`."""
    reason = prepared.failure or next(iter(prepared.wrong), None)
    if prepared.kind is None or prepared.config is None or reason is not None:
        return Loaded(prepared.name, None, reason.sentence(Texts(), language) if reason else None)
    try:
        return Loaded(prepared.name, prepared.kind(prepared.config, context))
    except ConfigError as error:
        return Loaded(prepared.name, None, str(error))
    except Exception as error:
        _log.exception("adapter failed to start", adapter=prepared.name)
        words = Texts()(language, "loader-failed", use=prepared.use, error=type(error).__name__)
        return Loaded(prepared.name, None, words)


def describe(name: str, adapter: ChatAdapter[Any] | SocialAdapter[Any]) -> Network:
    """What the house may know of an adapter without asking it."""
    if isinstance(adapter, ChatAdapter):
        return Network(name, adapter.title, chat=adapter.capabilities, rates=adapter.rates)
    return Network(name, adapter.title, social=adapter.capabilities, rates=adapter.rates)


def available() -> tuple[str, ...]:
    """The names of the adapters that stand in the package, without importing any."""
    package = importlib.import_module(PACKAGE)
    found = pkgutil.iter_modules(package.__path__)
    return tuple(sorted(module.name for module in found if not module.name.startswith("_")))


def declared(language: str) -> tuple[Declared, ...]:
    """Every adapter in the package with what it can do. Imports all of them."""
    return tuple(_declared(use, language) for use in available())


def _declared(use: str, language: str) -> Declared:
    try:
        _, kind, _ = _import(use)
    except _Unusable as error:
        return Declared(
            use, problem=Problem(Place(""), (), error.key, error.arguments).sentence(Texts(), language)
        )
    if issubclass(kind, ChatAdapter):
        return Declared(use, kind.title, chat=kind.capabilities)
    return Declared(use, kind.title, social=kind.capabilities)


def _prepare(settings: AdapterSettings) -> Prepared:
    name, use = settings.name, settings.use
    try:
        module, kind, options = _import(use)
    except _Unusable as error:
        path = (*settings.path, "use")
        failure = Problem(settings.tree.place(path), path, error.key, error.arguments)
        return Prepared(name, use, failure=failure)
    own = _texts(module)
    config, wrong = validate(options, settings.tree, settings.path, settings.folder, besides="use", own=own)
    rules = Policy()
    if config is not None:
        try:
            rules = policy(config.model_dump(), plain_http=kind.plain_http)
        except ValueError:
            path = (*settings.path, "allow_addresses")
            wrong = [Problem(settings.tree.place(path), path, "config-want-networks")]
    return Prepared(
        name=name,
        use=use,
        kind=kind,
        options=options,
        config=None if wrong else config,
        texts=own,
        policy=rules,
        migrations=_migrations(module, kind),
        wrong=tuple(wrong),
    )


def _import(use: str) -> tuple[ModuleType, Kind, type[AdapterConfig]]:
    """The module behind `use`, its adapter and its options; raises _Unusable."""
    target = use if "." in use else f"{PACKAGE}.{use}"
    if "." not in use:
        _check_package(use)
    try:
        module = importlib.import_module(target)
    except ModuleNotFoundError as error:
        raise _missing(use, target, error.name or "") from error
    except (Exception, SystemExit) as error:
        _log.warning("adapter cannot be imported", use=use, traceback=traceback.format_exc())
        raise _Unusable("loader-failed", use=use, error=type(error).__name__) from error
    kind, options = getattr(module, "Adapter", None), getattr(module, "Config", None)
    if not (_is_a(kind, ChatAdapter) or _is_a(kind, SocialAdapter)) or not _is_a(options, AdapterConfig):
        raise _Unusable("loader-no-adapter", use=use)
    return module, kind, options  # type: ignore[return-value]


def _check_package(use: str) -> None:
    package = importlib.import_module(PACKAGE)
    if getattr(package, "BRIDGEBOT", False) is not True:
        raise _Unusable("loader-foreign-package", path=str(getattr(package, "__file__", PACKAGE)))
    names = available()
    if use not in names:
        meant = near(use, names)
        key = "loader-unknown-near" if meant else "loader-unknown"
        raise _Unusable(key, use=use, names=names, near=meant or "")


def _missing(use: str, target: str, module: str) -> _Unusable:
    """Is it the adapter that is not there, or a library that it needs?"""
    if target == module or target.startswith(f"{module}."):
        return _Unusable("loader-no-module", use=use)
    library = module.partition(".")[0]
    extra = use in _extras()
    package = f'"bridgebot[{use}]"' if extra else library
    return _Unusable("loader-no-library", use=use, library=library, install=f"pip install {package}")


def _extras() -> Sequence[str]:
    try:
        return importlib.metadata.metadata("bridgebot").get_all("Provides-Extra") or ()
    except importlib.metadata.PackageNotFoundError:  # a bare checkout
        return ()


def _is_a(kind: Any, base: type) -> bool:
    return inspect.isclass(kind) and issubclass(kind, base)


def _texts(module: ModuleType) -> Mapping[str, Sequence[str]]:
    stem = module.__name__.rpartition(".")[2]
    folder = Path(str(module.__file__)).parent
    files = {language: folder / f"{stem}.{language}.ftl" for language in LANGUAGES}
    return {language: (file.read_text("utf-8"),) for language, file in files.items() if file.is_file()}


def _migrations(module: ModuleType, kind: Kind) -> Path | None:
    return Path(str(module.__file__)).parent / kind.migrations if kind.migrations else None
