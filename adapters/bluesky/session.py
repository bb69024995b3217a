"""Sessions: made once with an app password, renewed while they last, given back at the end.

The password is not kept. Signing in is allowed thirty times in five minutes and a hundred times a day, so
what it gives is kept with the account: a token for two hours, and one that gives fresh ones for months.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

import msgspec

from adapters.bluesky import wire
from adapters.bluesky.identity import INVALID, Home
from adapters.bluesky.wire import Nothing, Refused, Secret, Wire
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone
from bridgebot.model import Account

_SERVER = "com.atproto.server"


class Session(msgspec.Struct, frozen=True, rename="camel"):
    """What createSession and refreshSession answer."""

    did: str
    handle: str
    access_jwt: str
    refresh_jwt: str
    active: bool = True
    status: str | None = None  # why it is not active: `takendown`, `suspended`, `deactivated`

    def __repr__(self) -> str:
        return "<Session>"


class _Claims(msgspec.Struct, frozen=True):
    """What a token says of itself, as far as it is read here."""

    exp: float = 0
    scope: str = ""


_CLAIMS = msgspec.json.Decoder(_Claims)


class FactorWanted(Exception):
    """The password is right, and a code that the server has sent by e-mail must come with it."""


async def begin(api: Wire, server: str, identifier: str, password: str, code: str = "") -> Session:
    """Sign in. Raises FactorWanted; Rejected where the answer will not do."""
    body = {"identifier": identifier, "password": password}
    if code:
        body["authFactorToken"] = code
    try:
        made = await api.procedure(
            None, f"{_SERVER}.createSession", Session, json=body, server=server, idempotent=True
        )
    except Refused as error:
        raise _unwelcome(error, code) from None
    except TargetGone:
        raise Rejected("bluesky-server-other") from None
    _check_active(made, Rejected)
    return made


def _unwelcome(error: Refused, code: str) -> Exception:
    """Why nobody was signed in. The network's own words are left out: they may quote what was typed."""
    if error.name == "AuthFactorTokenRequired":
        return Rejected("bluesky-code-wrong") if code else FactorWanted()
    if error.key != "http-rejected":
        return error
    return Rejected("bluesky-code-wrong" if code else "bluesky-password-wrong")


def _check_active(made: Session, kind: type[AdapterError]) -> None:
    if not made.active:
        raise kind("bluesky-deactivated" if made.status == "deactivated" else "bluesky-taken-down")


def account(api: Wire, home: Home, made: Session, name: str = "") -> Account:
    """The account of a session. Raises Rejected where it is another's than was asked for."""
    if made.did != home.did:
        raise Rejected("bluesky-server-wrong")
    scope, kept = claims(made.access_jwt).scope, _kept(made, home.pds)
    return Account(
        home.did,
        f"@{home.handle if made.handle == INVALID else made.handle.lower()}",
        api.config.realm,
        name,
        f"{api.config.site}/profile/{home.did}",
        _written(kept),
        (scope,) if scope else (),
        kept.host,
    )


async def refresh(api: Wire, account: Account) -> Account:
    """The account with a fresh session; the old one may be asked again for two hours after."""
    known = wire.secret(account)
    try:
        made = await api.procedure(
            None,
            f"{_SERVER}.refreshSession",
            Session,
            server=known.pds,
            token=known.refresh,
            idempotent=True,
        )
    except Rejected as error:
        why = error.key if error.key.startswith("bluesky-") else None
        raise AuthExpired(why) from error
    except TargetGone as error:
        raise AuthExpired() from error
    _check_active(made, AuthExpired)
    if made.did != known.did:
        raise AuthExpired()
    kept = _kept(made, known.pds)
    return replace(account, credentials=_written(kept), host=kept.host)


async def end(api: Wire, account: Account) -> None:
    """Give the session back, best effort."""
    try:
        known = wire.secret(account)
        await api.procedure(
            None,
            f"{_SERVER}.deleteSession",
            Nothing,
            server=known.pds,
            token=known.refresh,
            idempotent=True,
        )
    except AdapterError:
        return  # over already, or a server that is gone


def _kept(made: Session, pds: str) -> Secret:
    return Secret(made.did, pds, made.access_jwt, made.refresh_jwt, claims(made.access_jwt).exp)


def _written(kept: Secret) -> str:
    return msgspec.json.encode(kept).decode()


def claims(token: str) -> _Claims:
    """What a token says of itself; nobody checks its signature, since nothing is allowed by it here."""
    body = token.partition(".")[2].partition(".")[0]
    try:
        return _CLAIMS.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (*wire.UNREADABLE, binascii.Error, ValueError):
        return _Claims()
