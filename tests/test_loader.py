"""From a name to an adapter: what is wrong is named and set aside, the others run."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import adapters
from bridgebot.adapter import ChatAdapter
from bridgebot.config.settings import adapter
from bridgebot.loader import Loaded, Prepared, available, declared, load, prepare
from bridgebot.testing.bare import bare_context
from bridgebot.texts import Texts

GOOD = """
from pydantic import SecretStr
from bridgebot.adapter import AdapterConfig, ChatAdapter
from bridgebot.errors import ConfigError

class Config(AdapterConfig):
    server: str = "https://example.org"
    token: SecretStr = SecretStr("")
    refuse: bool = False
    crash: bool = False

class Adapter(ChatAdapter[Config]):
    title = "Parrot"
    migrations = "migrations"

    def __init__(self, config, context):
        super().__init__(config, context)
        if config.refuse:
            raise ConfigError("the parrot does not like this server")
        if config.crash:
            raise KeyError(config.token.get_secret_value())
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write modules that are importable for the length of a test."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(**sources: str) -> Path:
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)
        importlib.invalidate_caches()
        return tmp_path

    yield write
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def only(*settings) -> Prepared:
    (prepared,) = prepare(settings)
    return prepared


def made(prepared: Prepared, language: str = "en") -> Loaded:
    return load(prepared, bare_context(prepared.name), language)


def in_package(folder: Path, name: str = "zoo") -> str:
    """Put what was written into a package, as somebody's own adapters are."""
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    for file in [*folder.glob("*.py"), *folder.glob("*.ftl")]:
        file.rename(package / file.name)
    return name


def test_any_importable_module_is_an_adapter(modules) -> None:
    folder = modules(parrot_one=GOOD)
    (folder / "parrot_one.en.ftl").write_text("parrot-hello = hello\n")
    (folder / "parrot_one.zh-CN.ftl").write_text("parrot-hello = 你好\n", encoding="utf-8")
    use = f"{in_package(folder)}.parrot_one"
    prepared = only(adapter("polly", use, server="http://127.0.0.1:3000/x", token="hunter2"))
    assert prepared.wrong == ()
    assert prepared.failure is None
    assert prepared.policy.origins == {"http://127.0.0.1:3000"}
    assert prepared.migrations == folder / "zoo" / "migrations"
    assert Texts(prepared.texts)("zh-CN", "parrot-hello") == "你好"
    assert "hunter2" not in repr(prepared)
    loaded = made(prepared)
    assert isinstance(loaded.adapter, ChatAdapter)
    assert loaded.adapter.config.token.get_secret_value() == "hunter2"
    assert loaded.problem is None


def test_one_bad_adapter_leaves_the_others(modules) -> None:
    folder = modules(parrot_two=GOOD, broken="1 / 0", syntax="def", quits="raise SystemExit(3)")
    zoo = in_package(folder, "zoo2")
    uses = ("broken", "parrot_two", "syntax", "quits", "nothing")
    found = [made(one) for one in prepare([adapter(use, f"{zoo}.{use}") for use in uses])]
    assert [one.name for one in found] == list(uses)
    assert [one.adapter is not None for one in found] == [False, True, False, False, False]
    assert "has a bug and was set aside (ZeroDivisionError)" in str(found[0].problem)
    assert "SyntaxError" in str(found[2].problem)
    assert "SystemExit" in str(found[3].problem)
    assert "there is no Python module zoo2.nothing" in str(found[4].problem)


def test_an_unknown_adapter_lists_those_that_are_there() -> None:
    problem = made(only(adapter("mine", "plazza"))).problem
    assert problem == (
        "adapters.mine.use: there is no adapter plazza (did you mean plaza?); there are: "
        + ", ".join(available())
    )
    assert "您是想写 plaza 吗" in str(made(only(adapter("mine", "plazza")), "zh-CN").problem)
    assert "did you mean" not in str(made(only(adapter("mine", "qqqqqq"))).problem)


def test_a_missing_library_says_what_to_install(modules) -> None:
    zoo = in_package(modules(needy="import no_such_library.part"), "zoo3")
    problem = made(only(adapter("needy", f"{zoo}.needy"))).problem
    assert problem is not None
    assert "needs the library no_such_library" in problem
    assert problem.endswith("pip install no_such_library")


def test_an_adapter_of_ours_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adapters.pebble", None)  # as if it could not be imported
    monkeypatch.setattr("bridgebot.loader._extras", lambda: ["pebble"])
    real = importlib.import_module

    def without(name: str, package: str | None = None):
        if name == "adapters.pebble":
            raise ModuleNotFoundError("No module named 'stones'", name="stones")
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    problem = made(only(adapter("pebble"))).problem
    assert problem == (
        "adapters.pebble.use: pebble needs the library stones, which is not installed: "
        'pip install "bridgebot[pebble]"'
    )


@pytest.mark.parametrize("source", ["", "Adapter = Config = 5", "from bridgebot.adapter import *"])
def test_a_module_that_is_no_adapter(modules, source: str) -> None:
    name = f"empty{abs(hash(source))}"
    zoo = in_package(modules(**{name: source}), f"zoo_{name}")
    assert "is not an adapter" in str(made(only(adapter("empty", f"{zoo}.{name}"))).problem)


def test_another_package_of_that_name_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(adapters, "BRIDGEBOT")
    problem = made(only(adapter("pebble"))).problem
    assert "is not bridgebot's" in str(problem)
    assert "virtual environment" in str(problem)


def test_wrong_options_are_the_operators_to_mend(modules) -> None:
    zoo = in_package(modules(parrot_four=GOOD), "zoo4")
    prepared = only(adapter("polly", f"{zoo}.parrot_four", tokn="hunter2"))
    assert prepared.config is None
    assert prepared.failure is None
    (wrong,) = prepared.wrong
    assert wrong.sentence(Texts(), "en") == 'adapters.polly.tokn: unknown key (did you mean "token"?)'
    assert made(prepared) == Loaded("polly", None, 'adapters.polly.tokn: unknown key (did you mean "token"?)')


def test_networks_must_be_networks(modules) -> None:
    zoo = in_package(modules(parrot_five=GOOD), "zoo5")
    (wrong,) = only(adapter("polly", f"{zoo}.parrot_five", allow_addresses=["10.0.0.0/8", "home"])).wrong
    assert wrong.sentence(Texts(), "en").startswith("adapters.polly.allow_addresses: these must be networks")
    good = only(adapter("polly", f"{zoo}.parrot_five", allow_addresses="10.0.0.0/8, fd00::/8"))
    assert [str(one) for one in good.policy.networks] == ["10.0.0.0/8", "fd00::/8"]


def test_only_an_adapter_that_says_so_reaches_what_is_not_encrypted() -> None:
    assert [only(adapter("x", use)).policy.plain_http for use in ("feeds", "mastodon")] == [True, False]


def test_an_adapter_that_refuses_or_breaks_is_set_aside(modules, caplog: pytest.LogCaptureFixture) -> None:
    zoo = in_package(modules(parrot_six=GOOD), "zoo6")
    refused = made(only(adapter("polly", f"{zoo}.parrot_six", refuse=True)))
    assert refused == Loaded("polly", None, "the parrot does not like this server")
    broken = made(only(adapter("polly", f"{zoo}.parrot_six", crash=True, token="hunter2")))
    assert broken.adapter is None
    assert "(KeyError)" in str(broken.problem)
    assert "hunter2" not in str(broken.problem)


def test_what_is_not_configured_is_not_imported() -> None:
    code = (
        "import sys; from bridgebot.config.settings import adapter; "
        "from bridgebot.loader import available, prepare; available(); prepare([adapter('pebble')]); "
        "print(sorted(m for m in sys.modules if m.startswith('adapters.') or m in ('slixmpp', 'telegram')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['adapters.pebble']"


def test_every_adapter_of_ours_is_declared() -> None:
    found = {one.use: one for one in declared("en")}
    assert tuple(found) == available()
    assert [one.problem for one in found.values()] == [None] * len(found)
    assert all((one.chat is None) != (one.social is None) and one.title for one in found.values())
