"""The tests bite: a Bluesky adapter that is wrong in one place does not pass them.

Each mutant is the adapter with one change by hand, of a kind that somebody might really make, and
the promise of the kit or the test that finds it out. The same judge passes the adapter as it is.
"""

import inspect

import pytest

from tests.adapters import bluesky_sky, test_bluesky_contract, test_bluesky_reading, test_bluesky_writing
from tests.adapters.mutating import Mutants
from tests.sampled import one_in

PACKAGE = "adapters.bluesky"
MUTATING = Mutants(PACKAGE, (bluesky_sky, test_bluesky_reading, test_bluesky_writing))
READING, WRITING = test_bluesky_reading, test_bluesky_writing


async def judged(package, judge):
    """Run a promise of the kit, by its name, or a test with its arguments."""
    subject, *arguments = judge
    if isinstance(subject, str):
        contract = type("Judge", (test_bluesky_contract.TestBluesky,), {"module": package})()
        async with contract.on_stage() as stage:
            await getattr(contract, subject)(stage)
        return
    outcome = subject(*arguments)
    if inspect.isawaitable(outcome):
        await outcome


MUTANTS = {
    "bytes are taken for characters": (
        "rich",
        "Span(length, length + len(shown),",
        "Span(link.start, link.end,",
        (READING.TestTexts().test_links_are_counted_in_characters_where_the_network_counts_bytes,),
    ),
    "a facet may cut a character": (
        "rich",
        "return at == len(raw) or raw[at] & 0xC0 != 0x80",
        "return True",
        (READING.TestTexts().test_a_link_that_cuts_a_character_or_lies_outside_is_none,),
    ),
    "every scheme is a link": (
        "rich",
        'return url.lower().startswith(("https://", "http://"))',
        "return True",
        (READING.TestTexts().test_only_what_a_browser_opens_is_a_link, "javascript:alert(1)"),
    ),
    "a link may pretend to lead elsewhere": (
        "rich",
        'return f"{shown} ({url})" if',
        "return None if",
        (READING.TestTexts().test_words_that_look_like_another_address_say_where_they_lead,),
    ),
    "an answer stands under the root": (
        "reading",
        "reply_to=record.reply.parent.uri",
        "reply_to=record.reply.root.uri",
        ("test_thread",),
    ),
    "clocks that go ahead are believed": (
        "reading",
        "return min(moment(created), limit)",
        "return moment(created)",
        (
            READING.TestPosts().test_a_post_is_as_old_as_its_author_says_but_not_younger_than_it_was_seen,
            "2031-01-01T00:00:00Z",
            "2026-11-27T10:00:01+00:00",
        ),
    ),
    "a label that was taken back counts": (
        "reading",
        "return not label.neg and (",
        "return (",
        (READING.TestPosts().test_a_label_that_was_taken_back_or_is_over_is_none,),
    ),
    "a wish not to be shown is not heard": (
        "reading",
        "return any(label.val == SIGNED_IN_ONLY",
        "return False and any(label.val == SIGNED_IN_ONLY",
        (READING.TestAnybody().test_who_wants_to_be_seen_only_by_people_is_not_shown_to_anybody,),
    ),
    "only the first page is read": (
        "timelines",
        "if below is None or self._enough(cursor, entries, found):",
        "if True:",
        (READING.TestTimelines().test_after_a_long_absence_nothing_is_left_out,),
    ),
    "the newest comes first": (
        "timelines",
        "return list(later)[::-1]",
        "return list(later)",
        ("test_fetch_brings_everything_once_in_order",),
    ),
    "what is not shown any more is deleted": (
        "timelines",
        "return tuple(name for name in names if name not in there)",
        "return tuple(names)",
        (READING.TestTimelines().test_posts_of_somebody_who_is_muted_are_not_deleted,),
    ),
    "what is gone is told by the first first": (
        "timelines",
        "for seen in reversed(missing) if seen.post",
        "for seen in missing if seen.post",
        ("test_deletions_come",),
    ),
    "history is new": (
        "timelines",
        "(entry.at is not None and entry.at > since)",
        "True",
        (READING.TestTimelines().test_a_quiet_timeline_is_one_call,),
    ),
    "reposts are one's own posts": (
        "timelines",
        "if self._kind is TimelineKind.OWN:",
        "if False:",
        (READING.TestTimelines().test_ones_own_timeline_has_no_reposts,),
    ),
    "a feed is read as if it had an order": (
        "timelines",
        "self._ranked = timeline.kind is TimelineKind.FEED",
        "self._ranked = False",
        (READING.TestTimelines().test_a_feed_that_is_put_into_another_order_brings_only_what_is_new,),
    ),
    "what was put aside last stands first": (
        "people",
        "wire.each(reversed(standing), PostView)",
        "wire.each(standing, PostView)",
        ("test_bookmarks",),
    ),
    "lists for blocking are offered": (
        "people",
        "for one in own if one.purpose == CURATED",
        "for one in own",
        (READING.TestPeople().test_lists_for_blocking_are_no_timelines,),
    ),
    "a tag is a word": (
        "places",
        """[("q", f"#{about.removeprefix('#')}"), ("sort", "latest")]""",
        '[("q", "t"), ("sort", "latest")]',
        ("test_timelines_are_told_apart",),
    ),
    "what stands there is overwritten": (
        "repository",
        ', "swapRecord": None}',
        "}",
        (WRITING.test_a_key_under_which_something_else_stands_is_not_overwritten,),
    ),
    "a token that is over is a refusal": (
        "wire",
        '{"ExpiredToken", "InvalidToken",',
        '{"InvalidToken",',
        ("test_refused_credentials",),
    ),
    "a repeated publication is a second one": (
        "writing",
        "tid.of_publication(key)",
        "tid.of_publication(key + str(api.clock.now()))",
        ("test_same_key_once",),
    ),
    "what is not for all is published": (
        "writing",
        "if draft.audience is not Audience.PUBLIC:",
        "if False:",
        ("test_audiences",),
    ),
}


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize("what", one_in(8, MUTANTS))
async def test_a_mutant_is_found_out(what):
    *change, judge = MUTANTS[what]
    await MUTATING.found_out(*change, lambda package: judged(package, judge))


async def test_the_adapter_as_it_is_passes_the_same_way():
    with MUTATING.changed("", "", "") as package:
        await judged(package, ("test_same_key_once",))
        await judged(package, (READING.TestTimelines().test_ones_own_timeline_has_no_reposts,))
