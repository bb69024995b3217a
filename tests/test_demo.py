"""The demo answers each line of a script when all that follows from the line before has been shown."""

from __future__ import annotations

import asyncio
import socket
from functools import wraps

import pytest

from adapters.plaza.adapter import Adapter
from bridgebot import demo
from bridgebot.poller import Poller

SLOW = 0.3  # seconds; what is at rest is quiet for a tenth of it
# What stands between a post and the answer to it in the chat, each in turn on a machine that is busy.
STEPS = [
    (Adapter, "_concerns"),
    (Adapter, "get"),
    (Adapter, "publish"),
    (Poller, "_look_at"),
    (Poller, "_knows"),
]


@pytest.mark.parametrize(("where", "name"), STEPS, ids=[name for _, name in STEPS])
async def test_a_slow_step_makes_nobody_answer_what_is_not_there_yet(
    tmp_path, monkeypatch, capsys, where, name
):
    real = getattr(where, name)

    @wraps(real)
    async def slowly(*given, **more):
        await asyncio.sleep(SLOW)
        return await real(*given, **more)

    monkeypatch.setattr(where, name, slowly)
    monkeypatch.setattr(demo, "REST", SLOW / 30)
    async with demo._house(tmp_path, "zh-CN", typed=False) as house:
        code = await house.play(["早上好，从终端里发一条", "/赞3bd"])
    shown = capsys.readouterr().out
    assert (code, "★ 3bd" in shown) == (0, True), shown


async def test_two_demos_begin_at_once(tmp_path):
    """Whichever is second at the usual port has its pages at another."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    started = await asyncio.gather(*(demo._started(folder, "en", typed=False) for folder in folders))
    try:
        assert len({app.web.base for app in started}) == 2
    finally:
        for app in started:
            await app.stop()


async def test_where_the_usual_port_is_taken_the_pages_are_elsewhere(tmp_path, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(demo, "PORT", taken)
        app = await demo._started(tmp_path, "en", typed=False)
        base = app.web.base
        await app.stop()
    assert not base.endswith(f":{taken}")
