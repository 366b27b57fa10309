"""A room in a chat: an incoming webhook in Slack's format, which Mattermost, Rocket.Chat and Discord take too."""

import json
import re

from notifications.channels import PermanentFailure, outgoing
from notifications.models import Delivery

# Slack's own three (https://docs.slack.dev/messaging/formatting-message-text): without them a text could ping a room.
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# The others take `@here` in any text for a mention of everybody, and Markdown for a link that shows another address.
_MARKS = re.compile(r"(?<![\w.])@(?=\w)|\](?=\()")
NO_SPACE = "\u200b"


def text_of(*, title: str, body: str) -> str:
    """Return the JSON of a message; nothing that people wrote is a mention, or hides where a link leads."""
    return json.dumps({"text": f"*{_plain(title)}*\n{_plain(body)}"}, ensure_ascii=False)


def _plain(text: str) -> str:
    return _MARKS.sub(lambda mark: mark[0] + NO_SPACE, text.translate(ESCAPES))


def send(delivery: Delivery) -> str:
    """POST the message to the room's address."""
    endpoint = delivery.endpoint
    if endpoint is None or not endpoint.is_active:
        raise PermanentFailure("endpoint_inactive")
    return outgoing.post(endpoint.url, delivery.text.encode(), {})
