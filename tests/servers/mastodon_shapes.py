"""The shapes of Mastodon's entities, learned from recorded answers: which keys, of which types."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.servers.recorded import NEWEST, events, recorded

# An entity is known by keys that no other one has, wherever in an answer it stands.
SIGNS = {
    "Status": {"reblogs_count", "visibility", "account"},
    "CredentialAccount": {"acct", "followers_count", "source"},
    "Account": {"acct", "followers_count"},
    "Notification": {"type", "created_at", "account", "group_key"},
    "Relationship": {"followed_by", "showing_reblogs"},
    "MediaAttachment": {"preview_url", "blurhash", "remote_url"},
    "List": {"replies_policy", "title"},
    "Poll": {"votes_count", "options"},
    "NewApp": {"client_secret", "name"},
    "App": {"redirect_uris", "vapid_key"},
    "Token": {"access_token", "token_type"},
    "StatusEdit": {"content", "spoiler_text", "media_attachments"},
    "StatusSource": {"text", "spoiler_text", "id"},
    "Context": {"ancestors", "descendants"},
    "Instance": {"domain", "registrations", "source_url"},
    "InstanceV1": {"uri", "stats", "short_description"},
    "Search": {"accounts", "statuses", "hashtags"},
    "OAuthServer": {"issuer", "token_endpoint"},
    "ScheduledStatus": {"scheduled_at", "params", "media_attachments"},
    "Report": {"category", "target_account"},
    "NodeInfo": {"protocols", "openRegistrations"},
}
# What a real server leaves away for some, so that recordings of others always have it.
OPTIONAL = {
    "Status": {"favourited", "reblogged", "muted", "bookmarked", "filtered", "pinned", "application"}
    | {"content", "text"},  # the answer to a deletion has the one in place of the other
    "Account": {"roles"},  # people of other servers have none
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Shape:
    """What was seen of one kind of object."""

    times: int = 0  # among the newest
    keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # among the newest

    def required(self, kind: str) -> set[str]:
        always = {key for key, times in self.seen.items() if times == self.times}
        return always - OPTIONAL.get(kind, set())


def kind_of(value: dict[str, Any], path: str) -> str:
    """An entity's name; what is none is called by where it stands."""
    return next((name for name, keys in SIGNS.items() if keys <= value.keys()), path)


def type_of(value: Any, path: str) -> set[str]:
    """The JSON type; of objects their kind, of lists those of what is in them, of times their form."""
    if isinstance(value, dict):
        return {kind_of(value, path)}
    if isinstance(value, list):
        return {"list", *(f"[{one}]" for item in value for one in type_of(item, path))}
    if isinstance(value, str) and path.endswith(("_at", "scheduled_at")):
        return {"time" if _TIME.fullmatch(value) else "text"}
    return {"null" if value is None else type(value).__name__}


class Shapes(defaultdict[str, Shape]):
    """All kinds."""

    def __init__(self) -> None:
        super().__init__(Shape)

    def learn(self, value: Any, path: str, newest: bool) -> None:
        if isinstance(value, list):
            for item in value:
                self.learn(item, path, newest)
        if not isinstance(value, dict):
            return
        kind = kind_of(value, path)
        shape = self[kind]
        shape.times += newest
        for key, inner in value.items():
            shape.seen[key] += newest
            shape.keys[key] |= type_of(inner, f"{kind}.{key}")
            self.learn(inner, f"{kind}.{key}", newest)

    def problems(self, value: Any, path: str) -> list[str]:
        """In what this differs from everything that was recorded."""
        if isinstance(value, list):
            return [problem for item in value for problem in self.problems(item, path)]
        if not isinstance(value, dict):
            return []
        kind = kind_of(value, path)
        if kind not in self:
            return [f"{kind} was never recorded"]
        shape = self[kind]
        found = [f"{kind}.{key} is missing" for key in sorted(shape.required(kind) - value.keys())]
        for key, inner in value.items():
            types = type_of(inner, f"{kind}.{key}")
            if key not in shape.keys:
                found.append(f"{kind}.{key} was never recorded")
            elif wrong := types - shape.keys[key]:
                found.append(f"{kind}.{key} is {sorted(wrong)}, recorded are {sorted(shape.keys[key])}")
            else:
                found += self.problems(inner, f"{kind}.{key}")
        return found


@functools.cache
def learned() -> Shapes:
    """From every good answer of the archive, and from its streams."""
    shapes = Shapes()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for one in recorded(method, ".*"):
            if 200 <= one.status < 300 and (value := one.json) is not None:
                shapes.learn(value, one.path, one.folder == NEWEST)
    for event in events():
        if event.name in ("update", "notification", "status.update"):
            shapes.learn(json.loads(event.payload), event.name, False)
    return shapes
