"""Puts the house together: one store, the adapters, and the loops that keep things moving."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from bridgebot import __version__, http, loader, reload, stopping
from bridgebot.adapter import ChatAdapter, Clock, Context, SocialAdapter
from bridgebot.commands import access, menu
from bridgebot.config import Settings
from bridgebot.dialog import House
from bridgebot.errors import ConfigError, StoreError
from bridgebot.ground import SystemClock, migrations, prepare, store_of
from bridgebot.health import Health
from bridgebot.inbox import Inbox
from bridgebot.journal import Journal
from bridgebot.keeper import Keeper
from bridgebot.leaving import Farewell
from bridgebot.linking import Describing, Linking
from bridgebot.loader import Prepared, describe
from bridgebot.log import Log, set_level
from bridgebot.metrics import Metrics
from bridgebot.outbox import Outbox
from bridgebot.outbox.announcer import Announcer
from bridgebot.outbox.digests import Digests
from bridgebot.poller import Poller
from bridgebot.reload import Changes
from bridgebot.signals import ServiceManager, Signals
from bridgebot.store import Store, announcements, budgets, invites, people, put_off, restored
from bridgebot.store.news import TIMELINES
from bridgebot.supervisor import Status, Supervisor
from bridgebot.texts import LANGUAGES, Texts, clauses, listed
from bridgebot.web import Watch, Web, pages

log = Log(__name__)

AnyAdapter = ChatAdapter[Any] | SocialAdapter[Any]
T = TypeVar("T")

# Objects made before garbage is looked for, and how often deeper: nearly all go by themselves when they are
# done with, and a message makes hundreds.
GARBAGE = (10_000, 20, 20)


class App:
    """One running bot: `start`, `connect`, at the end `stop`."""

    texts: Texts
    store: Store
    web: Web
    house: House
    outbox: Outbox
    poller: Poller
    linking: Linking
    farewell: Farewell
    announcer: Announcer
    inbox: Inbox
    supervisor: Supervisor
    metrics: Metrics
    health: Health

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.adapters: dict[str, AnyAdapter] = {}
        self.budgets = budgets.Budgets({})
        self.problems: dict[str, str] = {}  # adapters that were set aside, and why
        self._stops = contextlib.AsyncExitStack()  # intake first, the store last

    async def start(self) -> None:
        """Open the store, make the adapters and set the loops going. Raises ConfigError, StoreError."""
        prepared = prepare(self.settings)
        self._prepared = {one.name: one for one in prepared}
        self.texts = Texts(_sources(prepared))
        self.store = store_of(self.settings, self.clock)
        self.store.condition.told = self._database_changed
        await self.store.open(migrations(prepared))
        if self.store.kept is not None:
            log.info("kept a copy from before the upgrade", file=str(self.store.kept))
        self._stops.push_async_callback(self.store.close)
        try:
            await self._set_going(prepared)
        except BaseException:
            await self.stop()
            raise

    async def finish(self) -> None:
        """Take in nothing more, let what was begun end within `shutdown_grace`, then `stop`.

        Chats that answer only while they are connected stay so for that long.
        """
        self.inbox.close()
        chats = [name for name, one in self.adapters.items() if isinstance(one, ChatAdapter)]
        leaving = [name for name in chats if not self.adapters[name].capabilities.needs_connection]
        ended = await stopping.within(
            self.settings.shutdown_grace,
            self.supervisor.stop("poller", "keeper", "describing", "announcer", *leaving),
            self.outbox.drain(),
            self.linking.drain(),
        )
        if not ended:
            log.warning("not everything ended in time; the next start settles it")
        await self.stop()

    async def stop(self) -> None:
        """Stop intake, then delivery, then close the store; what is under way is in its rows."""
        await self._stops.aclose()

    def status(self) -> tuple[Status, ...]:
        return self.supervisor.status()

    def reload(self, settings: Settings) -> Changes:
        """Take over what can change while the bot runs. Raises ConfigError, and then nothing has changed."""
        prepared = {one.name: one for one in prepare(settings)}
        changes = reload.compare(self.settings, settings, self._prepared, prepared)
        self.settings = reload.running(self.settings, settings)
        set_level(self.settings.log.level)
        self.house = dataclasses.replace(self.house, **_doors(self.settings))
        self.house.allowances.forget()  # counted by the quotas that were
        self.inbox.use(self.house)
        for name, adapter in self.adapters.items():
            if name in prepared:
                self._prepared[name] = reload.merged(self._prepared[name], prepared[name])
                adapter.config = self._prepared[name].config
        return changes

    async def settle_roles(self) -> None:
        """Whom the list of operators does not name any more, and had made one, is none from now on."""
        await self.store.run(lambda tx, now: access.settle(tx, now, self.house))

    async def try_again(self, changes: Changes) -> None:
        """What an adapter put off by the limits that it had is tried at once by those that it has."""
        for name in changes.adapters:
            await self.store.run(lambda tx, now, name=name: put_off.try_now(tx, now, name))  # type: ignore[misc]
        self.wake()

    def say(self, key: str, /, **arguments: str | int) -> str:
        """A text for the operator."""
        return self.texts(self.settings.language, key, **arguments)

    def _database_changed(self, error: StoreError | None) -> None:
        """One sentence for each trouble of the database, and one when it is over."""
        if error is None:
            log.warning(self.say("store-well"))
            self.wake()
        elif error.key is not None:
            words = self.say(error.key, **error.arguments)
            words = words if self.store.condition.damaged else f"{words} {self.say('store-waits')}"
            log.error(words, trouble=error.trouble, problem=str(error))

    async def _set_going(self, prepared: Sequence[Prepared]) -> None:
        language = self.settings.language
        self.metrics = Metrics(lambda: self.health.look())
        journal = Journal(self.metrics)
        self.web = Web(self.settings.web, self.texts, language=language, watch=self._watch())
        for one in prepared:
            self._make(one)
        self.house = _house(self.settings, self.texts, self.adapters)
        self.house = dataclasses.replace(
            self.house, restored=await self.store.read(lambda tx, now: restored.gap(tx))
        )
        social = {n: a for n, a in self.adapters.items() if isinstance(a, SocialAdapter)}
        house, paced = self.house, self.budgets
        self.poller = Poller(
            self.store, social, house, self.clock, self.wake, paced=paced, meter=self.metrics
        )
        self.outbox = Outbox(
            self.store, self.adapters, house, self.clock, self.poller.wake, paced=paced, journal=journal
        )
        site = self.settings.web.public_url
        self.linking = Linking(self.store, social, self.house, self.wake, site=site)
        self.store.listen("link", self.linking.wake)
        self.store.listen(TIMELINES, self.poller.wake)
        self.inbox = Inbox(self.store, self.house, self.wake, journal=journal)
        pages.serve(self.web, self.store, lambda: self.house, self.inbox.receive, self.wake, site)
        let_go = self.outbox.let_go
        self.farewell = Farewell(self.store, self.house, self.clock, self.wake, let_go=let_go)
        self.announcer = Announcer(self.store, self.house, self.clock, self.wake)
        self.store.listen(announcements.NEWS, self.announcer.wake)
        self.store.listen(invites.GUESSING, lambda: log.warning(self.say("codes-guessed")))
        self.supervisor = Supervisor(
            self.clock,
            explain=lambda e: self.say(e.key, **e.arguments),
            well=self.store.well,
            again=self._again,
        )
        self.health = Health(self.store, self.supervisor, self.adapters, self.problems, self.clock)
        await self.settle_roles()
        await self.web.start()  # whoever asks from now on is answered: what answers them is here
        self._stops.push_async_callback(self.web.stop)
        self.house = dataclasses.replace(self.house, web=self.web.base)
        self.inbox.use(self.house)
        self._supervise()
        self._stops.push_async_callback(self.supervisor.stop)

    def wake(self) -> None:
        """Something was committed: there may be something due."""
        self.outbox.wake()

    def _make(self, prepared: Prepared) -> None:
        session = http.session(
            prepared.policy,
            public_url=self.settings.web.public_url,
            ended=partial(self.metrics.requested, prepared.name),
        )
        self._stops.push_async_callback(session.close)
        context = Context(
            name=prepared.name,
            http=session,
            clock=self.clock,
            state=self.store.state(prepared.name),
            routes=self.web.routes(prepared.name),
            texts=self.texts,
            menu=partial(menu, self.texts),
            database=self.store.database,
            rates=budgets.Ear(prepared.name, self.budgets, self.clock),
        )
        loaded = loader.load(prepared, context, self.settings.language)
        if loaded.adapter is not None:
            self.adapters[prepared.name] = loaded.adapter
            self.budgets.rates[prepared.name] = loaded.adapter.rates
        else:
            self.problems[prepared.name] = loaded.problem or ""
            log.error("set aside", adapter=prepared.name, problem=loaded.problem)

    def _supervise(self) -> None:
        for name, loop in (("outbox", self.outbox), ("poller", self.poller), ("linking", self.linking)):
            self.supervisor.start(name, loop.run)
        self.supervisor.start("digests", Digests(self.store, self.house, self.clock, self.wake).run)
        sweeps = [sweep for adapter in self.adapters.values() for sweep in adapter.sweeps]
        keeper = Keeper(self.store, self.clock, lambda: self.settings.audit_days, sweeps)
        self.supervisor.start("keeper", keeper.run)
        self.supervisor.start("describing", Describing(self.store, self.adapters, self.clock).run)
        self.supervisor.start("leaving", self.farewell.run)
        self.supervisor.start("announcer", self.announcer.run)
        self.supervisor.start("watchdog", self.health.watchdog.run)
        self.supervisor.start("health", self.health.run)

    def connect(self) -> None:
        """Let the chats in: the last step, so that whoever writes finds everything going."""
        for name, adapter in self.adapters.items():
            if isinstance(adapter, ChatAdapter):
                self._run_chat(name, adapter)

    def _run_chat(self, name: str, adapter: ChatAdapter[Any]) -> None:
        async def receive(thing: Any, *, state: Mapping[str, str] | None = None) -> None:
            await self.inbox.receive(name, thing, state=state)

        self.supervisor.start(name, lambda: adapter.run(receive))

    def _watch(self) -> Watch:
        return Watch(
            alive=lambda: self.health.alive(),
            ready=lambda: self.health.ready(),
            degraded=lambda: self.health.degraded(),
            metrics=self.metrics.exposition,
        )

    def _again(self, name: str) -> None:
        if name in self.adapters:
            self.metrics.reconnected(name)


def _sources(prepared: Sequence[Prepared]) -> dict[str, list[str]]:
    """The adapters' own texts, each module's once."""
    by_use = {one.use: one.texts for one in prepared}
    return {lang: [s for texts in by_use.values() for s in texts.get(lang, ())] for lang in LANGUAGES}


def _house(settings: Settings, texts: Texts, adapters: Mapping[str, AnyAdapter]) -> House:
    return House(
        networks={name: describe(name, adapter) for name, adapter in adapters.items()},
        texts=texts,
        language=settings.language,
        timezone=settings.timezone,
        digest_after=settings.digest_after,
        public_url=settings.web.public_url,
        privacy=settings.privacy,
        file_sites=settings.file_sites,
        **_doors(settings),
    )


def _doors(settings: Settings) -> dict[str, Any]:
    """Who may use the bot."""
    people = {name: frozenset(getattr(settings, name)) for name in ("allow", "operators")}
    return {name: getattr(settings, name) for name in reload.DOORS} | people


# --- what the command line calls ---------------------------------------------------------------


def leave_alone() -> None:
    """What is here once the house goes stays as long as it: the collector of cycles need not look through it
    again, for that holds up everything for a tenth of a second. Nor are calls that wait for answers garbage:
    a few dozen of them at a time had it look at all there is every few seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


async def run(settings: Settings, reread: Callable[[], Settings]) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. `reread` reads the configuration once more.

    Raises ConfigError, and StoreError when the database is damaged.
    """
    app, manager = App(settings), ServiceManager(os.environ, os.getpid())
    await app.start()
    leave_alone()
    app.connect()
    signals = Signals(lambda: _reload(app, manager, reread))
    signals.listen()
    log.info("running", version=__version__, web=app.web.base, adapters=sorted(app.adapters))
    alive = asyncio.create_task(manager.keep_alive())
    manager.ready()
    try:
        await _look_for_operator(app)
        await _until_the_end(signals, app.store.condition.broken())
        log.info("stopping", grace=app.settings.shutdown_grace)
        manager.stopping()
        await app.finish()
    finally:
        alive.cancel()
        await app.stop()
    log.info("stopped")
    return 0


async def _until_the_end(signals: Signals, broken: Coroutine[Any, Any, StoreError]) -> None:
    """Returns when the bot is asked to stop. Raises what makes going on impossible."""
    asked, damaged = asyncio.create_task(signals.stop_asked()), asyncio.create_task(broken)
    try:
        await asyncio.wait({asked, damaged}, return_when=asyncio.FIRST_COMPLETED)
        if damaged.done():
            raise damaged.result()
    finally:
        asked.cancel()
        damaged.cancel()


async def _reload(app: App, manager: ServiceManager, reread: Callable[[], Settings]) -> None:
    """Read the configuration once more; a wrong one changes nothing."""
    manager.reloading()
    try:
        changes = app.reload(await asyncio.to_thread(reread))
        await app.settle_roles()
        await app.try_again(changes)
    except ConfigError as error:
        log.error(app.say("reload-wrong", problems=clauses(app.settings.language, error.problems)))
    else:
        log.info("reloaded", changed=list(changes.taken))
        if changes.waiting:
            log.warning(app.say("reload-restart", options=listed(app.settings.language, changes.waiting)))
    finally:
        manager.ready()


async def _look_for_operator(app: App) -> None:
    """Say how there can be one. The code itself never stands in a log: it makes whoever reads it operator."""
    if not app.settings.operators and not await app.store.read(lambda tx, now: people.operators(tx)):
        log.warning(app.say("run-no-operator", command="bridgebot claim"))


__all__ = ["App", "leave_alone", "run"]
