"""What a server's answer means, where a call goes, and what is left of a limit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import msgspec
import pytest

from adapters import bluesky
from adapters.bluesky import limits, wire
from adapters.bluesky.wire import Nothing, Refused, Secret, Wire, refusal
from bridgebot.adapter import Per
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import Response
from bridgebot.http.retry import Left
from bridgebot.model import Account
from bridgebot.testing.context import house

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
ADA = Account("did:plc:" + "a" * 24, "@ada.sky.test", "bsky.app")


def said(status: int, error: str = "", message: str = "") -> Response:
    body = json.dumps({"error": error, "message": message}).encode() if error else b"<html>no"
    return Response(status, {}, body)


@pytest.mark.parametrize(
    ("answer", "signed_in", "own", "kind"),
    [
        (said(400, "ExpiredToken", "Token has expired"), True, False, AuthExpired),
        (said(400, "InvalidToken"), True, True, AuthExpired),
        (said(401, "AuthMissing"), True, False, AuthExpired),
        (said(401), True, False, AuthExpired),
        (said(401, "AuthMissing"), False, False, Refused),
        (said(401, "AuthenticationRequired", "Invalid identifier or password"), False, True, Refused),
        (said(401, "AccountTakedown"), True, False, AuthExpired),
        (said(400, "AccountDeactivated"), True, True, AuthExpired),
        (said(401, "AccountTakedown"), False, True, Refused),
        (said(400, "AccountTakedown"), True, False, TargetGone),
        (said(400, "RepoDeactivated"), False, False, TargetGone),
        (said(400, "NotFound"), True, False, TargetGone),
        (said(400, "RecordNotFound"), True, False, TargetGone),
        (said(400, "InvalidRequest", "Profile not found"), True, False, TargetGone),
        (said(400, "InvalidRequest", "Could not locate record: at://x"), True, False, TargetGone),
        (said(400, "InvalidRequest", "Unable to resolve handle"), False, False, TargetGone),
        (said(400, "InvalidRequest", "Invalid app.bsky.feed.post record"), True, True, Refused),
        (said(400, "InvalidSwap", "Record was at null"), True, True, Refused),
        (said(404), True, False, TargetGone),
        (said(403), True, False, Refused),
        (said(413, "PayloadTooLarge"), True, True, Refused),
        (said(413), True, True, Refused),
        (said(501, "MethodNotImplemented"), True, False, Refused),
    ],
)
def test_what_a_refusal_means(answer: Response, signed_in: bool, own: bool, kind: type[Exception]) -> None:
    error = refusal(answer, "pds.example", signed_in=signed_in, own=own)
    assert type(error) is kind
    if isinstance(error, Refused):
        assert (error.name == "PayloadTooLarge") is (answer.status == 413)


@pytest.mark.parametrize(("size", "seconds"), [(100, 30), (100 * 64 * 1024, 100), (100_000_000, 600)])
async def test_a_large_file_has_more_time(monkeypatch: pytest.MonkeyPatch, size: int, seconds: float) -> None:
    given: list[float] = []

    async def call(*_: object, timeout: float, **options: object) -> Response:
        given.append(timeout)
        return Response(200, {}, b"{}")

    monkeypatch.setattr(wire, "call", call)
    secret = Secret(ADA.id, "https://pds.example", "a", "r")
    ada = replace(ADA, credentials=msgspec.json.encode(secret).decode())
    async with house(bluesky) as context:
        api = Wire(context.http, context.clock, bluesky.Config())
        await api.upload(ada, b"", "video/mp4", size, Nothing)
    assert given == [seconds]


def test_a_refusal_keeps_its_name_and_the_servers_words() -> None:
    told = refusal(said(400, "InvalidSwap", "Record was\nat null"), "pds.example", signed_in=True)
    assert isinstance(told, Refused)
    assert told.name == "InvalidSwap"
    assert told.arguments == {"host": "pds.example", "words": "Record was at null"}
    bare = refusal(said(403), "pds.example", signed_in=True)
    assert isinstance(bare, Rejected)
    assert bare.arguments["words"] == "HTTP 403"


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("https://pds.internal", "http://10.0.0.5:3000"),
        ("https://PDS.internal/xrpc/a.b?c=%2F", "http://10.0.0.5:3000/xrpc/a.b?c=%2F"),
        ("https://other.example/x", "https://other.example/x"),
        ("http://localhost:2583/xrpc/a", "http://127.0.0.1:9/xrpc/a"),
    ],
)
async def test_where_a_server_is_reached(address: str, reached: str) -> None:
    async with house(bluesky) as context:
        servers = {"pds.internal": "http://10.0.0.5:3000/", "localhost:2583": "http://127.0.0.1:9"}
        api = Wire(context.http, context.clock, bluesky.Config(servers=servers))
        assert api.reached(address) == reached


async def test_only_what_the_operator_named_is_known() -> None:
    async with house(bluesky) as context:
        config = bluesky.Config(servers={"pds.internal": "http://10.0.0.5:3000"})
        api = Wire(context.http, context.clock, config)
        assert api.known("https://bsky.social")
        assert api.known("http://10.0.0.5:3000/")
        assert api.known("https://pds.internal")
        assert not api.known("https://bsky.social.example")
        assert not api.known("http://10.0.0.5:3001")


@pytest.mark.parametrize(("repeatable", "kind"), [(True, Temporary), (False, Unconfirmed)])
def test_an_answer_that_cannot_be_read_is_none(repeatable: bool, kind: type[Exception]) -> None:
    for body in (b"<html>", b'{"did": ', b"[]", b"\xff", b""):
        with pytest.raises(kind):
            wire.decoded(Response(200, {}, body), Secret, "pds.example", repeatable=repeatable)
    assert wire.decoded(Response(200, {}, b""), Nothing, "pds.example", repeatable=False) == Nothing()


def test_secrets_are_in_no_repr() -> None:
    assert "token" not in repr(Secret("did", "https://pds.example", "token-a", "token-b"))


# --- limits ------------------------------------------------------------------------------------


@dataclass
class Heard:
    """Listens to what is left."""

    told: list[tuple[str, Account | str, Left]] = field(default_factory=list)

    def heard(self, rate: str, account: Account | None, left: Left, *, server: str = "") -> None:
        self.told.append((rate, account or server, left))


def headers(limit: int, remaining: int, seconds: int) -> dict[str, str]:
    reset = str(int(NOW.timestamp()) + seconds)
    return {"RateLimit-Limit": str(limit), "RateLimit-Remaining": str(remaining), "RateLimit-Reset": reset}


@pytest.mark.parametrize(
    ("limit", "remaining", "account", "told"),
    [
        (3000, 2999, ADA, [("calls-there", "pds.example", Left(3000, 2999, 60))]),
        (
            3000,
            600,
            ADA,
            [("calls-there", "pds.example", Left(3000, 600, 60)), ("calls", ADA, Left(3000, 600, 60))],
        ),
        (3000, 10, None, [("nameless", "pds.example", Left(3000, 10, 60))]),
        (5000, 4000, ADA, [("writes", ADA, Left(1666, 1333, 60))]),
        (35000, 5, ADA, [("writes-a-day", ADA, Left(11666, 1, 60))]),
        (1000, 999, ADA, [("uploads", ADA, Left(1000, 999, 60))]),
        (
            100,
            50,
            ADA,
            [("calls-there", "pds.example", Left(100, 50, 60))],
        ),  # a server with limits of its own
    ],
)
def test_what_is_left_is_told_of_the_right_limit(
    limit: int, remaining: int, account: Account | None, told: list[tuple[str, Account | str, Left]]
) -> None:
    heard = Heard()
    limits.tell(heard, Response(200, headers(limit, remaining, 60), b""), account, "pds.example", NOW)
    assert heard.told == told


def test_an_answer_that_says_nothing_of_limits_tells_nothing() -> None:
    heard = Heard()
    limits.tell(heard, Response(200, {}, b""), ADA, "pds.example", NOW)
    assert heard.told == []


def test_the_rates_are_those_of_the_network() -> None:
    rates = {rate.name: rate for rate in limits.RATES}
    assert rates["writes"].amount * limits.POINTS_OF_A_WRITE <= 5000
    assert rates["writes-a-day"].amount * limits.POINTS_OF_A_WRITE <= 35000
    assert {rate.per for rate in limits.RATES} == {Per.ACCOUNT, Per.HOST, Per.SERVER}
