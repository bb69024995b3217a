"""Methods by which the bot asks about itself and its chats, and leaves."""

from __future__ import annotations

import time

from tests.servers.telegram_errors import bad, too_many
from tests.servers.telegram_parameters import Takes, array, boolean, chat, integer, text
from tests.servers.telegram_world import ADMINISTRATORS, Json, World

LARGEST = 20 * 1024 * 1024  # bytes of a file that bots are given
FRESH = 600  # seconds after a start within which `close` is refused


def get_me(world: World, given: Json) -> Json:
    may = {"can_join_groups": True, "can_read_all_group_messages": not world.privacy}
    can = {"supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False}
    return {**world.bot.json(), **may, **can, "has_topics_enabled": False, "can_manage_bots": False}


def get_chat(world: World, given: Json) -> Json:
    where = world.readable(given["chat_id"])
    gifts = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts"), True)
    accepted = {**gifts, "premium_subscription": True, "gifts_from_channels": True}
    return {**where.json(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}


def get_chat_member(world: World, given: Json) -> Json:
    where = world.readable(given["chat_id"])
    user = world.users.get(given["user_id"])
    if user is None:
        raise bad("invalid user_id specified")
    return world.member(where, user, where.status(user.id))


def get_chat_administrators(world: World, given: Json) -> list[Json]:
    where = world.readable(given["chat_id"])
    if where.kind == "private":
        raise bad("there are no administrators in the private chat")
    people = [world.users[id] for id, status in where.members.items() if status in ADMINISTRATORS]
    return [world.member(where, user, where.status(user.id)) for user in people]


def get_file(world: World, given: Json) -> Json:
    """Of a file that somebody sent: where its content is to be had for an hour."""
    id = given["file_id"]
    if id not in world.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[id])
    if size > LARGEST:
        raise bad("file is too big")
    return {"file_id": id, "file_unique_id": id[-8:], "file_size": size, "file_path": world.path(id)}


def leave_chat(world: World, given: Json) -> bool:
    where = world.readable(given["chat_id"])
    if where.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    world.moves(where, world.bot, "left")
    return True


def close(world: World, given: Json) -> bool:
    age = int(time.time() - world.born)
    if age < FRESH:
        raise too_many(FRESH - age)
    world.updates.interrupt("cut")
    return True


def log_out(world: World, given: Json) -> bool:
    world.logged_out = True
    world.updates.interrupt("cut")
    return True


# --- webhook: it can be set and read; updates then wait, this server calls nobody -----------------


def set_webhook(world: World, given: Json) -> bool:
    url = given["url"]
    if not url.startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if "allowed_updates" in given:
        world.updates.allow(given["allowed_updates"])
    world.updates.webhook = url
    world.updates.interrupt("webhook")
    return _dropped(world, given)


def delete_webhook(world: World, given: Json) -> bool:
    world.updates.webhook = ""
    return _dropped(world, given)


def get_webhook_info(world: World, given: Json) -> Json:
    updates = world.updates
    info = {"url": updates.webhook, "has_custom_certificate": False}
    named = {"allowed_updates": updates.named} if updates.named else {}
    return {**info, "pending_update_count": len(updates.waiting), **named}


def _dropped(world: World, given: Json) -> bool:
    if given.get("drop_pending_updates"):
        world.updates.waiting = []
    return True


_HOOK = {"allowed_updates": array, "drop_pending_updates": boolean, "secret_token": text}
METHODS = {
    "getMe": (Takes(), get_me),
    "getChat": (Takes({"chat_id": chat}), get_chat),
    "getChatMember": (Takes({"chat_id": chat, "user_id": integer}), get_chat_member),
    "getChatAdministrators": (Takes({"chat_id": chat}), get_chat_administrators),
    "getFile": (Takes({"file_id": text}), get_file),
    "leaveChat": (Takes({"chat_id": chat}), leave_chat),
    "setWebhook": (
        Takes({"url": text}, {**_HOOK, "ip_address": text, "max_connections": integer}),
        set_webhook,
    ),
    "deleteWebhook": (Takes({}, {"drop_pending_updates": boolean}), delete_webhook),
    "getWebhookInfo": (Takes(), get_webhook_info),
    "close": (Takes(), close),
    "logOut": (Takes(), log_out),
}
