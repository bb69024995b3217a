"""Puts the house together: one store, the adapters, and the loops that keep things moving."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bridgebot import __version__, http, loader
from bridgebot.adapter import ChatAdapter, Clock, Context, Network, SocialAdapter
from bridgebot.commands import menu
from bridgebot.config import Settings
from bridgebot.config.problems import error
from bridgebot.dialog import House
from bridgebot.inbox import Inbox
from bridgebot.linking import Linking
from bridgebot.loader import Prepared
from bridgebot.outbox import Outbox
from bridgebot.poller import Poller
from bridgebot.store import Store, Tx, deliveries, keep, overview, posts
from bridgebot.supervisor import Status, Supervisor
from bridgebot.texts import LANGUAGES, Texts
from bridgebot.web import Web

log = structlog.get_logger()

AnyAdapter = ChatAdapter[Any] | SocialAdapter[Any]


MIRRORED_TEXT_KEPT = timedelta(days=30)


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class App:
    """One running bot: `start`, `connect`, at the end `stop`."""

    texts: Texts
    store: Store
    web: Web
    house: House
    outbox: Outbox
    poller: Poller
    linking: Linking
    inbox: Inbox
    supervisor: Supervisor

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.adapters: dict[str, AnyAdapter] = {}
        self.problems: dict[str, str] = {}  # adapters that were set aside, and why
        self._stops = contextlib.AsyncExitStack()  # intake first, the store last

    async def start(self) -> None:
        """Open the store, make the adapters and set the loops going. Raises ConfigError, StoreError."""
        prepared = prepare(self.settings)
        self.texts = Texts(_sources(prepared))
        self.store = Store(self.settings.database_path, self.settings.secret_keys, self.clock)
        await self.store.open(_migrations(prepared))
        self._stops.push_async_callback(self.store.close)
        try:
            await self._set_going(prepared)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop intake, then delivery, then close the store; what is under way is in its rows."""
        await self._stops.aclose()

    def status(self) -> tuple[Status, ...]:
        return self.supervisor.status()

    async def _set_going(self, prepared: Sequence[Prepared]) -> None:
        language = self.settings.language
        self.web = Web(self.settings.web, self.texts, language=language, ready={"database": self._readable})
        for one in prepared:
            self._make(one)
        self.house = _house(self.settings, self.texts, self.adapters)
        social = {n: a for n, a in self.adapters.items() if isinstance(a, SocialAdapter)}
        self.poller = Poller(self.store, social, self.house, self.clock, self.wake)
        self.outbox = Outbox(self.store, self.adapters, self.house, self.clock, self.poller.wake)
        self.linking = Linking(self.store, social, self.house, self.wake)
        self.store.listen("link", self.linking.wake)
        self.inbox = Inbox(self.store, self.house, self.wake)
        await self.web.start()
        self._stops.push_async_callback(self.web.stop)
        self._supervise()
        self._stops.push_async_callback(self.supervisor.stop)

    def wake(self) -> None:
        """Something was committed: there may be something due."""
        self.outbox.wake()
        self.poller.wake()

    def _make(self, prepared: Prepared) -> None:
        session = http.session(prepared.policy, public_url=self.settings.web.public_url)
        self._stops.push_async_callback(session.close)
        context = Context(
            name=prepared.name,
            http=session,
            clock=self.clock,
            state=self.store.state(prepared.name),
            routes=self.web.routes(prepared.name),
            texts=self.texts,
            menu=lambda language: menu(self.texts, language),
            database=self.store.database,
        )
        loaded = loader.load(prepared, context, self.settings.language)
        if loaded.adapter is not None:
            self.adapters[prepared.name] = loaded.adapter
        else:
            self.problems[prepared.name] = loaded.problem or ""
            log.error("set aside", adapter=prepared.name, problem=loaded.problem)

    def _supervise(self) -> None:
        self.supervisor = Supervisor(
            self.clock, explain=lambda e: self.texts(self.settings.language, e.key, **e.arguments)
        )
        for name, loop in (("outbox", self.outbox), ("poller", self.poller), ("linking", self.linking)):
            self.supervisor.start(name, loop.run)
        self.supervisor.start("keeper", self._keep)

    def connect(self) -> None:
        """Let the chats in: the last step, so that whoever writes finds everything going."""
        for name, adapter in self.adapters.items():
            if isinstance(adapter, ChatAdapter):
                self._run_chat(name, adapter)

    def _run_chat(self, name: str, adapter: ChatAdapter[Any]) -> None:
        async def receive(thing: Any, *, state: Mapping[str, str] | None = None) -> None:
            await self.inbox.receive(name, thing, state=state)

        self.supervisor.start(name, lambda: adapter.run(receive))

    async def _keep(self) -> None:
        """Once an hour: forget the words of other people that nobody needs any more."""
        while True:
            await self.store.run(lambda tx, now: posts.forget_old(tx, now - MIRRORED_TEXT_KEPT))
            await self.clock.sleep(3600)

    async def _readable(self) -> bool:
        await self.store.read(lambda tx, now: deliveries.counts(tx))
        return True


def prepare(settings: Settings) -> tuple[Prepared, ...]:
    """Import the configured adapters. Raises ConfigError with every option that is wrong."""
    prepared = loader.prepare(settings.adapters)
    wrong = [problem for one in prepared for problem in one.wrong]
    if wrong:
        raise error(wrong, settings.language)
    return prepared


def _sources(prepared: Sequence[Prepared]) -> dict[str, list[str]]:
    """The adapters' own texts, each module's once."""
    by_use = {one.use: one.texts for one in prepared}
    return {lang: [s for texts in by_use.values() for s in texts.get(lang, ())] for lang in LANGUAGES}


def _migrations(prepared: Sequence[Prepared]) -> dict[str, Path]:
    """The folders of adapters with tables, by a name that is stable however the adapter is called."""
    return {one.use.replace(".", "_"): one.migrations for one in prepared if one.migrations is not None}


def _house(settings: Settings, texts: Texts, adapters: Mapping[str, AnyAdapter]) -> House:
    return House(
        networks={name: describe(name, adapter) for name, adapter in adapters.items()},
        texts=texts,
        language=settings.language,
        timezone=settings.timezone,
        access=settings.access,
        allow=frozenset(settings.allow),
        operators=frozenset(settings.operators),
    )


def describe(name: str, adapter: AnyAdapter) -> Network:
    """What the house may know of an adapter without asking it."""
    if isinstance(adapter, ChatAdapter):
        return Network(name, adapter.title, chat=adapter.capabilities)
    return Network(name, adapter.title, social=adapter.capabilities)


# --- what the command line calls ---------------------------------------------------------------


async def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. Raises ConfigError, StoreError."""
    app = App(settings)
    await app.start()
    app.connect()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    log.info("running", version=__version__, web=app.web.base, adapters=sorted(app.adapters))
    try:
        await _look_for_operator(app)
        await stopped.wait()
    finally:
        await app.stop()
    log.info("stopped")
    return 0


async def _look_for_operator(app: App) -> None:
    """Say how there can be one. The code itself never stands in a log: it makes whoever reads it operator."""
    users = (await asyncio.to_thread(overview.look, app.settings.database_path))["users"]
    if not users.get("operator") and not app.settings.operators:
        log.warning(app.texts(app.settings.language, "run-no-operator", command="bridgebot claim"))


async def status(settings: Settings) -> dict[str, Any]:
    """A look from outside, also while the bot runs: queue, held lanes, accounts; metadata only."""
    path = settings.database_path
    base: dict[str, Any] = {"version": __version__, "database": str(path), "running": _in_use(path)}
    base["adapters"] = {one.name: one.use for one in settings.adapters}
    if not path.exists():
        return base | {"initialised": False}
    return base | {"initialised": True} | await asyncio.to_thread(overview.look, path)


def _in_use(path: Path) -> bool:
    """Whether a bot holds the file."""
    with contextlib.suppress(FileNotFoundError), open(f"{path}.lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


async def upgrade(settings: Settings) -> list[str]:
    """Bring the schema up to date; returns what was done. The bot must not be running."""
    prepared = prepare(settings)
    store = Store(settings.database_path, settings.secret_keys, SystemClock())
    ran = await store.open(_migrations(prepared))
    await store.close()
    return ran


async def create_claim(settings: Settings) -> str:
    """A one-time code that makes who sends it to the bot its operator; also while the bot runs."""
    store = Store(settings.database_path, settings.secret_keys, SystemClock())
    if _in_use(settings.database_path):
        await store.database.open()  # the bot has the lock and the schema: one row is written beside it
    else:
        await store.open()

    def unit(tx: Tx, now: datetime) -> str:
        return keep.new_invite(tx, now, "operator")

    try:
        return await store.run(unit)
    finally:
        await store.close()


__all__ = ["App", "create_claim", "run", "status", "upgrade"]
