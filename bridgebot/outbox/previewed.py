"""What /preview shows: a post as it would be frozen for each network, though nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bridgebot import dialog, flow
from bridgebot.adapter import ChatCapabilities
from bridgebot.commands import previewing, scheduling, wishes
from bridgebot.dialog import House, Talk
from bridgebot.errors import AdapterError, Rejected
from bridgebot.model import Draft, Limits, Poll
from bridgebot.outbox import drafted
from bridgebot.outbox.losses import PARTS, losses
from bridgebot.outbox.payloads import as_draft
from bridgebot.render import MARK, Rich, choice_lines, joined, quoted
from bridgebot.store import Tx
from bridgebot.store.deliveries import UPLOAD
from bridgebot.store.rows import Account, Chat, Delivery, Post, Question, replace

Lines = list[Rich | str]


def preview(
    tx: Tx, house: House, asked: Delivery, question: Question, chat: Chat, able: ChatCapabilities
) -> Rich | None:
    """The words of a notice that shows what would leave; None: its question shows nothing so."""
    wanted = previewing.shown(tx, question)
    if wanted is None:
        return None
    exchange = dialog.on_its_own(tx, asked.created_at, house, chat, question.user_id)
    if question.kind == scheduling.KIND:
        exchange = scheduling.alone(exchange)
    post = flow.unmade(wishes.met_here(exchange, wanted, *wishes.meant_for(exchange, wanted)))
    accounts = wishes.targets(exchange, wanted)
    creates = [_create(account, post, chat, asked.created_at) for account in accounts]
    lines: Lines = [exchange.text("preview-head", audience=exchange.text(f"audience-{post.audience}"))]
    told = list[Delivery]()
    for account, create in zip(accounts, creates, strict=True):
        name = _name(exchange, account, accounts)
        try:
            calls = _calls(exchange, create, post, account, creates)
            drafts = [as_draft(call) for call in calls if call["op"] != UPLOAD]
            lines += ["", *_parts(exchange, name, drafts, account.fits, able)]
            lines += _beside(exchange, account, drafts[0], len(calls) - len(drafts))
            told.append(replace(create, arguments=create.arguments | {PARTS: len(drafts)}))
        except AdapterError as error:
            reason = exchange.text(error.key, **quoted(error.arguments))
            lines += ["", exchange.text("preview-skipped", network=name, reason=reason)]
            told.append(replace(create, state="failed"))
    for title, why in wishes.chat_titles(exchange, wanted, post.seen_by):
        key = "preview-skipped" if why else "preview-chat"
        lines += ["", exchange.text(key, network=title, reason=why)]
    lost = losses(tx, house, post, told, exchange.language)
    return joined("\n", [*lines, *(["", *lost] if lost else [])])


def _create(account: Account, post: Post, chat: Chat, at: datetime) -> Delivery:
    """The delivery that would bring it to an account."""
    return Delivery(
        id=0,
        action="create",
        state="queued",
        lane=f"account:{account.id}",
        urgency=0,
        after_id=None,
        post_id=post.id,
        chat_id=None,
        account_id=account.id,
        route_id=None,
        cause_id=None,
        user_id=account.user_id,
        arguments={"chat": chat.id},
        result=None,
        error=None,
        attempts=0,
        fence=0,
        due_at=at,
        created_at=at,
        ended_at=None,
    )


def _calls(
    exchange: Talk, create: Delivery, post: Post, account: Account, creates: Sequence[Delivery]
) -> list[drafted.Payload]:
    """What would be sent. Raises what keeps it from there."""
    tx, house = exchange.tx, exchange.house
    if (problem := flow.why_not(tx, post, account, house.networks)) is not None:
        raise Rejected(problem)
    return drafted.calls(tx, house, create, post, account, creates)


def _name(exchange: Talk, account: Account, among: Sequence[Account]) -> str:
    """The network's, with the account's where two are on one."""
    title = exchange.house.title(account.adapter)
    alone = [one.adapter for one in among].count(account.adapter) == 1
    return title if alone else f"{title} ({account.name})"


def _parts(
    exchange: Talk, name: str, drafts: Sequence[Draft], limits: Limits, able: ChatCapabilities
) -> Iterator[Rich | str]:
    count = len(drafts)
    if count == 1:
        yield f"{name} · {_length(exchange, drafts[0], limits)}"
    else:
        yield exchange.text("preview-thread", network=name, parts=count)
    for number, draft in enumerate(drafts, start=1):
        if count > 1:
            yield f"{number}/{count} · {_length(exchange, draft, limits)}"
        if draft.warning:
            yield f"{MARK}⚠ {draft.warning}"
        text = Rich(draft.text, draft.spans).only(able.markup)
        yield from (MARK + line for line in text.split("\n") if draft.text)


def _length(exchange: Talk, draft: Draft, limits: Limits) -> str:
    """How long it is there, as the network counts, and how long it may be."""
    beside = (draft.warning, limits.warning_frame) if draft.warning else ()
    left = limits.beside(*beside)
    length = limits.length(draft.text) + limits.max_length - left.max_length
    text = exchange.text("preview-length", length=length, limit=limits.max_length)
    octets = limits.octets("".join((draft.text, *beside)))
    if limits.max_bytes is None or octets * limits.max_length <= length * limits.max_bytes:
        return text
    return exchange.text("preview-bytes", length=text, octets=octets, limit=limits.max_bytes)


def _beside(exchange: Talk, account: Account, first: Draft, files: int) -> Iterator[str]:
    """What stands beside its words."""
    network = exchange.house.network(account.adapter)
    if first.poll is not None:
        yield from (MARK + line for line in choice_lines(Poll(first.poll.choices)))
    notes: list[str] = []
    if files:
        notes.append(exchange.text("preview-files", count=files))
    if first.quote is not None:
        notes.append(exchange.text("preview-quote"))
    if first.language and network is not None and network.social and network.social.languages:
        notes.append(exchange.text("preview-language", language=first.language))
    if notes:
        yield f"  {' · '.join(notes)}"
