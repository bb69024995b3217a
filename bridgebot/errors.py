"""What can go wrong, as classes that say what to do next.

BridgebotError
├── ConfigError          the operator must change the configuration (exit code 78)
├── StoreError           the database cannot be used; intake stops
│   └── KeysLost         it holds secrets that no key opens (exit code 78)
└── AdapterError         an adapter's word about one call
    ├── Temporary        surely did not happen; try again (after `retry_after` seconds)
    ├── Unconfirmed      no answer came: it may have happened
    ├── Rejected         the network said no to this call; trying again is useless
    │   └── Withheld     the house itself carries no further what looks like a circle
    ├── TargetGone       the chat, post or person is not there (any more)
    ├── AuthExpired      the account must be linked again
    └── Unsupported      this adapter does not declare that it can do this

An adapter's error is a text key and its arguments, so that a person reads it in their own
language: the core's keys stand in `bridgebot/texts/`, an adapter's own beside its module.
Anything else that an adapter raises is a bug of the adapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class BridgebotError(Exception):
    """Everything that bridgebot raises on purpose."""


class ConfigError(BridgebotError):
    """The configuration is wrong. `problems` are whole sentences, none quotes a secret."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreError(BridgebotError):
    """The database cannot be read or written; nothing may be acknowledged.

    `trouble` is what the database as a whole has (a value of the store's `Trouble`), `key` with its
    `arguments` a text for the operator; None: the words alone tell.
    """

    def __init__(
        self, words: str, /, *, key: str | None = None, trouble: str | None = None, **arguments: str | int
    ) -> None:
        super().__init__(words)
        self.key = key
        self.trouble = trouble
        self.arguments = arguments


class KeysLost(StoreError):
    """The database holds secrets that no key opens: the operator must bring back the key that does."""

    def __init__(self, words: str, /, *, lost: Mapping[str, int], **arguments: str | int) -> None:
        super().__init__(words, key="keys-lost")
        self.arguments = arguments
        self.lost = lost  # how many rows, by table


class AdapterError(BridgebotError):
    """One call failed. `key` names a text, `arguments` fill it; `default_key` serves where none is given."""

    default_key: ClassVar[str] = "error-failed"

    def __init__(self, key: str | None = None, /, **arguments: str | int) -> None:
        self.key = key or self.default_key
        self.arguments = arguments
        words = ", ".join(f"{name}={value}" for name, value in arguments.items())
        super().__init__(f"{self.key} ({words})" if words else self.key)


class Temporary(AdapterError):
    """Nothing happened; the same call may be made again, not before `retry_after` seconds.

    `rate` is set where it came too fast (429): the name of the declared `Rate` that this is about, or
    "" where the network does not say, which means the narrowest one that counts the call. Then that
    rate waits and nothing else, and it is no failed attempt.
    """

    default_key = "error-temporary"

    def __init__(
        self,
        key: str | None = None,
        /,
        *,
        retry_after: float | None = None,
        rate: str | None = None,
        **arguments: str | int,
    ) -> None:
        super().__init__(key, **arguments)
        self.retry_after = retry_after
        self.rate = rate


class Unconfirmed(AdapterError):
    """The call was made and no answer came: the network may have acted on it."""

    default_key = "error-unconfirmed"


class Rejected(AdapterError):
    """The network refuses this call, and would refuse it again."""

    default_key = "error-rejected"


class Withheld(Rejected):
    """A rule does not bring a post there; whoever made it may want it all the same. The house's own word."""


class TargetGone(AdapterError):
    """What the call was about is not there: a closed chat, a deleted post, an unknown person."""

    default_key = "error-gone"


class AuthExpired(AdapterError):
    """The credentials are no longer accepted; the account must be linked again."""

    default_key = "error-auth-expired"


class Unsupported(AdapterError):
    """The adapter does not declare this ability."""

    default_key = "error-unsupported"
