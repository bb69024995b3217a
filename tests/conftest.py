"""What all tests share: servers, started once and stopped at the end; a log that no test sets for others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import pytest

from bridgebot.log import QUIET
from tests.servers import needed
from tests.servers.prosody import Prosody, free_port

pytest_plugins = ["tests.canary", "tests.fresh", "tests.web"]

# What `log.configure` alone makes quiet: the level of the others is set when they are imported, once.
LOUD = sorted(set(QUIET) - {"slixmpp", "sqlalchemy", "telegram"})


# Their tests mostly wait: for a poll, a server, a process that was killed.
WAITING = {"journeys", "operating", "crash"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests wait stand evenly among those whose tests count: so no core is idle for long."""
    files = [list(of_one) for _, of_one in groupby(items, key=attrgetter("path"))]
    halves = [[], []]
    for file in files:
        halves[not WAITING.isdisjoint(file[0].path.parts)].append(file)
    places = [(place / len(half), file) for half in halves for place, file in enumerate(half)]
    items[:] = [item for _, file in sorted(places, key=lambda one: one[0]) for item in file]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A test that sets up the log does so for itself: libraries tell the next one what they told it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def prosody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prosody]:
    """A running Prosody with the accounts ada, lin and bot."""
    needed.program("prosody", "prosody")
    server = Prosody(tmp_path_factory.mktemp("prosody"))
    server.prepare()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def unused_port() -> int:
    """A port of the loopback address that nobody listens on."""
    return free_port()
