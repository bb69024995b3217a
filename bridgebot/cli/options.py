"""Options that many commands share, and how a group of commands is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter

from bridgebot import __version__
from bridgebot.cli.terminal import say

_COMMANDS, _OPTIONS = Group(say("cli-commands")), Group(say("cli-options"))

ConfigFile = Annotated[
    Path, Parameter(name=["--config", "-c"], env_var="BRIDGEBOT_CONFIG", help=say("cli-option-config"))
]
Flags = Annotated[
    list[str] | None, Parameter(name="--set", negative="", metavar="NAME=VALUE", help=say("cli-option-set"))
]
Json = Annotated[bool, Parameter(name="--json", negative="", help=say("cli-option-json"))]
FILE = Path("config.yaml")


def app(name: str, help: str) -> App:
    """A command with commands of its own."""
    return App(
        name=name,
        help=say(help),
        version=__version__,
        help_format="plaintext",
        group_commands=_COMMANDS,
        group_arguments=_OPTIONS,
        group_parameters=_OPTIONS,
    )
