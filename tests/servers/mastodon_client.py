"""Mastodon.py as a second client of a server: the library that most programs use."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from mastodon import Mastodon, StreamListener

from tests.servers.mastodon import MastodonServer, serve

SCOPES = ["read", "write", "follow"]
# Mastodon.py 2.3.3 sends variables of its own along by mistake; Rails ignores what it does not know.
STRAY = {"oauth_info", "allow_http"}


class Client:
    """One account's Mastodon.py, called from a thread: `await client("status_post", "hello")`."""

    def __init__(self, api: Mastodon) -> None:
        self.api = api

    async def __call__(self, name: str, *args: Any, **options: Any) -> Any:
        return await asyncio.to_thread(getattr(self.api, name), *args, **options)

    @contextlib.asynccontextmanager
    async def listening(self, **how: Any) -> AsyncIterator[asyncio.Queue[tuple[str, Any]]]:
        """The user's stream while the block lasts, as (event, what came)."""
        listener = _Listener()
        handle = await self("stream_user", listener, run_async=True, **how)
        try:
            yield listener.came
        finally:
            await asyncio.to_thread(handle.close)


class _Listener(StreamListener):
    def __init__(self) -> None:
        self.came: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def _tell(self, name: str, what: Any) -> None:
        self._loop.call_soon_threadsafe(self.came.put_nowait, (name, what))

    def on_update(self, status: Any) -> None:
        self._tell("update", status)

    def on_status_update(self, status: Any) -> None:
        self._tell("status.update", status)

    def on_delete(self, status_id: Any) -> None:
        self._tell("delete", status_id)

    def on_notification(self, notification: Any) -> None:
        self._tell("notification", notification)

    def handle_heartbeat(self) -> None:
        self._tell("heartbeat", None)


async def client(server: MastodonServer, who: str = "ada") -> Client:
    """Register an app, log in by the page that shows a code, and hold the token."""
    id, secret = await asyncio.to_thread(
        Mastodon.create_app, "A second client", scopes=SCOPES, api_base_url=server.url
    )
    api = Mastodon(
        client_id=id,
        client_secret=secret,
        api_base_url=server.url,
        version_check_mode="none",
        ratelimit_method="throw",
    )
    if server.world.flavour.name != "mastodon":
        # Mastodon.py takes their versions for Mastodon's own, and cannot read `takahe/0.11.0`.
        api.mastodon_major, api.retrieve_mastodon_version = 4, lambda: "4.0.0"
    url = await asyncio.to_thread(api.auth_request_url, scopes=SCOPES, allow_http=True)
    code = await server.person(who).consents(url)
    await asyncio.to_thread(api.log_in, code=code, scopes=SCOPES, allow_http=True)
    return Client(api)


@contextlib.asynccontextmanager
async def served(flavour: str = "mastodon") -> AsyncIterator[tuple[MastodonServer, Client]]:
    """A server that calls itself what it is reached at, and Ada's Mastodon.py on it."""
    async with serve(flavour, domain="") as server:
        server.tolerated |= STRAY
        yield server, await client(server)
