"""Bots that are forked from a process which has imported everything, and die at a boundary or when killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.crash.launcher import Order, written
from tests.servers.bot import PATIENCE, Bot, environment


class Nursery:
    """The process that forks bots; it ends with `close`, and every bot with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.launcher", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._says("ready")

    def fork(self, order: Order) -> Life:
        assert self._process.stdin is not None
        self._process.stdin.write(written(order))
        self._process.stdin.flush()
        return Life(int(self._line()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)

    def _says(self, word: str) -> None:
        said = self._line()
        if said != word:
            raise RuntimeError(f"the launcher said {said!r} instead of {word!r}")

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


class Life:
    """One forked process, held by a descriptor: its number may be somebody else's after its end."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._held: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._held = None

    @property
    def over(self) -> bool:
        if self._held is not None and select.select([self._held], [], [], 0)[0]:
            os.close(self._held)
            self._held = None
        return self._held is None

    def kill(self) -> None:
        """It gets no chance to say or write anything; returns when it is gone."""
        if self._held is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._held, signal.SIGKILL)
            select.select([self._held], [], [], PATIENCE)
            assert self.over


class MortalBot(Bot):
    """A bot that can be started so that it dies at its n-th boundary. Only its folder lives on."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        super().__init__(folder)
        self._nursery = nursery
        self._life: Life | None = None
        self.hurried = True

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def running(self) -> bool:
        return self._life is not None and not self._life.over

    def start(self) -> None:
        """As it would be started by anybody: nothing is wrapped, nothing kills it."""
        self._begin(None)
        self._ready(time.monotonic() + PATIENCE)
        if not self.running:
            raise RuntimeError((self.folder / "log").read_text())

    async def lives_until(self, boundary: int | None) -> None:
        """Start it with its boundaries counted; it dies at this one. Returns when it is going, or gone."""
        self._begin(self.journal, boundary)
        await asyncio.to_thread(self._ready, time.monotonic() + PATIENCE)

    def ends(self) -> None:
        """Kill it; whoever watches it sees how it died."""
        assert self._life is not None
        self._life.kill()

    def kill(self) -> None:
        if self._life is not None:
            self._life.kill()
            self._life = None

    def killed_at(self) -> tuple[int, str] | None:
        """At which boundary it died, and what that was; None: it was not reached."""
        lines = self.journal.read_text().splitlines()
        if not lines or lines[-1] != "killed":
            return None
        number, kind, what = lines[-2].split("\t")
        return int(number), f"{kind} {what}".strip()

    def boundaries(self) -> list[str]:
        """Everything that it passed since it was started so, in order."""
        lines = (line for line in self.journal.read_text().splitlines() if line != "killed")
        return [" ".join(line.split("\t")[1:]).strip() for line in lines]

    def traces(self) -> list[str]:
        """What stands in the log of all its lives and should not."""
        lines = (self.folder / "log").read_text().splitlines()
        return [line for line in lines if "Traceback" in line or '"level": "error"' in line]

    def _begin(self, journal: Path | None, kill_at: int | None = None) -> None:
        log = self.folder / "log"
        log.touch(mode=0o600)
        self._begun = log.stat().st_size
        order = Order(
            folder=str(self.folder),
            arguments=["run", *self._set(), "--config", str(self.config)],
            log=str(log),
            journal=str(journal or ""),
            kill_at=kill_at,
            hurry=self.hurried,
        )
        self._life = self._nursery.fork(order)

    def _ready(self, end: float) -> None:
        """Wait until it is going, or gone."""
        while self.running and not any(line.get("event") == "running" for line in self.log()):
            if time.monotonic() > end:
                self.kill()
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)
