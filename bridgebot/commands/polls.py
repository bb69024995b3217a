"""Polls: asking people, and voting."""

from __future__ import annotations

from typing import Any

from bridgebot import flow
from bridgebot.commands import late
from bridgebot.commands.acts import able, acting
from bridgebot.commands.compose import confirm, is_postable
from bridgebot.commands.finding import code, meant_with_text
from bridgebot.commands.grammar.polls import Asked, numbers
from bridgebot.commands.grammar.polls import poll as read
from bridgebot.commands.wishes import Wish, anywhere_to_go, is_open, meant_for, wish, with_targets
from bridgebot.dialog import Talk
from bridgebot.model import Message, Poll
from bridgebot.render import clean_name
from bridgebot.store import deliveries
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Account, Copy, Post

SHORTEST, LONGEST = 60, 366 * 86400  # seconds that a poll may be open, wherever it goes
ACTION = "vote"


# --- asking ------------------------------------------------------------------------------------


def poll(exchange: Talk, argument: str, message: Message) -> None:
    """/poll QUESTION | choice | choice … | 1d | multiple: shown with its targets before it leaves, for no
    network lets it be changed.
    """
    asked = read(argument)
    if asked is None:
        exchange.say("usage-poll")
        return
    ballot = {"choices": list(asked.choices), "seconds": asked.seconds, "multiple": asked.multiple}
    wanted = with_targets(exchange, wish(exchange, message, asked.question, poll=ballot))
    if wanted.files:
        exchange.say("poll-files")  # no network that is known has both in one post
        return
    if not is_postable(exchange, wanted) or not is_open(exchange, meant_for(exchange, wanted)[0]):
        return
    if not _fits(exchange, asked, wanted):
        return
    if late.is_late(exchange.now, message.sent_at):
        late.gather(exchange, message, wanted)
    else:
        confirm(exchange, wanted, "confirm-poll")


def _fits(exchange: Talk, asked: Asked, wanted: Wish) -> bool:
    """Whether every target that has polls takes this one; else what is wrong was said."""
    folded = [choice.casefold() for choice in asked.choices]
    twice = next((n for n, choice in enumerate(folded) if choice in folded[:n]), None)
    if twice is not None:
        exchange.say("poll-same", number=twice + 1, other=folded.index(folded[twice]) + 1)
    elif not SHORTEST <= asked.seconds <= LONGEST:
        exchange.say("poll-duration")
    else:
        chosen = anywhere_to_go(exchange, wanted)
        return chosen is not None and all(_fits_there(exchange, asked, one) for one in chosen)
    return False


def _fits_there(exchange: Talk, asked: Asked, account: Account) -> bool:
    if not able(exchange, account, "polls"):
        return True  # there it goes in words
    limits, network = account.fits, exchange.house.title(account.adapter)
    if not limits.poll_shortest <= asked.seconds <= limits.poll_longest:
        least, most = span(exchange, limits.poll_shortest), span(exchange, limits.poll_longest)
        exchange.say("poll-duration-there", network=network, least=least, most=most)
        return False
    if len(asked.choices) > limits.choices:
        exchange.say("poll-too-many", network=network, most=limits.choices, count=len(asked.choices))
        return False
    for number, choice in enumerate(asked.choices, start=1):
        if (over := len(choice) - limits.choice_length) > 0:
            exchange.say("poll-choice-long", number=number, over=over, network=network)
            return False
    return True


def span(exchange: Talk, seconds: int) -> str:
    """`5 minutes`, `2 hours`, `30 days`: the largest unit of which it is a few."""
    unit, length = next((unit, length) for unit, length in _UNITS if seconds >= 2 * length or length == 60)
    return exchange.text(f"span-{unit}", count=max(round(seconds / length), 1))


_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60))


# --- voting ------------------------------------------------------------------------------------


def vote(exchange: Talk, argument: str, message: Message) -> None:
    """/vote ID 2, or /vote 2 as the answer to the poll; several numbers where several may be chosen."""
    found, rest = meant_with_text(exchange, argument, message)
    chosen = numbers(rest) if found is not None else None
    if found is not None and chosen is None:
        exchange.say("usage-vote")
    elif found is not None and chosen is not None:
        cast(exchange, found, tuple(number - 1 for number in chosen))


def press(exchange: Talk, found: Post, number: int) -> None:
    """[2] under a poll. Where several may be chosen, one press may not be all of it."""
    poll = found.votable
    if poll is None or not poll.multiple or not 0 < number <= len(poll.choices):
        cast(exchange, found, (number - 1,))
        return
    choice = clean_name(poll.choices[number - 1])
    text = exchange.text("vote-ask", code=code(exchange, found), number=number, choice=choice)
    exchange.ask("vote", text, {"post": found.id, "choice": number - 1}, ("vote-this", "no"), foreign=True)


def pressed(exchange: Talk, found: Post, arguments: dict[str, Any], option: str) -> None:
    """[Vote for this alone] [No]."""
    if option == "no":
        exchange.say("not-voted")
    else:
        cast(exchange, found, (arguments["choice"],))


def cast(exchange: Talk, found: Post, choices: tuple[int, ...]) -> None:
    """Vote with the account that can, if one still may."""
    problem = _problem(exchange, found, choices)
    if problem is not None:
        exchange.write(problem)
        return
    account, copy = acting(exchange, found)
    if account is None or copy is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
    elif not able(exchange, account, "polls"):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
    elif not flow.has_poll(exchange.tx, copy):  # there it stands in words
        exchange.say("vote-no-poll", code=code(exchange, found))
    else:
        _queue(exchange, found, account, copy, choices)


def _problem(exchange: Talk, found: Post, choices: tuple[int, ...]) -> str | None:
    """Why this cannot be voted, in words."""
    poll, name = found.votable, code(exchange, found)
    if poll is None or found.deleted_at is not None:
        return exchange.text("vote-no-poll", code=name)
    if found.user_id == exchange.user.id:
        return exchange.text("vote-own", code=name)
    if poll.closed or (poll.ends_at is not None and poll.ends_at <= exchange.now):
        return exchange.text("vote-over", code=name)
    if not all(0 <= choice < len(poll.choices) for choice in choices):
        return exchange.text("vote-range", most=len(poll.choices))
    if len(choices) > 1 and not poll.multiple:
        return exchange.text("vote-one")
    return _voted(exchange, found, poll)


def _voted(exchange: Talk, found: Post, poll: Poll) -> str | None:
    already = flow.chosen(exchange.tx, found, exchange.user.id)
    if not already:
        return None
    names = exchange.listed(clean_name(poll.choices[n]) for n in already if n < len(poll.choices))
    return exchange.text("vote-already", code=code(exchange, found), choices=names)


def _queue(exchange: Talk, found: Post, account: Account, copy: Copy, choices: tuple[int, ...]) -> None:
    """Once only, unless an earlier one surely failed."""
    tx, now = exchange.tx, exchange.now
    earlier = [d for d in deliveries.of_post(tx, found.id, ACTION) if d.account_id == account.id]
    if any(one.state in deliveries.OPEN for one in earlier):
        exchange.say("vote-under-way", code=code(exchange, found))
        return
    arguments = {"id": copy.native_id, "choices": list(choices), "code": code(exchange, found)}
    order = Order(
        action=ACTION,
        lane=f"account:{account.id}",
        urgency=ANSWER,
        once=f"vote:{found.id}:{account.server}:{account.native_id}:{len(earlier)}",
        post_id=found.id,
        account_id=account.id,
        cause_id=exchange.cause_id,
        user_id=exchange.user.id,
        arguments=arguments | {"answer": exchange.chat.id},
    )
    deliveries.queue(tx, now, order)
