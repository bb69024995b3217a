"""Where a browser may be sent with a code. Pure.

An address must be named when the app is introduced and is compared letter by letter: no patterns, no
other port, no other path.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlencode, urlsplit

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"  # the code is shown, for the person to carry over
MOST = 10
_LONGEST = 2000
_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
# A browser does something by itself with these, or hands them to a program that is no app of anybody's.
_NEVER = frozenset(
    """
    about blob data file filesystem ftp ftps intent jar javascript mailto sms tel vbscript view-source
    ws wss
    """.split()  # noqa: SIM905 - a line for each would hide the words
)


def is_good(address: str) -> bool:
    """Whether an app may name this address."""
    if address == OUT_OF_BAND:
        return True
    if len(address) > _LONGEST or not _PRINTABLE.fullmatch(address) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "#" in address or "@" in parts.netloc or not _SCHEME.fullmatch(parts.scheme):
        return False
    if parts.scheme in ("https", "http") and not _HOST.fullmatch(host):
        return False  # also what a policy for the browser would read as something else: `;`, `*`
    if parts.scheme == "https":
        return True
    if parts.scheme == "http":
        return _is_here(host)
    # An app's own scheme, `com.example.app:/done`: whoever holds that gets the code, hence PKCE.
    return parts.scheme not in _NEVER and len(address) > len(parts.scheme) + 1


def _is_here(host: str) -> bool:
    """The person's own machine: only there http is as good as https (RFC 8252, 7.3)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def with_answer(address: str, answer: dict[str, str]) -> str:
    """The address with what it is told; its own query stays."""
    mark = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{mark}{urlencode(answer)}"


def source(address: str) -> str:
    """For `form-action`: browsers hold also what follows a form against it."""
    if address == OUT_OF_BAND:
        return ""
    parts = urlsplit(address)
    if parts.scheme in ("https", "http"):
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"


def shown(address: str) -> str:
    """The part of the address that says whose it is."""
    parts = urlsplit(address)
    return parts.netloc if parts.scheme in ("https", "http") else f"{parts.scheme}:"
