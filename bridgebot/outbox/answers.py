"""What a chat is told when something it asked for has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridgebot import dialog
from bridgebot.commands import reading
from bridgebot.dialog import House
from bridgebot.model import Poll
from bridgebot.outbox import kept
from bridgebot.render import MARK, called, clean_name, clean_url, foreign, handle, marked, result_line
from bridgebot.store import Tx, deliveries, people
from bridgebot.store.rows import Delivery, noun
from bridgebot.texts import Voice

_LONGEST = 500  # characters of a picture's address

HOSTS = 10  # that are named
_OPEN_LOOK_UPS = frozenset({"sources", "latest", "whois", "search", "outline"})


def answer(tx: Tx, house: House, delivery: Delivery) -> str | None:
    """The sentence for a delivery that ended and that somebody waits for; None when nobody does."""
    if "answer" not in delivery.arguments or delivery.state not in ("sent", "failed"):
        return None
    language = dialog.language_of(tx, house, delivery.user_id) if delivery.user_id else house.language
    network = house.title(_adapter_of(tx, delivery))
    say = Voice(language, house.texts)
    if delivery.state == "failed" and is_open_look_up(delivery):
        return _not_found(say, house, delivery)
    if delivery.state == "failed":
        quiet = delivery.arguments.get("quiet")  # nobody asked for it
        return None if quiet else say("failed", network=network, reason=reason(say, delivery.error))
    if delivery.action in _SPOKEN:
        return None
    if delivery.action == "opml":
        return _imported(tx, say, delivery)
    if delivery.action == "bookmarks":
        return _bookmarks(tx, delivery, say, network)
    return _DONE[delivery.action](say, network, delivery.arguments, delivery.result or {}) or None


def picture(delivery: Delivery) -> str | None:
    """The address of the picture that belongs to the answer: of whoever was looked up."""
    found = (delivery.result or {}).get("profile") if delivery.action == "whois" else None
    address = clean_url(found.get("picture") or "") if found else ""
    return address if address.startswith(("https://", "http://")) and len(address) <= _LONGEST else None


def is_open_look_up(delivery: Delivery) -> bool:
    """Whether it asks a network something without an account, for somebody who waits for the answer."""
    nowhere = delivery.account_id is None and delivery.chat_id is None
    return nowhere and delivery.action in _OPEN_LOOK_UPS


def _not_found(say: Voice, house: House, delivery: Delivery) -> str | None:
    """Asked without an account: nothing while another network is asked, then the most telling of failures."""
    if delivery.arguments.get("then"):
        return None
    said = delivery.arguments.get("said")
    error = delivery.error or {}
    if said is None and error.get("kind") in ("TargetGone", "Unsupported") and "word" in delivery.arguments:
        return say("source-nowhere", what=reading.called(delivery.arguments["word"]))
    adapter = said["adapter"] if said else str(delivery.arguments["adapter"])
    why = reason(say, said["error"] if said else error)
    return say("failed", network=house.title(adapter) or str(delivery.arguments["server"]), reason=why)


def reason(say: Voice, error: dict[str, Any] | None) -> str:
    """An error as it was stored, in words."""
    if not error:
        return say("error-failed")
    return say(error["key"], **error.get("arguments", {}))


def _adapter_of(tx: Tx, delivery: Delivery) -> str:
    if delivery.account_id is not None:
        return people.account(tx, delivery.account_id).adapter
    return str(delivery.arguments.get("adapter", ""))


def _imported(tx: Tx, say: Voice, delivery: Delivery) -> str:
    """How many feeds of a list are read now, and at which hosts there were none."""
    told = delivery.arguments
    mine = [one for one in deliveries.of_cause(tx, delivery.cause_id or 0) if one.action == "sources"]
    asked = [one for one in mine if one.state != "failed" or not one.arguments["passed_on"]]
    failed = [one for one in asked if one.state == "failed"]
    read = told["known"] + len(asked) - len(failed)
    lines = [say("opml-done", read=read, listed=told["listed"])]
    if failed:
        hosts = dict.fromkeys(clean_name(str(one.arguments["server"])) for one in failed)
        lines.append(say("opml-failed", number=len(failed), hosts=say.listed(list(hosts)[:HOSTS])))
    if told["left_out"]:
        lines.append(say("opml-left-out", number=told["left_out"]))
    return "\n".join(lines)


# --- one function for each action ---

Result = dict[str, Any]
_SPOKEN = frozenset({"sources", "outline", "standing"})  # what came of it has said so itself

MARKS = {"favourite": "★", "boost": "🔁", "bookmark": "🔖"}


def _switched(say: Voice, network: str, arguments: Result, result: Result) -> str:
    mark = MARKS[arguments["action"]]
    if arguments.get("undo"):
        return say("took-back", what=f"{mark} {arguments['code']}")
    return (
        f"{mark} {arguments['code']}"
        if arguments["on"]
        else say("took-off", what=f"{mark} {arguments['code']}")
    )


def _edit_original(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("edited-there", code=arguments["code"], network=network)


def _delete_original(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("deleted-there", code=arguments["code"], network=network)


def _typed(say: Voice, network: str, arguments: Result, result: Result) -> str:
    if not result["text"]:
        return say("usage-edit")
    return say("edit-words", code=arguments["code"], words=result["text"])


def _bookmark(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return _switched(say, network, arguments | {"action": "bookmark"}, result)


def _favourite(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return _switched(say, network, arguments | {"action": "favourite"}, result)


def _boost(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return _switched(say, network, arguments | {"action": "boost"}, result)


def _vote(say: Voice, network: str, arguments: Result, result: Result) -> str:
    poll: Poll | None = noun(result.get("poll"), Poll | None)
    if poll is None:
        return say("voted", code=arguments["code"])
    names = [clean_name(poll.choices[n]) for n in arguments["choices"] if n < len(poll.choices)]
    line = result_line(poll)
    return say("voted-for", code=arguments["code"], choices=say.listed(names), result=line)


def _poll_end(say: Voice, network: str, arguments: Result, result: Result) -> str:
    """Nothing yet where its end was put off."""
    poll: Poll = noun(result["poll"], Poll)
    if not poll.closed and (poll.ends_at is None or poll.ends_at.isoformat() > arguments["due"]):
        return ""
    return say("poll-ended", code=arguments["code"], network=network, result=result_line(poll))


def _follow(say: Voice, network: str, arguments: Result, result: Result) -> str:
    profile = result["profile"]
    key = "unfollowed" if not arguments["on"] else "follow-pending" if profile["pending"] else "followed"
    return say(key, who=_who(profile), network=network)


def _mute(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("muted" if arguments["on"] else "unmuted", who=_who(result["profile"]), network=network)


def _block(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("blocked" if arguments["on"] else "unblocked", who=_who(result["profile"]), network=network)


def _bookmarks(tx: Tx, delivery: Delivery, say: Voice, network: str) -> str:
    chat = people.chat_by_id(tx, delivery.arguments["answer"])
    server = people.account(tx, delivery.account_id or 0).server
    lines = kept.lines(tx, server, chat, delivery.result or {"posts": []})
    head = say("bookmarks-head" if lines else "bookmarks-none", network=network, number=len(lines))
    return "\n".join([head, *lines])


def _who(profile: Result) -> str:
    return called(profile["author"]["handle"], profile["author"]["name"])


def _mirror(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("mirror-on", what=_who(result["profile"]), network=network)


def _whois(say: Voice, network: str, arguments: Result, result: Result) -> str:
    profile = result["profile"]
    lines = [say("whois-head", who=_who(profile), network=network)]
    numbers = {name: profile[name] for name in ("posts", "followers", "following")}
    if None not in numbers.values():
        lines.append(say("whois-numbers", **numbers))
    if profile["locked"]:
        lines.append(say("whois-locked"))
    if profile["bio"]:
        lines.append(f"{MARK}{marked(profile['bio'])}")
    if profile["author"]["url"]:
        lines.append(clean_url(profile["author"]["url"]))
    return "\n".join(lines)


def _requests(say: Voice, network: str, arguments: Result, result: Result) -> str:
    if not result["profiles"]:
        return say("requests-none")
    names = "\n".join(f"  {_who(profile)}" for profile in result["profiles"])
    return f"{say('requests-head', network=network)}\n{names}"


def _approve(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("approved" if arguments["on"] else "rejected", who=_who(result["profile"]))


def _lock(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("locked" if arguments["on"] else "unlocked", network=network)


def _report(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("reported", code=arguments["code"], network=network)


def _thread(say: Voice, network: str, arguments: Result, result: Result) -> str:
    head = say("thread-head", code=arguments["code"], number=len(result["posts"]))
    return "\n".join([head, *(_post_line(post) for post in result["posts"])])


def _post_line(post: Result) -> str:
    text = f"⚠ {post['warning']}" if post["warning"] else post["text"]
    return f"{MARK}{handle(post['handle'])}: {' '.join(foreign(text).split())}"


def _search(say: Voice, network: str, arguments: Result, result: Result) -> str:
    words = clean_name(arguments["words"])
    if not result["posts"]:
        return say("search-none", words=words, network=network)
    lines = [say("search-head", words=words, network=network)]
    for post in result["posts"]:
        lines.append(f"{_post_line(post)} {clean_url(post['url'] or '')}".rstrip())
    return "\n".join(lines)


def _latest(say: Voice, network: str, arguments: Result, result: Result) -> str:
    """The newest last, where the chat goes on."""
    who = clean_name(result["who"])
    if not result["posts"]:
        return say("latest-none", who=who, network=network)
    lines = [f"{_post_line(post)} {clean_url(post['url'] or '')}".rstrip() for post in result["posts"]]
    return "\n".join([say("latest-head", who=who, network=network), *lines])


def _list(say: Voice, network: str, arguments: Result, result: Result) -> str:
    if result["found"]:
        return say("list-on", title=clean_name(result["found"]["title"]), network=network)
    titles = "\n".join(f"  {clean_name(title)}" for title in result["lists"])
    if arguments["title"]:
        head = say("list-no-such", title=clean_name(arguments["title"]), network=network)
    else:
        head = say("list-head" if titles else "list-none", network=network)
    return f"{head}\n{titles}" if titles else head


def _sign_in(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return f"{say('signin-address', network=network)}\n{clean_url(result['url'])}"


def _reports(say: Voice, network: str, arguments: Result, result: Result) -> str:
    if not result["reports"]:
        return say("reports-none", network=network)
    lines = [say("reports-head", network=network)]
    for found in result["reports"]:
        of, by, why = (clean_name(found[name]) for name in ("of", "by", "why"))
        lines.append(f"  {found['id']}  {clean_url(found['url'] or '')}  {of} ← {by}: {why}")
    return "\n".join(lines)


def _remove(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("removed", id=arguments["id"], network=network)


def _suspend(say: Voice, network: str, arguments: Result, result: Result) -> str:
    return say("suspended" if arguments["on"] else "unsuspended", who=arguments["handle"], network=network)


_DONE: dict[str, Callable[[Voice, str, Result, Result], str]] = {
    "edit-original": _edit_original,
    "delete-original": _delete_original,
    "typed": _typed,
    "favourite": _favourite,
    "boost": _boost,
    "bookmark": _bookmark,
    "vote": _vote,
    "poll-end": _poll_end,
    "follow": _follow,
    "mute": _mute,
    "block": _block,
    "mirror": _mirror,
    "whois": _whois,
    "requests": _requests,
    "approve": _approve,
    "lock": _lock,
    "report": _report,
    "thread": _thread,
    "search": _search,
    "latest": _latest,
    "list": _list,
    "sign-in": _sign_in,
    "reports": _reports,
    "remove": _remove,
    "suspend": _suspend,
}
