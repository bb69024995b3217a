"""com.atproto.server.* and com.atproto.identity.*: packages/pds/src/api/com/atproto and auth-verifier.ts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from tests.servers.bluesky_api import Call, Handler, XrpcError, invalid
from tests.servers.bluesky_world import Person

ACCESS, REFRESH = 2 * 3600, 90 * 86400  # seconds
GRACE = 2 * 3600  # in which a refresh token that was used may be used again
CODE = "CODEX-12345"


class Tokens:
    """The JSON Web Tokens of one server."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        self.made: list[str] = []
        self.revoked: set[str] = set()  # by jti
        self.used: dict[str, float] = {}  # refresh tokens by jti: until when they may be used again

    def new(self, person: Person, scope: str, now: float, seconds: float, jti: str = "") -> str:
        claims = {"scope": scope, "sub": person.did, "iat": int(now), "exp": int(now + seconds)}
        claims |= {"aud": "did:web:localhost", "jti": jti or secrets.token_hex(16)}
        parts = ".".join(
            _encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "HS256"}, claims)
        )
        token = f"{parts}.{_encoded(self._sign(parts))}"
        self.made.append(token)
        return token

    def read(self, token: str, now: float) -> dict[str, Any]:
        """What a token says. Raises as auth-verifier.ts does: 400, not 401."""
        parts, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, _encoded(self._sign(parts))):
            raise XrpcError("InvalidToken", "Token could not be verified")
        body = parts.partition(".")[2]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["exp"] <= now or claims["jti"] in self.revoked:
            raise XrpcError("ExpiredToken", "Token has expired")
        return claims

    def _sign(self, text: str) -> bytes:
        return hmac.new(self.key, text.encode(), hashlib.sha256).digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def create(call: Call) -> dict[str, Any]:
    identifier, password = call.body["identifier"].lower(), call.body["password"]
    people = call.world.people.values()
    person = next((p for p in people if identifier in (p.did, p.handle, p.email)), None)
    if person is None or password not in person.passwords:
        raise XrpcError("AuthenticationRequired", "Invalid identifier or password", 401)
    if person.state == "takendown":
        raise XrpcError("AccountTakedown", "Account has been taken down", 401)
    if person.wants_code and call.body.get("authFactorToken") != CODE:
        words = "Token is invalid" if "authFactorToken" in call.body else "A sign in code has been sent"
        raise XrpcError("AuthFactorTokenRequired", words, 401)
    return _session(call, person, secrets.token_hex(16))


def refresh(call: Call) -> dict[str, Any]:
    """One token is changed for the next; for two hours the same one again gives that same next one."""
    tokens, now = call.server.tokens, call.world.now().timestamp()
    claims = call.claims
    person = call.world.people[claims["sub"]]
    until = tokens.used.setdefault(claims["jti"], now + GRACE)
    if now >= until:
        raise invalid("Token has been revoked", "ExpiredToken")
    call.server.renewals[person.did] += 1
    following = hashlib.sha256(claims["jti"].encode()).hexdigest()[:32]
    return _session(call, person, following)


def _session(call: Call, person: Person, jti: str) -> dict[str, Any]:
    tokens, now = call.server.tokens, call.world.now().timestamp()
    return {
        "accessJwt": tokens.new(person, "com.atproto.appPass", now, ACCESS),
        "refreshJwt": tokens.new(person, "com.atproto.refresh", now, REFRESH, jti),
        "handle": person.handle,
        "did": person.did,
        "didDoc": document(call.server.url, person),
        "email": person.email,
        "emailConfirmed": True,
        "active": not person.state,
        **({"status": person.state} if person.state else {}),
    }


def delete(call: Call) -> None:
    call.server.tokens.revoked.add(call.claims["jti"])


def get(call: Call) -> dict[str, Any]:
    me = call.viewer
    return {"handle": me.handle, "did": me.did, "email": me.email, "active": not me.state}


def describe(call: Call) -> dict[str, Any]:
    return {"did": "did:web:localhost", "availableUserDomains": [f".{call.world.domain}"]}


def resolve(call: Call) -> dict[str, Any]:
    person = call.world.person(call.params["handle"])
    if person is None:
        raise invalid("Unable to resolve handle", "HandleNotFound")
    return {"did": person.did}


def document(url: str, person: Person) -> dict[str, Any]:
    """The DID document, as the directory of did:plc gives it."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": person.did,
        "alsoKnownAs": [f"at://{person.handle}"],
        "verificationMethod": [],
        "service": [
            {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": url},
        ],
    }


HANDLERS: dict[str, Handler] = {
    "com.atproto.server.createSession": create,
    "com.atproto.server.refreshSession": refresh,
    "com.atproto.server.deleteSession": delete,
    "com.atproto.server.getSession": get,
    "com.atproto.server.describeServer": describe,
    "com.atproto.identity.resolveHandle": resolve,
}
WITH_REFRESH = frozenset({"com.atproto.server.refreshSession", "com.atproto.server.deleteSession"})
