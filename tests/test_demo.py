"""The demo answers each line of a script when all that follows from the line before has been shown."""

from __future__ import annotations

import asyncio
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
