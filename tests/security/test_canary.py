"""The canaries sing: a secret that comes to light anywhere makes the test fail in which it did."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests import canary
from tests.canary import CODE, LOG, SECRET, STATUS, TERMINAL, TEXT, Canary

ROOT = Path(__file__).parents[2]
HEAD = """
import json, logging, secrets, subprocess, sys
import pytest
from pydantic import SecretStr
from bridgebot.errors import Rejected
from bridgebot.log import Log, configure
from bridgebot.store import keep
from bridgebot.store.vault import Vault
from cryptography.fernet import Fernet

def test_planted(tmp_path, capsys):
"""
PLANTED = {
    "a token in a fact of the log": """
        Log('x').warning('sent', address=f'/bot{secrets.token_urlsafe(20)}/getMe')""",
    "a password in a message of a library": """
        password = SecretStr('correct horse battery')
        logging.warning('%s', password.get_secret_value())""",
    "a key in an error": """
        raised = Rejected('http-rejected', words=Fernet.generate_key().decode())""",
    "credentials in the log": """
        Vault([Fernet.generate_key()]).encrypt('ada-north-token')
        logging.error('ada-north-token')""",
    "a token within what is kept": """
        kept = {'progress': json.dumps({'token': 'abcdefghijkl'})}
        Vault([Fernet.generate_key()]).encrypt(json.dumps(kept))
        logging.error('%r', {'a': 'abcdefghijkl'})""",
    "a code in the log": """
        logging.warning(keep.new_code())""",
    "what a command prints": """
        command = f'print({secrets.token_hex(9)!r})'
        subprocess.run([sys.executable, '-c', command, 'bridgebot'], capture_output=True)""",
    "the log of a bot that ran": """
        (tmp_path / 'log').write_text(secrets.token_hex(16))""",
    "an address that was quoted": """
        password = SecretStr('key/with+signs')
        logging.error('GET /?k=key%2Fwith%2Bsigns')""",
}


def suite(folder: Path, **tests: str) -> subprocess.CompletedProcess[str]:
    """A suite of tests with the canaries in it."""
    for name, body in tests.items():
        lines = textwrap.indent(textwrap.dedent(body), "    ")
        (folder / f"test_{name}.py").write_text(f"{HEAD}{lines}\n", "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.canary", "-p", "no:cacheprovider", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_each_planted_leak_is_found_and_its_test_named(tmp_path) -> None:
    """All of them at once: a test that passes otherwise fails for what came to light in it."""
    named = {f"planted_{number}": body for number, body in enumerate(PLANTED.values())}
    done = suite(tmp_path, **named, clean="Log('x').warning('sent', host='example.org')")
    assert done.returncode == 1, done.stdout
    found = [line for line in done.stdout.splitlines() if line.startswith("ERROR ") and "::" in line]
    for name, what in zip(named, PLANTED, strict=True):
        assert any(f"test_{name}.py::test_planted" in line for line in found), what
    assert len(found) == len(PLANTED), done.stdout
    assert f"{len(PLANTED) + 1} passed" in done.stdout  # all of them, by what they are about


def test_a_test_may_show_one_on_purpose(tmp_path) -> None:
    done = suite(tmp_path, one="logging.error(secrets.token_hex(16))")
    assert done.returncode == 1
    file = tmp_path / "test_one.py"
    file.write_text(file.read_text().replace("def test", "@pytest.mark.shows_secrets('planted')\ndef test"))
    assert suite(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("kind", "where", "found"),
    [
        (SECRET, LOG, True),
        (SECRET, TERMINAL, True),
        (CODE, LOG, True),
        (CODE, STATUS, True),
        (CODE, TERMINAL, False),  # it was asked for there
        (TEXT, LOG, True),
        (TEXT, STATUS, True),
    ],
)
def test_what_may_be_seen_where(kind: str, where: str, found: bool) -> None:
    one = Canary()
    one.guard("x7kd-9abc-defg", kind)
    one.saw(where, b"... x7kd-9abc-defg ...")
    assert bool(one.leaks()) is found
    assert one.leaks() == []  # told once


def test_what_is_short_or_not_the_whole_is_no_secret() -> None:
    one = Canary()
    one.guard("north")
    one.guard("0123456789-0123456789")
    one.saw(LOG, "north 0123456789-012345678")
    assert one.leaks() == []


def test_the_suite_is_watched(request: pytest.FixtureRequest) -> None:
    assert request.config.pluginmanager.has_plugin("tests.canary")
    assert canary.Fernet.generate_key().decode()[: canary.HEAD] in canary.CANARY._heads
