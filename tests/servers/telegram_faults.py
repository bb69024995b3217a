"""How the pretend Telegram goes wrong on order."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.telegram_errors import Refused, too_many

Ending = Literal["answer", "cut", "hang", "truncate"]
HTML = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One call that goes wrong: whether the method acts, and what the bot gets for an answer."""

    ending: Ending
    acts: bool = False
    status: int = 200
    body: str = ""
    html: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def refusal(error: Refused) -> Fault:
    """Any of Telegram's own refusals."""
    wait = error.parameters.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Fault("answer", status=error.code, body=json.dumps(error.json()), headers=headers)


def slow_down(seconds: int) -> Fault:
    """429."""
    return refusal(too_many(seconds))


CUT = Fault("cut")  # the connection ends before anything was done
LOST_ANSWER = Fault("cut", acts=True)  # … after it was done
HANG = Fault("hang")  # nothing happens, and no answer ever comes
HANG_AFTER = Fault("hang", acts=True)
TRUNCATED = Fault("truncate", acts=True)  # half of the JSON
SERVER_ERROR = refusal(Refused(500, "Internal Server Error"))
BAD_GATEWAY = Fault("answer", status=502, body=HTML, html=True)


@dataclass(slots=True)
class Ordered:
    """A fault that waits for its call."""

    method: str | None  # None: any
    chat: int | None  # None: any
    fault: Fault
    times: int | None  # None: until it is taken back


class Faults:
    """What was ordered and has not happened yet."""

    def __init__(self) -> None:
        self.ordered: list[Ordered] = []

    def order(
        self, fault: Fault, method: str | None = None, *, chat: int | None = None, times: int | None = 1
    ) -> None:
        """The next calls (of this method, about this chat) go wrong so; times=None: all of them."""
        self.ordered.append(Ordered(method and method.lower(), chat, fault, times))

    def clear(self) -> None:
        """From now on all goes well."""
        self.ordered.clear()

    def due(self, method: str, chat: object) -> Fault | None:
        """What happens to this call."""
        for order in self.ordered:
            if order.method in (None, method.lower()) and order.chat in (None, chat):
                if order.times is not None:
                    order.times -= 1
                    if not order.times:
                        self.ordered.remove(order)
                return order.fault
        return None
