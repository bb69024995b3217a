"""`bridgebot run` as a process of its own: started, asked to stop, or killed as a power cut would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from cryptography.fernet import Fernet

from tests.canary import CANARY
from tests.servers.prosody import Prosody, free_port
from tests.servers.telegram import TelegramServer

PATIENCE = 120.0  # seconds for a start; a machine that tests other things beside it is slow
# Timelines that somebody wants and that were never read.
_UNREAD = """SELECT count(*) FROM timeline WHERE cursor IS NULL
    AND EXISTS (SELECT 1 FROM route WHERE timeline_id = timeline.id AND state = 'active')"""


class Bot:
    """One bot in a folder of its own: the database and the log outlive each of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()  # one that stays, so that addresses hold after a restart
        self.jid = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0  # where in the log the last start begins

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def configure(self, adapters: Mapping[str, Mapping[str, Any]], **options: Any) -> None:
        """Write the configuration; it counts from the next start on."""
        keys = self.folder / "keys"
        if not keys.exists():
            keys.touch(mode=0o600)  # where others may read it, the bot refuses to start
            keys.write_text(Fernet.generate_key().decode())
        own = {name: dict(adapter) for name, adapter in adapters.items()}
        for secret in ("password", "token"):
            for adapter in own.values():
                CANARY.guard(adapter.get(secret))
        values = {"access": "open", "secret_keys_file": "keys", "adapters": own, **options}
        self.config.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False))

    def start(self) -> None:
        """Returns when the bot is going; its chats connect a moment later."""
        log = self.folder / "log"
        self._begun = log.stat().st_size if log.exists() else 0
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                self._command("run", *self._set()),
                cwd=self.folder,
                env=environment(),
                stdout=stream,
                stderr=stream,
            )
        end = time.monotonic() + PATIENCE
        while not any(line.get("event") == "running" for line in self.log()):
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(log.read_text())
            time.sleep(0.02)

    async def starts(self) -> None:
        """The same, while servers of this process answer it."""
        await asyncio.to_thread(self.start)

    async def dies(self) -> None:
        """`kill`, while servers of this process run on."""
        await asyncio.to_thread(self.kill)

    async def has_read(self) -> None:
        """Until each timeline that is wanted was read once: only what is posted after that is new to it."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.closing(sqlite3.connect(self.folder / "bridgebot.db")) as database:
                [(unread,)] = database.execute(_UNREAD)
            if not unread:
                return
            assert time.monotonic() < end, f"{unread} timelines were never read"
            await asyncio.sleep(0.1)

    async def sleeps(self) -> None:
        """It dies, and comes back when everything is due that waited for its time."""
        await self.dies()
        with contextlib.closing(sqlite3.connect(self.folder / "bridgebot.db")) as database:
            now = int(time.time() * 1e6)
            for table in ("timeline", "delivery", "lane"):
                database.execute(f"UPDATE {table} SET due_at = min(due_at, {now})")
            database.execute(f"UPDATE lane SET wait_until = min(wait_until, {now})")
            database.execute("DELETE FROM budget")  # as if nothing had been sent for long
            database.commit()
        await self.starts()

    def stop(self) -> int:
        """Ask it to stop; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        finally:
            self.kill()

    def kill(self) -> None:
        """It gets no chance to say or write anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same configuration, until it ends."""
        return subprocess.run(
            self._command(*words),
            cwd=self.folder,
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def log(self) -> list[dict[str, Any]]:
        """What it logged since its last start."""
        with (self.folder / "log").open("rb") as stream:
            stream.seek(self._begun)
            lines = stream.read().decode().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def troubles(self) -> list[dict[str, Any]]:
        """What it logged as an error."""
        return [line for line in self.log() if line.get("level") in ("error", "critical")]

    def _set(self) -> list[str]:
        return ["--set", f"web.listen=127.0.0.1:{self.port}", "--set", "log.format=json"]

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bridgebot", *words, "--config", str(self.config)]


def environment(**more: str) -> dict[str, str]:
    """The tests' own, without anything that would configure a bot or choose its language."""
    dropped = ("BRIDGEBOT", "LC_", "LANG")
    own = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    root = Path(__file__).parents[2]  # the bot runs elsewhere, and from the source tree
    return {**own, "LANG": "en_GB.UTF-8", "PYTHONPATH": str(root), **more}


def xmpp(prosody: Prosody, jid: str, password: str, **options: Any) -> dict[str, Any]:
    """The options of an XMPP adapter for an account of this server."""
    server = {"host": "127.0.0.1", "port": prosody.port, "ca_file": str(prosody.ca_file)}
    server["upload_sites"] = [prosody.upload_site]
    return {"use": "xmpp", "jid": jid, "password": password, **server, **options}


def telegram_bot(server: TelegramServer, **options: Any) -> dict[str, Any]:
    """The options of a Telegram adapter for the bot of this pretend Telegram."""
    return {"use": "telegram", "token": server.token, "api": server.url, **options}
