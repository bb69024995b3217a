"""`bridgebot users`, `bridgebot audit`, `bridgebot stats`: what operators do, also beside a running bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from bridgebot.cli import show
from bridgebot.cli.options import FILE, ConfigFile, Flags, Json, app
from bridgebot.cli.terminal import complain, late, run, say, settings, tell, tell_json

users = app("users", "cli-help-users")
audit = app("audit", "cli-help-audit")

Number = Annotated[int, Parameter(help=say("cli-option-user"))]


@users.command(name="list", help=say("cli-help-users-list"))
def users_list(
    word: Annotated[str, Parameter(help=say("cli-option-word"))] = "",
    *,
    page: Annotated[int, Parameter(help=say("cli-option-page"))] = 1,
    config: ConfigFile = FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    found = run(late("bridgebot.cli.people").page(settings(config, set_), word, page))
    tell_json(found) if json else tell(*(show.fields(_short(one)) for one in found))
    return 0


def _short(one: dict[str, Any]) -> dict[str, Any]:
    """A user on one line."""
    accounts = ",".join(f"{name}:{number}" for name, number in one["accounts"].items())
    return one | {"addresses": " ".join(one["addresses"]), "accounts": accounts or None}


@users.command(name="show", help=say("cli-help-users-show"))
def users_show(number: Number, *, config: ConfigFile = FILE, set_: Flags = None, json: Json = False) -> int:
    found = run(late("bridgebot.cli.people").one(settings(config, set_), number))
    if found is None:
        complain(say("cli-users-no-such", number=number))
        return 1
    tell_json(found) if json else tell(*show.lines(found))
    return 0


@users.command(name="block", help=say("cli-help-users-block"))
def users_block(number: Number, *, config: ConfigFile = FILE, set_: Flags = None, json: Json = False) -> int:
    return _act("block", number, config, set_, json)


@users.command(name="unblock", help=say("cli-help-users-unblock"))
def users_unblock(
    number: Number, *, config: ConfigFile = FILE, set_: Flags = None, json: Json = False
) -> int:
    return _act("unblock", number, config, set_, json)


@users.command(name="promote", help=say("cli-help-users-promote"))
def users_promote(
    number: Number, *, config: ConfigFile = FILE, set_: Flags = None, json: Json = False
) -> int:
    return _act("promote", number, config, set_, json)


@users.command(name="demote", help=say("cli-help-users-demote"))
def users_demote(number: Number, *, config: ConfigFile = FILE, set_: Flags = None, json: Json = False) -> int:
    return _act("demote", number, config, set_, json)


def _act(what: str, number: int, config: Path, flags: list[str] | None, json: bool) -> int:
    """1 if it could not be done."""
    key = run(late("bridgebot.cli.people").act(settings(config, flags), what, number))
    well = key == f"cli-users-{what}"
    if json:
        tell_json({"user": number, "result": key.removeprefix("cli-users-")})
    else:
        (tell if well else complain)(say(key, number=number))
    return 0 if well else 1


@audit.command(name="export", help=say("cli-help-audit-export"))
def audit_export(
    *,
    since: Annotated[str | None, Parameter(help=say("cli-option-since"))] = None,
    config: ConfigFile = FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    people = late("bridgebot.cli.people")
    begin = people.moment(since) if since else None
    lines = run(people.log(settings(config, set_), begin))
    if json:
        tell_json(lines)
    else:
        tell(*("\t".join("" if cell is None else str(cell) for cell in line.values()) for line in lines))
    return 0


def stats(*, config: ConfigFile = FILE, set_: Flags = None, json: Json = False) -> int:
    found = run(late("bridgebot.cli.people").figures_of(settings(config, set_)))
    tell_json(found) if json else tell(*show.lines(found))
    return 0
