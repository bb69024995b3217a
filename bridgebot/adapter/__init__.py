"""The adapter contract: all that a network's module may import, with `model`, `errors` and `http`.

A module holds `Config`, a subclass of `AdapterConfig`, and `Adapter`, a subclass of `ChatAdapter` or
`SocialAdapter`, made as `Adapter(config, context)`. What is optional raises `Unsupported` here and is
declared in `capabilities` there; the kit (`bridgebot.testing`) tests every promise at the wire. Adapters
never retry, split, truncate, sleep for a rate limit or keep files: outbox, `render` and store do, once.
"""

from __future__ import annotations

from bridgebot.adapter.abilities import (
    Address,
    ChatCapabilities,
    KeptFiles,
    Network,
    OnUnconfirmed,
    Open,
    Per,
    Rate,
    Shows,
    SocialCapabilities,
)
from bridgebot.adapter.base import Adapter, AdapterConfig, Sweep
from bridgebot.adapter.chat import ChatAdapter
from bridgebot.adapter.context import (
    UNHEARD,
    Clock,
    Command,
    Context,
    Database,
    Handler,
    Menu,
    Rates,
    Receive,
    Routes,
    State,
    Translate,
)
from bridgebot.adapter.social import SocialAdapter
from bridgebot.files.intake import inspected

__all__ = [
    "UNHEARD",
    "Adapter",
    "AdapterConfig",
    "Address",
    "ChatAdapter",
    "ChatCapabilities",
    "Clock",
    "Command",
    "Context",
    "Database",
    "Handler",
    "KeptFiles",
    "Menu",
    "Network",
    "OnUnconfirmed",
    "Open",
    "Per",
    "Rate",
    "Rates",
    "Receive",
    "Routes",
    "Shows",
    "SocialAdapter",
    "SocialCapabilities",
    "State",
    "Sweep",
    "Translate",
    "inspected",
]
