"""What an answer of the Bot API means for the one who called. Pure.

Answers are JSON: `{"ok": true, "result": …}` or `{"ok": false, "error_code": …, "description": …}`
(core.telegram.org/bots/api#making-requests). Anything else was not said by a Bot API server, so it
says nothing about what happened, whatever its status.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http.retry import LONGEST, retry_after

# Methods that may be called twice without harm; for all others an answer that never came is unconfirmed.
REPEATABLE: Final = frozenset(
    {
        "answerCallbackQuery",
        "deleteMessage",
        "deleteWebhook",
        "editMessageCaption",
        "editMessageText",
        "getChatMember",
        "getFile",
        "getMe",
        "getUpdates",
        "getWebhookInfo",
        "setMyCommands",
        "setMyDescription",
        "setMyShortDescription",
    }
)
_NOT_STARTED: Final = frozenset({408, 425, 429})  # the server says itself that it did nothing
_MOST_WORDS: Final = 200

# Telegram names its refusals by words only (td/telegram/*.cpp, telegram-bot-api Client.cpp). The first
# that stands in the description counts.
_MESSAGE_GONE: Final = (
    "message to edit not found",
    "message to delete not found",
    "message_id_invalid",
    "message identifier is not specified",
)
_CHAT_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "group chat was deactivated",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "chat_write_forbidden",
    "have no rights to send a message",
    "not enough rights to send text messages",
)


_FILE_GONE: Final = (
    "invalid file_id",
    "wrong file_id",
    "wrong file identifier",
    "file is temporarily unavailable",
)


class Moved(Temporary):
    """The group became a supergroup and has another id now."""

    def __init__(self, moved_to: str) -> None:
        super().__init__("telegram-moved", retry_after=1)
        self.moved_to = moved_to


class MessageGone(TargetGone):
    """The message is not there, though the chat is."""


class Unchanged(Rejected):
    """An edit that changes nothing."""


class WordsElsewhere(Rejected):
    """An edit of a text where the words stand beside a picture, or the other way about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]  # looked up without regard to case
    body: bytes = field(repr=False)


def result(reply: Reply, method: str) -> Any:
    """What the method brought; raises what the answer means if it is not a good one."""
    said = _said(reply.body)
    if reply.status in _NOT_STARTED:
        # Which limit it was Telegram does not say. It counts by chat first: others go on.
        rate = "" if reply.status == 429 else None
        raise Temporary("telegram-busy", retry_after=_wait(reply, said), rate=rate)
    if said is None or reply.status >= 500 or 300 <= reply.status < 400:
        raise unclear(method)
    if said.get("ok") is True and "result" in said and reply.status < 300:
        return said["result"]
    if said.get("ok") is not False:
        raise unclear(method)
    raise _refusal(reply, said, method)


def sent_id(result: Any, method: str) -> str:
    """Which message the bot sent or changed. Raises what an answer means that does not say it."""
    match result:
        case {"message_id": int(number)}:
            return str(number)
    raise unclear(method)


def sent_ids(result: Any, method: str) -> tuple[str, ...]:
    """The same where several may have been sent as one."""
    if isinstance(result, list) and result:
        return tuple(sent_id(one, method) for one in result)
    return (sent_id(result, method),)


def unclear(method: str) -> AdapterError:
    """There is no usable answer: it may have happened."""
    if method in REPEATABLE:
        return Temporary("telegram-no-answer")
    return Unconfirmed("telegram-unclear")


def _refusal(reply: Reply, said: Mapping[str, Any], method: str) -> AdapterError:
    code, words = said.get("error_code", reply.status), shown(said.get("description"))
    if code == 429:
        return Temporary("telegram-busy", retry_after=_wait(reply, said), rate="")
    if (moved_to := _parameters(said).get("migrate_to_chat_id")) is not None:
        return Moved(str(moved_to))
    if code == 409:
        return Temporary("telegram-conflict")
    if code == 401 or (code == 404 and "method" not in words.casefold()):
        return AuthExpired("telegram-token-refused")  # 404 is said to what cannot be a token at all
    if code == 403:
        return TargetGone("telegram-gone", words=words)
    return _refused(words or f"HTTP {reply.status}") if 400 <= reply.status < 500 else unclear(method)


def _refused(words: str) -> AdapterError:
    folded = words.casefold()
    if "message is not modified" in folded:
        return Unchanged("telegram-rejected", words=words)
    if "there is no text in the message" in folded or "there is no caption in the message" in folded:
        return WordsElsewhere("telegram-rejected", words=words)
    if any(part in folded for part in _MESSAGE_GONE):
        return MessageGone("telegram-message-gone")
    if any(part in folded for part in _CHAT_GONE):
        return TargetGone("telegram-gone", words=words)
    if "file is too big" in folded:
        return Rejected("telegram-file-too-big")
    if any(part in folded for part in _FILE_GONE):
        return TargetGone("telegram-file-gone")
    return Rejected("telegram-rejected", words=words)


def no_file(status: int) -> AdapterError | None:
    """What it means that a file's address answers so; None: there it is."""
    if status == 200:
        return None
    if status in (404, 410):
        return TargetGone("telegram-file-gone")
    if status == 401:
        return AuthExpired("telegram-token-refused")
    return (
        Temporary("telegram-no-answer")
        if status in _NOT_STARTED or status >= 500
        else _refused(f"HTTP {status}")
    )


def shown(words: object) -> str:
    """Telegram's own words on one line, without control characters, and not long."""
    text = words if isinstance(words, str) else ""
    text = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    text = " ".join(text.split())
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…"


def _said(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _parameters(said: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = said.get("parameters")
    return parameters if isinstance(parameters, dict) else {}


def _wait(reply: Reply, said: Mapping[str, Any] | None) -> float | None:
    seconds = _parameters(said or {}).get("retry_after")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        return min(max(float(seconds), 0.0), LONGEST)
    return retry_after(reply.headers, datetime.now(UTC))
