"""Mutants of what is more than words: files, polls, quotes, edits, filters, bookmarks, scopes."""

from adapters.mastodon.linking import NARROW
from tests.adapters import test_mastodon_kept as kept
from tests.adapters import test_mastodon_more as more
from tests.adapters import test_mastodon_servers as servers

MORE = {
    "a film is not waited for": (
        "media",
        "if told.url is None:  # 206",
        "if False:",
        (more.test_a_film_is_waited_for,),
    ),
    "a picture is waited for": (
        "media",
        'return made.id if made.url else f"{_UNFINISHED}{made.id}"',
        'return f"{_UNFINISHED}{made.id}"',
        (more.test_a_file_goes_out_whole_with_its_description, "takahe"),
    ),
    "a file without its description": (
        "media",
        "if file.alt:",
        "if False:",
        (more.test_a_file_goes_out_whole_with_its_description, "mastodon"),
    ),
    "a file of unknown length": (
        "media",
        "self._size = file.size",
        "pass",
        (more.test_a_request_says_how_long_it_is,),
    ),
    "an upload that may have happened": (
        "media",
        "except Unconfirmed as error:",
        "except TargetGone as error:",
        (more.test_an_upload_without_an_answer_is_simply_made_again, more.Fault.CUT_AFTER),
    ),
    "files in another order": (
        "media",
        "for file in files]",
        "for file in reversed(files)]",
        (more.test_a_file_goes_out_whole_with_its_description, "mastodon"),
    ),
    "a post without its files is taken for one with them": (
        "writing",
        "len(status.media_attachments or ()) == len(draft.files)",
        "True",
        (more.test_a_post_with_files_whose_answer_was_lost_is_found,),
    ),
    "another poll is as good": (
        "writing",
        "and (post.poll.choices if post.poll else ()) == (draft.poll.choices if draft.poll else ())",
        "",
        (more.test_a_poll_goes_out_as_it_was_meant, "mastodon"),
    ),
    "one choice alone": (
        "writing",
        '"multiple": poll.multiple}',
        '"multiple": False}',
        (more.test_a_poll_goes_out_as_it_was_meant, "mastodon"),
    ),
    "an edit makes Markdown plain": (
        "writing",
        ".content_type or PLAIN",
        ".content_type and PLAIN",
        (more.test_an_edit_keeps_what_is_made_of_the_words, "gotosocial"),
    ),
    "an edit asks only servers that tell": (
        "writing",
        "    except TargetGone:  # an older one does not say",
        "    except Rejected:",
        (more.test_where_a_server_does_not_say_what_it_makes_of_words_an_edit_is_plain,),
    ),
    "an edit shows one's own filter": (
        "writing",
        "wire.domain(account), OWN)",
        "wire.domain(account))",
        (kept.test_ones_own_posts_are_not_filtered, "warn"),
    ),
    "one's own posts are filtered": (
        "filters",
        "return OWN if own else place",
        "return place",
        (kept.test_ones_own_posts_are_not_filtered, "hide"),
    ),
    "an edit takes the poll away": (
        "writing",
        "if was.poll is not None and software not in _KEEPS_POLLS:",
        "if False:",
        (more.test_an_edit_keeps_a_poll_with_its_votes_and_its_end, "mastodon", False),
    ),
    "an edit begins the votes anew": (
        "writing",
        '"multiple": bool(poll.multiple),\n',
        "",
        (more.test_an_edit_keeps_a_poll_with_its_votes_and_its_end, "mastodon", False),
    ),
    "an edit opens a poll again": (
        "writing",
        "if poll.expired or left < _SHORTEST",
        "if False",
        (more.test_an_edit_that_would_cost_a_poll_is_not_made,),
    ),
    "whoever is quoted is not asked": (
        "writing",
        "if draft.quote:\n        await _may_quote",
        "if False:\n        await _may_quote",
        (more.test_who_does_not_want_to_be_quoted_is_not, "nobody"),
    ),
    "Pleroma's word for a quote is Mastodon's": (
        "writing",
        '_QUOTE_ID = frozenset({"pleroma", "akkoma"})',
        "_QUOTE_ID = frozenset()",
        (more.test_a_quote_goes_out_and_is_read_in_each_shape, "pleroma"),
    ),
    "a quote that was refused is shown": (
        "quotes",
        "if state in _REFUSED:",
        "if False:",
        (more.test_a_quote_that_must_be_agreed_to_shows_only_the_address_until_then,),
    ),
    "whatever is beside the state is shown": (
        "quotes",
        '_REFUSED = frozenset({"rejected", "revoked", "blocked_account", "blocked_domain", "muted_account"})',
        "_REFUSED = frozenset()",
        (more.test_a_quoted_post_that_is_gone_or_kept_off_is_not_shown,),
    ),
    "the words under a warning are quoted": (
        "quotes",
        "text = hidden or text_of",
        "text = text_of",
        (more.test_a_warning_hides_the_words_of_what_is_quoted,),
    ),
    "choices are counted from 1": (
        "voting",
        '{"choices": list(choices)}',
        '{"choices": [choice - 1 for choice in choices]}',
        ("test_vote",),
    ),
    "what cannot be chosen is": (
        "voting",
        "if not choices or not there or (len(set(choices)) > 1 and not poll.multiple):",
        "if False:",
        (more.test_several_may_be_chosen_where_the_poll_says_so,),
    ),
    "descriptions stay as they were": (
        "writing",
        '({"media_attributes": anew} if anew else {})',
        "{}",
        (more.test_an_edit_keeps_files_in_their_order_and_the_quote,),
    ),
    "Pixelfed is sent words alone": (
        "writing",
        'if known.software == "pixelfed" and',
        "if False and",
        (more.test_pixelfed_takes_no_words_without_a_picture,),
    ),
    "a key that was seen is a refusal": (
        "writing",
        'if "idempotency key" not in',
        'if "nothing of that kind" not in',
        (more.test_pixelfed_refuses_a_key_it_has_seen_and_nobody_knows_why,),
    ),
    "a filter counts everywhere": (
        "filters",
        "if place is None or place in one.filter.context)",
        "if True)",
        (kept.test_a_filter_that_warns_is_named_in_front_of_the_authors_own_warning, False),
    ),
    "a filter hides nothing": (
        "filters",
        'one.filter_action == "hide"',
        'one.filter_action == "HIDE"',
        (kept.test_what_a_filter_hides_is_not_shown_where_it_counts,),
    ),
    "a filter's name covers the author's warning": (
        "filters",
        '(status.reblog or status).spoiler_text or ""]',
        '""]',
        (kept.test_a_filter_that_warns_is_named_in_front_of_the_authors_own_warning, True),
    ),
    "the last bookmark stands first": (
        "people",
        'reversed(_posts(raw, account, ""))',
        '_posts(raw, account, "")',
        ("test_bookmarks",),
    ),
    "mutes that cannot be lifted": (
        "people",
        'quoted(person.id)}/{verb}"',
        "quoted(person.id)}/{verb.removeprefix('un')}\"",
        (kept.test_who_is_kept_off_is_not_seen_until_that_ends, "mute"),
    ),
    "more is asked for than is used": (
        "linking",
        "scopes = NARROW if",
        "scopes = SCOPES if",
        (servers.test_only_what_is_used_is_asked_for_where_the_server_offers_it, "mastodon", NARROW),
    ),
}
