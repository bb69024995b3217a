"""Apps and consent: OAuth 2 as Doorkeeper does it for Mastodon (config/initializers/doorkeeper.rb)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from tests.servers.mastodon_api import Answer, ApiError, Call, Routes, Token
from tests.servers.mastodon_pages import code_page, consent, login, page
from tests.servers.mastodon_things import Person

routes = Routes()
OOB = "urn:ietf:wg:oauth:2.0:oob"
CODE_LIVES = timedelta(minutes=10)  # doorkeeper: authorization_code_expires_in
_PARTS = {
    "read": "accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses",
    "write": "accounts blocks bookmarks conversations favourites filters follows lists media mutes "
    "notifications reports statuses",
}
SCOPES = frozenset({"read", "write", "follow", "push", "profile"}) | {
    f"{verb}:{what}" for verb, parts in _PARTS.items() for what in parts.split()
}
ASKED = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "force_login", "lang"),
    *("code_challenge", "code_challenge_method"),
)
BAD_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method."
)
BAD_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
    "used in the authorization request, or was issued to another client."
)


@dataclass
class Code:
    """What stands on the page after consent; good for one exchange."""

    app: dict[str, Any]
    person: Person
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str | None
    made_at: datetime


def offered(call: Call) -> frozenset[str]:
    """The narrow ones are not everywhere."""
    narrow = call.world.flavour.granular
    return SCOPES if narrow else frozenset(one for one in SCOPES if ":" not in one)


@routes.add("POST", "/api/v1/apps", "client_name", "redirect_uris", "scopes", "website")
async def new_app(call: Call) -> Answer:
    """mastodon: app/controllers/api/v1/apps_controller.rb; several addresses since 4.3."""
    name, scopes = call.text("client_name"), call.text("scopes").split() or ["read"]
    given = call.params.get("redirect_uris", "")
    uris = [str(one) for one in given] if isinstance(given, list) else str(given).split()
    if not name or not uris:
        raise ApiError(
            422, f"Validation failed: {'Redirect URI' if name else 'Application name'} can't be blank"
        )
    if not offered(call).issuperset(scopes):
        raise ApiError(422, "Validation failed: Scopes doesn't match configured on the server.")
    if any(one != OOB and not urlsplit(one).scheme for one in uris):
        raise ApiError(422, "Validation failed: Redirect URI must be an absolute URI.")
    app = {
        "id": call.world.serial(),
        "name": name,
        "website": call.text("website") or None,
        "scopes": scopes,
        "redirect_uris": uris,
        "vapid_key": "BJGht7R8h9FMwI4oZFyjwGx9_RmR0ylu5_XEVifgiVXM7h8XNEf8zbi4kc_52DVHv",
        "redirect_uri": "\n".join(uris),
        "client_id": secrets.token_urlsafe(32),
        "client_secret": secrets.token_urlsafe(32),
        "client_secret_expires_at": 0,
    }
    call.server.apps[app["client_id"]] = app
    return Answer(app)


@routes.add("GET", "/api/v1/apps/verify_credentials", scope="read", app=True)
async def verify_app(call: Call) -> Answer:
    assert call.token is not None
    hidden = ("client_id", "client_secret", "client_secret_expires_at")
    return Answer({name: value for name, value in call.token.app.items() if name not in hidden})


@routes.add("GET", "/.well-known/oauth-authorization-server")
async def metadata(call: Call) -> Answer:
    if not call.world.flavour.granular:  # Mastodon has it since 4.3, the others do not
        raise ApiError(404, "Not Found")
    base = call.world.home
    return Answer(
        {
            "issuer": f"{base}/",
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "userinfo_endpoint": f"{base}/oauth/userinfo",
            "scopes_supported": sorted(offered(call)),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "service_documentation": "https://docs.joinmastodon.org/",
            "app_registration_endpoint": f"{base}/api/v1/apps",
            # Proposed for Mastodon (#31116); servers that do it must promise it (RFC 9207, 3).
            **({"authorization_response_iss_parameter_supported": True} if call.server.names_issuer else {}),
        }
    )


# --- the pages that a person sees ---


def _asked(call: Call) -> tuple[dict[str, Any], dict[str, str]] | web.Response:
    """The app that asks and what for; or the page that says what is wrong with it."""
    asked = {name: call.text(name) for name in ASKED if call.text(name)}
    app = call.server.apps.get(asked.get("client_id"))
    if app is None:
        return page("An error has occurred", BAD_CLIENT, status=401)
    if asked.get("redirect_uri") not in app["redirect_uris"]:
        words = "The requested redirect uri is malformed or doesn&#39;t match client redirect URI."
        return page("An error has occurred", words, status=400)
    if asked.get("response_type") != "code":
        words = "The authorization server does not support this response type."
        return page("An error has occurred", words, status=400)
    scopes = asked.setdefault("scope", "read").split()
    if not _within(scopes, app["scopes"]):
        words = "The requested scope is invalid, unknown, or malformed."
        return page("An error has occurred", words, status=400)
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return page("An error has occurred", "The code challenge method must be S256.", status=400)
    return app, asked


def _within(scopes: list[str], held: list[str]) -> bool:
    return all(Token("", {}, frozenset(held)).allows(one) for one in scopes)


@routes.add("GET", "/oauth/authorize", *ASKED)
async def authorize(call: Call) -> Answer | web.Response:
    """Log in first, then say yes or no to the app by its name."""
    match _asked(call):
        case web.Response() as wrong:
            return wrong
        case app, asked:
            person = call.server.sessions.get(call.request.cookies.get("_session_id"))
            if person is None:
                return login(asked)
            return consent(app["name"], person.username, asked)
    raise AssertionError("unreachable")


@routes.add("POST", "/auth/sign_in", *ASKED, "username", "password", "login")
async def sign_in(call: Call) -> web.Response:
    person = call.world.find(call.text("username"))
    asked = {name: call.text(name) for name in ASKED if call.text(name)}
    if person is None or not person.password or person.password != call.text("password"):
        return login(asked, "Invalid E-mail address or password.")
    session = secrets.token_urlsafe(16)
    call.server.sessions[session] = person
    answer = web.Response(status=302, headers={"Location": f"/oauth/authorize?{urlencode(asked)}"})
    answer.set_cookie("_session_id", session, httponly=True, samesite="Lax")
    return answer


@routes.add("POST", "/oauth/authorize", *ASKED, "decision")
async def decide(call: Call) -> web.Response:
    match _asked(call):
        case web.Response() as wrong:
            return wrong
        case app, asked:
            person = call.server.sessions.get(call.request.cookies.get("_session_id"))
            if person is None:
                return login(asked)
            said = {"error": "access_denied", "error_description": "The resource owner denied the request."}
            if call.text("decision") == "yes":
                said = {"code": _new_code(call, app, person, asked)}
            issuer = f"{call.world.home}/" if call.server.names_issuer else None
            return _sent_back(asked, said, issuer)
    raise AssertionError("unreachable")


def _new_code(call: Call, app: dict[str, Any], person: Person, asked: dict[str, str]) -> str:
    value = secrets.token_urlsafe(32)
    scopes = frozenset(asked["scope"].split())
    challenge = asked.get("code_challenge")
    made = Code(app, person, asked["redirect_uri"], scopes, challenge, call.world.now())
    call.server.codes[value] = made
    return value


def _sent_back(asked: dict[str, str], said: dict[str, str], issuer: str | None) -> web.Response:
    if asked["redirect_uri"] == OOB:
        if "error" in said:
            return page("An error has occurred", said["error_description"])
        return web.Response(status=302, headers={"Location": f"/oauth/authorize/native?code={said['code']}"})
    if "state" in asked:
        said["state"] = asked["state"]
    if issuer is not None:
        said["iss"] = issuer
    mark = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}{mark}{urlencode(said)}"})


@routes.add("GET", "/oauth/authorize/native", "code")
async def native(call: Call) -> web.Response:
    """The code to copy: app/views/oauth/authorizations/show.html.haml."""
    return code_page(call.text("code"))


# --- tokens ---


def _refused(status: int, error: str, words: str) -> ApiError:
    problem = ApiError(status, error)
    problem.body["error_description"] = words
    return problem


def _client(call: Call) -> dict[str, Any]:
    """The app by its id and secret, in the body or as Basic."""
    id, secret = call.text("client_id"), call.text("client_secret")
    header = call.request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        id, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    app = call.server.apps.get(id)
    if app is None or not secrets.compare_digest(app["client_secret"], secret):
        raise _refused(401, "invalid_client", BAD_CLIENT)
    return app


@routes.add(
    "POST",
    "/oauth/token",
    *("grant_type", "code", "client_id", "client_secret", "redirect_uri", "scope", "code_verifier"),
)
async def token(call: Call) -> Answer:
    app = _client(call)
    match call.text("grant_type"):
        case "authorization_code":
            code = _exchanged(call, app)
            made = call.server.new_token(app, code.scopes, code.person)
        case "client_credentials":
            scopes = call.text("scope").split() or ["read"]
            if not _within(scopes, app["scopes"]):
                words = "The requested scope is invalid, unknown, or malformed."
                raise _refused(400, "invalid_scope", words)
            made = call.server.new_token(app, frozenset(scopes), None)
        case _:
            words = "The authorization grant type is not supported by the authorization server."
            raise _refused(400, "unsupported_grant_type", words)
    return Answer(
        {
            "access_token": made.value,
            "token_type": "Bearer",
            "scope": " ".join(sorted(made.scopes)),
            "created_at": int(call.world.now().timestamp()),
        }
    )


def _exchanged(call: Call, app: dict[str, Any]) -> Code:
    """The code is used up only by an exchange that succeeds (doorkeeper: `revoke` after validation)."""
    code = call.server.codes.get(call.text("code"))
    fresh = code is not None and call.world.now() - code.made_at < CODE_LIVES
    if not fresh or code.app is not app or code.redirect_uri != call.text("redirect_uri"):
        raise _refused(400, "invalid_grant", BAD_GRANT)
    if code.challenge is not None:
        digest = hashlib.sha256(call.text("code_verifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise _refused(400, "invalid_grant", BAD_GRANT)
    del call.server.codes[call.text("code")]
    return code


@routes.add("POST", "/oauth/revoke", "client_id", "client_secret", "token", "token_type_hint")
async def revoke(call: Call) -> Answer:
    """A token that is not there is no error (RFC 7009); another app's is."""
    try:
        app = _client(call)
    except ApiError:
        raise _refused(403, "unauthorized_client", "You are not authorized to revoke this token") from None
    found = call.server.tokens.get(call.text("token"))
    if found is not None and found.app is not app:
        raise _refused(403, "unauthorized_client", "You are not authorized to revoke this token")
    if found is not None:
        found.revoked = True
    return Answer({})
