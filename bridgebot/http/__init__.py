"""HTTP to the outside: one guarded aiohttp session, and one function that makes a call with it.

`session` gives the session that stands in an adapter's `Context.http`; nothing that goes through it
reaches a private address or a host that nobody may name. `call` makes one request and turns every
way in which it can end into an answer or one of the errors of `bridgebot.errors`; `patience` is how long
one may take that hands over a file.
"""

from __future__ import annotations

from bridgebot.http.guard import AddressRefused, Policy, policy, session
from bridgebot.http.wire import Response, call, patience

__all__ = ["AddressRefused", "Policy", "Response", "call", "patience", "policy", "session"]
