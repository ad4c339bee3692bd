"""What service messages announce, named as the watcher names it: after Telegram's schema."""

from collections.abc import Mapping

from bot.importing.words import Fields

# "action" of the export -> the action of the schema, where the names differ.
ACTIONS: Mapping[str, str] = {
    "create_group": "chat_create",
    "edit_group_title": "chat_edit_title",
    "edit_group_photo": "chat_edit_photo",
    "delete_group_photo": "chat_delete_photo",
    "invite_members": "chat_add_user",
    "remove_members": "chat_delete_user",
    "join_group_by_link": "chat_joined_by_link",
    "join_group_by_request": "chat_joined_by_request",
    "create_channel": "channel_create",
    "migrate_to_supergroup": "chat_migrate_to",
    "migrate_from_group": "channel_migrate_from",
    "clear_history": "history_clear",
    "score_in_game": "game_score",
    "send_payment": "payment_sent",
    "take_screenshot": "screenshot_taken",
    "joined_telegram": "contact_sign_up",
    "edit_chat_theme": "set_chat_theme",
    "topic_created": "topic_create",
    "proximity_reached": "geo_proximity_reached",
    "allow_sending_messages": "bot_allowed",
    "send_premium_gift": "gift_premium",
    "gift_code_prize": "gift_code",
}
UNTOLD = "custom_action"  # the export has no name for it, only words

# What it was about, called differently.
FACTS: Mapping[str, str] = {
    "winners": "winners_count",
    "amount": "total_amount",
    "information_text": "message",
}
REPLIES = ("message_id", "game_message_id", "invoice_message_id", "giveaway_msg_id")
# Facts about the message, or about files, and not about what it announces.
NOT_FACTS = frozenset(
    {
        "id", "type", "action", "actor", "actor_id", "from", "from_id", "text", "text_entities",
        "date", "date_unixtime", "date_offset", "date_about", "edited", "edited_unixtime",
        "reply_to_message_id", "reply_to_peer_id", "inviter", "photo", "photo_file_size",
        "width", "height", *REPLIES,
    }
)  # fmt: skip


def name(fields: Fields) -> str:
    """What a service message announces."""
    action = fields.get("action")
    if not isinstance(action, str) or not action:
        return UNTOLD
    return ACTIONS.get(action, action)


def facts(fields: Fields) -> dict[str, object]:
    """What it says about that: texts and whole numbers only."""
    return {
        FACTS.get(key, key): value
        for key, value in fields.items()
        if key not in NOT_FACTS and isinstance(value, str | int)
    }


def subject(fields: Fields) -> object:
    """The id of the message it is about, such as the one that was pinned; None if it is not."""
    return next((fields[key] for key in REPLIES if key in fields), None)
