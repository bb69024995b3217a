"""What `bridgebot users`, `audit` and `stats` read and do, also beside a running bot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bridgebot import beside
from bridgebot.adapter import ChatAdapter, Network
from bridgebot.cli.terminal import say
from bridgebot.commands import access, held
from bridgebot.config import Settings
from bridgebot.dialog import House
from bridgebot.errors import ConfigError
from bridgebot.ground import prepare
from bridgebot.loader import Prepared
from bridgebot.store import Tx, audit, figures, grants, invites, people, roster
from bridgebot.texts import Texts

PAGE = 50
# What each does: from which roles, to which, and what the role is by then.
_ROLES = {
    "block": (("user", "operator"), "blocked", None),
    "unblock": (("blocked",), "user", None),
    "promote": (("user",), "operator", access.BY_PROMOTION),
    "demote": (("operator",), "user", None),
}


async def page(settings: Settings, word: str, number: int) -> list[dict[str, Any]]:
    """Some of the users: fifty, in the order of their numbers."""
    skip = (max(number, 1) - 1) * PAGE
    found = await beside.run_beside(settings, lambda tx, now: roster.page(tx, skip, PAGE, word))
    return [one.shown() for one in found]


async def one(settings: Settings, number: int) -> dict[str, Any] | None:
    found = await beside.run_beside(settings, lambda tx, now: roster.one(tx, number))
    return found.shown() if found else None


async def act(settings: Settings, what: str, number: int) -> str:
    """Change somebody's role; what became of it, as the key of a text."""
    house = _house(settings)
    return await beside.run_beside(settings, lambda tx, now: _act(tx, now, house, what, number))


def _act(tx: Tx, now: datetime, house: House, what: str, number: int) -> str:
    user = people.find_user(tx, number)
    of, role, by = _ROLES[what]
    if user is None:
        return "cli-users-no-such"
    if user.role not in of:
        return "cli-users-not-so"
    if user.role == "operator" and access.is_listed(tx, house, user):
        return "cli-users-listed"
    beside.note(tx, now, f"users {what}", str(number))
    people.let_go(tx, now, number, role=role, role_by=by)
    if what == "block":
        invites.revoke(tx, now, "all", made_by=number)
        grants.lapse(tx, now)
    if what == "unblock":
        held.unblocked(tx, now, house, number)
    return f"cli-users-{what}"


def _house(settings: Settings) -> House:
    """As much of the house as talks to somebody: no adapter is made for that."""
    prepared = prepare(settings)
    return House(
        networks={one.name: _network(one) for one in prepared if one.kind is not None},
        texts=Texts(
            {lang: [s for one in prepared for s in one.texts.get(lang, ())] for lang in Texts.languages}
        ),
        language=settings.language,
        timezone=settings.timezone,
        operators=frozenset(settings.operators),
    )


def _network(prepared: Prepared) -> Network:
    kind: Any = prepared.kind
    if issubclass(kind, ChatAdapter):
        return Network(prepared.name, kind.title, chat=kind.capabilities)
    return Network(prepared.name, kind.title, social=kind.capabilities)


async def log(settings: Settings, begin: datetime | None) -> list[dict[str, Any]]:
    """The audit log from then on, or all of it, the oldest line first."""

    def unit(tx: Tx, now: datetime) -> list[dict[str, Any]]:
        return [entry.shown() for entry in audit.since(tx, begin)]

    return await beside.run_beside(settings, unit)


def moment(typed: str) -> datetime:
    """`2026-11-26` or `2026-11-26T14:05+01:00`; without a zone it is UTC. Raises ConfigError."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError as error:
        raise ConfigError(say("cli-since-unreadable", typed=typed)) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


async def figures_of(settings: Settings) -> dict[str, Any]:
    """The service's own figures."""
    return await beside.run_beside(settings, figures.look)
