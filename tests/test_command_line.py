"""The command line as an operator meets it: real processes, their output and exit codes."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bridgebot import __version__
from bridgebot.cli import main
from bridgebot.cli.terminal import tell, write_wholly
from bridgebot.config import new_key
from bridgebot.loader import available

LANGUAGE = {"LANG": "en_GB.UTF-8"}
ADAPTER = """
from pydantic import SecretStr
from bridgebot.adapter import AdapterConfig, ChatAdapter

class Config(AdapterConfig):
    account: str
    token: SecretStr

class Adapter(ChatAdapter[Config]):
    title = "Parrot"
"""


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("BRIDGEBOT", "LC_", "LANG"))
    }
    return {**kept, **LANGUAGE, **more}


def bridgebot(
    *arguments: str, folder: Path, answers: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bridgebot", *arguments],
        cwd=folder, env=environment(**more), input=answers,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def initialised(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """A configuration without a chat network that needs anything: the terminal and Plaza."""
    made = bridgebot(
        "init", "--language", "en", "--chat", "console", "--social", "plaza", "--public-url", "none", *more,
        folder=folder,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return made


# --- quick and safe -----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["run", "--help"], ["init", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path) -> None:
    code = (
        "import sys\nfrom bridgebot.cli import main\n"
        f"main({arguments!r})\n"
        "heavy = ('aiohttp', 'sqlalchemy', 'alembic', 'slixmpp', 'telegram', 'pydantic', 'prompt_toolkit')\n"
        "heavy = [m for m in sys.modules if m.split('.')[0] in (*heavy, 'adapters')]\n"
        "print(heavy, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
    assert done.stdout.strip()


def test_every_command_is_explained_in_both_languages(tmp_path) -> None:
    english = bridgebot("--help", folder=tmp_path).stdout
    chinese = bridgebot("--help", folder=tmp_path, LANG="zh_CN.UTF-8").stdout
    for command in ("init", "demo", "run", "claim", "check-config", "status", "adapters", "db"):
        assert command in english
        assert command in chinese
    assert "Run the bot." in english
    assert "运行机器人。" in chinese
    assert "cli-" not in english + chinese


def test_version(tmp_path) -> None:
    assert bridgebot("--version", folder=tmp_path).stdout.strip() == __version__


@pytest.mark.parametrize(
    "arguments", [["rnu"], ["run", "--confg", "x"], ["adapters", "new"], ["demo", "--language", "fr"]]
)
def test_wrong_usage_is_2(arguments: list[str], tmp_path) -> None:
    done = bridgebot(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "status", "check-config"])
def test_a_wrong_configuration_is_78(command: str, tmp_path) -> None:
    (tmp_path / "mine.yaml").write_text("acces: open\nadapters:\n  talk: {use: console, colr: no}\n")
    done = bridgebot(command, "--config", "mine.yaml", folder=tmp_path)
    assert done.returncode == 78
    assert done.stdout == ""
    assert 'mine.yaml:1:1: acces: unknown key (did you mean "access"?)\n' in done.stderr
    assert 'mine.yaml:3:24: adapters.talk.colr: unknown key (did you mean "colour"?)\n' in done.stderr


def test_the_file_may_be_named_by_the_environment(tmp_path) -> None:
    done = bridgebot("run", folder=tmp_path, BRIDGEBOT_CONFIG="elsewhere.yaml")
    assert (done.returncode, done.stderr) == (
        78,
        "elsewhere.yaml: there is no such file; `bridgebot init` writes one\n",
    )


def test_problems_as_json(tmp_path) -> None:
    (tmp_path / "config.yaml").write_text("language: zh-CN\nadapters:\n  talk: {use: consolle}\n")
    done = bridgebot("check-config", "--json", folder=tmp_path)
    found = json.loads(done.stdout)
    assert done.returncode == 78
    assert found["ok"] is False
    assert found["problems"][0]["option"] == "secret_keys_file"
    assert found["problems"][1]["place"] == "config.yaml:3:15"
    assert found["problems"][1]["problem"].startswith("没有适配器 consolle（您是想写 console 吗？）")


def test_a_flag_without_a_value(tmp_path) -> None:
    done = bridgebot("run", "--set", "language", folder=tmp_path)
    assert (done.returncode, done.stderr) == (78, "--set language: write it as name=value\n")


class Sip(io.RawIOBase):
    """A terminal that takes little at once, as one does when a signal comes."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:
        self.taken += bytes(piece[:20])
        return min(len(piece), 20)


def test_all_of_an_output_is_written_where_python_buffers_nothing(monkeypatch) -> None:
    terminal = Sip()
    before = io.TextIOWrapper(terminal, "utf-8", write_through=True)
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, before)
    write_wholly()
    tell("一" * 100, "end")
    assert terminal.taken.decode() == "一" * 100 + "\nend\n"


def test_a_bug_is_one_sentence(monkeypatch, capsys) -> None:
    def broken(*arguments):
        raise KeyError("hunter2")

    monkeypatch.setattr("bridgebot.cli.commands.late", broken)
    monkeypatch.delenv("BRIDGEBOT_DEBUG", raising=False)
    assert main(["adapters", "list"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "(KeyError)" in shown.err
    assert "hunter2" not in shown.err
    assert len(shown.err.splitlines()) == 1
    monkeypatch.setenv("BRIDGEBOT_DEBUG", "1")
    assert main(["adapters", "list"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_leaves_is_no_bug(tmp_path) -> None:
    command = f"{sys.executable} -m bridgebot adapters list --json | head -c 1"
    done = subprocess.run(command, shell=True, env=environment(), capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[", "")


# --- init ----------------------------------------------------------------------------------------


def test_init_asks_four_things(tmp_path) -> None:
    answers = "zh-CN\nconsole\nplaza\nhttps://bot.example.org/\n"
    done = bridgebot("init", folder=tmp_path, answers=answers)
    assert done.returncode == 0, done.stderr
    for question in ("Which language?", "用哪个聊天网络？", "提供哪些微博客？", "大家从哪里访问它的网页？"):
        assert done.stdout.count(question) == 1
    text = (tmp_path / "config.yaml").read_text()
    assert "language: zh-CN\n" in text
    assert "  public_url: https://bot.example.org\n" in text
    assert "  console:\n    use: console\n  plaza:\n    use: plaza\n" in text
    checked = bridgebot("check-config", folder=tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "config.yaml 没有问题。适配器：console、plaza\n")
    assert re.search(r"/start [a-z0-9]{4}(-[a-z0-9]{4}){3}\n", done.stdout)


def test_what_init_writes_is_for_one_pair_of_eyes(tmp_path) -> None:
    initialised(tmp_path)
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert files["config.yaml"] == files["keys"] == files["bridgebot.db"] == 0o600


def test_a_wrong_answer_is_asked_again(tmp_path) -> None:
    answers = "fr\nen\ntelepathy\nconsole\nnothing\nnone\nhttp://bot.example.org\nnone\n"
    done = bridgebot("init", folder=tmp_path, answers=answers)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Which language?") == 2
    assert "One of these: en, zh-CN" in done.stdout
    assert "so it must begin with https://" in done.stdout
    assert "plaza" not in (tmp_path / "config.yaml").read_text()


def test_answers_that_end_too_early_write_nothing(tmp_path) -> None:
    done = bridgebot("init", folder=tmp_path, answers="en\nconsole\n")
    assert done.returncode == 78
    assert "There was no answer to: Which microblogs shall it offer?" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_overwrites_nothing(tmp_path) -> None:
    initialised(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    done = bridgebot("init", folder=tmp_path, answers="en\n")
    assert done.returncode == 78
    assert "Nothing was written, for this is there already:" in done.stderr
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_init_asks_what_the_network_requires_and_keeps_secrets_apart(tmp_path, monkeypatch, capsys) -> None:
    """Whatever the adapter: its required options, and a file for each secret."""
    asking, init = (importlib.import_module(f"bridgebot.cli.{one}") for one in ("asking", "init"))
    (tmp_path / "parrot_net.py").write_text(ADAPTER)
    (tmp_path / "parrot_net.en.ftl").write_text("parrot_net-option-account = The parrot's account:\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("bridgebot.loader.PACKAGE", "parrots")
    package = tmp_path / "parrots"
    package.mkdir()
    (package / "__init__.py").write_text("BRIDGEBOT = True\n")
    for file in tmp_path.glob("parrot_net.*"):
        file.rename(package / file.name)
    target = tmp_path / "bot" / "config.yaml"
    target.parent.mkdir()
    answers = iter(["polly", "hunter2"])
    monkeypatch.setattr(
        asking, "_line", lambda prompt, hidden, language: (print(prompt, hidden), next(answers))[1]
    )
    given = init.Given("en", True, "parrot_net", {}, "none", "none")
    made = init.ask_and_write(target, given)
    asked = capsys.readouterr().out
    assert "The parrot's account:  False" in asked
    assert "token:  True" in asked
    secret = target.parent / "parrot_net-token"
    assert [file.name for file in made.files] == ["config.yaml", "keys", "parrot_net-token"]
    assert secret.read_text() == "hunter2\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "account: polly\n    token_file: parrot_net-token\n" in target.read_text()
    assert "hunter2" not in target.read_text() + asked


def test_init_for_a_program(tmp_path) -> None:
    done = initialised(tmp_path, "--json")
    found = json.loads(done.stdout)
    assert found["config"] == "config.yaml"
    assert [Path(file).name for file in found["files"]] == ["config.yaml", "keys"]
    assert len(found["claim"].replace("-", "")) >= 13  # of 32 letters: 64 bits and more


def test_the_claim_is_kept_as_a_digest_alone(tmp_path) -> None:
    code = json.loads(initialised(tmp_path, "--json").stdout)["claim"]
    assert code.encode() not in (tmp_path / "bridgebot.db").read_bytes()


# --- the rest ------------------------------------------------------------------------------------


def test_adapters_are_listed(tmp_path) -> None:
    text = bridgebot("adapters", "list", folder=tmp_path).stdout
    rows = json.loads(bridgebot("adapters", "list", "--json", folder=tmp_path).stdout)
    assert [row["use"] for row in rows] == list(available())
    assert all(row["problem"] is None and row["kind"] in ("chat", "social") for row in rows)
    for row in rows:
        assert re.search(rf"^{row['use']} +{row['title']} +{row['kind']}: ", text, re.MULTILINE)


def test_status_and_upgrade(tmp_path) -> None:
    initialised(tmp_path)
    upgraded = bridgebot("db", "upgrade", "--json", folder=tmp_path)
    assert json.loads(upgraded.stdout)["database"] == str(tmp_path / "bridgebot.db")
    found = json.loads(bridgebot("status", "--json", folder=tmp_path).stdout)
    assert found["version"] == __version__
    assert found["running"] is False
    assert bridgebot("status", folder=tmp_path).stdout.startswith(f"version: {__version__}\n")


def test_what_is_done_beside_the_bot_imports_nothing_that_runs_it(tmp_path) -> None:
    (tmp_path / "keys").touch(mode=0o600)
    (tmp_path / "keys").write_text(new_key())
    (tmp_path / "config.yaml").write_text("secret_keys_file: keys\nadapters:\n  pebble: {use: pebble}\n")
    code = (
        "import sys\nfrom bridgebot.cli import main\n"
        "codes = [main(['db', 'upgrade']), main(['claim']), main(['status'])]\n"
        "runs = {f'bridgebot.{name}' for name in ('app', 'commands', 'flow', 'outbox', 'poller')}\n"
        "print(codes, sorted(runs & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[0, 0, 0] []", done.stdout + done.stderr


def test_run_answers_and_stops_when_asked(tmp_path) -> None:
    initialised(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bridgebot", "run", "--set", f"web.listen=127.0.0.1:{port}"]
    command += ["--set", "adapters.console.input=false"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert healthy(port, process)
            found = json.loads(bridgebot("status", "--json", folder=tmp_path).stdout)
            assert found["running"] is True
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, log
    assert "Traceback" not in log
    assert "running" in log


def healthy(port: int, process: subprocess.Popen[str]) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.1)
    return False
