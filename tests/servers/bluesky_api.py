"""What the handlers of the fake share: calls, errors, and who is calling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.bluesky_world import Person, World

if TYPE_CHECKING:
    from tests.servers.bluesky import BlueskyServer


class XrpcError(Exception):
    """An answer that says no: packages/xrpc-server/src/errors.ts."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error, self.message, self.status = error, message, status

    @property
    def answer(self) -> web.Response:
        return web.json_response({"error": self.error, "message": self.message}, status=self.status)


def invalid(message: str, error: str = "InvalidRequest") -> XrpcError:
    return XrpcError(error, message)


@dataclass
class Call:
    """One call that passed the lexicon."""

    server: BlueskyServer
    nsid: str
    request: web.Request
    params: dict[str, Any]
    body: Any = None  # JSON, or the bytes of an upload
    person: Person | None = None  # whose access token came with it
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def viewer(self) -> Person:
        """Who is signed in. Raises as a PDS and an app view do."""
        if self.person is None:
            raise XrpcError("AuthMissing", "Authentication Required", 401)
        return self.person

    def actor(self, actor: str) -> Person:
        """Whom a query names; packages/bsky: what is not there is only said in words."""
        found = self.world.person(actor) if "." in actor or actor.startswith("did:") else None
        if found is None:
            raise invalid("Profile not found")
        if found.state == "takendown":
            raise XrpcError("AccountTakedown", "Account has been suspended")
        if found.state == "deactivated":
            raise XrpcError("AccountDeactivated", "Account is deactivated")
        return found


Handler = Callable[[Call], Awaitable[Any] | Any]
