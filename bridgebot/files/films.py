"""Films that a network takes, made of those that it does not: by ffmpeg, where whoever runs the bot has it.

A film from anywhere may be made to hurt. So it is read as what its content says and as nothing else, from one
file and from no address, by a program of its own that has little time, little memory and no terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from pathlib import Path

from bridgebot.errors import Rejected, Temporary
from bridgebot.files.kinds import megabytes
from bridgebot.model import FileLimits

TYPE = "video/mp4"
LONGEST = 240.0  # seconds that making one may take
_READ_AS = {  # by its type, as ffmpeg calls it
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "image/gif": "gif",
}
_SOUND = 96_000  # bits in a second
_BEST, _WORST = 2_500_000, 150_000  # of pictures: more is not seen on a telephone, less is not worth seeing
_SHARE = 0.92  # of the room that is planned for: what a film weighs is never quite as was planned
_MEMORY = 2_000_000  # kilobytes
_DURATION = re.compile(rb"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_MADE = (
    *("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"),
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p", "-threads", "1"),
    *("-vf", "scale=w='trunc(min(1280,iw)/2)*2':h=-2", "-fpsmax", "30"),
    *("-c:a", "aac", "-b:a", str(_SOUND), "-ac", "2", "-movflags", "+faststart", "-f", "mp4"),
)


def there() -> bool:
    """Whether films can be made here."""
    return shutil.which("ffmpeg") is not None


def wanted(type: str, size: int, limits: FileLimits) -> bool:
    """Whether a network takes this only as another film, and can have that. Pure but for `there`."""
    if type not in _READ_AS or TYPE not in limits.types or limits.video_bytes <= 0:
        return False
    if type == "image/gif":
        return type not in limits.types and there()
    return (type not in limits.types or size > limits.video_bytes) and there()


async def fitted(path: Path, into: Path, type: str, limits: FileLimits) -> None:
    """Make a film that the limits allow, with nothing in it but pictures and sound. Raises Rejected where
    there can be none, Temporary where it took too long.
    """
    seconds = await _seconds(path, type)
    for share in (_SHARE, _SHARE / 2):
        bits = min(limits.video_bytes * 8 * share / max(seconds, 1.0) - _SOUND, _BEST)
        if bits < _WORST:
            break
        await _made(path, into, type, int(bits))
        if weight(into) <= limits.video_bytes:
            return
    raise Rejected("file-too-large", most=megabytes(limits.video_bytes))


def weight(path: Path) -> int:
    """Bytes."""
    return path.stat().st_size


async def _made(path: Path, into: Path, type: str, bits: int) -> None:
    rate = ("-b:v", str(bits), "-maxrate", str(bits * 3 // 2), "-bufsize", str(bits * 2))
    await _run("-v", "error", *_source(path, type), *_MADE, *rate, "-y", str(into))


async def _seconds(path: Path, type: str) -> float:
    """How long it lasts, as is told of it."""
    told = _DURATION.search(await _run("-v", "info", *_source(path, type), "-t", "0", "-f", "null", "-"))
    if told is None:
        raise Rejected("file-broken")
    hours, minutes, seconds = map(float, told.groups())
    return hours * 3600 + minutes * 60 + seconds


def _source(path: Path, type: str) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file", "-f", _READ_AS[type], "-i", str(path))


async def _run(*arguments: str) -> bytes:
    """What ffmpeg says, when it ends well. It ends in any case: by itself, or with whoever waits for it."""
    limited = f'ulimit -t {int(LONGEST)} && ulimit -v {_MEMORY} && exec nice -n 10 "$0" "$@"'
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", limited, "ffmpeg", "-hide_banner", "-nostdin", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST):
            _, told = await process.communicate()
    except TimeoutError as error:
        raise Temporary("file-no-answer", retry_after=LONGEST) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Rejected("file-broken")
    return told
