"""What a real Mastodon answered: the recordings in the source archive of Mastodon.py (MIT).

    python -m tests.servers.recorded      # fetch the archive into .cache/, once

`recorded(method, path)` gives the recorded answers of an endpoint, `events()` what its streams said.
Where the archive is not there, tests that need it are skipped (`needs_recordings`); with CI=true that
is an error.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.servers import needed

VERSION = "2.3.3"
NAME = f"mastodon_py-{VERSION}"
SHA256 = "a3cda3db86d65809957c978aef8ac7fb3dfc93abfeda3f1c6bdef4c79090ab7b"
CACHE = Path(__file__).parents[2] / ".cache"
ARCHIVE = CACHE / f"{NAME}.tar.gz"
NEWEST = "cassettes"  # the folder of the newest server's answers; the others are of older ones
MISSING = "Mastodon's recorded answers are not here: `python -m tests.servers.recorded` fetches them."
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Recorded:
    """One answer of a real server."""

    folder: str
    cassette: str
    method: str
    path: str
    query: str
    status: int
    headers: dict[str, str]  # names in lower case
    text: str
    said: str  # the body of the request

    @property
    def json(self) -> Any:
        """The answer parsed; None if it is no JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


@dataclass(frozen=True)
class Event:
    """What a stream said."""

    stream: tuple[str, ...]
    name: str
    payload: str


def recorded(method: str, path: str, *, newest: bool = False) -> list[Recorded]:
    """The good and the bad answers to `method` where the whole path fits the pattern `path`.

    `newest`: of the newest server alone (4.7), not of those back to 2.x.
    """
    return [
        one
        for one in _answers()
        if one.method == method and re.fullmatch(path, one.path) and (one.folder == NEWEST or not newest)
    ]


def events() -> list[Event]:
    """Everything that recorded streams brought, by websocket or as server-sent events."""
    found = [event for one in recorded("GET", "/api/v1/streaming/.*") for event in _sent(one)]
    for _, _, cassette in _cassettes():
        for connection in cassette.get("connections", ()):
            for step in connection["interactions"]:
                said = step.get("receive")
                if isinstance(said, dict) and "event" in said:
                    found.append(Event(tuple(said["stream"]), said["event"], said.get("payload", "")))
    return found


def _sent(one: Recorded) -> list[Event]:
    stream = tuple(one.path.removeprefix("/api/v1/streaming/").split("/"))
    return [Event(stream, *told) for told in re.findall(r"^event: (.*)\ndata: (.*)$", one.text, re.M)]


def length_cases() -> list[tuple[str, int]]:
    """How long a real Mastodon found which text."""
    source = _files()["tests/test_status_length.py"].decode()
    names: dict[str, Any] = {}
    exec(compile(source, "test_status_length.py", "exec"), names)  # the archive's hash is checked
    return list(names["TEST_CASES"])


@functools.cache
def _answers() -> tuple[Recorded, ...]:
    return tuple(
        _answer(folder, name, one)
        for folder, name, cassette in _cassettes()
        for one in cassette.get("interactions", ())
    )


def _answer(folder: str, name: str, one: dict[str, Any]) -> Recorded:
    asked, said = one["request"], one["response"]
    parts, text = urlsplit(asked["uri"]), _text(said["body"].get("string"))
    headers = {key.lower(): value[0] for key, value in said["headers"].items()}
    path = parts.path.rstrip("/") or "/"
    status, sent = said["status"]["code"], _text(asked.get("body"))
    return Recorded(folder, name, asked["method"], path, parts.query, status, headers, text, sent)


def _text(body: Any) -> str:
    """Some bodies were recorded as they came, compressed."""
    if isinstance(body, bytes):
        raw = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        return raw.decode("utf-8", "replace")
    return body if isinstance(body, str) else ""


def _cassettes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, text in _files().items():
        folder, _, name = path.removeprefix("tests/").partition("/")
        if folder.startswith("cassettes") and name.endswith((".yaml", ".yml")):
            yield folder, name, yaml.load(text, Loader=_Loader)


@functools.cache
def _files() -> dict[str, bytes]:
    """The tests of the archive, read and never unpacked."""
    if not ARCHIVE.exists():
        raise FileNotFoundError(MISSING)
    found = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            if path.startswith("tests/") and path.endswith((".yaml", ".yml", ".py")):
                file = archive.extractfile(member)
                assert file is not None
                found[path] = file.read()
    return found


# --- fetching ---


def needs_recordings() -> pytest.MarkDecorator:
    """For tests that cannot do without: skipped with a sentence; with CI=true they run, and fail."""
    missing = not ARCHIVE.exists() and not needed.in_ci()
    return pytest.mark.skipif(missing, reason=MISSING)


def fetch() -> None:
    """The archive from the package index, unless it is here; only the one that we know is taken."""
    if ARCHIVE.exists() and digest(ARCHIVE) == SHA256:
        return
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        wanted = ["--no-deps", "--no-binary", ":all:", "--dest", folder, f"mastodon.py=={VERSION}"]
        subprocess.run([*pip, *wanted], check=True)
        came = Path(folder) / ARCHIVE.name
        if digest(came) != SHA256:
            raise ValueError(f"{came.name} is not the archive that it was: its hash differs")
        came.replace(ARCHIVE)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Fetch; where that fails, say so, and fail only with CI=true."""
    try:
        fetch()
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        print(f"Mastodon's recorded answers could not be fetched ({problem}).", file=sys.stderr)
        return 1 if needed.in_ci() else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
