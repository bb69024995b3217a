"""python-telegram-bot without what a bot of ours never uses.

Requests go over the house's session (see `request`), but the library imports its own way to the network all
the same, and httpx with all that it brings takes 2 MiB, or 7 where the parts for its command line are
installed. So something stands in its place that fetches it when somebody asks for it after all.

Nobody shows a bot of ours their papers (Telegram Passport), which is what the library reads keys of all kinds
for. It does without where `cryptography` is not installed, so it is told that it is not: 1 MiB more.
"""

from __future__ import annotations

import functools
import importlib
import sys
from types import ModuleType
from typing import Any

_NAME = "telegram.request._httpxrequest"


class HTTPXRequest:
    """By this name the library knows it."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        return _real()(*arguments, **options)


@functools.cache
def _real() -> Any:
    sys.modules.pop(_NAME, None)
    return importlib.import_module(_NAME).HTTPXRequest


def _without(*names: str) -> None:
    """Import the library as if these modules were not there."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # what Python knows an absence by
    try:
        importlib.import_module("telegram")
    finally:
        for name in absent:
            del sys.modules[name]


if _NAME not in sys.modules:
    _stand_in = ModuleType(_NAME, __doc__)
    _stand_in.HTTPXRequest = HTTPXRequest  # type: ignore[attr-defined]
    sys.modules[_NAME] = _stand_in
_without("cryptography.hazmat.backends")
