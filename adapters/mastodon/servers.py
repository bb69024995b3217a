"""What a server says of itself: its limits, how it counts, and which abilities it does not have: pure.

What each software lacks comes from its source and documentation; docs/networks/mastodon.md has the table.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import Any, Final

import msgspec

from adapters.mastodon import wire
from adapters.mastodon.entities import Instance, MediaLimits, PollLimits
from bridgebot.model import FileLimits, Limits

LENGTH: Final = 500  # where a server does not say, as Mastodon has it
URL_LENGTH: Final = 23
CHOICES, CHOICE_LENGTH = 4, 50
SHORTEST, LONGEST = 300, 30 * 86400  # seconds that a poll is open
FILES: Final = FileLimits(
    types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg"}),
    image_bytes=8 * 1024 * 1024,
    video_bytes=40 * 1024 * 1024,
)
_QUOTABLE: Final = 7  # the version of Mastodon's API that has quotes (docs, client/quotes)
_MIXING: Final = frozenset({"gotosocial", "pleroma", "akkoma", "pixelfed", "snac"})  # pictures with films
_LACKING: Final = {
    # No streams, no reports, no way to settle a request; posts are found only by their address.
    "takahe": frozenset({"listen", "report", "approve", "search", "quotes"}),
    # app/Http/Controllers/Api: no streams, no complaints at Mastodon's address, no editing there.
    "pixelfed": frozenset({"listen", "report", "edit", "typed", "search", "quotes"}),
    # mastoapi.c: its block is what others call a mute; an edit would leave the warning as it was, and a
    # poll be published without its choices.
    "snac": frozenset({"listen", "report", "approve", "edit", "typed", "search", "mute", "polls", "quotes"}),
    "plaza": frozenset({"listen", "mute", "block", "quotes"}),
}
_INSTANCE: Final = msgspec.json.Decoder(Instance)
_SINCE: Final = {"edit": (3, 5), "typed": (3, 5), "bookmark": (3, 1), "uploads": (3, 2)}  # of Mastodon


def read(body: bytes) -> Instance:
    """What a server says, from its answer. A part of another form than usual is as if it were not there:
    PHP, for one, writes an empty object as a list. Raises msgspec.DecodeError for what is no such answer.
    """
    with contextlib.suppress(msgspec.ValidationError):
        return _INSTANCE.decode(body)
    told, parts = msgspec.json.decode(body, type=dict[str, msgspec.Raw]), dict[str, Any]()
    for field in msgspec.structs.fields(Instance):
        if (raw := told.get(field.encode_name)) is not None:
            with contextlib.suppress(msgspec.ValidationError):
                parts[field.name] = msgspec.json.decode(raw, type=field.type)
    if "version" not in parts:
        raise msgspec.ValidationError("a server without a version")
    return Instance(**parts)


def limits_of(instance: Instance) -> Limits:
    """What a server says about its limits, how it counts, and what it does not have."""
    said = instance.configuration.statuses if instance.configuration else None
    polls = _polls(instance)
    limits = Limits(
        (said.max_characters if said else None) or instance.most_characters or LENGTH,
        "graphemes",
        (said.characters_reserved_per_url if said else None) or URL_LENGTH,
        short_mentions=True,
        lacks=lacking(instance),
        choices=polls.max_options or CHOICES,
        choice_length=polls.max_characters_per_option or polls.max_option_chars or CHOICE_LENGTH,
        poll_shortest=SHORTEST if polls.min_expiration is None else max(polls.min_expiration, 1),
        poll_longest=polls.max_expiration or LONGEST,
        files=files_of(instance),
    )
    match wire.software(instance):
        # Whatever they say an address counts for: their sources count all of it.
        case "gotosocial" | "takahe" | "pixelfed" | "snac":
            return replace(limits, unit="characters", url_length=None, short_mentions=False)
        case "pleroma" | "akkoma":  # Elixir's String.length
            return replace(limits, url_length=None, short_mentions=False)
    return limits


def _polls(instance: Instance) -> PollLimits:
    """What it says of polls."""
    return (instance.configuration.polls if instance.configuration else None) or (
        instance.poll_limits or PollLimits()
    )


def files_of(instance: Instance) -> FileLimits | None:
    """Which files go with a post; None: none at all."""
    if "uploads" in _empty(instance):
        return None
    configuration = instance.configuration
    said = (configuration.media_attachments if configuration else None) or MediaLimits()
    statuses = configuration.statuses if configuration else None
    types = frozenset(said.supported_mime_types or FILES.types)
    films = any(one.startswith(("video/", "audio/")) for one in types)
    return FileLimits(
        count=(statuses.max_media_attachments if statuses else None) or FILES.count,
        types=types,
        image_bytes=said.image_size_limit or instance.upload_limit or FILES.image_bytes,
        image_pixels=said.image_matrix_limit,
        video_bytes=(said.video_size_limit or instance.upload_limit or FILES.video_bytes) if films else 0,
        alt_length=said.description_limit or instance.description_limit or FILES.alt_length,
        mixed=wire.software(instance) in _MIXING,
    )


def lacking(instance: Instance) -> frozenset[str]:
    """Which capabilities this server does not have, by what it says of itself."""
    return _of_software(instance) | _empty(instance)


def _empty(instance: Instance) -> frozenset[str]:
    """What a server says that it takes none of."""
    said, lacks = instance.configuration, set()
    if said and said.polls and said.polls.max_options == 0:
        lacks.add("polls")
    if said and said.statuses and said.statuses.max_media_attachments == 0:
        lacks.add("uploads")
    return frozenset(lacks)


def _of_software(instance: Instance) -> frozenset[str]:
    software = wire.software(instance)
    if software in _LACKING:
        return _LACKING[software]
    match software:
        case "gotosocial":
            changes = set() if _version(instance.version) >= (0, 18) else {"edit", "typed"}
            return frozenset({"quotes"} | changes)
        case "akkoma":
            return frozenset()
        case "pleroma":  # `2.7.2 (compatible; Pleroma 2.6.0)`: its own version has the quotes
            own = _version(instance.version.lower().rpartition("pleroma")[2])
            return frozenset() if own >= (2, 6) else frozenset({"quotes"})
    return _mastodon(instance)


def _mastodon(instance: Instance) -> frozenset[str]:
    """Of Mastodon, and of those who say which version of it they are like."""
    number = _version(instance.version)
    lacks = {ability for ability, first in _SINCE.items() if (0, 99) < number < first}
    api = (instance.api_versions or {}).get("mastodon")
    return frozenset(lacks if isinstance(api, int) and api >= _QUOTABLE else lacks | {"quotes"})


def _version(text: str) -> tuple[int, int]:
    """The first number in it; without one the newest."""
    found = re.search(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (999, 0)
