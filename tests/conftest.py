"""Servers that several test files share: started once, stopped at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.prosody import Prosody, free_port, needs_program


@pytest.fixture(scope="session")
def prosody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prosody]:
    """A running Prosody with the accounts ada, lin and bot."""
    needs_program("prosody", "prosody")
    server = Prosody(tmp_path_factory.mktemp("prosody"))
    server.prepare()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def unused_port() -> int:
    """A port of the loopback address that nobody listens on."""
    return free_port()
