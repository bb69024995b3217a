"""The pages that a person sees on the way to a code."""

from __future__ import annotations

import html

from aiohttp import web


def page(title: str, *lines: str, status: int = 200) -> web.Response:
    """A page with this heading; `lines` are HTML."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>"
    text = body + "".join(lines) + "</body></html>"
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def form(action: str, values: dict[str, str], *fields: str) -> str:
    """A form that carries `values` along; `fields` are HTML."""
    hidden = [
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in values.items()
    ]
    return f'<form method="post" action="{action}">{"".join((*hidden, *fields))}</form>'


def login(asked: dict[str, str], problem: str = "") -> web.Response:
    """Who are you? First, and again after a wrong password."""
    fields = (
        '<input name="username" autocomplete="username">',
        '<input name="password" type="password">',
        '<button name="login" value="1">Log in</button>',
    )
    return page("Log in", f"<p>{problem}</p>", form("/auth/sign_in", asked, *fields))


def consent(app: str, username: str, asked: dict[str, str]) -> web.Response:
    """May this app? It is called by its name, which is its own choice, so it is escaped."""
    name = html.escape(app)
    scopes = "".join(f"<li>{html.escape(one)}</li>" for one in asked["scope"].split())
    return page(
        "Authorization required",
        f"<p><strong>{name}</strong> would like permission to access your account @{username}.</p>",
        f"<ul>{scopes}</ul>",
        form("/oauth/authorize", asked, '<button name="decision" value="yes">Authorize</button>'),
        form("/oauth/authorize", asked, '<button name="decision" value="no">Deny</button>'),
    )


def code_page(code: str) -> web.Response:
    """The code to copy: mastodon, app/views/oauth/authorizations/show.html.haml."""
    words = "<p>Copy this authorization code and paste it to the application.</p>"
    return page(
        "Authorization code", words, f'<input class="oauth-code" readonly value="{html.escape(code)}">'
    )
