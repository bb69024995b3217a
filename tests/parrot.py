"""Parrot, a chat network whose servers know one token: what `init`, `claim` and `check-config` ask."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN, WRONG = "polly-4711-right", "polly-0815-wrong"
USE = "birds.parrot"

_MODULE = """
import asyncio

from pydantic import SecretStr, field_validator

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities
from bridgebot.errors import AuthExpired
from bridgebot.http import call


class Config(AdapterConfig):
    token: SecretStr
    api: str = "https://api.parrot.example"

    @field_validator("token")
    @classmethod
    def _is_token(cls, value):
        if not value.get_secret_value().startswith("polly"):
            raise ValueError(f"{value.get_secret_value()} is no parrot")
        return value


class Adapter(ChatAdapter[Config]):
    title = "Parrot"
    capabilities = ChatCapabilities(address=True)

    async def run(self, receive):
        await asyncio.Event().wait()

    async def address(self, start):
        headers = {"Authorization": self.config.token.get_secret_value()}
        try:
            answer = await call(self.context.http, "GET", f"{self.config.api}/me", headers=headers)
        except AuthExpired:
            raise AuthExpired("parrot-refused") from None
        return f"https://parrot.example/{answer.json['name']}?start={start}"
"""
_TEXTS = {
    "en": "parrot-option-token = The parrot's token:\nparrot-refused = No parrot has this token.\n",
    "zh-CN": "parrot-option-token = 鹦鹉的令牌：\nparrot-refused = 没有鹦鹉用这个令牌。\n",
}


def install(folder: Path) -> None:
    """An importable module of the operator's own, beside the configuration."""
    package = folder / "birds"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "parrot.py").write_text(_MODULE)
    for language, text in _TEXTS.items():
        (package / f"parrot.{language}.ftl").write_text(text, "utf-8")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers["Authorization"] == TOKEN
        body = json.dumps({"name": "polly_bot"} if known else {"error": "who?"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing: the address is of no interest."""


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The network's address while it is up."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
