"""P13: one of a hundred accounts has a server that takes its posts and never answers.

What the other 99 get through, beside what they get through while all servers are well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import apart, checks, house
from benchmarks.measured import Sized
from benchmarks.runner import Comparison, Side
from benchmarks.through import flood, settle, text
from benchmarks.watch import Watch

ACCOUNTS = 100
POISON = 0  # the number of the person whose account it is, on a server of its own


def place(user: int) -> int:
    return 1 if user == POISON else 0


async def bot(ports: Sequence[int], count: int, stalled: bool) -> dict[str, Any]:
    """`count` posts by people in turns; those of the one that is stuck are waited for by nobody."""
    dead = [house.token(POISON, place(POISON))]
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports)) as app:
            for user in range(ACCOUNTS):
                await app.store.run(lambda tx, now, user=user: house.settle_in(tx, now, user, (place(user),)))  # type: ignore[misc]
            settle(ports[0])
            checks.reset(ports[0], stalled=dead if stalled else [])
            watch, desk = Watch(app, 1), house.desk(app)

            async def through(number: int) -> None:
                await desk.hand_in(number, number % ACCOUNTS, text(number))
                if number % ACCOUNTS != POISON:
                    await watch.ended(f"m{number}")

            await flood(count, through)
            wall = watch.seconds()
            problems = checks.durable(await watch.synchronous())
        others = count - len(range(POISON, count, ACCOUNTS))
        found = checks.log(ports[0])["posts"]
    posts = [one for one in found if one[2] not in dead]
    problems += checks.posted(posts, expected(count))
    if stalled and any(one[2] in dead for one in found):
        problems.append("the server that is stuck answered")
    return {"figures": {"posts/s of the others": others / wall}, "problems": problems}


def expected(count: int) -> dict[str, list[int]]:
    """By token, the posts of everybody else."""
    others = (user for user in range(min(ACCOUNTS, count)) if user != POISON)
    return {house.token(user, place(user)): list(range(user, count, ACCOUNTS)) for user in others}


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    with apart.serving("benchmarks.mastodon_api", "2") as ports:

        def side(name: str, stalled: bool) -> Side:
            target = "benchmarks.stuck:bot"
            return Side(
                name, Sized(target, "posts/s of the others", 400, scale, ports=ports, stalled=stalled)
            )

        yield [Comparison("stuck", side("one is stuck", True), (side("all are well", False),))]
