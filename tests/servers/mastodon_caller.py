"""A plain HTTP client on the fake Mastodon, for tests of the server itself."""

from __future__ import annotations

import contextlib

import aiohttp

from tests.servers.mastodon import serve

PATIENCE = aiohttp.ClientTimeout(total=60)  # a stream that should have been refused never ends


class Caller:
    """Somebody with a plain HTTP client."""

    def __init__(self, server, session, token):
        self.server, self.session, self.token = server, session, token

    async def __call__(self, method, path, *, token=..., headers=None, **options):
        """(status, what was said, headers)."""
        shown = self.token if token is ... else token
        headers = {**(headers or {}), **({"Authorization": f"Bearer {shown}"} if shown else {})}
        async with self.session.request(
            method, self.server.url + path, headers=headers, allow_redirects=False, **options
        ) as answer:
            return answer.status, await answer.json(content_type=None), answer.headers

    async def post(self, text, **fields):
        status, said, _ = await self("POST", "/api/v1/statuses", json={"status": text, **fields})
        assert status == 200, said
        return said

    async def refused(self, method, path, **options):
        """(status, words)."""
        status, said, _ = await self(method, path, **options)
        assert status >= 400, said
        return status, said["error"]

    async def ids(self, path):
        return [one["id"] for one in (await self("GET", path))[1]]


@contextlib.asynccontextmanager
async def town(flavour="mastodon", scopes="read write follow"):
    """A server of this flavour, and Ada with a token of these scopes."""
    async with serve(flavour) as server, aiohttp.ClientSession(timeout=PATIENCE) as session:
        yield server, Caller(server, session, server.person("ada").token(scopes))
