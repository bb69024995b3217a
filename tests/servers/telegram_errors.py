"""What the pretend Telegram says when it refuses: the Bot API's own codes and words.

`{"ok": false, "error_code": 400, "description": "Bad Request: …", "parameters": {…}}`. The documentation
promises only the code ("contents are subject to change"); the words here are those that the open source
server of the Bot API and its users' error lists show. Where this server is stricter than Telegram, which
overlooks unknown parameters for example, the words are its own.
"""

from __future__ import annotations

from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
TWO_POLLERS = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
UPGRADED = "group chat was upgraded to a supergroup chat"


class Refused(Exception):
    """A call that fails with an answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def json(self) -> dict[str, Any]:
        """The body of the answer."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(words: str, **parameters: int) -> Refused:
    """400: the call is wrong, and would be wrong again."""
    return Refused(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> Refused:
    """403: the bot may not do that to these people."""
    return Refused(403, f"Forbidden: {words}")


def conflict(words: str) -> Refused:
    """409: somebody else takes this bot's updates."""
    return Refused(409, f"Conflict: {words}")


def too_many(seconds: int) -> Refused:
    """429: not before so many seconds have gone by."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def unauthorized() -> Refused:
    """401: no bot has this token."""
    return Refused(401, "Unauthorized")


def migrated(chat: int) -> Refused:
    """The group lives on under another id."""
    return bad(UPGRADED, migrate_to_chat_id=chat)
