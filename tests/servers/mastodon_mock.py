"""mastodon-mock (MIT) as a process: a Mastodon that somebody else wrote, on a free port.

It is right in the flows: registering an app, choosing an account and getting a code, posting with a
key, timelines and their pages, server-sent events, faults. Its gaps, measured with version 0.6.1:
it counts `len()` (it refuses a long address that a real server takes, and forgets the warning), media
are always ready (no 202 or 206), `application` is always null, the rate limit resets at an epoch time,
keys never expire, a code can be used again and is not checked against PKCE. For these,
`tests.servers.mastodon` and the recorded answers are the judges.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.servers.prosody import free_port

TOKENS = {name: f"a-token-of-{name}" for name in ("ada", "lin", "grete")}
CONFIGURATION = """
domain = "127.0.0.1:{port}"
url_scheme = "http"
[auth]
enforce_scopes = true
[streaming]
heartbeat_seconds = 0.5
"""
PATIENCE = 120.0  # seconds; a start with a cold cache takes three


@dataclass
class Mock:
    """One server: its address, and tokens of people who are there from the start."""

    port: int = field(default_factory=free_port)
    tokens: dict[str, str] = field(default_factory=lambda: dict(TOKENS))
    _process: asyncio.subprocess.Process | None = None

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.domain}"

    async def start(self, folder: Path) -> None:
        """Listen; returns when the server answers."""
        file = folder / "mock.toml"
        people = "".join(
            f'[[seed.accounts]]\nusername = "{name}"\ndisplay_name = "{name.title()}"\n'
            f'access_token = "{token}"\n'
            for name, token in self.tokens.items()
        )
        file.write_text(CONFIGURATION.format(port=self.port) + people)
        options = ("--config", str(file), "--host", "127.0.0.1", "--port", str(self.port))
        quiet = ("--in-memory", "--log-level", "critical")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "mastodon_mock", "serve", *options, *quiet),
            cwd=folder,
            env={**os.environ, "HOME": str(folder)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asyncio.wait_for(self._answers(), PATIENCE)

    async def _answers(self) -> None:
        assert self._process is not None
        while True:
            assert self._process.returncode is None, "mastodon-mock ended at once"
            with contextlib.suppress(aiohttp.ClientError):
                await self.ask("GET", "/api/v2/instance")
                return
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:  # an open stream keeps it
                self._process.kill()
                await self._process.wait()

    async def ask(self, method: str, path: str, *, who: str | None = None, **options: Any) -> Any:
        """One call of the API, as somebody."""
        headers = options.pop("headers", {}) | (
            {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        )
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, self.url + path, headers=headers, **options) as answer,
        ):
            return await answer.json(content_type=None)

    async def post(self, who: str, text: str, *, key: str) -> Any:
        """Somebody posts, with a key."""
        path, keyed = "/api/v1/statuses", {"Idempotency-Key": key}
        return await self.ask("POST", path, who=who, headers=keyed, json={"status": text})

    async def consents(self, url: str, who: str = "ada") -> str:
        """Choose an account on the page behind `url`, and give the code that comes of it."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        names = ("redirect_uri", "client_id", "scope", "state")
        form = {name: asked.get(name, "") for name in names} | {"username": who}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/oauth/authorize", data=form, allow_redirects=False) as answer,
        ):
            if answer.status in (302, 303, 307):
                return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
            return _shown(await answer.text())

    async def fail(self, effect: dict[str, Any], *, times: int | None = 1, **match: Any) -> None:
        """The next request that fits goes wrong: `{"type": "status", "status": 500}`, "ratelimit",
        "latency", "malformed", "timeout".
        """
        rule = {"match": match, "effect": effect, "count": times}
        await self.ask("POST", "/api/v1/_mock/faults", json=rule)

    async def heal(self) -> None:
        """From now on everything goes well."""
        await self.ask("DELETE", "/api/v1/_mock/faults")


def _shown(page: str) -> str:
    """The code on the page that is shown where there is no address to go back to."""
    start = page.index("mockcode_")
    return page[start:].partition("<")[0].partition('"')[0].strip()


@contextlib.asynccontextmanager
async def mock() -> AsyncIterator[Mock]:
    """mastodon-mock while the block lasts."""
    server = Mock()
    with tempfile.TemporaryDirectory(prefix="mastodon-mock-") as folder:
        try:
            await server.start(Path(folder))
            yield server
        finally:
            await server.stop()
