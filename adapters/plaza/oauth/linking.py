"""Linking an account that is there already: by the same consent that any app asks for.

The bot is its own app here. It keeps no secret of that app: the verifier of its challenge proves it, and
never leaves the house.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from adapters.plaza.oauth.consent import PATH
from adapters.plaza.scopes import spoken
from adapters.plaza.store import apps, tokens
from adapters.plaza.store.apps import NewApp
from adapters.plaza.store.rows import Member
from adapters.plaza.store.tokens import Offer
from bridgebot.adapter import Context
from bridgebot.errors import Rejected
from bridgebot.model import Consent, Redirect

SCOPES = frozenset({"read", "write"})


async def ask(context: Context, owner: str, redirect: Redirect) -> Consent:
    """The first step: an app for this attempt, which bears the name of who will own the account."""
    new = NewApp(f"bridgebot for {owner}" if owner else "bridgebot", None, (redirect.url,), SCOPES)
    client_id, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    await context.database.run(
        lambda connection, now: apps.register(connection, now, new, client_id, secrets.token_urlsafe(32))
    )
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect.url,
        "scope": spoken(SCOPES),
        "state": redirect.state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return Consent(
        context.routes.url(f"{PATH}?{urlencode(asked)}"),
        ("plaza-scope-read", "plaza-scope-write"),
        context.routes.url("/"),
        json.dumps({"client": client_id, "verifier": verifier, "redirect": redirect.url}),
        names_issuer=True,
    )


async def finish(context: Context, progress: str, code: str) -> tuple[Member, str]:
    """The last step: whose account it is, and the token for it. Raises Rejected."""
    kept, token = json.loads(progress), secrets.token_urlsafe(32)

    def unit(connection: Any, now: datetime) -> Member | None:
        app = apps.known(connection, kept["client"])
        if app is None:
            return None
        offer = Offer(app, code, kept["redirect"], _challenge(kept["verifier"]), authenticated=False)
        if tokens.exchange(connection, now, offer, token) is None:
            return None
        held = tokens.holder(connection, token)
        return held.member if held else None

    member = await context.database.run(unit)
    if member is None:
        raise Rejected("plaza-code-refused")
    return member, token


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
