"""What of the configuration can change while the bot runs, and what needs a restart. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridgebot.config import LogSettings, Quotas, Settings
from bridgebot.loader import Prepared

# Options of the core that count at once, by dotted name.
DOORS = (
    "access",
    "allow",
    "operators",
    "invites_per_operator",
    "invites_per_user",
    "newcomers_per_day",
    "quotas",
)
AT_ONCE = frozenset({*DOORS, "audit_days", "log.level", "shutdown_grace"}) | {
    f"quotas.{field.name}" for field in dataclasses.fields(Quotas)
}
_KEYS = "secret_keys_file"


@dataclass(frozen=True, slots=True)
class Changes:
    """The names of options that changed; never a value, for it may be a secret."""

    taken: tuple[str, ...]
    waiting: tuple[str, ...]  # they count after a restart

    @property
    def adapters(self) -> tuple[str, ...]:
        """Those of which an option was taken: what they allow is another now."""
        parts = (name.split(".") for name in self.taken)
        return tuple(dict.fromkeys(part[1] for part in parts if part[0] == "adapters"))


def compare(
    before: Settings, now: Settings, adapters_before: Mapping[str, Prepared], adapters: Mapping[str, Prepared]
) -> Changes:
    """What changed between two readings of a configuration."""
    changed = _changed(_core(before), _core(now))
    at_once = AT_ONCE | ({_KEYS} if _follows_keys(before, now) else set())
    taken = [name for name in changed if name in at_once]
    waiting = [name for name in changed if name not in at_once]
    for name in sorted({*adapters_before, *adapters}):
        old, new = adapters_before.get(name), adapters.get(name)
        if old is None or new is None or old.use != new.use:
            waiting.append(f"adapters.{name}")
            continue
        live = live_options(new)
        for option in _changed(_options(old), _options(new)):
            (taken if option in live else waiting).append(f"adapters.{name}.{option}")
    return Changes(tuple(taken), tuple(waiting))


def running(before: Settings, now: Settings) -> Settings:
    """The settings that a running bot has after a reload."""
    return dataclasses.replace(
        before,
        **{name: getattr(now, name) for name in DOORS},
        secret_keys=now.secret_keys if _follows_keys(before, now) else before.secret_keys,
        audit_days=now.audit_days,
        shutdown_grace=now.shutdown_grace,
        log=LogSettings(before.log.format, now.log.level),
    )


def merged(before: Prepared, now: Prepared) -> Prepared:
    """An adapter's options, with those that count at once as they are now."""
    if before.config is None or now.config is None or before.use != now.use:
        return before
    values = {name: getattr(now.config, name) for name in live_options(now)}
    return dataclasses.replace(before, config=before.config.model_copy(update=values))


def live_options(prepared: Prepared) -> frozenset[str]:
    """The options of an adapter that it reads whenever it needs them."""
    return frozenset() if prepared.kind is None else prepared.kind.live


def _follows_keys(before: Settings, now: Settings) -> bool:
    """Whether the vault has them already: it looks at its file before it encrypts."""
    return before.keys_file is not None and before.keys_file == now.keys_file


def _core(settings: Settings) -> dict[str, Any]:
    values = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.name not in ("adapters", "folder", "keys_file")
    }
    found: dict[str, Any] = {}
    for name, value in values.items():
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            inner = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            found |= {f"{name}.{part}": one for part, one in inner.items()}
        else:
            found[{"secret_keys": _KEYS}.get(name, name)] = value
    return found


def _options(prepared: Prepared) -> dict[str, Any]:
    config = prepared.config
    if config is None:
        return {}
    return {name: getattr(config, name) for name in type(config).model_fields}


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
