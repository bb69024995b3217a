"""The configuration that `bridgebot init` writes: what was answered, with a comment for each option."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from bridgebot.cli.terminal import say_in
from bridgebot.config.options import CoreOptions

_PLAIN = re.compile(r"[A-Za-z0-9_./@][A-Za-z0-9_./@:+-]*")


def configuration(language: str, public_url: str | None, adapters: Mapping[str, Mapping[str, str]]) -> str:
    """The text of a configuration file; comments are in `language`."""
    return "\n".join(_lines(language, public_url, adapters)) + "\n"


def _lines(language: str, public_url: str | None, adapters: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    options = CoreOptions(language=language)
    yield _comment(language, "init-comment-head")
    for name in ("language", "timezone", "database", "access", "allow", "operators", "secret_keys_file"):
        yield ""
        yield _comment(language, f"init-comment-{name.replace('_', '-')}")
        value = getattr(options, name)
        yield f"{name}: {'[]' if value == () else scalar(str(value))}"
    yield ""
    yield _comment(language, "init-comment-web")
    yield "web:"
    yield f"  listen: {scalar(options.web.listen)}"
    yield f"  public_url: {scalar(public_url) if public_url else 'null'}"
    yield ""
    yield _comment(language, "init-comment-adapters")
    yield "adapters:"
    for name, values in adapters.items():
        yield f"  {name}:"
        yield from (f"    {key}: {scalar(value)}" for key, value in values.items())


def scalar(text: str) -> str:
    """`text` as a YAML scalar: as it is where that is plain, else quoted as in JSON (YAML 1.2, 1.3)."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _comment(language: str, key: str) -> str:
    return "\n".join(f"# {line}" for line in say_in(language, key).splitlines())
