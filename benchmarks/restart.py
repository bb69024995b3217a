"""P17: a start with a hundred thousand deliveries due; P20: a start with nothing to do, and then rest.

P17: from the start of the process to the first post at a server. The limit is what cannot be spared: a
process that imports what is configured, and the raw first page of such a database. P20 is what `bridgebot
run` holds and does with Telegram, Mastodon and nobody who writes; beside it a bare python-telegram-bot that
polls.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from benchmarks import apart, checks, crowd, house, procfs
from benchmarks.bot_api import TOKEN
from benchmarks.limits import pipeline
from benchmarks.measured import Sized, answered
from benchmarks.runner import Comparison, Figures, Side, Void
from bridgebot.store import Tx, posts
from bridgebot.store import tables as t

DUE, PEOPLE = 100_000, 500
DRAINED = 2000  # of them, over which the rate of draining is taken
IMPORTS = "import bridgebot.app, adapters.telegram, adapters.mastodon"
RESTS, LOOKED_AT = 3.0, 8.0  # seconds


# --- a real `bridgebot run` --------------------------------------------------------------------


def configuration(folder: Path, ports: Sequence[int], api: int) -> Path:
    """A file as an operator writes it, with the key that the rows are sealed with."""
    (folder / "keys").write_text(house.KEY + "\n")
    (folder / "keys").chmod(0o600)
    servers = {name: f"http://127.0.0.1:{port}" for name, port in zip(house.SERVERS, ports, strict=False)}
    chosen = {
        "database": f"sqlite:///{folder}/bench.db",
        "secret_keys_file": str(folder / "keys"),
        "access": "open",
        "web": {"listen": "127.0.0.1:0"},
        "log": {"level": "error"},
        "adapters": {
            "telegram": {
                "use": "telegram",
                "token": TOKEN,
                "api": f"http://127.0.0.1:{api}",
                **house.paced(0),
            },
            "mastodon": {"use": "mastodon", "servers": servers, **house.paced(0)},
        },
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(chosen))
    return file


@contextlib.contextmanager
def bot(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bridgebot", "run", "--config", str(file)]
    with subprocess.Popen(
        command, cwd=apart.ROOT, env=apart.environment(), stderr=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, apart.core(apart.MEASURED)),
    ) as process:  # fmt: skip
        try:
            yield process
            if process.poll() is not None:
                assert process.stderr is not None
                raise Void(f"bridgebot ended: {process.stderr.read()[-400:].decode()}")
        finally:
            process.terminate()
            process.wait(30)


def _until(wanted: Any, process: subprocess.Popen[bytes], seconds: float = 120) -> Any:
    """What `wanted` gives, once it gives something."""
    end = time.monotonic() + seconds
    while not (found := wanted()):
        if time.monotonic() > end or process.poll() is not None:
            raise Void("nothing happened")
        time.sleep(0.02)
    return found


# --- P17 ---------------------------------------------------------------------------------------


async def backlog(ports: Sequence[int], folder: str, due: int) -> dict[str, Any]:
    """A database in which so many posts wait for accounts, as a crash or a pause leaves it."""
    async with house.running(house.settings(Path(folder), ports)) as app:
        await crowd.settle(app, PEOPLE, range(3), read=False, every=1)
        for first in range(0, due // 3, 1000):
            some = range(first, min(first + 1000, due // 3))
            await app.store.run(lambda tx, now, some=some: _waiting(tx, now, some))  # type: ignore[misc]
    return {"figures": {}, "problems": []}


def _waiting(tx: Tx, now: datetime, numbers: range) -> None:
    for number in numbers:
        user = number % PEOPLE
        post_id = posts.add(tx, _post(number, user, now))
        orders = [_delivery(post_id, user, place, now) for place in range(3)]
        tx.connection.execute(sa.insert(t.delivery), orders)
    lanes = [
        _lane(user * 3 + place + 1, place, now)
        for user in {n % PEOPLE for n in numbers}
        for place in range(3)
    ]
    for lane in lanes:
        tx.insert_or_ignore(t.lane, lane)


def _post(number: int, user: int, now: datetime) -> dict[str, Any]:
    return {
        "user_id": user + 1, "adapter": "desk", "author_id": str(user), "author_handle": "@ann",
        "author_name": "Ann", "text": f"m{number} {house.BODY}", "audience": "public", "created_at": now,
    }  # fmt: skip


def _delivery(post_id: int, user: int, place: int, now: datetime) -> dict[str, Any]:
    account = user * 3 + place + 1
    return {
        "once": f"create:{post_id}:{account}", "action": "create", "state": "queued",
        "lane": f"account:{account}",
        "urgency": 0, "post_id": post_id, "account_id": account, "user_id": user + 1, "arguments": {},
        "attempts": 0, "fence": 0, "due_at": now - timedelta(seconds=1), "created_at": now,
    }  # fmt: skip


def _lane(account: int, place: int, now: datetime) -> dict[str, Any]:
    lane = {"name": f"account:{account}", "realm": f"mastodon/{house.SERVERS[place]}", "fence": 0}
    return {**lane, "due_at": now - timedelta(seconds=1), "urgency": 0}


def restarted(folder: Path, ports: Sequence[int], api: int, drained: int) -> Figures:
    """Start it, and stop it once some have gone: there is enough for the next run."""
    checks.reset(ports[0])
    begun = time.monotonic()
    with bot(configuration(folder, ports, api)) as process:
        sent = _until(lambda: _at_least(ports[0], drained), process)
        figures = {"MiB": procfs.rss(process.pid)}
    times = sorted(at for at, *_ in sent)
    words = [(token, word) for _, _, token, word in sent]
    if len(set(words)) != len(words):
        raise Void(f"{len(words) - len(set(words))} posted twice")
    return figures | {
        "s to the first": times[0] - begun,
        "posts/s": (drained - 1) / (times[drained - 1] - times[0]),
    }


def _at_least(port: int, count: int) -> Sequence[Any] | None:
    found = checks.log(port)["posts"]
    return found if len(found) >= count else None


def unavoidable(file: Path) -> Figures:
    """Importing in a process of its own, and the raw first page of a database with as much in it."""
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", IMPORTS], check=True, cwd=apart.ROOT, env=apart.environment(),
        preexec_fn=lambda: os.sched_setaffinity(0, apart.core(apart.MEASURED)),
    )  # fmt: skip
    connection = sqlite3.connect(file)
    connection.execute(
        "select id, lane from delivery where state=0 and next_at<=1 order by next_at, id limit 500"
    ).fetchall()
    connection.close()
    return {"s to the first": time.monotonic() - begun}


def _raw(file: Path, due: int) -> None:
    pipeline.fresh(file)
    connection = sqlite3.connect(file)
    connection.executemany("insert into delivery(msg,lane) values(?,?)", ((n, n % 1500) for n in range(due)))
    connection.commit()
    connection.close()


# --- P20 ---------------------------------------------------------------------------------------


def resting(folder: Path, ports: Sequence[int], api: int, seconds: float) -> Figures:
    """Nobody writes, nothing is read."""
    checks.reset(api)
    with bot(configuration(folder, ports, api)) as process:
        _until(lambda: checks.log(api)["asked_at"], process)
        return _watched(process, seconds)


def bare_resting(api: int, seconds: float) -> Figures:
    checks.reset(api)
    command = [sys.executable, "-m", "benchmarks.limits.telegram_rest", f"http://127.0.0.1:{api}"]
    with subprocess.Popen(
        command, cwd=apart.ROOT, env=apart.environment(),
        preexec_fn=lambda: os.sched_setaffinity(0, apart.core(apart.MEASURED)),
    ) as process:  # fmt: skip
        try:
            _until(lambda: checks.log(api)["asked_at"], process)
            return _watched(process, seconds)
        finally:
            process.terminate()


def _watched(process: subprocess.Popen[bytes], seconds: float) -> Figures:
    time.sleep(RESTS)
    cpu = procfs.cpu(process.pid)
    time.sleep(seconds)
    spent = procfs.cpu(process.pid) - cpu
    return {"MiB at rest": procfs.rss(process.pid), "% of a core at rest": 100 * spent / seconds}


# --- all ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    due, drained = max(600, round(DUE * scale)), max(50, round(DRAINED * scale))
    seconds = max(1.0, LOOKED_AT * scale)
    with (
        apart.serving("benchmarks.mastodon_api", "3") as ports,
        apart.serving("benchmarks.telegram_api") as (api,),
        house.folder() as full,
        house.folder() as empty,
    ):
        answered(apart.run("benchmarks.restart:backlog", folder=str(full), ports=ports, due=due))
        _raw(full / "raw.db", due)
        rest = resting(empty, ports, api, seconds)
        through = Sized("benchmarks.through:bot", "msg/s", 200, scale, ports=ports)
        yield [
            Comparison(
                "restart",
                Side("bot", lambda: _beyond(full, restarted(full, ports, api, drained), rest["MiB at rest"])),
                (Side("P1", lambda: {"posts/s": 3 * through()["msg/s"]}),),
            ),
            Comparison(
                "at rest",
                Side("bot", lambda: resting(empty, ports, api, seconds)),
                (Side("bare python-telegram-bot", lambda: bare_resting(api, seconds)),),
            ),
        ]


def _beyond(folder: Path, figures: Figures, empty: float) -> Figures:
    """What cannot be spared is measured right after it, and taken away."""
    bare = unavoidable(folder / "raw.db")["s to the first"]
    more = {"s beyond imports": figures["s to the first"] - bare, "s of imports": bare}
    return {**figures, **more, "MiB above an empty start": figures["MiB"] - empty}
