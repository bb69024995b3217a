"""What went wrong, in Mastodon's words and numbers where it has some, else in the house's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.plaza.api.params import Unreadable
from adapters.plaza.throttle import Left
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary

INVALID = "The access token is invalid"
FORBIDDEN = "This action is outside the authorized scopes"
NOT_FOUND = "Record not found"
NOT_ALLOWED = "This action is not allowed"
# What nobody else's client should be able to tell from "not there", and what is no mistake in a form.
_AS_IF_GONE = frozenset({"plaza-not-yours"})
_NOT_ALLOWED = frozenset({"plaza-boost-narrow", "plaza-follow-self"})
_SPENT = {"plaza-follows-spent": timedelta(days=1), "plaza-reports-spent": timedelta(days=1)}


class ApiError(Exception):
    """The answer is no."""

    def __init__(self, status: int, words: str, **more: str) -> None:
        super().__init__(words)
        self.status = status
        self.body = {"error": words, **more}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def gone() -> ApiError:
    """Not there, or not for this reader: which of the two is nobody's business."""
    return ApiError(404, NOT_FOUND)


def of(error: Exception, say: Callable[..., str], now: datetime) -> Problem:
    """The answer to an error."""
    if isinstance(error, ApiError):
        return Problem(error.status, error.body)
    if isinstance(error, Unreadable):
        return Problem(400, {"error": "There was a problem parsing the request"})
    assert isinstance(error, AdapterError)
    if isinstance(error, TargetGone) or error.key in _AS_IF_GONE:
        return Problem(404, {"error": NOT_FOUND})
    if isinstance(error, AuthExpired):
        return Problem(401, {"error": INVALID})
    words = say(error.key, **error.arguments)
    spent = _wait(error)
    if spent is not None:
        return Problem(429, {"error": words}, _limits(int(error.arguments.get("limit", 0)), 0, now + spent))
    if isinstance(error, Rejected):
        plain = error.key in _NOT_ALLOWED
        return (
            Problem(403, {"error": NOT_ALLOWED})
            if plain
            else Problem(422, {"error": f"Validation failed: {words}"})
        )
    return Problem(503, {"error": words})


def _wait(error: AdapterError) -> timedelta | None:
    """How long a quota is spent; None where it is not about one."""
    if isinstance(error, Temporary) and error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    return _SPENT.get(error.key)


def with_limits(left: Left) -> dict[str, str]:
    return _limits(left.limit, left.remaining, left.reset)


def _limits(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    """As Mastodon writes them (https://docs.joinmastodon.org/api/rate-limits/)."""
    at = reset.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": at}
