"""The tests bite: an adapter that is wrong in one place does not pass them.

Each mutant is the adapter with one change by hand, of a kind that somebody might really make, and
the promise of the kit or the test that finds it out. The same judge passes the adapter as it is.
"""

import contextlib
import importlib
import importlib.abc
import importlib.util
import inspect
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

import adapters
from bridgebot.model import Audience
from tests.adapters import (
    mastodon_town,
    test_mastodon_contract,
    test_mastodon_html,
    test_mastodon_kept,
    test_mastodon_linking,
    test_mastodon_more,
    test_mastodon_reading,
    test_mastodon_servers,
    test_mastodon_writing,
)
from tests.adapters.mastodon_more_mutants import MORE
from tests.adapters.mutating import UNJUDGED
from tests.sampled import one_in

PACKAGE = "adapters.mastodon"
FOLDER = Path(adapters.__file__).parent / "mastodon"
TESTS = (
    mastodon_town,
    test_mastodon_html,
    test_mastodon_kept,
    test_mastodon_linking,
    test_mastodon_more,
    test_mastodon_reading,
    test_mastodon_servers,
    test_mastodon_writing,
)


class Changed(SourceFileLoader):
    """Loads a module of the package with one change in its text."""

    changes = {}

    def get_code(self, fullname):
        source = Path(self.path).read_text("utf-8")
        if fullname in self.changes:
            old, new = self.changes[fullname]
            assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {fullname}"
            source = source.replace(old, new)
        return compile(source, self.path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname == PACKAGE:
            file, inside = FOLDER / "__init__.py", [str(FOLDER)]
        elif fullname.startswith(f"{PACKAGE}."):
            file, inside = FOLDER / f"{fullname.rpartition('.')[2]}.py", None
        else:
            return None
        loader = Changed(fullname, str(file))
        return importlib.util.spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=inside
        )


def loaded():
    return {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{PACKAGE}.")}


@contextlib.contextmanager
def mutant(module, old, new):
    """The package with one change, also where the tests have imported parts of it."""
    originals, finder = loaded(), Finder()
    kept = [(tests, dict(vars(tests))) for tests in TESTS]
    for name in originals:
        del sys.modules[name]
    Changed.changes = {f"{PACKAGE}.{module}": (old, new)} if module else {}
    sys.meta_path.insert(0, finder)
    try:
        package = importlib.import_module(PACKAGE)
        for tests, names in kept:
            for name, value in names.items():
                if (other := counterpart(value)) is not None:
                    setattr(tests, name, other)
        yield package
    finally:
        sys.meta_path.remove(finder)
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(originals)
        adapters.mastodon = originals[PACKAGE]
        for tests, names in kept:
            vars(tests).update(names)


def counterpart(value):
    """The same module, class or function in the changed package."""
    if inspect.ismodule(value) and value.__name__ in loaded():
        return sys.modules[value.__name__]
    if (home := getattr(value, "__module__", None)) in loaded() and hasattr(value, "__name__"):
        return getattr(sys.modules[home], value.__name__, None)
    return None


async def judged(package, judge):
    """Run a promise of the kit (its name, perhaps with a flavour) or a test with its arguments."""
    subject, *arguments = judge
    if isinstance(subject, str):
        contract = type(
            "Judge", (arguments[0] if arguments else CONTRACTS.TestMastodon,), {"module": package}
        )()
        async with contract.on_stage() as stage:
            await getattr(contract, subject)(stage)
        return
    outcome = subject(*arguments)
    if inspect.isawaitable(outcome):
        await outcome


CONTRACTS = test_mastodon_contract
READING, WRITING, LINKING = test_mastodon_reading, test_mastodon_writing, test_mastodon_linking
MUTANTS = {
    "an audience is not said": (
        "writing",
        '"visibility": reading.VISIBILITIES[draft.audience],',
        '**({"visibility": reading.VISIBILITIES[draft.audience]} if draft.audience != "public" else {}),',
        ("test_publish", CONTRACTS.TestGoToSocial),
    ),
    "the key does not go along": (
        "writing",
        '{"Idempotency-Key": _header(key)}',
        "{}",
        (WRITING.test_the_key_of_the_bot_is_honoured_by_mastodon,),
    ),
    "a lost answer means that nothing happened": (
        "wire",
        'raise Unconfirmed("http-unclear", host=host) from None',
        'raise Temporary("http-no-answer", host=host) from None',
        ("test_publish_tells_what_went_wrong",),
    ),
    "a text that is alike is enough": (
        "writing",
        "and post.reply_to == draft.reply_to",
        "and post is not None",
        (WRITING.test_a_post_that_differs_is_another_one, {"reply_to": None}),
    ),
    "an old post is taken for the new one": (
        "writing",
        "MARGIN = timedelta(minutes=1)",
        "MARGIN = timedelta(days=1)",
        (WRITING.test_an_older_post_with_the_same_text_is_another_one,),
    ),
    "another post's copy is taken for this one": (
        "writing",
        "and status.id not in but",
        "",
        (WRITING.test_of_two_alike_the_one_that_nothing_else_became_is_found,),
    ),
    "an edit drops the pictures": (
        "writing",
        '{"media_ids": [medium.id for medium in media_attachments]}',
        "{}",
        (WRITING.test_an_edit_keeps_what_it_does_not_name,),
    ),
    "whatever is 404 was deleted": (
        "writing",
        'raise Rejected("mastodon-not-yours") from None',
        "return",
        ("test_delete",),
    ),
    "the newest page instead of the next one": (
        "timelines",
        "self._page(min_id=cursor.on or cursor.anchor)",
        "self._page(since_id=cursor.on or cursor.anchor)",
        (READING.test_a_long_absence_leaves_no_gap, "mastodon", 60),
    ),
    "nothing is read again": (
        "timelines",
        "WINDOW, SMALL_WINDOW = 35, 15",
        "WINDOW, SMALL_WINDOW = 1, 1",
        (READING.test_a_late_post_behind_the_cursor_is_read, "mastodon", 40),
    ),
    "what was seen is forgotten": (
        "timelines",
        "fresh = [entry for entry in entries if known.get(entry.id) != entry.seen]",
        "fresh = entries",
        (READING.test_edits_of_recent_posts_come_once,),
    ),
    "edits are not noticed": (
        "timelines",
        "if known.get(entry.id) != entry.seen]",
        "if entry.id not in known]",
        ("test_edits_come",),
    ),
    "what is hidden is gone": (
        "timelines",
        "if seen.post and await self._is_gone(seen.post)]",
        "if seen.post]",
        (READING.test_what_is_only_hidden_is_not_gone,),
    ),
    "history is news": (
        "timelines",
        "if one.id in known or one.at is None or one.at >= since]",
        "if True]",
        (READING.test_what_was_there_long_before_is_no_news,),
    ),
    "whatever names a post is a mention": (
        "timelines",
        "if told.type in _POSTS and told.status is not None:",
        "if told.status is not None:",
        ("test_notifications",),
    ),
    "one bad post spoils the page": (
        "wire",
        "with contextlib.suppress(*UNREADABLE):\n            return self._whole",
        "if True:\n            return self._whole",
        (READING.test_a_page_of_nothing_readable_does_not_loop,),
    ),
    "an unknown audience is public": (
        "reading",
        "_NARROWEST = Audience.DIRECT",
        "_NARROWEST = Audience.PUBLIC",
        (test_mastodon_html.test_an_unknown_audience_is_the_narrowest, "local", Audience.DIRECT),
    ),
    "a name without its host": (
        "names",
        'else f"@{acct}@{domain}"',
        'else f"@{acct}"',
        ("test_whois",),
    ),
    "addresses that act": (
        "html",
        'url_schemes={"http", "https"}',
        'url_schemes={"http", "https", "javascript"}',
        (
            test_mastodon_html.test_html_becomes,
            '<a href="javascript:alert(1)">bank.example</a>',
            "bank.example",
        ),
    ),
    "a client without an owner": (
        "linking",
        'f"bridgebot for {owner}" if owner else "bridgebot"',
        '"bridgebot"',
        (LINKING.test_each_attempt_has_its_own_client_that_names_the_owner,),
    ),
    "a code that is bound to nothing": (
        "linking",
        '"code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),',
        "",
        (LINKING.test_each_attempt_has_its_own_client_that_names_the_owner,),
    ),
    "a code is not checked to be one": (
        "linking",
        "raise _wrong(progress) from None",
        'raise Temporary("http-no-answer", host=server) from None',
        ("test_wrong_answer",),
    ),
    "a browser that goes without its state": (
        "linking",
        '{"state": redirect.state} if redirect else {}',
        "{}",
        ("test_consent_in_a_browser",),
    ),
    "a client that may send browsers anywhere": (
        "linking",
        '"redirect_uris": back,',
        '"redirect_uris": f"{back} https://evil.example/",',
        (LINKING.test_the_client_of_an_attempt_may_send_browsers_to_its_own_redirect_alone,),
    ),
    "a server that speaks for another": (
        "linking",
        "its_own = urlsplit(said.issuer).hostname == server",
        "its_own = True",
        (
            LINKING.test_a_server_speaks_for_nobody_else,
            {"issuer": "https://honest.example", "authorization_response_iss_parameter_supported": True},
        ),
    ),
    "a promise that is not asked for": (
        "linking",
        "return said.issuer, said.authorization_response_iss_parameter_supported",
        "return said.issuer, False",
        (LINKING.test_who_sends_the_browser_back_is_asked_of_the_server, True, "https://masto.example/"),
    ),
    "what was granted is forgotten": (
        "linking",
        "tuple((token.scope or progress.scopes).split())",
        "()",
        (LINKING.test_what_was_granted_is_known_of_the_account,),
    ),
    "numbers are names": (
        "linking",
        'raise Rejected("mastodon-server-number")',
        "pass",
        (LINKING.test_a_server_may_not_be_named_as, "10.0.0.1", "number"),
    ),
}


MUTANTS |= MORE


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize("what", one_in(8, MUTANTS))
async def test_a_mutant_is_found_out(what):
    module, old, new, judge = MUTANTS[what]
    with mutant(None, "", "") as package:
        await judged(package, judge)
    with mutant(module, old, new) as package, pytest.raises((Exception, pytest.fail.Exception)) as info:
        await judged(package, judge)
    assert not isinstance(info.value, UNJUDGED), info.value


async def test_the_adapter_is_itself_again():
    with mutant("names", 'else f"@{acct}@{domain}"', 'else "@nobody"') as package:
        assert package is sys.modules[PACKAGE]
    assert adapters.mastodon is sys.modules[PACKAGE] is not package
    assert mastodon_town.mastodon is adapters.mastodon
    async with mastodon_town.town() as here:
        assert here.ada.handle == "@ada@masto.example"
