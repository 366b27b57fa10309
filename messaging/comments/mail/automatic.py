"""Which messages no person wrote to us: answering one could begin a loop (RFC 3834)."""

from email.message import Message

from comments.mail.letters import addresses, header

_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From")


def why_automatic(message: Message, *, desk: str) -> str | None:
    """Return the reason why the message is not taken for a person's; None for one that may be."""
    if any(address == desk for _, address in addresses(message, "From", "Sender")):
        return "from_ourselves"
    # RFC 3834, section 5; parameters may follow the keyword.
    submitted = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted not in {"", "no"}:
        return "auto_submitted"
    if message.get_content_type() == "multipart/report":
        return "report"  # read receipts (RFC 8098), abuse reports (RFC 5965)
    if header(message, "Return-Path") == "<>":
        return "no_return_path"  # RFC 5321, 4.5.5: not to be answered
    if any(message.get(name) is not None for name in _MARKS):
        return "auto_reply"
    if not _is_our_list(message, desk):
        if header(message, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}:
            return "bulk"
        if message.get("List-Id") is not None:
            return "mailing_list"
    return None


def _is_our_list(message: Message, desk: str) -> bool:
    """Whether the desk's address is itself a list or a group, which then marks what people write to it (RFC 2369)."""
    return f"<mailto:{desk}>" in str(message.get("List-Post", "")).lower()
