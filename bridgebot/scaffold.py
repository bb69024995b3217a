"""Start a new adapter, and judge one: what `bridgebot.testing` offers, for the command line.

The files of a new adapter are copies of a sample that itself keeps the contract.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import keyword
import re
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from bridgebot import loader
from bridgebot.errors import ConfigError

Kind = Literal["chat", "social"]
SAMPLES = "bridgebot.testing.samples"
BROKEN, NOTHING_TO_JUDGE = 1, 2  # exit codes; 0: every promise is kept
MARKS = {"kept": "✓", "broken": "✗", "not declared": "-"}


def new(name: str, kind: Kind, directory: Path) -> list[Path]:
    """Write an adapter called `name`, its texts, a fake server and its kit test into the package
    `directory` (made if it is not there); returns the files. The kit test passes as it stands.

    Raises ConfigError for a name that will not do, or if a file is there already.
    """
    _check_name(name, directory)
    package = _package(directory.resolve())
    files = {directory / path.replace(f"sample_{kind}", name): path for path in _sample(kind)}
    if present := [str(file) for file in files if file.exists()]:
        raise ConfigError(f"{', '.join(present)}: there already; choose another name or folder.")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "__init__.py").touch()
    for file, path in files.items():
        text = resources.files(SAMPLES).joinpath(path).read_text("utf-8")
        file.write_text(_renamed(text, kind, name, package), "utf-8")
    return list(files)


def _sample(kind: Kind) -> tuple[str, ...]:
    name = f"sample_{kind}"
    return (f"{name}.py", f"{name}.en.ftl", f"{name}.zh-CN.ftl", f"{name}_server.py", f"test_{name}.py")


def _renamed(text: str, kind: Kind, name: str, package: str) -> str:
    title = "".join(part.title() for part in name.split("_"))
    text = text.replace(SAMPLES, package).replace(f"sample_{kind}", name)
    return text.replace(f"Sample{kind.title()}", title)


def _check_name(name: str, directory: Path) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ConfigError(f"{name} cannot be the name of an adapter: a to z, 0 to 9 and _, a letter first.")
    if not directory.resolve().name.isidentifier():
        raise ConfigError(f"{directory.name} cannot be the name of a package: Python could not import it.")


def _package(directory: Path) -> str:
    """The dotted name of the package in `directory`, with those that it stands in."""
    inside = (directory.parent / "__init__.py").exists()
    return f"{_package(directory.parent)}.{directory.name}" if inside else directory.name


def check(module: str) -> int:
    """Run the contract kit on an adapter's module (`pebble`, `my_package.zulip`) and write a
    verdict for each promise to the standard output; returns an exit code.

    The kit test is looked for beside the module (`test_zulip.py`, or `test_zulip_contract.py`) and in
    `tests/` and `tests/adapters/` of the folders above it. Raises ConfigError if there is no such module or
    test, or if pytest is not installed.
    """
    verdicts = _kit()
    adapter = _module(module)
    contracts = list(_contracts(_test_file(adapter), adapter, verdicts))
    if not contracts:
        _say(f"No contract in the kit test is for {module}: its class says `module = …`.")
        return NOTHING_TO_JUDGE
    outcomes = [asyncio.run(_judge(contract, verdicts)) for contract in contracts]
    return 0 if all(outcomes) else BROKEN


def _kit() -> ModuleType:
    try:
        return importlib.import_module("bridgebot.testing.verdicts")
    except ModuleNotFoundError as error:
        raise ConfigError("The contract kit needs pytest: install bridgebot[testing].") from error


def _module(name: str) -> ModuleType:
    sys.path[:0] = [] if "" in sys.path or str(Path.cwd()) in sys.path else [str(Path.cwd())]
    if name in loader.available():  # as `use: pebble` in a configuration
        name = f"{loader.PACKAGE}.{name}"
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(f"{name} cannot be imported: {error}.") from error


def _test_file(adapter: ModuleType) -> Path:
    home = Path(str(adapter.__file__)).resolve()
    home = home.parent if home.name == "__init__.py" else home
    folders = [home.parent]
    for folder in (home.parent, *home.parent.parents):
        folders += [folder / "tests", folder / "tests" / "adapters"]
    names = (f"test_{home.stem}_contract.py", f"test_{home.stem}.py")
    for place in (folder / name for folder in folders for name in names):
        if place.exists():
            return place
    raise ConfigError(
        f"{adapter.__name__} has no kit test: {names[1]} is neither beside it nor in a folder tests above it."
    )


def _contracts(file: Path, adapter: ModuleType, verdicts: ModuleType) -> Iterator[type[Any]]:
    """The classes of the kit test that are about this adapter."""
    spec = importlib.util.spec_from_file_location(f"_kit_test_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    test = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(test)
    except ImportError as error:
        raise ConfigError(
            f"{file} cannot be imported: {error}. Name the module as it is imported (my_package.zulip), "
            "from the folder that holds its package."
        ) from error
    for _, kind in inspect.getmembers(test, inspect.isclass):
        if issubclass(kind, verdicts.Contract) and getattr(kind, "module", None) is adapter:
            yield kind


async def _judge(contract: type[Any], verdicts: ModuleType) -> bool:
    """Write one contract's verdicts; is everything kept that is declared?"""
    counts = dict.fromkeys(MARKS, 0)
    async for verdict in verdicts.verdicts(contract):
        counts[verdict.outcome] += 1
        _say(f"{MARKS[verdict.outcome]} {verdict.promise}")
        if verdict.outcome == "broken":
            _say(f"    {verdict.name}: {verdict.reason}")
    _say(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return not counts["broken"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
