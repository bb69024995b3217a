"""Linking an account: who it is, then an app password, which proves it; no browser is needed.

The handle leads to the server that keeps the account, and only that one is told the password. Who gives an
e-mail address is signed in at the entryway, which knows it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import msgspec

from adapters.bluesky import identity, people, session
from adapters.bluesky.identity import DID, HANDLE, Home
from adapters.bluesky.session import FactorWanted, Session
from adapters.bluesky.wire import Wire
from bridgebot.errors import AdapterError, Rejected, TargetGone
from bridgebot.model import Account, Question

_EMAIL: Final = re.compile(r"[^\s@\u200b-\u200f\u202a-\u202e]{1,64}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)  # comes along when copied
_PAGE: Final = re.compile(r"https?://[^/]+/profile/([^/?#]+).*", re.IGNORECASE)
_LONGEST: Final = (
    256  # characters of a password: packages/pds/src/account-manager/helpers/password.ts takes no more
)


class Progress(msgspec.Struct, frozen=True):
    """What the next step needs of those before; `password` only where a code must go with it once more."""

    identifier: str
    did: str  # "": whoever the e-mail address belongs to
    handle: str
    server: str
    password: str = ""

    def __repr__(self) -> str:
        return "<Progress>"


async def ask(api: Wire, answer: str | None) -> Question:
    """The first step: whose account, and which server keeps it."""
    if answer is None:
        return Question("bluesky-handle")
    name = _plain(answer)
    if _EMAIL.fullmatch(name):
        return _password(Progress(name, "", name, api.config.entryway))
    home = await _home(api, name)
    return _password(Progress(home.did, home.did, home.handle, home.pds))


def _password(progress: Progress) -> Question:
    kept = msgspec.json.encode(progress).decode()
    return Question("bluesky-password", {"handle": _shown(progress)}, secret=True, progress=kept)


def _shown(progress: Progress) -> str:
    return progress.handle if "@" in progress.handle else f"@{progress.handle}"


def _plain(answer: str) -> str:
    """What somebody wrote for their name: `@ada.bsky.social`, their page, `Ada@example.org`."""
    text = _UNSEEN.sub("", answer).strip().strip("<>").removeprefix("at://")
    if page := _PAGE.fullmatch(text):
        text = page[1]
    if text.startswith("@") and "@" in text[1:]:  # somebody on another network
        raise Rejected("bluesky-handle-wrong")
    return text.removeprefix("@").rstrip(".").lower()


async def _home(api: Wire, name: str) -> Home:
    """Where an account is kept. Raises Rejected where the name will not do: another can be given."""
    if re.fullmatch(r"[a-z0-9-]+", name):  # as the app completes it
        name = f"{name}.{api.config.entryway.partition('://')[2]}"
    try:
        if DID.fullmatch(name):
            return await identity.home(api, name)
        if HANDLE.fullmatch(name):
            return await identity.home_of(api, name)
    except TargetGone:
        raise Rejected("bluesky-unknown", handle=name) from None
    raise Rejected("bluesky-handle-wrong")


async def finish(api: Wire, text: str, answer: str | None) -> Question | Account:
    """The password, or the code that must go with it: signed in, or asked once more."""
    progress = msgspec.json.decode(text, type=Progress)
    said = _UNSEEN.sub("", answer or "").strip()
    if not said or len(said) > _LONGEST:
        raise Rejected("bluesky-code-wrong" if progress.password else "bluesky-password-wrong")
    password, code = (progress.password, said) if progress.password else (said, "")
    try:
        made = await session.begin(api, progress.server, progress.identifier, password, code)
    except FactorWanted:
        kept = msgspec.structs.replace(progress, password=password)
        asked = msgspec.json.encode(kept).decode()
        return Question("bluesky-code", {"handle": _shown(progress)}, secret=True, progress=asked)
    return await _account(api, progress, made)


async def _account(api: Wire, progress: Progress, made: Session) -> Account:
    home = Home(progress.did, progress.handle, progress.server)
    if not progress.did:
        home = await identity.home(api, made.did)
    account = session.account(api, home, made)
    return await _named(api, account)


async def _named(api: Wire, account: Account) -> Account:
    """With the name that people see, best effort: the session has proven whose it is."""
    try:
        view = await people.profile_view(api, account, account.id)
    except AdapterError:
        return account
    return replace(account, name=view.display_name or "")
