"""Secrets at rest: encrypted with the first key, readable with any of them."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bridgebot.config import keyfile
from bridgebot.errors import ConfigError

REMEMBERED = (
    100_000  # of what was decrypted, before the oldest is let go: the tokens of those who write in turn
)


class Vault:
    """Encrypts and decrypts short texts (MultiFernet). Several keys, the newest first, allow rotation.

    With `file`, the keys are those that stand in it now: a bot that runs takes part in a rotation. What it
    encrypts in a unit of work is encrypted with the first key that the file had when the unit began or
    later, so whoever changes the file within a unit of his own knows with what the rows were encrypted.
    """

    def __init__(self, keys: Sequence[str], file: Path | None = None) -> None:
        # Credentials are needed for every call; they are in memory for its time anyway.
        self._opened = functools.lru_cache(maxsize=REMEMBERED)(self.open)
        self._file = file
        self._stamp: keyfile.Stamp | None = None
        self._keys: tuple[str, ...] = ()
        self._use(keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in their order, the newest first."""
        return self._keys

    def encrypt(self, text: str) -> str:
        self._look()
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Raises ConfigError when no key opens it."""
        return self._opened(token)

    def open(self, token: str) -> str:
        """The same, for whoever keeps the answer: it is not kept here as well."""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken as error:
            if self._look():
                return self.open(token)
            raise ConfigError(
                "The database holds secrets that none of the keys in secret_keys_file opens; "
                "bring back the key file that belongs to it."
            ) from error

    def _look(self) -> bool:
        """Whether the file holds other keys than at the last look."""
        if self._file is None:
            return False
        stamp = keyfile.stamp(self._file)
        if stamp is None or stamp == self._stamp:
            return False
        self._stamp = stamp
        found = keyfile.keys_in(self._file)
        if not found:
            return False  # somebody is editing it
        # A reader may still look at rows as they were: what was known stays so until the bot ends.
        self._use([*found, *(key for key in self._keys if key not in found)])
        return True

    def _use(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ConfigError(
                "secret_keys_file holds something that is not a key; see docs/operating.md."
            ) from error
        self._keys = tuple(keys)


class Ring:
    """Keys one by one: which of them opens what, and what is encrypted anew with the first."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [Fernet(key) for key in keys]
        self._all = MultiFernet(self._keys)

    def opener(self, token: str) -> int | None:
        """The place of the key that opens it; None: none does."""
        for place, key in enumerate(self._keys):
            try:
                key.decrypt(token)
            except InvalidToken:
                continue
            return place
        return None

    def anew(self, token: str) -> str | None:
        """The same under the first key; None where it is, and where no key opens it."""
        if self.opener(token) in (0, None):
            return None
        return self._all.rotate(token).decode()


def mark(*keys: str) -> str:
    """What a key, or several, may be called where everybody reads it: it tells nothing of them."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]


def digest(code: str) -> str:
    """What is stored of a one-time code: its SHA-256."""
    return hashlib.sha256(code.encode()).hexdigest()


def new_code() -> str:
    """A one-time code of 80 bits, easy to read aloud: `x7kd-…` in base 32."""
    alphabet = "abcdefghjkmnpqrstvwxyz0123456789"
    letters = "".join(secrets.choice(alphabet) for _ in range(16))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))
