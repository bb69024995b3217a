"""The contract without a test runner: one verdict for each promise."""

from __future__ import annotations

import asyncio
import gc
import inspect
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from bridgebot.testing.contract import Contract

Outcome = Literal["kept", "broken", "not declared"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one promise."""

    name: str  # of the test
    promise: str  # its docstring
    outcome: Outcome
    reason: str = ""  # why it is broken, in one line


def promises(contract: type[Contract[Any, Any]]) -> list[str]:
    """The names of the contract's tests, in the order in which they are written."""
    tests: dict[str, None] = {}
    for kind in contract.__mro__:
        tests |= dict.fromkeys(name for name in vars(kind) if name.startswith("test_"))
    return list(tests)


async def verdicts(contract: type[Contract[Any, Any]], *, limit: float = 30) -> AsyncIterator[Verdict]:
    """Judge one promise after the other, each on a stage of its own, for at most `limit` seconds."""
    for name in promises(contract):
        yield await _judge(contract(), name, limit)


async def _judge(contract: Contract[Any, Any], name: str, limit: float) -> Verdict:
    promise = (inspect.getdoc(getattr(contract, name)) or name).splitlines()[0]
    outcome, reason = await _outcome(contract, name, limit)
    return Verdict(name, promise, outcome, reason)


async def _outcome(contract: Contract[Any, Any], name: str, limit: float) -> tuple[Outcome, str]:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", RuntimeWarning)
            async with asyncio.timeout(limit), contract.on_stage() as stage:
                await getattr(contract, name)(stage)
            gc.collect(0)  # a coroutine that nobody awaited warns when it is collected
    except pytest.skip.Exception as skipped:
        return "not declared", str(skipped.msg)
    except (Exception, pytest.fail.Exception, asyncio.CancelledError) as error:
        return "broken", f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
    forgotten = [str(warning.message) for warning in caught if "never awaited" in str(warning.message)]
    return ("broken", forgotten[0]) if forgotten else ("kept", "")
