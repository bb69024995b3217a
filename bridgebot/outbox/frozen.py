"""What a delivery sends, rendered once from the rows and kept: each part one call with a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bridgebot import dialog, flow, render
from bridgebot.adapter import ChatCapabilities
from bridgebot.commands import hearing
from bridgebot.dialog import House
from bridgebot.errors import Rejected, TargetGone, Unsupported
from bridgebot.flow import capping
from bridgebot.model import Limits
from bridgebot.outbox import carried, drafted, enclosed, exhibits, looking, meant, previewed, shown, unless
from bridgebot.outbox.payloads import draft, message
from bridgebot.render import Rich
from bridgebot.store import Tx, deliveries, people, posts, talk
from bridgebot.store.posts import RECEIPT
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Part, Post

Payload = dict[str, Any]


def freeze(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    """Render the delivery: its calls, one after another. Raises Rejected, TargetGone, Unsupported.

    Those that show a post which was edited say which version of it they show.
    """
    calls = _calls(tx, house, delivery)
    if delivery.action not in ("create", "edit") or delivery.post_id is None:
        return calls
    version = _post(tx, delivery).version
    return [call | {"version": version} for call in calls] if version else calls


def _calls(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    if delivery.chat_id is not None:
        return _into_chat(tx, house, delivery, people.chat_by_id(tx, delivery.chat_id))
    maker = _ON_NETWORK.get(delivery.action)
    if maker is not None:
        return maker(tx, house, delivery)
    return [_plain(delivery)]


# --- into chats --------------------------------------------------------------------------------


def _into_chat(tx: Tx, house: House, delivery: Delivery, chat: Chat) -> list[Payload]:
    network = house.network(chat.adapter)
    if network is None or network.chat is None:
        raise Rejected("error-not-configured")
    language = drafted.language_of(tx, house, delivery)
    match delivery.action:
        case "notice" | "happening":
            return _notice(tx, house, delivery, chat, network.chat, language)
        case "notice-change":
            return _reworded(tx, house, delivery, chat, network.chat, language)
        case "standing":
            return [{"op": "standing", "person": delivery.arguments["person"]}]
        case "take-away":
            return [{"op": "delete-message", "id": delivery.arguments["id"]}]
        case "create":
            return _item(tx, house, delivery, chat, network.chat, language)
        case "edit":
            return _changed(
                _item(tx, house, delivery, chat, network.chat, language), tx, delivery, network.chat
            )
        case "delete":
            return _removed(tx, house, delivery, chat, network.chat, language)
        case _:
            return _receipt(tx, house, delivery, chat, network.chat, language)


def _notice(
    tx: Tx, house: House, delivery: Delivery, chat: Chat, able: ChatCapabilities, language: str
) -> list[Payload]:
    text: str | Rich = delivery.arguments["text"]
    question_id, buttons = delivery.arguments.get("question"), []
    question = talk.question(tx, question_id) if question_id is not None else None
    if question is not None:
        text = previewed.preview(tx, house, delivery, question, chat, able) or text
    if question is not None and question.options:
        if able.buttons:
            labels = dialog.option_labels(house, language, question.options)
            buttons = [[f"{question.token}:{n}", label] for n, label in enumerate(labels)]
        elif delivery.arguments.get("hint", True):
            text = text + f"\n{dialog.options_line(house, language, question.options)}"
    digest = delivery.arguments.get("digest")
    if digest is not None and able.buttons:
        buttons = [[f"{digest}:show", house.texts(language, "button-show")]]
    elif digest is not None:
        text = text + f"\n{house.texts(language, 'digest-hint')}"
    picture, foreign = delivery.arguments.get("picture"), bool(delivery.arguments.get("foreign"))

    def say(words: str | Rich, limits: Limits) -> list[Payload]:
        return _sends(words, chat, able, language, limits=limits, buttons=buttons, foreign=foreign)

    if picture is None:
        return say(text, able.limits)
    told = text + f"\n{picture}"  # to be opened by whoever wants to
    return exhibits.laid_out(text, told, exhibits.of_address(picture, chat, able), able, say)


def _reworded(
    tx: Tx, house: House, delivery: Delivery, chat: Chat, able: ChatCapabilities, language: str
) -> list[Payload]:
    """Other words in the messages of a notice; without any of its own, the buttons go and the rest stays."""
    said = _told(tx, delivery)
    if "text" in delivery.arguments:
        return _over_ids(_notice(tx, house, delivery, chat, able, language), said, "edit-message", None)
    if not said:
        raise TargetGone()
    bare = _last_words(tx, delivery) | {"buttons": []}
    return [{"op": "edit-message", "id": said[-1], "message": bare}]


def _last_words(tx: Tx, delivery: Delivery) -> Payload:
    """What the last message of a notice says now."""
    return dict(_spoken(tx, delivery)[-1].payload["message"])


def _spoken(tx: Tx, delivery: Delivery) -> list[Part]:
    """The calls that said what a delivery changes, and those of the changes before it, in their order."""
    made_by = delivery.after_id or 0
    versions = [made_by, *(change.id for change in deliveries.after(tx, made_by) if change.id != delivery.id)]
    return [part for one in versions for part in deliveries.parts(tx, one)]


def _sends(
    text: str | Rich,
    chat: Chat,
    able: ChatCapabilities,
    language: str,
    *,
    limits: Limits | None = None,
    buttons: Sequence[list[str]] = (),
    reply_to: str | None = None,
    foreign: bool = False,
) -> list[Payload]:
    """One message, or several where its limits ask for it; buttons stand under the last."""
    texts = render.messages(_harmless(text, chat), limits or able.limits, foreign=foreign)
    parts: list[Payload] = [
        {"op": "send", "message": message(part.text, language, spans=part.spans)} for part in texts
    ]
    parts[-1]["message"]["buttons"] = list(buttons)
    if reply_to is not None:
        parts[0]["reply_to"] = reply_to
    return parts


def _harmless(text: str | Rich, chat: Chat) -> Rich:
    """Whatever is said, and whomever it quotes, nothing in it acts; where others read, it calls nobody."""
    rich = render.foreign(Rich(text) if isinstance(text, str) else text)
    return rich if chat.direct else render.unpinged(rich)


def _item(
    tx: Tx, house: House, delivery: Delivery, chat: Chat, able: ChatCapabilities, language: str
) -> list[Payload]:
    """A mirrored post, shown under what it answers where the chat knows native replies."""
    post = _post(tx, delivery)
    if delivery.action == "create" and post.deleted_at is not None:
        raise TargetGone()
    unless.stands_there(tx, delivery, post)
    meant.must_enter(post, chat)
    text, told = shown.item(
        tx,
        house,
        post,
        chat,
        language,
        boosted_by=delivery.arguments.get("boosted_by"),
        route_id=carried.route_of(tx, delivery),
    )
    reply_to = _parent_message(tx, post, chat) if able.replies else None
    buttons = shown.item_buttons(tx, house, post, chat, language) if able.buttons else []

    def say(words: str | Rich, limits: Limits) -> list[Payload]:
        more: dict[str, Any] = {"limits": limits, "buttons": buttons, "reply_to": reply_to}
        return _sends(words, chat, able, language, foreign=not chat.broadcast, **more)

    return exhibits.laid_out(text, told, exhibits.of_post(post, chat, able), able, say)


def _parent_message(tx: Tx, post: Post, chat: Chat) -> str | None:
    if post.parent_id is None:
        return None
    here = [copy for copy in posts.in_realm(tx, post.parent_id, chat.realm) if copy.chat_id == chat.id]
    return here[0].native_id if here else None


def _changed(fresh: list[Payload], tx: Tx, delivery: Delivery, able: ChatCapabilities) -> list[Payload]:
    """The new text into the messages that show the old; where messages cannot change, it is sent anew."""
    if not able.edit:
        return fresh
    old, remove = _made_by(tx, delivery), "delete-message" if able.delete else None
    stand = exhibits.standing(tx, delivery, old) if able.shows is not None else []
    if any(one.media for one in stand) or exhibits.any_in(fresh):
        return exhibits.over(fresh, stand, remove)
    return _over(fresh, old, "edit-message", remove)


def _over(fresh: list[Payload], old: Sequence[Copy], change: str, remove: str | None) -> list[Payload]:
    """Lay new parts over old copies: change what is there, add what is missing, remove what is left."""
    return _over_ids(fresh, [copy.native_id for copy in old], change, remove)


def _over_ids(fresh: list[Payload], old: Sequence[str], change: str, remove: str | None) -> list[Payload]:
    parts = [part | {"op": change, "id": native_id} for part, native_id in zip(fresh, old, strict=False)]
    added = fresh[len(old) :]
    if added and old and "draft" in added[0]:  # a thread that grows: it goes on under its last part
        added[0] = added[0] | {"draft": added[0]["draft"] | {"reply_to": old[-1]}}
    parts += added
    if remove is not None:
        parts += [{"op": remove, "id": native_id} for native_id in old[len(fresh) :]]
    return parts


def _told(tx: Tx, delivery: Delivery) -> list[str]:
    """The messages in which a notice was said."""
    return [i for part in deliveries.parts(tx, delivery.after_id or 0) for i in part.native_ids or ()]


def _made_by(tx: Tx, delivery: Delivery) -> list[Copy]:
    made_by = flow.target(delivery)
    return posts.copies_of_delivery(tx, made_by) if made_by is not None else []


def _removed(
    tx: Tx, house: House, delivery: Delivery, chat: Chat, able: ChatCapabilities, language: str
) -> list[Payload]:
    """Delete the messages; where that is impossible, strike the item by a line of its own."""
    copies = _made_by(tx, delivery)
    if able.delete:
        return [{"op": "delete-message", "id": copy.native_id} for copy in copies]
    struck = _sends(shown.struck(tx, house, _post(tx, delivery), chat, language), chat, able, language)
    if able.edit and copies:
        return [struck[0] | {"op": "edit-message", "id": copies[0].native_id}]
    return struck


def _receipt(
    tx: Tx, house: House, delivery: Delivery, chat: Chat, able: ChatCapabilities, language: str
) -> list[Payload]:
    """The receipt as the rows stand now; a change edits it where that can be, else says it once more."""
    post = _post(tx, delivery)
    copies = posts.all_copies(tx, post.id)
    where = bool(delivery.arguments.get("where"))
    text, buttons = shown.receipt(tx, house, post, chat, copies, language, where=where)
    reply_to = _own_message(copies, chat) if able.replies else None
    fresh = _sends(text, chat, able, language, buttons=buttons, reply_to=reply_to)
    if delivery.action == "receipt" or not able.edit:
        return fresh
    old = [copy for copy in _made_by(tx, delivery) if copy.role == RECEIPT]
    calls, said = (
        _over(fresh, old, "edit-message", "delete-message" if able.delete else None),
        _said(tx, delivery),
    )
    return [call for call in calls if call["op"] != "edit-message" or said.get(call["id"]) != call["message"]]


def _said(tx: Tx, delivery: Delivery) -> dict[str, Payload]:
    """What the messages of a receipt say now, by their ids, as far as is certain. To say it once more would
    be seen: clients mark what was changed, and those that know no changes show one message more.
    """
    said: dict[str, Payload] = {}
    for part in _spoken(tx, delivery):
        ids = [part.payload["id"]] if "id" in part.payload else part.native_ids or []
        known = "message" in part.payload and part.native_ids is not None
        said |= dict.fromkeys(ids, part.payload["message"] if known else {})
    return said


def _own_message(copies: Sequence[Copy], chat: Chat) -> str | None:
    """The person's own message, which a receipt answers natively."""
    there = (copy for copy in copies if copy.gone_at is None and copy.role != RECEIPT)
    first = next((copy for copy in there if copy.realm == chat.realm), None)
    return first.native_id if first is not None and first.role == posts.ORIGINAL else None


# --- onto networks -----------------------------------------------------------------------------


def _create(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    post, account = _post(tx, delivery), _account(tx, delivery)
    first = unless.before(tx, delivery, post, account, house.network(account.adapter))
    return [*first, *drafted.calls(tx, house, delivery, post, account)]


def _edit(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    account = _account(tx, delivery)
    network = drafted.network_of(house, account)
    if network.social is None or not flow.able(account, network, "edit"):
        raise Unsupported()
    old = _made_by(tx, delivery)
    if not old:
        raise Rejected("error-no-id")  # it is said to be there, and nobody here knows as what
    made, post = deliveries.parts(tx, flow.target(delivery) or 0), _post(tx, delivery)
    ids, drafts = [copy.native_id for copy in old], drafted.publications(tx, house, delivery, post, account)
    fresh = enclosed.with_known(post, made, drafts, ids)
    return _over(fresh, old, "edit", "delete" if network.social.delete else None)


def _edit_original(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    account, post = _account(tx, delivery), _post(tx, delivery)
    words = draft(drafted.rewritten(tx, house, delivery, post, account))
    return [{"op": "edit-original", "id": delivery.arguments["id"], "draft": words}]


def _delete_original(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    return [{"op": "delete", "id": delivery.arguments["id"]}]


def _delete(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    """The last part of a thread first, so that nothing stands under a gap."""
    account = _account(tx, delivery)
    network = drafted.network_of(house, account)
    if not flow.able(account, network, "delete"):
        raise Unsupported()
    old = _made_by(tx, delivery)
    if not old:
        _say_why_nothing(tx, delivery)
    gone: list[Payload] = [{"op": "delete", "id": copy.native_id} for copy in reversed(old)]
    if "unless_answered" in delivery.arguments and old and network.social and network.social.thread:
        gone.insert(0, {"op": "unanswered", "ids": [copy.native_id for copy in old]})
    return gone


def _say_why_nothing(tx: Tx, delivery: Delivery) -> None:
    """Nothing to delete: all of it is gone already, or nobody here knows as what it stands there."""
    made_by = flow.target(delivery)
    parts = deliveries.parts(tx, made_by) if made_by is not None else []
    if any(part.payload["op"] == "publish" and part.native_ids == [] for part in parts):
        raise Rejected("error-no-id")


def _schedule(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    """Nothing goes out: what it brings about begins when it has ended."""
    return [{"op": "found", "id": "", "url": None}]


def _mirror(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    return [{"op": "mirror", "handle": delivery.arguments["handle"]}]


def _counted(tx: Tx, house: House, delivery: Delivery) -> list[Payload]:
    """Nothing is called: its turn comes when what stands before it in its lane has ended."""
    return [{"op": "found", "id": "", "url": None}]


def _plain(delivery: Delivery) -> Payload:
    """An action whose arguments are those of the call."""
    return {"op": delivery.action} | delivery.arguments


def _account(tx: Tx, delivery: Delivery) -> Account:
    return people.account(tx, delivery.account_id or 0)


def _post(tx: Tx, delivery: Delivery) -> Post:
    """As its place is given it. Raises Rejected where it is no more where that place knows it from."""
    post = posts.post(tx, delivery.post_id or 0)
    if post.version == 0 or delivery.action not in ("create", "edit"):
        return post
    return flow.as_given(tx, post, flow.brings(tx, delivery))


_ON_NETWORK: dict[str, Callable[[Tx, House, Delivery], list[Payload]]] = {
    capping.ACTION: _schedule,
    hearing.ACTION: _schedule,
    "create": _create,
    "edit": _edit,
    "edit-original": _edit_original,
    "delete": _delete,
    "delete-original": _delete_original,
    "look": looking.look,
    "mirror": _mirror,
    "opml": _counted,
    "schedule": _schedule,
}
