"""Tells people what happened, on every channel that is configured: Slack, Discord, e-mail, PagerDuty.

`python Scripts/notify.py --outcome failure --text "..."`; the channels are environment variables (docs/ci-cd.md). One
that is not set is left out; one that fails does not keep the others from being told, but the exit code is 1 then.
"""

import argparse
import json
import os
import smtplib
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from suite.console import say

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"


def slack(environ: Mapping[str, str], outcome: str, text: str) -> None:
    _post(environ["SLACK_WEBHOOK"], {"text": f"{outcome}: {text}"})


def discord(environ: Mapping[str, str], outcome: str, text: str) -> None:
    _post(environ["DISCORD_WEBHOOK"], {"content": f"{outcome}: {text}"[:2000]})


def pagerduty(environ: Mapping[str, str], outcome: str, text: str) -> None:
    """Wakes somebody only for a failure."""
    if outcome == "success":
        return
    event = {"summary": text[:1000], "source": environ.get("GITHUB_REPOSITORY", "tts"), "severity": "critical"}
    body = {"routing_key": environ["PAGERDUTY_ROUTING_KEY"], "event_action": "trigger", "payload": event}
    _post(environ.get("PAGERDUTY_URL") or PAGERDUTY, body)


def email(environ: Mapping[str, str], outcome: str, text: str) -> None:
    """NOTIFY_EMAIL_URL is smtp://host:port or smtps://user:password@host:port; NOTIFY_EMAIL_TO has commas."""
    url = urlsplit(environ["NOTIFY_EMAIL_URL"])
    message = EmailMessage()
    message["Subject"] = f"[tts] {outcome}: {text.splitlines()[0][:80]}"
    message["From"] = environ.get("NOTIFY_EMAIL_FROM") or "ci@localhost"
    message["To"] = environ.get("NOTIFY_EMAIL_TO", "")
    message.set_content(text)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "", url.port or 0, timeout=30) as server:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


CHANNELS: Mapping[str, tuple[str, Callable[[Mapping[str, str], str, str], None]]] = {
    "Slack": ("SLACK_WEBHOOK", slack),
    "Discord": ("DISCORD_WEBHOOK", discord),
    "e-mail": ("NOTIFY_EMAIL_URL", email),
    "PagerDuty": ("PAGERDUTY_ROUTING_KEY", pagerduty),
}


def _post(url: str, body: Mapping[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - the webhook that was configured
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json", "User-Agent": "tts-notify"}
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outcome", required=True, choices=["success", "failure", "cancelled"])
    parser.add_argument("--text", required=True, help="what happened, in a sentence")
    options = parser.parse_args(arguments)
    failed = 0
    for name, (variable, send) in CHANNELS.items():
        if not environ.get(variable):
            say(f"{name}: {variable} is not set")
            continue
        try:
            send(environ, options.outcome, options.text)
            say(f"{name}: told")
        except (OSError, smtplib.SMTPException) as error:
            # Not the error's text: a webhook's address is a secret.
            print(f"error: {name} could not be told ({type(error).__name__})", file=sys.stderr)
            failed = 1
    return failed
