"""The seed of a run: an ordinary one, or ten times as much at night."""

from __future__ import annotations

import pytest

from tests.fuzz.mutate import SEED, TONIGHT, Fuzz


@pytest.fixture(
    params=[
        pytest.param((SEED, 1), id="some"),
        pytest.param((TONIGHT, 10), id="many", marks=[pytest.mark.nightly, pytest.mark.timeout(3600)]),
    ]
)
def fuzz(request: pytest.FixtureRequest) -> Fuzz:
    made = Fuzz(request.node.originalname, *request.param)
    print(made.told)
    return made
