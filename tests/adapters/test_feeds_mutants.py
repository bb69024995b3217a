"""The tests bite: a reader of feeds that is wrong in one place does not pass them.

Each mutant is the adapter with one change by hand, of a kind that somebody might really make, and
the promise of the kit or the test that finds it out. The same judge passes the adapter as it is.
"""

import contextlib
import inspect
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.adapters import (
    test_feeds,
    test_feeds_contract,
    test_feeds_finding,
    test_feeds_hubs,
    test_feeds_parsing,
)
from tests.adapters.mutating import Mutants
from tests.sampled import one_in
from tests.servers.feeds import serving
from tests.servers.feeds_hub import Hub

PACKAGE = "adapters.feeds"
READING, HUBS = test_feeds, test_feeds_hubs
FINDING, PARSING = test_feeds_finding, test_feeds_parsing
MUTATING = Mutants(PACKAGE, (READING, HUBS, FINDING, PARSING))
NO_LOG = SimpleNamespace(set_level=lambda level: None, messages=[])


async def given(stack, test):
    """What a test gets from pytest, made of the package as it is now."""
    match next(iter(inspect.signature(test).parameters), None):
        case "reader":
            reader = await stack.enter_async_context(READING.a_reader())
            return (reader, NO_LOG) if "caplog" in inspect.signature(test).parameters else (reader,)
        case "listener":
            hub = Hub()
            return await stack.enter_async_context(HUBS.a_listener(hub)), hub
        case "server":
            server = await stack.enter_async_context(serving())
            return server, await stack.enter_async_context(FINDING.finder(server))
    return ()


async def judged(package, judge):
    """Run a promise of the kit, by its name, or a test with its arguments."""
    subject, *arguments = judge
    async with contextlib.AsyncExitStack() as stack:
        if isinstance(subject, str):
            contract = type("Judge", (test_feeds_contract.TestRss,), {"module": package})()
            await getattr(contract, subject)(await stack.enter_async_context(contract.on_stage()))
            return
        outcome = subject(*await given(stack, subject), *arguments)
        if inspect.isawaitable(outcome):
            await outcome


MUTANTS = {
    "guids are believed": (
        "known",
        "lambda marks: (marks.words, marks.date),",
        "lambda marks: (marks.guid, marks.words, marks.date),",
        (
            READING.test_a_feed_that_is_made_anew_repeats_nothing,
            {"guid": "new-{}", "link": "https://elsewhere.example/{}"},
        ),
    ),
    "an edit is another entry": (
        "known",
        "lambda marks: (marks.guid,),",
        "lambda marks: (marks.guid, marks.words),",
        (READING.test_an_entry_whose_address_changes_with_its_title_is_edited,),
    ),
    "a guid that several bear tells them apart": (
        "known",
        "guids[one.guid] == 1",
        "True",
        (READING.test_entries_that_share_their_guid_or_address_are_told_apart,),
    ),
    "what vanished is forgotten": (
        "known",
        "return [*there, *gone[: max(most, FEWEST)]]",
        "return there",
        (READING.test_another_order_and_what_comes_back_repeat_nothing,),
    ),
    "an edit has a name of its own": (
        "known",
        "id = _new_id(marks, taken) if before is None else before.id",
        "id = _new_id(marks, taken)",
        (READING.test_an_entry_that_changes_comes_as_an_edit,),
    ),
    "all that stands there was edited": (
        "known",
        "return self.before is not None and self.before.marks.words != self.marks.words",
        "return self.before is not None",
        (READING.test_another_order_and_what_comes_back_repeat_nothing,),
    ),
    "what waits for the next page is known": (
        "known",
        "one.before if one.id in left else one.known()",
        "one.known()",
        (READING.test_more_than_a_page_comes_page_by_page,),
    ),
    "the next page is taken for unchanged": (
        "reading",
        'etag="", modified="", body="")',
        'etag="", modified="")',
        (READING.test_more_than_a_page_comes_page_by_page,),
    ),
    "what stood there from the first is new": (
        "reading",
        "known.remembered(met, (), frozenset(), len(met))",
        "[]",
        (READING.test_an_entry_that_changes_comes_as_an_edit,),
    ),
    "every date is believed": (
        "reading",
        "return said if said is not None and self._last < said <= self._now + SKEW else self._now",
        "return said if said is not None else self._now",
        (READING.test_a_date_is_believed_where_it_can_be_true,),
    ),
    "an old entry that changes is news": (
        "reading",
        "return min(entry.published or latest, latest)",
        "return self._now",
        (READING.test_what_stood_there_before_and_changes_is_no_news,),
    ),
    "the newest comes first": (
        "reading",
        "turned = list(reversed(met))",
        "turned = list(met)",
        (READING.test_without_dates_the_order_is_the_feeds,),
    ),
    "of what stands there now the oldest is first": (
        "reading",
        "for one in reversed(met[-MOST_SHOWN:]))",
        "for one in met[-MOST_SHOWN:])",
        ("test_latest",),
    ),
    "what is private is for everybody": (
        "reading",
        "Audience.FOLLOWERS if private else Audience.PUBLIC",
        "Audience.PUBLIC",
        (READING.test_a_private_feed_is_read_and_its_secrets_are_shown_nowhere,),
    ),
    "a hub hears of a private feed": (
        "reading",
        '("", "") if addresses.is_private(reading.address) else hub_of(reading.answer, feed)',
        "hub_of(reading.answer, feed)",
        (HUBS.test_a_private_feed_is_told_to_no_hub,),
    ),
    "a password goes along to another server": (
        "addresses",
        "if new.user is None and (old.host, old.port) == (new.host, new.port):",
        "if new.user is None:",
        (READING.test_a_password_goes_to_no_other_server,),
    ),
    "a password stays in the address": (
        "addresses",
        'return Target(url.with_user(None), f"Basic',
        'return Target(url, f"Basic',
        (PARSING.test_a_name_and_password_go_into_a_header_and_into_no_repr,),
    ),
    "the address is kept in the open": (
        "cursor",
        "topic=addresses.veiled(cursor.topic, address)",
        "topic=cursor.topic",
        (HUBS.test_what_is_kept_of_a_feed_with_a_hub_does_not_tell_its_address,),
    ),
    "nothing is ever unchanged": (
        "cursor",
        "return {name: value for name, value in headers.items() if value}",
        "return {}",
        (READING.test_what_did_not_change_costs_nothing, {"etag": True}),
    ),
    "what a feed asks for is not heard": (
        "pace",
        "quickest, min(asked, DAY))",
        "quickest)",
        ("test_patience",),
    ),
    "all feeds are read as often": (
        "pace",
        "min(_usual(times, now), LONGEST)",
        "min(quickest, LONGEST)",
        (READING.test_a_feed_is_read_as_often_as_something_comes, timedelta(days=1), 3600, 3700),
    ),
    "what is missing once is gone": (
        "__init__",
        "if now - lost >= reading.GIVEN_UP:",
        "if True:",
        (READING.test_gone_is_gone_and_missing_is_so_after_a_week,),
    ),
    "a move is not told": (
        "__init__",
        "moved=about.answer.moved if about.answer.moved != about.address else None",
        "moved=None",
        ("test_moved",),
    ),
    "anybody is the hub": (
        "hubs",
        'if signed(body, request.headers.get("X-Hub-Signature", ""), subscription.secret):',
        "if True:",
        (HUBS.test_who_cannot_prove_to_be_the_hub_is_heard_by_nobody,),
    ),
    "whatever a hub asks is confirmed": (
        "hubs",
        'subscription is not None and asked.get("hub.topic") == subscription.hub.topic',
        "subscription is not None",
        (HUBS.test_only_what_was_asked_for_is_confirmed,),
    ),
    "a page that names no feed has none": (
        "finding",
        "for guesses in (page.named, page.like, pages.well_known(answer.url)):",
        "for guesses in (page.named,):",
        (FINDING.test_where_a_page_names_none_it_is_looked_for,),
    ),
    "any JSON is a feed": (
        "jsonfeed",
        'if "jsonfeed.org/version" not in feed.version:',
        "if False:",
        (PARSING.test_what_is_no_feed_is_none, '{"version": "2", "items": []}'),
    ),
}


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize("what", one_in(8, MUTANTS))
async def test_a_mutant_is_found_out(what):
    *change, judge = MUTANTS[what]
    await MUTATING.found_out(*change, lambda package: judged(package, judge))


async def test_the_adapter_as_it_is_passes_the_same_way():
    """Each judge once, by its kind of stage."""
    with MUTATING.changed("", "", "") as package:
        for judge in (
            ("test_moved",),
            (READING.test_an_entry_that_changes_comes_as_an_edit,),
            (HUBS.test_only_what_was_asked_for_is_confirmed,),
            (FINDING.test_where_a_page_names_none_it_is_looked_for,),
        ):
            await judged(package, judge)
