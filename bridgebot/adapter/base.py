"""What chat and social adapters share."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bridgebot.adapter.context import Context


class AdapterConfig(BaseModel):
    """An adapter's options. A field of type `SecretStr` may also be given as `<name>_file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow_addresses: tuple[
        str, ...
    ] = ()  # networks (CIDR) that this adapter may reach though they are private


C = TypeVar("C", bound=AdapterConfig)


class Adapter(Generic[C]):
    """What chat and social adapters share."""

    title: ClassVar[str]  # the network's name as people read it: `XMPP`, `Plaza`
    for_trying: ClassVar[bool] = False  # it forgets or pretends: never proposed for a real bot
    live: ClassVar[frozenset[str]] = frozenset()  # options read from `self.config` at each use: reloadable
    migrations: ClassVar[str | None] = None  # folder of alembic versions beside the module: own tables

    def __init__(self, config: C, context: Context) -> None:
        self.config = config
        self.context = context

    def __repr__(self) -> str:
        return f"<{type(self).__module__} {self.context.name}>"  # never the configuration: it holds secrets
