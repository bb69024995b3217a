"""What lies at addresses of the web, for tests that ask none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bridgebot.errors import TargetGone, Temporary


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes | None]:
    """What lies at addresses, in the place of the web: of `None` nobody hears anything."""
    files: dict[str, bytes | None] = {}

    async def fetch(http: object, url: str, most: int) -> AsyncIterator[bytes]:
        if url not in files:
            raise TargetGone()
        if (content := files[url]) is None:
            raise Temporary("http-no-file")
        yield content

    monkeypatch.setattr("bridgebot.outbox.carrier.fetch", fetch)
    return files
