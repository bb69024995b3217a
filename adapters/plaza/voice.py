"""In which language a page speaks, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bridgebot.adapter import Translate

LANGUAGES = {"en": "English", "zh-CN": "简体中文"}


@dataclass(frozen=True, slots=True)
class Voice:
    """A language and its texts."""

    language: str
    chosen: bool  # the reader asked for it by `?lang=`, so links keep it
    texts: Translate

    def __call__(self, key: str, /, **arguments: str | int) -> str:
        return self.texts(self.language, f"plaza-{key}", **arguments)

    def path(self, path: str, **query: str | int) -> str:
        """A path of this site, in the reader's language."""
        if self.chosen:
            query["lang"] = self.language
        return path + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def voice(request: web.Request, texts: Translate) -> Voice:
    """By `?lang=`, else by Accept-Language (RFC 9110, 12.5.4), else English."""
    chosen = _known(request.query.get("lang", ""))
    return Voice(chosen or _preferred(request.headers.get("Accept-Language", "")), chosen is not None, texts)


def _preferred(header: str) -> str:
    wishes = sorted((_wish(part) for part in header.split(",")), key=lambda wish: -wish[1])
    known = (_known(name) for name, quality in wishes if quality > 0)
    return next((name for name in known if name is not None), "en")


def _wish(part: str) -> tuple[str, float]:
    name, _, parameter = part.strip().partition(";")
    try:
        return name.strip(), float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return name.strip(), 0.0


def _known(name: str) -> str | None:
    short = name.lower().split("-")[0]
    return {"en": "en", "zh": "zh-CN"}.get(short)
