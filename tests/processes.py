"""The program as a process: before a terminal, or running as a bot."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.house import KEY
from tests.test_command_line import environment, healthy

ROOT = Path(__file__).parents[1]


class Terminal:
    """A process with a terminal of its own, as somebody sits before it."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 100, **more: str) -> None:
        self._bytes, self.shown = b"", ""  # a piece may end within a letter
        self._screen, self._side = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bridgebot", *arguments],
            cwd=folder, env=environment(COLUMNS=str(columns), TERM="xterm-256color", **more),
            stdin=self._side, stdout=self._side, stderr=self._side, start_new_session=True,
        )  # fmt: skip

    def reads(self, words: str) -> None:
        """Wait until `words` stand on the screen, once more for each time they are asked for."""
        start, deadline = len(self.shown), time.monotonic() + 60
        while words not in self.shown[start:]:
            assert time.monotonic() < deadline, self.shown
            assert self._process.poll() is None or self._look(0), self.shown
            self._look(0.05)

    def types(self, line: str) -> None:
        os.write(self._screen, f"{line}\n".encode())

    def ends(self) -> int:
        """The exit code, with all that was shown in `shown`."""
        while self._process.poll() is None:
            self._look(0.05)
        while self._look(0):
            pass
        # Not before: what nobody has read yet may be dropped once the last to hold a side lets it go.
        os.close(self._side)
        os.close(self._screen)
        return self._process.returncode

    def _look(self, patience: float) -> bool:
        if not select.select([self._screen], [], [], patience)[0]:
            return False
        self._bytes += os.read(self._screen, 65536)
        self.shown = self._bytes.decode("utf-8", "ignore").replace("\r\n", "\n")
        return True


class running:
    """A bot that runs in `folder`, with a keyboard that is a pipe."""

    def __init__(self, folder: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "bridgebot", "run", "--set", f"web.listen=127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [*command, *more], cwd=folder, env=environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> running:
        assert healthy(self.port, self.process)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def hears(self, line: str) -> None:
        """Type a line at the bot's own terminal."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def stopped(self) -> str:
        """What it logged until it stopped when asked."""
        self.process.send_signal(signal.SIGTERM)
        log = self.process.communicate(timeout=60)[1]
        assert self.process.returncode == 0, log
        return log


def beside(folder: Path, settings: str) -> Callable[..., Awaitable[tuple[int, str]]]:
    """Runs `bridgebot` on the database of a house in `folder`, while the house has it open: the exit code,
    and all that was said. `settings` are written in YAML, without database and keys.
    """
    keys, config = folder / "keys", folder / "config.yaml"
    keys.write_text(KEY + "\n")
    keys.chmod(0o600)
    config.write_text(f"database: sqlite:///house.db\nsecret_keys_file: keys\n{settings}", "utf-8")

    async def run(*arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bridgebot", *arguments, "--config", str(config)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "en_GB.UTF-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    return run
