"""An adapter's package with one change by hand, for tests that must find it out.

MUTANTS = Mutants("adapters.bluesky", modules_with_tests)
with MUTANTS.changed("reading", "old text", "new text") as package: ...
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.util
import inspect
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# A mutant that ends so did not run, or nobody judged it: that the adapter's tests see it is not shown.
UNJUDGED = ImportError | NameError | TypeError | pytest.skip.Exception


class _Changed(SourceFileLoader):
    """Loads a module of the package, one of them with a change in its text."""

    def __init__(self, fullname: str, path: str, changes: dict[str, tuple[str, str]]) -> None:
        super().__init__(fullname, path)
        self._changes = changes

    def get_code(self, fullname: str) -> Any:
        source = Path(self.path).read_text("utf-8")
        if fullname in self._changes:
            old, new = self._changes[fullname]
            assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {fullname}"
            source = source.replace(old, new)
        return compile(source, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, package: str, folder: Path, changes: dict[str, tuple[str, str]]) -> None:
        self._package, self._folder, self._changes = package, folder, changes

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname == self._package:
            file, inside = self._folder / "__init__.py", [str(self._folder)]
        elif fullname.startswith(f"{self._package}."):
            file, inside = self._folder / f"{fullname.rpartition('.')[2]}.py", None
        else:
            return None
        loader = _Changed(fullname, str(file), self._changes)
        return importlib.util.spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=inside
        )


class Mutants:
    """Changed copies of one package; `tests`: modules that have imported parts of it."""

    def __init__(self, package: str, tests: Sequence[ModuleType]) -> None:
        self._package, self._tests = package, tests
        parent, _, self._name = package.rpartition(".")
        self._parent = importlib.import_module(parent)
        self._folder = Path(str(importlib.import_module(package).__file__)).parent

    @contextlib.contextmanager
    def changed(self, module: str, old: str, new: str) -> Iterator[ModuleType]:
        """The package with one change, also where the tests have imported it; `module` "": none."""
        originals = self._loaded()
        changes = {f"{self._package}.{module}".removesuffix(".__init__"): (old, new)} if module else {}
        finder = _Finder(self._package, self._folder, changes)
        kept = [(tests, dict(vars(tests))) for tests in self._tests]
        for name in originals:
            del sys.modules[name]
        sys.meta_path.insert(0, finder)
        try:
            package = importlib.import_module(self._package)
            self._put_in(kept)
            yield package
        finally:
            sys.meta_path.remove(finder)
            for name in self._loaded():
                del sys.modules[name]
            sys.modules.update(originals)
            setattr(self._parent, self._name, originals[self._package])
            for tests, names in kept:
                vars(tests).update(names)

    async def found_out(
        self, module: str, old: str, new: str, judge: Callable[[ModuleType], Awaitable[None]]
    ) -> None:
        """Fails unless `judge` breaks on the package with this change; afterwards it is itself again."""
        with (
            self.changed(module, old, new) as package,
            pytest.raises((Exception, pytest.fail.Exception)) as info,
        ):
            await judge(package)
        assert not isinstance(info.value, UNJUDGED), info.value
        assert getattr(self._parent, self._name) is sys.modules[self._package] is not package

    def _loaded(self) -> dict[str, ModuleType]:
        found = sys.modules.items()
        return {name: module for name, module in found if f"{name}.".startswith(f"{self._package}.")}

    def _put_in(self, kept: Sequence[tuple[ModuleType, dict[str, Any]]]) -> None:
        for tests, names in kept:
            for name, value in names.items():
                if (other := self._counterpart(value)) is not None:
                    setattr(tests, name, other)

    def _counterpart(self, value: Any) -> Any:
        """The same module, class or function in the changed package."""
        if inspect.ismodule(value) and value.__name__ in self._loaded():
            return sys.modules[value.__name__]
        home = getattr(value, "__module__", None)
        if home in self._loaded() and hasattr(value, "__name__"):
            return getattr(sys.modules[home], value.__name__, None)
        return None
