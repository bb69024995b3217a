"""adapters/README.md is true: what it lists, what it shows, and what a new adapter starts from."""

import inspect
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from bridgebot import errors, scaffold
from bridgebot.adapter import ChatAdapter, ChatCapabilities, SocialAdapter, SocialCapabilities
from bridgebot.errors import ConfigError
from bridgebot.testing.chat_base import ChatContractBase
from bridgebot.testing.contract import Contract
from bridgebot.testing.social_base import SocialContractBase

ROOT = Path(__file__).parents[1]
README = (ROOT / "adapters" / "README.md").read_text("utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", README))


def members(contract):
    return [name for name, _ in inspect.getmembers(contract, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("contract", [ChatAdapter, SocialAdapter])
def test_every_member_stands_in_the_table(contract):
    written = dict(re.findall(r"`(\w+)\(([^`)]*)\)`", README))
    for name in members(contract):
        assert name in written, f"{name} is missing"


@pytest.mark.parametrize("contract", [ChatAdapter, SocialAdapter])
def test_every_signature_is_right(contract):
    section = README.split(f"`{contract.__name__}`\n", 1)[1].split("\n### ")[0].split("\n## ")[0]
    written = dict(re.findall(r"`(\w+)\(([^`)]*)\)`", section))
    for name in members(contract):
        parameters = list(inspect.signature(getattr(contract, name)).parameters)[1:]
        assert written[name] == ", ".join(parameters), name


@pytest.mark.parametrize("capabilities", [ChatCapabilities, SocialCapabilities])
def test_every_capability_stands_in_the_table(capabilities):
    for field in fields(capabilities):
        assert field.name in CODE, f"{field.name} is missing"


@pytest.mark.parametrize("base", [ChatContractBase, SocialContractBase])
def test_every_attribute_of_the_kit_stands_in_the_table(base):
    for kind in (base, Contract):
        for name in set(inspect.get_annotations(kind)) - {"module"}:
            assert name in CODE, f"{name} is missing"


def test_every_error_stands_in_the_table():
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and not kind.__subclasses__()]
    for kind in set(kinds):
        if issubclass(kind, errors.BridgebotError) and not issubclass(kind, errors.StoreError):
            assert re.search(rf"^\| `{kind.__name__}[`(]", README, re.MULTILINE), kind.__name__


def test_the_example_is_the_file():
    shown = README.rsplit("```python\n", 1)[1].split("```")[0]
    assert shown == (ROOT / "adapters" / "pebble.py").read_text("utf-8")


def test_the_configuration_can_be_read():
    block = README.split("```yaml\n")[1].split("```")[0]
    (name, options), *others = yaml.safe_load(block)["adapters"].items()
    assert re.fullmatch("[a-z][a-z0-9_]*", name)
    assert options["use"] == "my_package.zulip"
    assert not others


def test_the_commands_run(tmp_path):
    block = README.split("```sh\n")[1].split("```")[0]
    for line in block.splitlines():
        if line.startswith("pip "):
            continue  # what it installs is here
        done = subprocess.run(
            line, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A package with two new adapters in it."""
    package = tmp_path_factory.mktemp("made") / "my_networks"
    return package, scaffold.new("brook", "chat", package) + scaffold.new("tarn", "social", package)


def test_a_new_adapter_has_all_its_files(made):
    package, files = made
    assert sorted(file.name for file in files[5:]) == [
        "tarn.en.ftl",
        "tarn.py",
        "tarn.zh-CN.ftl",
        "tarn_server.py",
        "test_tarn.py",
    ]
    assert {file.parent for file in files} == {package}
    assert not [file for file in files if "sample" in file.read_text("utf-8").casefold()]


@pytest.mark.parametrize(
    "tool",
    [
        ["mypy", "--strict", "--no-incremental", "-p"],
        ["pytest", "-q", "-p", "no:cacheprovider"],
        ["ruff", "check", "--isolated", "--no-cache", "--line-length", "110", "--select", "E,F,B,UP,SIM,RET"],
    ],
    ids=lambda tool: tool[0],
)
def test_a_new_adapter_works_as_it_stands(tool, made):
    package, _ = made
    done = run([*tool, package.name], package.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_says_what_is_broken(tmp_path):
    (adapter, *_) = scaffold.new("tarn", "chat", tmp_path / "wrong")
    source = adapter.read_text("utf-8")
    adapter.write_text(source.replace('"text": self._fitting(message)', '"text": message.text.strip()'))
    done = run_check("wrong.tarn", tmp_path)
    assert done.returncode == scaffold.BROKEN
    broken = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert any("shown as it stands" in line for line in broken)
    assert "test_text_is_shown_unchanged: AssertionError" in done.stdout


def test_check_judges_an_adapter_of_the_house():
    done = run_check("adapters.pebble", ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_check_needs_a_test(tmp_path):
    scaffold.new("tarn", "chat", tmp_path / "untested")[4].unlink()
    done = run_check("untested.tarn", tmp_path)
    assert "has no kit test: test_tarn.py" in done.stderr
    assert "cannot be imported" in run_check("untested.nothing", tmp_path).stderr


def test_check_says_what_to_install(monkeypatch):
    for module in [name for name in sys.modules if name.startswith("bridgebot.testing.verdicts")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(ConfigError, match=r"install bridgebot\[testing\]"):
        scaffold.check("adapters.pebble")


@pytest.mark.parametrize("name", ["Zulip", "1st", "a-b", "class", ""])
def test_a_name_that_python_cannot_import(name, tmp_path):
    with pytest.raises(ConfigError, match="cannot be the name"):
        scaffold.new(name, "chat", tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_nothing_is_overwritten(tmp_path):
    (first, *_) = scaffold.new("tarn", "chat", tmp_path / "package")
    first.write_text("mine")
    with pytest.raises(ConfigError, match="there already"):
        scaffold.new("tarn", "social", tmp_path / "package")
    assert first.read_text() == "mine"


def test_a_package_in_a_package(tmp_path):
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "__init__.py").touch()
    files = scaffold.new("tarn", "social", tmp_path / "outer" / "inner")
    assert "from outer.inner.tarn_server import" in files[4].read_text("utf-8")


def environment():
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def run(tool, folder):
    return subprocess.run(
        [sys.executable, "-m", *tool],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def run_check(module, folder):
    code = f"from bridgebot.scaffold import check; raise SystemExit(check({module!r}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
