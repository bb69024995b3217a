"""What the rest of the house gets: frozen, checked, with absolute paths."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridgebot.config.options import is_loopback
from bridgebot.config.tree import Tree


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The web server."""

    host: str = "127.0.0.1"
    port: int = 8790  # 0: any free one
    public_url: str | None = None  # without a slash at the end; None: not reachable from outside
    metrics_allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # networks that may read /metrics
    metrics_token: str | None = field(default=None, repr=False)  # who has it may, from anywhere

    @property
    def metrics_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        return tuple(ipaddress.ip_network(network) for network in self.metrics_allow)

    @staticmethod
    def is_own(host: str) -> bool:
        """Is this host the machine itself? Then its name says nothing about a proxy."""
        return is_loopback(host)


@dataclass(frozen=True, slots=True)
class LogSettings:
    format: str = "console"  # or json
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Quotas:
    """What one person may have or do, where no operator said otherwise for them."""

    posts: int = 300  # in 24 hours, memos too
    media: int = 200  # pictures, films and sounds in them
    follows: int = 500  # people, tags, lists and timelines that are shown to them
    routes: int = 100  # mirrors into groups, and sync rules
    accounts: int = 20  # that are linked
    links: int = 5  # attempts to link one that are under way


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """One configured adapter; its options are checked by the loader, against the adapter's own model."""

    name: str  # in the configuration: `jabber`
    use: str  # the module: `xmpp`, `my_package.zulip`
    tree: Tree = field(repr=False)  # the whole configuration, with places
    folder: Path = Path()  # where relative paths start

    @property
    def path(self) -> tuple[str, str]:
        """Where its options stand in the tree."""
        return ("adapters", self.name)


@dataclass(frozen=True, slots=True)
class Settings:
    """A checked configuration."""

    database: str  # sqlite:////absolute/path
    secret_keys: tuple[str, ...] = field(repr=False)  # Fernet keys, the newest first
    adapters: tuple[AdapterSettings, ...]
    language: str = "en"
    timezone: str = "UTC"  # IANA
    access: str = "invite"  # open | invite | allowlist
    allow: tuple[str, ...] = ()  # `jabber:ada@example.org`
    operators: tuple[str, ...] = ()
    invites_per_operator: int = 50  # that were not used yet
    invites_per_user: int = 0  # in 30 days
    newcomers_per_day: int = 1000  # people whom open access lets in
    quotas: Quotas = Quotas()
    audit_days: int = 365  # how long the audit log is kept
    digest_after: int = 20  # items that may wait for one chat longer than a minute; 0: any number
    privacy: str = ""  # the operator's own words about it, below what the bot says
    file_sites: tuple[str, ...] = ()  # origins of one's own network at which the media of posts may lie
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    shutdown_grace: float = 20  # seconds that what was begun has to end when the bot is asked to stop
    folder: Path = Path()
    keys_file: Path | None = None  # where `secret_keys` stand; None: nowhere

    @property
    def database_path(self) -> Path:
        """The file of the SQLite database."""
        return Path(self.database.removeprefix("sqlite:///"))


def adapter(name: str, use: str | None = None, /, **options: Any) -> AdapterSettings:
    """Settings of one adapter that no file holds: for the demo and for tests."""
    return AdapterSettings(name, use or name, tree_of({name: options}))


def tree_of(adapters: Mapping[str, Mapping[str, Any]]) -> Tree:
    """A tree with these adapters' options, written nowhere."""
    return Tree({"adapters": {name: dict(options) for name, options in adapters.items()}})
