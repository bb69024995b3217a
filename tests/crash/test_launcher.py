"""The launcher as a program: the bot runs as ever, and ends where it was told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.bot import Bot, environment


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    bot = Bot(tmp_path)
    bot.configure({"plaza": {"use": "plaza"}})
    return bot


def launched(bot: Bot, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.crash.launcher", "run", "--config", str(bot.config)]
    listen = ("--set", f"web.listen=127.0.0.1:{bot.port}")
    return subprocess.run(
        [*command, *listen, *words],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("moment", [1, 4])
def test_it_dies_at_the_moment_and_nowhere_else(bot, tmp_path, moment):
    journal = tmp_path / "moments"
    done = launched(bot, "--journal", str(journal), "--kill-at", str(moment))
    assert done.returncode == -signal.SIGKILL, done.stderr
    *passed, last = journal.read_text().splitlines()
    assert last == "killed"
    assert [line.split("\t")[0] for line in passed] == [str(number) for number in range(1, moment + 1)]


def test_after_a_kill_it_starts_as_if_nothing_had_been(bot):
    assert launched(bot, "--kill-at", "2").returncode == -signal.SIGKILL
    assert (bot.folder / "journal").read_text().endswith("killed\n")
    bot.start()
    assert bot.stop() == 0
    assert bot.troubles() == []


def test_what_it_cannot_wrap_it_names(bot, monkeypatch):
    from bridgebot.store.writer import Writer
    from tests.crash.boundaries import Boundaries, Vanished

    monkeypatch.delattr(Writer, "_transaction")
    with pytest.raises(Vanished, match="Writer has no _transaction any more"):
        Boundaries(bot.folder / "journal", None).surround()
