"""Half characters made whole: JSON can carry one, a lone surrogate; what keeps or sends text cannot."""

from __future__ import annotations

import enum
import re
from typing import Any, TypeVar

from bridgebot.model import changed, names

T = TypeVar("T")

_HALF = re.compile("[\ud800-\udfff]")


def sound(thing: T) -> T:
    """The same with U+FFFD in the place of each half character, however deep in it that stands."""
    return _sound(thing)  # type: ignore[no-any-return]


def _sound(thing: Any) -> Any:
    if isinstance(thing, enum.Enum):
        return thing
    if isinstance(thing, str):
        return _HALF.sub("\ufffd", thing)
    if isinstance(thing, tuple):
        return tuple(_sound(part) for part in thing)
    if fields := names(thing):
        return changed(thing, **{name: _sound(getattr(thing, name)) for name in fields})
    return thing
