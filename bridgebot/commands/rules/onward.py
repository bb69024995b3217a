"""What is published in a group with /post goes on by the rules of its administrators."""

from __future__ import annotations

from bridgebot import flow
from bridgebot.dialog import Talk
from bridgebot.flow import picking
from bridgebot.store import chats, routes
from bridgebot.store.rows import Post


def published(exchange: Talk, post: Post, *, lent: bool) -> None:
    """Carry on what was posted with an account that is `lent` to the group, and what whoever made a rule
    posts there themselves. What others post with accounts of their own is nobody else's.
    """
    tx, now, group = exchange.tx, exchange.now, chats.whole(exchange.tx, exchange.chat)
    rules = routes.carried_out(tx, group.id)
    mine = [rule for rule in rules if lent or rule.user_id == exchange.user.id]
    if mine:
        facts = flow.facts_of(post, now)
        taken = [rule for rule in mine if picking.takes(rule.filters, facts, synced=True)]
        flow.carry(tx, now, post, taken, exchange.house.networks, cause_id=exchange.cause_id)
