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
    "bridgebot.testing",
    "click",
    "httpx",
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
USED = ("aiohttp", "aiosqlite", "sqlalchemy", "telegram", "yaml")
RUN = """
import json, sys
from bridgebot.cli import main
code = main(["run", "--config", sys.argv[1]])
print(json.dumps(sorted(sys.modules)))
sys.exit(code)
"""


@pytest.fixture
def config(tmp_path):
    """Of a bot for Telegram and Mastodon whose servers refuse it, and whose database is up to date."""
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


@pytest.fixture
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
    assert set(USED) <= set(modules)


def test_the_librarys_own_way_to_the_network_is_there_for_whoever_asks():
    code = """
import sys, adapters.telegram
from telegram.request import BaseRequest, HTTPXRequest
assert "httpx" not in sys.modules
assert isinstance(HTTPXRequest(), BaseRequest)
assert "httpx" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
