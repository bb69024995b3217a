"""Encrypting a file for a person with a passphrase, as age does: with `age` it opens without bridgebot.

The format is C2SP's age-encryption.org/v1 with its scrypt recipient: a header with the wrapped key of the
file, then the file in chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under a counter.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import AsyncIterator

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
WORK = 15  # scrypt's N as a power of two: the words are random, of 80 bits, so a fraction of a second will do
_INTRO = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/scrypt"


async def sealed(pieces: AsyncIterator[bytes], passphrase: str) -> AsyncIterator[bytes]:
    """The encrypted file, piece by piece."""
    key = os.urandom(16)
    yield _header(key, passphrase)
    nonce = os.urandom(16)
    yield nonce
    lock, number, rest = ChaCha20Poly1305(_derived(key, nonce, b"payload")), 0, b""
    async for piece in pieces:
        rest += piece
        while len(rest) > CHUNK:  # the last chunk is marked, so one is always kept back
            yield lock.encrypt(_counter(number, last=False), rest[:CHUNK], None)
            number, rest = number + 1, rest[CHUNK:]
    yield lock.encrypt(_counter(number, last=True), rest, None)


def _header(key: bytes, passphrase: str) -> bytes:
    salt = os.urandom(16)
    wrapping = hashlib.scrypt(
        passphrase.encode(), salt=_LABEL + salt, n=1 << WORK, r=8, p=1, maxmem=64 << 20, dklen=32
    )
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    stanza = b"-> scrypt " + _base64(salt) + b" " + str(WORK).encode() + b"\n" + _base64(wrapped) + b"\n"
    head = _INTRO + stanza + b"---"
    mac = hmac.new(_derived(key, b"", b"header"), head, hashlib.sha256).digest()
    return head + b" " + _base64(mac) + b"\n"


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, purpose).derive(key)


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
