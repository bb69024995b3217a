"""What a bot at rest does not hold in memory: libraries, and parts of them, that nothing asks it for."""

import json
import os
import signal
import subprocess
import sys

import pytest
import yaml

from tests.house import KEY

# Each was there once, or comes with something that is: MiB that a bot would hold for ever.
SPARED = (
    "PIL",
    "alembic",
    "babel",
    "bridgebot.testing",
    "click",
    "cryptography.hazmat.backends",
    "cryptography.hazmat.primitives.serialization",
    "fluent.runtime",
    "http.server",
    "httpx",
    "nh3",
    "prometheus_client",
    "prompt_toolkit",
    "pygments",
    "pytest",
    "rich",
    "segno",
    "slixmpp",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.orm",
    "telegram.ext",
)
USED = {
    "aiohttp",
    "aiosqlite",
    "cryptography",
    "cyclopts",
    "fluent",
    "msgspec",
    "pydantic",
    "regex",
    "sqlalchemy",
}
USED |= {"telegram", "yaml"}
# What those bring. A library that is neither is a decision: for how long is it needed, and what does it hold?
BROUGHT = {
    "aiodns",
    "aiohappyeyeballs",
    "aiosignal",
    "annotated_types",
    "attr",
    "attrs",
    "frozenlist",
    "greenlet",
    "idna",
}
BROUGHT |= {"multidict", "propcache", "pycares", "pydantic_core", "pytz", "typing_extensions"}
BROUGHT |= {"typing_inspection", "uvloop", "yarl"}
RUN = """
import json, sys
from bridgebot.cli import main
code = main(["run", "--config", sys.argv[1]])
print(json.dumps(sorted(sys.modules)))
sys.exit(code)
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Of a bot for Telegram and Mastodon whose servers refuse it, and whose database is up to date."""
    tmp_path = tmp_path_factory.mktemp("lean")
    keys, file = tmp_path / "keys", tmp_path / "config.yaml"
    keys.write_text(f"{KEY}\n")
    keys.chmod(0o600)
    nowhere = "http://127.0.0.1:9"
    chosen = {
        "database": f"sqlite:///{tmp_path / 'bot.db'}",
        "secret_keys_file": str(keys),
        "web": {"listen": "127.0.0.1:0"},
        "adapters": {
            "telegram": {"use": "telegram", "token": f"1:{'a' * 35}", "api": nowhere},
            "mastodon": {"use": "mastodon", "servers": {"one.example": nowhere}},
        },
    }
    file.write_text(yaml.safe_dump(chosen))
    subprocess.run(
        [sys.executable, "-m", "bridgebot", "db", "upgrade", "--config", str(file)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    return file


@pytest.fixture(scope="module")
def modules(config):
    """What a bot had imported when it was told to stop, once it ran."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(config)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"LANG": "en"},
    ) as bot:  # fmt: skip
        told = []
        while "operator" not in (told or [""])[-1]:  # the last line of a start, and a text that is said
            line = bot.stderr.readline()
            assert line, told
            told.append(line)
        bot.send_signal(signal.SIGTERM)
        out, err = bot.communicate(timeout=60)
    assert bot.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def test_a_running_bot_holds_no_library_that_nothing_asks_it_for(modules):
    assert [one for one in modules if any(f"{one}.".startswith(f"{part}.") for part in SPARED)] == []
    assert set(modules) >= USED


def test_no_library_has_come_that_nobody_thought_of(modules):
    libraries = (
        {one.partition(".")[0] for one in modules} - sys.stdlib_module_names - {"adapters", "bridgebot"}
    )
    named = {one for one in libraries if not one.startswith(("_", "cython_"))}  # those are parts of others
    assert named - USED - BROUGHT == set()


def test_the_librarys_own_way_to_the_network_is_there_for_whoever_asks():
    code = """
import sys, adapters.telegram
from telegram.request import BaseRequest, HTTPXRequest
assert "httpx" not in sys.modules
assert isinstance(HTTPXRequest(), BaseRequest)
assert "httpx" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_the_adapter_leaves_out_is_there_for_everybody_else():
    code = """
import sys, adapters.telegram
assert "cryptography.hazmat.backends" not in sys.modules
from cryptography.hazmat.backends import default_backend
assert default_backend() is not None
import telegram
assert telegram.Bot("1:a").token == "1:a"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
