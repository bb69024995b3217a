"""What Plaza can do: pure."""

from __future__ import annotations

from adapters.plaza.markup import ALT, PICTURES_AT_MOST
from adapters.plaza.settings import Config
from bridgebot.adapter import KeptFiles, OnUnconfirmed, SocialCapabilities
from bridgebot.model import Audience, FileLimits, Limits, TimelineKind

MEGABYTE = 1_000_000
_MOST_POINTS = 33_177_600  # width times height: as Mastodon has it (7680 by 4320)
_ANONYMOUS = frozenset({TimelineKind.PERSON, TimelineKind.TAG})


def limits(config: Config) -> Limits:
    """How long a post may be, and which pictures go with it."""
    files = FileLimits(
        count=PICTURES_AT_MOST,
        image_bytes=config.picture_megabytes * MEGABYTE,
        image_pixels=_MOST_POINTS,
        alt_length=ALT.max_length,
    )
    return Limits(config.limit, "graphemes", files=files if config.total_megabytes else None)


def able(config: Config) -> SocialCapabilities:
    """All of it, but for the addresses of its people, which are known where it runs."""
    return SocialCapabilities(
        limits=limits(config),
        publish=True,
        audiences=frozenset(Audience),
        warnings=True,
        languages=True,
        replies=True,
        uploads=config.total_megabytes > 0,
        serves=True,
        edit=True,
        delete=True,
        favourite=True,
        boost=True,
        bookmark=True,
        follow=True,
        approve=True,
        report=True,
        moderate=True,
        whois=True,
        thread=True,
        get=True,
        find=True,
        listen=True,
        web_link=True,
        scopes=(("read", "plaza-scope-read"), ("write", "plaza-scope-write")),
        join=True,
        keeps=(("plaza_post", "person_id"), ("plaza_report", "person_id"), ("plaza_picture", "person_id")),
        keeps_files=(KeptFiles("plaza_picture_file", "person_id", "name", "content"),),
        sign_in=True,
        timelines=_ANONYMOUS | {TimelineKind.OWN, TimelineKind.HOME, TimelineKind.MENTIONS},
        anonymous=_ANONYMOUS,
        latest=True,
        openly=frozenset({"whois"}),
        on_unconfirmed=OnUnconfirmed.REPEAT,
    )
