"""The real house, as `bridgebot run` puts it together, with the desk as chat network and Mastodon's adapter.

People, their chats and their accounts are rows that are written at once: linking is not what is measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.appview_api import access, did
from benchmarks.bot_api import TOKEN
from benchmarks.desk import Adapter as Desk
from bridgebot import model
from bridgebot.adapter import AdapterConfig
from bridgebot.app import App, leave_alone
from bridgebot.config import Settings, WebSettings
from bridgebot.config.settings import adapter
from bridgebot.log import configure
from bridgebot.model import Limits
from bridgebot.schedule import GOLDEN
from bridgebot.sightings import EVERY
from bridgebot.store import Tx, people, routes
from bridgebot.store.rows import Account

KEY = "YmVuY2htYXJrcyBrZWVwIG5vIHNlY3JldCBhdCBhbGw="  # the same in every process
SERVERS = ("one.example", "two.example", "three.example")  # an account on each
BODY = "Hello world, a post of ordinary length " + "x" * 200
ROOT = Path(__file__).parents[1] / ".cache" / "bench"  # on the disk, not in a memory file system


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A fresh folder on the disk that holds the checkout, or on `BENCH_DIR`."""
    root = Path(os.environ.get("BENCH_DIR", ROOT))
    root.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=root))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def settings(
    folder: Path,
    ports: Sequence[int],
    *,
    telegram: int | None = None,
    pace: float = 0,
    streams: Sequence[str] = (),
    sky: Sequence[int] = (),
    sky_pace: float = 0,
) -> Settings:
    """One desk, Mastodon with a server at each port, and with `telegram` a bot whose API is at that port.

    `pace` is what the networks' known rates are multiplied with; 0: nothing is held back, since what is
    measured is the house and not the limits of others. `streams` are addresses of streams, `sky` the ports of
    Bluesky's servers and `sky_pace` what its rates are multiplied with.
    """
    servers = {name: f"http://127.0.0.1:{port}" for name, port in zip(SERVERS, ports, strict=False)}
    servers |= {f"stream{place}.example": address for place, address in enumerate(streams)}
    chosen = [adapter("desk", "benchmarks.desk"), adapter("mastodon", servers=servers, **paced(0))]
    if sky:
        here = [f"http://127.0.0.1:{port}" for port in sky]
        places = {f"pds{place}.example": address for place, address in enumerate(here)}
        parts = dict.fromkeys(("appview", "entryway", "plc"), here[0])
        chosen.append(adapter("bluesky", servers=places, **parts, **paced(sky_pace)))
    if telegram is not None:
        api = f"http://127.0.0.1:{telegram}"
        chosen.append(adapter("telegram", token=TOKEN, api=api, **paced(pace)))
    return Settings(
        database=f"sqlite:///{folder}/bench.db",
        secret_keys=(KEY,),
        adapters=tuple(chosen),
        access="open",
        web=WebSettings(port=0),
    )


def paced(pace: float) -> dict[str, float]:
    """The option of every adapter, where the house keeps to rates."""
    return {"pace": pace} if keeps_rates() else {}


def keeps_rates() -> bool:
    return "pace" in AdapterConfig.model_fields


@contextlib.asynccontextmanager
async def running(chosen: Settings, *, every: float = EVERY) -> AsyncIterator[App]:
    """The house, going; what it has to say beyond warnings is not written. `every`: of polls, in seconds."""
    configure(level="warning")
    app = App(chosen)
    await app.start()
    app.poller.every = every
    leave_alone()
    app.connect()
    try:
        await desk(app).connected.wait()
        yield app
    finally:
        await app.stop()


def desk(app: App) -> Desk:
    found = app.adapters["desk"]
    assert isinstance(found, Desk)
    return found


def token(user: int, place: int) -> str:
    """Of the account of person `user` on server number `place`."""
    return f"t{user}.{place}"


def native(user: int, place: int, streaming: str = "") -> model.Account:
    """An account of person `user` on server number `place`, whose timelines are streamed there."""
    secret = {"token": token(user, place), "client_id": "c", "client_secret": "s", "streaming": streaming}
    name = f"u{user}"
    return model.Account(
        f"{user}", f"@{name}@{SERVERS[place]}", SERVERS[place], name, credentials=json.dumps(secret)
    )


# Seconds in which all sessions of a crowd end once, evenly: two hours, while time passes five times as fast.
SESSIONS = 1440.0


def sky_account(user: int, place: int) -> model.Account:
    """An account of person `user` on Bluesky, kept at its server number `place`."""
    name = f"t{user}_{place}"
    until = time.time() + 30 + user * GOLDEN % 1.0 * SESSIONS
    secret = {"did": did(user), "pds": f"https://pds{place}.example", "refresh": access(name, 0)}
    secret |= {"access": access(name, until), "expires": until}
    return model.Account(
        did(user), f"@u{user}.example", "bsky.app", f"u{user}",
        credentials=json.dumps(secret), host=f"pds{place}.example",
    )  # fmt: skip


def settle_in(tx: Tx, now: datetime, user: int, places: Sequence[int] = (0, 1, 2)) -> list[Account]:
    """Somebody who is known already: a chat, accounts, and every post goes to all of them."""
    row = people.new_user(tx, now, plain="post")
    person = people.person(tx, "desk", model.Person(str(user), language="en"))
    people.set_person(tx, person.id, user_id=row.id)
    chat = people.chat(tx, "desk", model.Chat(str(user), direct=True), person.id)
    limits = Limits(500, "graphemes", 23, short_mentions=True)
    accounts = [people.link(tx, now, row.id, "mastodon", native(user, place), limits) for place in places]
    for account in accounts:
        routes.add(tx, now, row.id, "default", source_chat_id=chat.id, account_id=account.id)
    return accounts


async def populate(app: App, users: int, places: Sequence[int] = (0, 1, 2)) -> None:
    """`users` people, a hundred in a unit of work."""
    for first in range(0, users, 100):
        some = range(first, min(first + 100, users))
        await app.store.run(lambda tx, now, some=some: [settle_in(tx, now, user, places) for user in some])  # type: ignore[misc]
