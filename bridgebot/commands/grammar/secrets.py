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


_FORMS: tuple[tuple[Kind, str], ...] = (
    ("private-key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----"),
    ("private-key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}|\bnsec1[02-9ac-hj-np-z]{58}\b"),  # age; Nostr NIP-19
    ("jwt", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),  # RFC 7519: base64url of `{"` twice
    ("token", r"\b\d{6,12}:[\w-]{34,36}(?![\w-])"),  # Telegram: core.telegram.org/bots/features#botfather
    ("token", r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|gl(pat|dt|rt)-[\w-]{20,})"),
    ("token", r"\b(sk|rk)[-_](?=[\w-]*\d)[\w-]{24,}"),
    ("token", r"\bxox[abeprs]-[\w-]{10,}|\bxapp-\d-[\w-]{20,}"),  # Slack
    ("token", r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}(?![\w-])"),  # Amazon, Google
    ("token", r"\b(hf|npm)_[A-Za-z0-9]{30,}|\bpypi-[\w-]{50,}"),
    ("token", r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"),  # Discord
    # Bluesky and others: four groups of four. Neighbouring - or letters make it a UUID or a word.
    ("app-password", r"(?<![\w-])(?=[\d-]*[a-z])[a-z0-9]{4}(-[a-z0-9]{4}){3}(?![\w-])"),
)
# By `re`: with each search `regex` lets other threads have the interpreter, and must wait to get it back.
_KNOWN = tuple((kind, re.compile(form, re.ASCII)) for kind, form in _FORMS)
# What networks give out as access tokens has no form of its own (RFC 6749 leaves it open): a message
# that is one long random word, capitals, small letters and digits mixed, is taken for one.
_RANDOM = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w-]{32,}", re.ASCII)


def secret(text: str) -> Secret | None:
    """The secret that a text seems to hold, or None."""
    for kind, form in _KNOWN:
        if form.search(text):
            return Secret(kind)
    return Secret("token") if _RANDOM.fullmatch(text.strip()) else None
