"""Who a handle is, and which server keeps their account: handle → DID → document → address.

The network's own answers are asked first; the handle's own host (`/.well-known/atproto-did`) where they do
not know it. A handle counts only if the document of its DID names it too: else anybody's domain could claim
anybody.
Sources: atproto.com/specs/handle, atproto.com/specs/did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from yarl import URL

from adapters.bluesky.wire import Wire
from bridgebot.errors import AdapterError, Rejected, TargetGone
from bridgebot.http import call

HANDLE: Final = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
DID: Final = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:(?P<host>[a-z0-9.-]{1,253}))")
INVALID: Final = "handle.invalid"  # what the network says of somebody whose handle does not lead back
_PDS: Final = "#atproto_pds"


class Resolved(msgspec.Struct, frozen=True):
    """The answer of com.atproto.identity.resolveHandle."""

    did: str


class Service(msgspec.Struct, frozen=True, rename="camel"):
    """One service of an identity."""

    id: str = ""
    type: str = ""
    service_endpoint: Any = None


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """What a DID stands for, as far as it is read here."""

    id: str
    also_known_as: list[str] = []
    service: list[Service] = []

    @property
    def handles(self) -> list[str]:
        return [name[5:].lower() for name in self.also_known_as if name.startswith("at://")]

    @property
    def pds(self) -> str | None:
        """The address of the server that keeps the account, as it stands there."""
        for service in self.service:
            its = service.id.removeprefix(self.id) == _PDS and service.type == "AtprotoPersonalDataServer"
            if its and isinstance(service.service_endpoint, str):
                return service.service_endpoint
        return None


@dataclass(frozen=True, slots=True)
class Home:
    """Somebody, and where their account is kept."""

    did: str
    handle: str  # without @
    pds: str  # an address without a path


async def resolve(api: Wire, handle: str) -> str:
    """The DID that a handle leads to. Raises TargetGone, or what kept the network from answering."""
    params = (("handle", handle),)
    try:
        said = (await api.query(None, "com.atproto.identity.resolveHandle", Resolved, params)).did
    except AdapterError as error:
        said = await _well_known(api, handle)
        if not said:
            raise error
    if DID.fullmatch(said) is None:
        raise TargetGone()
    return said


async def _well_known(api: Wire, handle: str) -> str:
    """What the handle's own host says; "": nothing."""
    try:
        address = api.reached(f"https://{handle}/.well-known/atproto-did")
        got = await call(api.http, "GET", address, expect="any", timeout=10)
    except AdapterError:
        return ""
    text = got.body[:300].decode("ascii", "replace").strip()
    return text if DID.fullmatch(text) else ""


async def document(api: Wire, did: str) -> Document:
    """What a DID stands for. Raises TargetGone where nobody knows it."""
    found = DID.fullmatch(did)
    if found is None:
        raise TargetGone()
    host = found["host"]
    address = f"https://{host}/.well-known/did.json" if host else f"{api.config.plc}/{did}"
    said = await api.read(address, Document)
    if said.id != did:
        raise TargetGone()
    return said


async def home(api: Wire, did: str) -> Home:
    """Where the account of a DID is kept. Raises Rejected where that cannot be gone to."""
    said = await document(api, did)
    return Home(did, next(iter(said.handles), did), _place(api, said.pds))


async def home_of(api: Wire, handle: str) -> Home:
    """Where the account with this handle is kept. Raises TargetGone, or Rejected where the handle is not
    theirs by their own word.
    """
    said = await document(api, await resolve(api, handle))
    if handle not in said.handles:
        raise Rejected("bluesky-handle-unsure", handle=handle)
    return Home(said.id, handle, _place(api, said.pds))


def _place(api: Wire, endpoint: str | None) -> str:
    """The address of a server, if one may go there; the session looks at where it leads to."""
    if not endpoint:
        raise Rejected("bluesky-no-server")
    plain = endpoint.rstrip("/")
    try:
        good = api.known(plain) or _is_public(URL(plain))
    except ValueError:
        good = False
    if not good:
        raise Rejected("bluesky-server-wrong")
    return plain


def _is_public(url: URL) -> bool:
    """Is it the address of a server by name, over https, at its usual port, and no more than that?"""
    bare = url.path == "/" and not url.query_string and url.user is None
    return bare and url.scheme == "https" and url.port == 443 and HANDLE.fullmatch(url.host or "") is not None
