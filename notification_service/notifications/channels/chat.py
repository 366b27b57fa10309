"""A room in a chat: an incoming webhook in Slack's format, which Mattermost, Rocket.Chat and Discord take too."""

import json

from notifications.channels import PermanentFailure, outgoing
from notifications.models import Delivery

# Slack's own three (https://docs.slack.dev/messaging/formatting-message-text): without them a text could ping a room.
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def text_of(*, title: str, body: str) -> str:
    """Return the JSON of a message; nothing that people wrote becomes a link or a mention."""
    return json.dumps({"text": f"*{title.translate(ESCAPES)}*\n{body.translate(ESCAPES)}"}, ensure_ascii=False)


def send(delivery: Delivery) -> str:
    """POST the message to the room's address."""
    endpoint = delivery.endpoint
    if endpoint is None or not endpoint.is_active:
        raise PermanentFailure("endpoint_inactive")
    return outgoing.post(endpoint.url, delivery.text.encode(), {})
