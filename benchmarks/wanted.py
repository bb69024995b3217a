"""Every goal, by the benchmark that measures it. Gates and stretches were set before there was a bot to
measure.

A goal with two sides to it has two lines: `P3` and `P3b`. `P11b` and `P11c` count what must not be.
"""

from __future__ import annotations

from benchmarks.goals import Goal

PIPELINE = "reference pipeline"
MOST = False  # the ratio must be at most the gate
_GENTLE, _HALF = "latency, 20 a second", "latency, half of what it can"

GOALS: dict[str, tuple[Goal, ...]] = {
    "through": (
        Goal("P1", "message to three accounts, all of it durable", "through", "msg/s", 0.35, 0.5, PIPELINE),
        Goal("P5", "CPU of a message of P1", "through", "CPU µs each", 2.8, 2, PIPELINE, MOST),
        Goal("P6", "writes in a commit, at P1's rate", "through", "writes a commit", 20, 50, None),
    ),
    "latency": (
        Goal("P3", "durable at 20/s, p50", _GENTLE, "durable p50 ms", 2, 1.5, PIPELINE, MOST),
        Goal("P3b", "delivered to three at 20/s, p50", _GENTLE, "delivered p50 ms", 2.5, 1.5, PIPELINE, MOST),
        Goal("P4", "delivered at half of P1's rate, p99", _HALF, "delivered p99 ms", 3, 2, PIPELINE, MOST),
        Goal("P4b", "durable at half of P1's rate, p99", _HALF, "durable p99 ms", 3, 2, PIPELINE, MOST),
    ),
    "replies": (
        Goal(
            "P7",
            "Telegram: polled, durable, answered",
            "replies",
            "updates/s",
            0.5,
            0.7,
            "bare python-telegram-bot",
        ),
    ),
    "xmpp-echo": (
        Goal("P8", "XMPP echo as a client", "xmpp echo", "echoes/s", 0.5, 0.7, "bare slixmpp"),
        Goal("P8b", "XMPP echo as a client, p99", "xmpp echo", "p99 ms", 2, 1.5, "bare slixmpp", MOST),
    ),
    "fan-out": (
        Goal(
            "P9",
            "one followed post into 10,000 durable rows",
            "fan-out, planning",
            "ms a post",
            4,
            2,
            "executemany",
            MOST,
        ),
        Goal(
            "P10",
            "fan-out into chats, nothing limited",
            "fan-out, sending",
            "chats/s",
            0.4,
            0.6,
            "bare aiohttp",
        ),
    ),
    "limited": (
        Goal(
            "P11",
            "fan-out under limits: used of them",
            "limited, use",
            "% of the limit",
            0.98,
            0.995,
            "the limit",
        ),
        Goal("P11b", "fan-out under limits: answers 429", "limited, use", "answers 429", 0, 0, None, MOST),
        Goal(
            "P11c",
            "fan-out under limits: above it in any second",
            "limited, use",
            "over the limit in a second",
            3,
            1,
            None,
            MOST,
        ),
        Goal("P12", "an answer during a fan-out, p99", "limited, answers", "slots later", 2, 1, None, MOST),
    ),
    "stuck": (
        Goal(
            "P13",
            "one server of 100 accounts is stuck: the others",
            "stuck",
            "posts/s of the others",
            0.95,
            0.99,
            "all are well",
        ),
    ),
    "polling": (
        Goal(
            "P14",
            "memory of a polled account, of 10,000",
            "polling, memory",
            "KiB an account",
            4,
            2,
            None,
            MOST,
        ),
        Goal(
            "P16",
            "CPU of a poll with nothing new",
            "polling",
            "CPU µs a poll",
            2.5,
            2,
            "bare GET and decode",
            MOST,
        ),
        Goal("P16b", "polls within a second of due", "polling", "% within a second of due", 99, 99.9, None),
        Goal(
            "P16c",
            "polls in the fullest second, to the mean",
            "polling",
            "fullest second to the mean",
            2,
            1.5,
            None,
            MOST,
        ),
    ),
    "sky": (
        Goal(
            "P14b", "memory of a polled account of Bluesky", "sky, memory", "KiB an account", 4, 2, None, MOST
        ),
        Goal("P16d", "CPU of a poll of Bluesky", "sky", "CPU µs a poll", 2.5, 2, "bare GET and decode", MOST),
        Goal("P16e", "Bluesky, 1.5 times too many: 429s", "sky, crowded", "answers 429", 0, 0, None, MOST),
    ),
    "mirror": (
        Goal(
            "P15",
            "memory of a stream over TLS",
            "streams, memory",
            "KiB a stream",
            1.25,
            1.1,
            "bare wss",
            MOST,
        ),
        Goal(
            "P16f",
            "CPU of a poll, a mixed crowd",
            "crowd",
            "CPU µs a poll",
            2.5,
            2,
            "bare GET and decode",
            MOST,
        ),
        Goal("P16g", "its polls within a second of due", "crowd", "% within a second of due", 99, 99.9, None),
        Goal(
            "P16h",
            "its polls in the fullest second, to the mean",
            "crowd",
            "fullest second to the mean",
            2,
            1.5,
            None,
            MOST,
        ),
        Goal("P16i", "its answers 429", "crowd", "answers 429", 0, 0, None, MOST),
        Goal("P15b", "a streamed post is shown, p99", "crowd", "streamed p99 s", 2, 1, None, MOST),
        Goal(
            "P15c",
            "what an account asks its server for in five minutes",
            "crowd",
            "requests of an account in 5 min",
            300,
            150,
            None,
            MOST,
        ),
    ),
    "restart": (
        Goal(
            "P17",
            "100,000 due: first delivery, beyond imports",
            "restart",
            "s beyond imports",
            0.5,
            0.25,
            None,
            MOST,
        ),
        Goal(
            "P17b",
            "100,000 due: memory above an empty start",
            "restart",
            "MiB above an empty start",
            32,
            16,
            None,
            MOST,
        ),
        Goal("P17c", "100,000 due: deliveries beside P1's", "restart", "posts/s", 0.9, 1, "P1"),
        Goal("P20", "memory at rest", "at rest", "MiB at rest", 1.9, 1.5, "bare python-telegram-bot", MOST),
        Goal("P20b", "CPU at rest", "at rest", "% of a core at rest", 1, 0.5, None, MOST),
    ),
    "render": (
        Goal(
            "P24",
            "a post fitted to every network there is",
            "render, mixed",
            "posts/s",
            0.25,
            0.4,
            r"regex \X and len",
        ),
    ),
    "start": (Goal("P19", "CPU of `bridgebot --help`", "start, --help", "CPU s", 2, 1.5, "cyclopts", MOST),),
    "mastodon-page": (
        Goal(
            "P23",
            "a page of 40 posts, read (CPU)",
            "mastodon-page, written",
            "CPU µs a post",
            3,
            2.5,
            "bare msgspec",
            MOST,
        ),
        Goal(
            "P23b",
            "the same, recorded (CPU)",
            "mastodon-page, recorded",
            "CPU µs a post",
            3,
            2.5,
            "bare msgspec",
            MOST,
        ),
    ),
}

BY_ID = {goal.id: name for name, goals in GOALS.items() for goal in goals}
