"""What chat and social adapters share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bridgebot.adapter.abilities import ChatCapabilities, Rate, SocialCapabilities
from bridgebot.adapter.context import Context


class AdapterConfig(BaseModel):
    """An adapter's options. A field of type `SecretStr` may also be given as `<name>_file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow_addresses: tuple[
        str, ...
    ] = ()  # networks (CIDR) that this adapter may reach though they are private
    pace: float = Field(default=1.0, ge=0)  # times the network's known rate limits; 0: there are none here


C = TypeVar("C", bound=AdapterConfig)
Sweep = Callable[[Any, datetime], object]  # a unit of (SQLAlchemy connection, now), as `Database.run` takes


class Adapter(Generic[C]):
    """What chat and social adapters share."""

    title: ClassVar[str]  # the network's name as people read it: `XMPP`, `Plaza`
    for_trying: ClassVar[bool] = False  # it forgets or pretends: never proposed for a real bot
    capabilities: ClassVar[ChatCapabilities | SocialCapabilities]
    live: ClassVar[frozenset[str]] = frozenset()  # options read from `self.config` at each use: reloadable
    plain_http: ClassVar[bool] = False  # what people name here may also be reached by http:// at port 80
    migrations: ClassVar[str | None] = None  # folder of alembic versions beside the module: own tables
    sweeps: ClassVar[tuple[Sweep, ...]] = ()  # run once an hour: what is over in its own tables goes

    def __init__(self, config: C, context: Context) -> None:
        self.config = config
        self.context = context

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The declared rates at the configured pace. The house keeps to them; adapters never wait."""
        if not self.config.pace:
            return ()
        return tuple(rate.at(self.config.pace) for rate in self.capabilities.rates)

    def __repr__(self) -> str:
        return f"<{type(self).__module__} {self.context.name}>"  # never the configuration: it holds secrets
