"""Secrets at rest: encrypted with the first key, readable with any of them."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bridgebot.errors import ConfigError


class Vault:
    """Encrypts and decrypts short texts (MultiFernet). Several keys, the newest first, allow rotation."""

    def __init__(self, keys: Sequence[str]) -> None:
        # Credentials are needed for every call; they are in memory for its time anyway.
        self._opened = functools.lru_cache(maxsize=4096)(self.open)
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ConfigError(
                "secret_keys_file holds something that is not a key; see docs/operating.md."
            ) from error

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Raises ConfigError when no key opens it."""
        return self._opened(token)

    def open(self, token: str) -> str:
        """The same, for whoever keeps the answer: it is not kept here as well."""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken as error:
            raise ConfigError(
                "The database holds secrets that none of the keys in secret_keys_file opens; "
                "bring back the key file that belongs to it."
            ) from error


def digest(code: str) -> str:
    """What is stored of a one-time code: its SHA-256."""
    return hashlib.sha256(code.encode()).hexdigest()


def new_code() -> str:
    """A one-time code of 80 bits, easy to read aloud: `x7kd-…` in base 32."""
    alphabet = "abcdefghjkmnpqrstvwxyz0123456789"
    letters = "".join(secrets.choice(alphabet) for _ in range(16))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))
