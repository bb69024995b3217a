"""python-telegram-bot without httpx: requests go over the house's session (see `request`).

The library imports its own way to the network whether or not a bot uses it, and httpx with all that it
brings takes 2 MiB, or 7 where the parts for its command line are installed. So something stands in its place
that fetches it when somebody asks for it after all.
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


if _NAME not in sys.modules:
    _stand_in = ModuleType(_NAME, __doc__)
    _stand_in.HTTPXRequest = HTTPXRequest  # type: ignore[attr-defined]
    sys.modules[_NAME] = _stand_in
