"""Which addresses and hosts the bot may reach: pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that IANA gives out (RFC 4291, 2.4)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_TEREDO = IPv6Network("2001::/32")  # RFC 4380: the address it tunnels to is nobody's business
_NOT_THE_INTERNET = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890: for protocols; Python's tables differ by version
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4, answered by whoever is near
    IPv6Network("3fff::/20"),  # RFC 9637: documentation; newer than the tables of Python 3.11
    IPv6Network("2001:db8::/32"),
)
# A name has a dot and its last label is no number: `127.1`, `2130706433` and `0x7f.1` are addresses
# in disguise (URL Standard, "ends in a number checker").
_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?!0x[0-9a-f]*$)[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks written in `texts` (CIDR, or one address); ValueError for what is none."""
    return tuple(ip_network(text) for text in texts)


def is_name(host: str) -> bool:
    """Is `host` (as in a URL, IDNA-encoded) a full name, and no address in any spelling?"""
    return _NAME.fullmatch(host.lower().removesuffix(".")) is not None


def may_connect(address: str, allowed: Iterable[Network] = ()) -> bool:
    """May the bot open a connection to this numeric address?

    `allowed` are networks that are allowed though they are private. An IPv4 address inside an IPv6
    one (mapped, 6to4, NAT64) counts as that IPv4 address.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(ip)
    if any(one in network for network in allowed for one in (ip, inner) if one is not None):
        return True
    return is_public(ip if inner is None else inner)


def is_public(ip: Address) -> bool:
    """Is this an ordinary address of the Internet: not private, local, special or multicast?"""
    if isinstance(ip, IPv6Address) and (ip not in _GLOBAL_UNICAST or ip in _TEREDO):
        return False
    special = any(ip in network for network in _NOT_THE_INTERNET)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or special)


def _embedded(ip: Address) -> IPv4Address | None:
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(ip.packed[12:])
    return ip.ipv4_mapped or ip.sixtofour
