"""How mail comes in, from the environment."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from comments.mail.mailboxes import MailboxUrlInvalid, check_url
from servicekit.env import Env
from servicekit.reply_address import desk_address

REFUSE, REGISTER = "refuse", "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIn:
    """`url` is empty where no mail is read; `secrets` where no reply is believed.

    `authserv_id` is the name by which the receiving server signs what it found out about a sender; empty: nobody asks.
    """

    url: str
    desk: str
    secrets: list[str]
    registers_unknown: bool
    category: str
    authserv_id: str = ""
    keep_days: int = 365


def incoming(env: Env) -> MailIn:
    """Read MAIL_DESK_ADDRESS, MAIL_REPLY_SECRET, and what begins with MAIL_IN_ (README)."""
    url = env.str("MAIL_IN_URL", default="")
    if url:
        try:
            check_url(url)
        except MailboxUrlInvalid as error:
            raise ImproperlyConfigured(f"MAIL_IN_URL: {error}.") from None
    required = env.is_production and bool(url)
    desk = desk_address(env, default=None if required else "helpdesk@example.com")
    unknown = env.str("MAIL_IN_UNKNOWN_SENDERS", default=REFUSE)
    if unknown not in {REFUSE, REGISTER}:
        raise ImproperlyConfigured(f"MAIL_IN_UNKNOWN_SENDERS is {unknown!r}: set it to {REFUSE} or {REGISTER}.")
    return MailIn(
        url=url,
        desk=desk,
        secrets=env.secrets("MAIL_REPLY_SECRET"),
        registers_unknown=unknown == REGISTER,
        category=env.str("MAIL_IN_CATEGORY", default="general"),
        authserv_id=env.str("MAIL_IN_AUTHSERV_ID", default="").lower(),
        keep_days=env.int("MAIL_IN_KEEP_DAYS", default=365, minimum=60),
    )
