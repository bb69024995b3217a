"""Texts that must never be published: tokens, passwords and keys, by the form that their makers gave them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["token", "app-password", "jwt", "private-key"]


@dataclass(frozen=True, slots=True)
class Secret:
    """The text holds something that looks like a secret."""

    kind: Kind


# The forms, each with what every text that has it holds: to look for that is a tenth of looking for the form,
# and hardly any message holds it.
_FORMS: tuple[tuple[Kind, str, str], ...] = (
    ("private-key", "-----BEGIN", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----"),
    ("private-key", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    ("private-key", "nsec1", r"\bnsec1[02-9ac-hj-np-z]{58}\b"),  # Nostr NIP-19
    ("jwt", ".eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),  # RFC 7519: base64url of `{"` twice
    ("token", ":", r"\b\d{6,12}:[\w-]{34,36}(?![\w-])"),  # core.telegram.org/bots/features#botfather
    ("token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}"),  # GitHub, as the next
    ("token", "github_pat_", r"\bgithub_pat_\w{40,}"),
    ("token", "gl", r"\bgl(pat|dt|rt)-[\w-]{20,}"),
    ("token", "k", r"\b(sk|rk)[-_](?=[\w-]*\d)[\w-]{24,}"),
    ("token", "xox", r"\bxox[abeprs]-[\w-]{10,}"),  # Slack, as the next
    ("token", "xapp-", r"\bxapp-\d-[\w-]{20,}"),
    ("token", "IA", r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),  # Amazon
    ("token", "AIza", r"\bAIza[\w-]{35}(?![\w-])"),  # Google
    ("token", "hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    ("token", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("token", "pypi-", r"\bpypi-[\w-]{50,}"),
    ("token", ".", r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"),  # Discord
    # Bluesky and others: four groups of four. Neighbouring - or letters make it a UUID or a word.
    ("app-password", "-", r"(?<![\w-])(?=[\d-]*[a-z])[a-z0-9]{4}(-[a-z0-9]{4}){3}(?![\w-])"),
)
# By `re`: with each search `regex` lets other threads have the interpreter, and must wait to get it back.
_KNOWN = tuple((kind, sign, re.compile(form, re.ASCII)) for kind, sign, form in _FORMS)
# What networks give out as access tokens has no form of its own (RFC 6749 leaves it open): a message
# that is one long random word, capitals, small letters and digits mixed, is taken for one.
_ONE_WORD = re.compile(r"[\w-]{32,}", re.ASCII)
_MIXED = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)", re.ASCII)


def secret(text: str) -> Secret | None:
    """The secret that a text seems to hold, or None."""
    for kind, sign, form in _KNOWN:
        if sign in text and form.search(text):
            return Secret(kind)
    word = text.strip()
    return Secret("token") if _ONE_WORD.fullmatch(word) and _MIXED.match(word) else None
