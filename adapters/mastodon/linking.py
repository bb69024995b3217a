"""Linking an account: which server, a client registered for this one attempt, the code, the proof.

The server sends the person's browser back to the bot with a code. Where the bot has no address that people
reach, the server shows the code, and they paste it into the chat. That proves who holds the account, not who
holds the chat: therefore the client bears the name of the chat identity that will own the account, and the
question says whose code may be pasted.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from yarl import URL

from adapters.mastodon import names, reading, servers, wire
from adapters.mastodon.entities import Account as Person
from adapters.mastodon.entities import App, Hidden, Instance, Metadata, Token
from adapters.mastodon.wire import Secret, Wire
from bridgebot.adapter import Context
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import call
from bridgebot.model import Account, Browser, Consent, Question, Redirect

# What is used, and no more. A server that does not offer all of these knows the coarse words.
_READ = ("accounts", "bookmarks", "follows", "lists", "notifications", "search", "statuses")
_WRITE = (
    *("accounts", "blocks", "bookmarks", "favourites", "follows"),
    *("media", "mutes", "reports", "statuses"),
)
NARROW = " ".join([*(f"read:{what}" for what in _READ), *(f"write:{what}" for what in _WRITE)])
SCOPES = "read write"  # the words that every server knows; `follow` is old, `push` and `admin` are not needed
TOLD = tuple(
    (scope, f"mastodon-scope-{scope.partition(':')[0]}") for scope in (*SCOPES.split(), *NARROW.split())
)
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"  # the server shows the code instead of sending it somewhere
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_CODE = re.compile(r"[A-Za-z0-9._~-]{4,512}")


class Progress(Hidden, frozen=True):
    """What the last step needs of the first."""

    server: str
    client_id: str
    client_secret: str
    verifier: str  # of PKCE: whoever has only seen the address cannot use the code
    host: str  # in the handles of the server's people
    streaming: str  # address of its streams; "": it has none
    software: str
    redirect: str = OUT_OF_BAND
    scopes: str = SCOPES


async def ask(
    api: Wire, context: Context, answer: str | None, owner: str, redirect: Redirect | None
) -> Question | Browser | Consent:
    """The first step: the server, and a client for this attempt."""
    if answer is None:
        return Question("mastodon-server")
    server = server_of(answer, api)
    instance = await instance_of(api, server)
    said = await _metadata(api, server)
    back = redirect.url if redirect else OUT_OF_BAND
    scopes = NARROW if set(NARROW.split()) <= set(said.scopes_supported) else SCOPES
    app = await _register(api, context, server, owner, back, scopes)
    progress = Progress(
        server,
        app.client_id,
        app.client_secret,
        secrets.token_urlsafe(48),
        host_of(instance, server, trusted=api.known(server)),
        _streaming(instance),
        wire.software(instance),
        back,
        scopes,
    )
    state = {"state": redirect.state} if redirect else {}
    address = api.address(server, f"/oauth/authorize?{urlencode(_request(progress) | state)}")
    kept = msgspec.json.encode(progress).decode()
    if redirect is None:
        return Browser(address, "mastodon-code", {"server": server}, kept)
    issuer, named = _issuer(said, server)
    return Consent(address, ("mastodon-scope-read", "mastodon-scope-write"), issuer, kept, named)


async def finish(api: Wire, text: str, answer: str | None) -> Account:
    """The last step: the code for a token, the token for who it is."""
    progress = msgspec.json.decode(text, type=Progress)
    code = "".join((answer or "").split())
    if not _CODE.fullmatch(code):
        raise _wrong(progress)
    return await _prove(api, progress, await _exchange(api, progress, code))


async def _metadata(api: Wire, server: str) -> Metadata:
    """What the server says of its consent; most servers do not."""
    try:
        return await api.call(None, "GET", "/.well-known/oauth-authorization-server", Metadata, server=server)
    except AdapterError:
        return Metadata()


def _issuer(said: Metadata, server: str) -> tuple[str, bool]:
    """What the server calls itself when it sends a browser back, and whether it promises to say so
    (RFC 9207). It may speak for nobody else: an answer that names another server is not its own.
    """
    try:
        its_own = urlsplit(said.issuer).hostname == server
    except ValueError:
        its_own = False
    if not its_own:
        return f"https://{server}", False
    return said.issuer, said.authorization_response_iss_parameter_supported


def _wrong(progress: Progress) -> Rejected:
    pasted = progress.redirect == OUT_OF_BAND
    return Rejected("mastodon-code-wrong" if pasted else "mastodon-code-refused", server=progress.server)


# --- which server ------------------------------------------------------------------------------


def server_of(answer: str, api: Wire) -> str:
    """The host that somebody named: `example.social`, an address on it, `@ada@example.social`.

    Raises Rejected with what is wrong with it.
    """
    text = answer.strip().strip("<>").lower()
    if api.known(text):
        return text
    if "://" not in text:
        text = f"https://{text.rpartition('@')[2]}"
    try:
        parts = urlsplit(text)
        host, port, user = parts.hostname or "", parts.port, parts.username
    except ValueError:
        raise Rejected("mastodon-server-wrong") from None
    if user is not None or parts.scheme not in ("https", "http"):
        raise Rejected("mastodon-server-wrong")
    if port is not None:
        raise Rejected("mastodon-server-port")
    return _name(host)


def _name(host: str) -> str:
    if _is_number(host):
        raise Rejected("mastodon-server-number")
    try:
        name = (URL.build(scheme="https", host=host.rstrip(".")).raw_host or "").lower()  # IDNA
    except ValueError:
        raise Rejected("mastodon-server-wrong") from None
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise Rejected("mastodon-server-wrong")
    return name


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", host))
    return True


async def instance_of(api: Wire, server: str, *, linking: bool = True) -> Instance:
    """What a server says of itself. While linking, whatever goes wrong is about the server's name,
    and another one can be given: Rejected.
    """
    try:
        return await _instance(api, server)
    except Temporary as error:
        if not linking:
            raise
        key = "mastodon-server-unreachable" if error.key == "http-unreachable" else "mastodon-server-down"
        raise Rejected(key, server=server) from error


async def _instance(api: Wire, server: str) -> Instance:
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            got = await call(api.http, "GET", api.address(server, path), expect="any")
            return servers.read(got.body)
        except (*wire.UNREADABLE, TargetGone, AuthExpired):
            continue
        except Rejected as error:
            if error.key in ("http-address-refused", "http-address-wrong"):
                raise
    raise Rejected("mastodon-server-other", server=server)


# --- a client for this attempt -----------------------------------------------------------------


async def _register(api: Wire, context: Context, server: str, owner: str, back: str, scopes: str) -> App:
    """The consent page shows `bridgebot for Telegram 4711`: whom the account will belong to."""
    client: dict[str, Any] = {
        "client_name": f"bridgebot for {owner}" if owner else "bridgebot",
        "redirect_uris": back,
        "scopes": scopes,
    }
    site = context.routes.url("/")
    if _is_public(site):
        client["website"] = site
    try:
        return await api.call(None, "POST", "/api/v1/apps", App, server=server, json=client)
    except (Temporary, Unconfirmed) as error:  # a client more that nobody uses does no harm
        raise Rejected("mastodon-server-down", server=server) from error
    except (TargetGone, AuthExpired) as error:
        raise Rejected("mastodon-server-other", server=server) from error


def _is_public(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(_NAME.fullmatch(parts.hostname or ""))


def _request(progress: Progress) -> dict[str, str]:
    digest = hashlib.sha256(progress.verifier.encode()).digest()
    return {
        "response_type": "code",
        "client_id": progress.client_id,
        "redirect_uri": progress.redirect,
        "scope": progress.scopes,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }


# --- the code ----------------------------------------------------------------------------------


async def _exchange(api: Wire, progress: Progress, code: str) -> Token:
    """The token for a code. A code serves once: a wrong one is asked for again."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": progress.client_id,
        "client_secret": progress.client_secret,
        "redirect_uri": progress.redirect,
        "code_verifier": progress.verifier,
        "scope": progress.scopes,
    }
    server = progress.server
    try:
        answer = await api.dated(None, "POST", "/oauth/token", Token, server=server, data=grant)
    except Rejected as error:
        if error.key not in ("http-rejected", "mastodon-needs-account"):
            raise
        raise _wrong(progress) from None
    except (TargetGone, Unconfirmed) as error:  # nothing was posted that somebody would have to look for
        raise Temporary("http-no-answer", host=server) from error
    return answer.value


async def _prove(api: Wire, progress: Progress, token: Token) -> Account:
    """Who the token belongs to, asked with the token."""
    known = Secret(
        token.access_token, progress.client_id, progress.client_secret, progress.streaming, progress.software
    )
    credentials = msgspec.json.encode(known).decode()
    bare = Account("", f"@@{progress.host}", progress.server, credentials=credentials)
    person = await api.call(bare, "GET", "/api/v1/accounts/verify_credentials", Person)
    author = reading.author(person, progress.host)
    handle = names.handle(person.acct.partition("@")[0], progress.host)  # it is no other server's
    scopes = tuple((token.scope or progress.scopes).split())
    return Account(author.id, handle, progress.server, author.name, author.url, credentials, scopes)


def _streaming(instance: Instance) -> str:
    urls = instance.configuration.urls if instance.configuration else None
    return (
        (urls.streaming if urls else None) or (instance.urls.streaming_api if instance.urls else None) or ""
    )


def host_of(instance: Instance, server: str, *, trusted: bool = False) -> str:
    """The host in the handles of a server's people: it may differ from where its API is.

    A server may speak for itself and for a domain that it lies in (`social.example.org` for
    `example.org`), not for any other; `trusted`: the operator named it.
    """
    said = instance.account_domain or instance.domain or instance.uri or ""
    host = ((urlsplit(said).hostname if "://" in said else said) or server).lower()
    return host if trusted or f".{server}".endswith(f".{host}") else server


async def revoke(api: Wire, account: Account) -> None:
    """Give the token back, best effort."""
    try:
        known = wire.secret(account)
        grant = {"client_id": known.client_id, "client_secret": known.client_secret, "token": known.token}
        await call(
            api.http,
            "POST",
            api.address(account.server, "/oauth/revoke"),
            data=grant,  # a form: RFC 7009, as the token request is one by RFC 6749
            expect="any",
            idempotent=False,
        )
    except AdapterError:
        return  # revoked already, or a server that is gone or (Takahe) has no such thing
