"""The steps in which an account is linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """A step of linking: ask the person this, and call `link` again with the answer."""

    key: str  # a text
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    secret: bool = False  # the answer is deleted from the chat where that is possible
    progress: str = field(default="", repr=False)  # kept, encrypted, and handed to the next step


@dataclass(frozen=True, slots=True)
class Browser:
    """A step of linking: send the person to this address, then ask for what it shows them."""

    url: str
    key: str  # the question that goes with it
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    progress: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a network may send the person's browser back to: an address of this one attempt to link."""

    url: str  # the same at every step of the attempt
    state: str = field(repr=False)  # goes with the browser there and back


@dataclass(frozen=True, slots=True)
class Consent:
    """A step of linking: the person's browser goes to the network's own page of consent, and comes back
    with a code, which is the answer to this step.
    """

    url: str = field(repr=False)  # with the redirect's address and state, and a challenge of PKCE (S256)
    scopes: tuple[str, ...]  # texts, one for each thing that is asked for
    issuer: str  # who must have sent the browser back, where the answer says who did; "": nobody knows
    progress: str = field(default="", repr=False)
    names_issuer: bool = False  # the server promised that its answers say it (RFC 9207)
