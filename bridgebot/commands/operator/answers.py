"""What the audit log says of an action of an operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """To whom or what something was done, and how it ended: names and numbers of ours, never a text."""

    target: str = ""
    result: str = "ok"


DONE, REFUSED = Done(), Done(result="refused")


def refused(target: str = "") -> Done:
    """It was not done."""
    return Done(target[:64], "refused")
