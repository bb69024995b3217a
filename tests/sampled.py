"""Of many cases of one kind some at each change, and all of them by night."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(count: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a `parametrize`: one in so many is always tried, the others are marked `nightly`."""
    return [
        case if number % count == 0 else pytest.param(case, marks=pytest.mark.nightly)
        for number, case in enumerate(cases)
    ]
