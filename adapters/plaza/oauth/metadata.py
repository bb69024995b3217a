"""Where everything is: RFC 8414, with Mastodon's own addition for introducing an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.plaza.scopes import KNOWN

PATH = "/.well-known/oauth-authorization-server"


def metadata(url: Callable[[str], str]) -> dict[str, Any]:
    """`url` makes a path of the site absolute."""
    return {
        "issuer": url("/"),
        "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": url("/oauth/authorize"),
        "token_endpoint": url("/oauth/token"),
        "revocation_endpoint": url("/oauth/revoke"),
        "app_registration_endpoint": url("/api/v1/apps"),
        "scopes_supported": sorted(KNOWN),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
