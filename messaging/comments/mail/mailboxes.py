"""Where mail waits: a Maildir, or a mailbox over IMAP. A message is marked as read once it has been dealt with."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError  # type: ignore[import-untyped]

TIMEOUT_SECONDS = 10
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class MailboxUnavailable(Exception):
    """The mailbox does not answer, or does not let us in; what is in it waits."""


class MailboxUrlInvalid(ValueError):
    """The URL names no mailbox that may be read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits: where it is, and its size in bytes."""

    key: str
    size: int


class Mailbox(Protocol):
    """What both kinds do. Every method raises MailboxUnavailable."""

    def waiting(self, limit: int) -> list[Waiting]:
        """Return up to so many messages that nobody has dealt with, oldest first."""

    def read(self, key: str) -> bytes:
        """Return the whole message."""

    def done(self, key: str, *, flagged: bool) -> None:
        """Mark it as read and, for a person to look at, as flagged."""


class Maildir:
    """https://cr.yp.to/proto/maildir.html: what waits is in `new`; `cur` has what was dealt with, flags in its name."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
            raise MailboxUnavailable(f"{folder} is no Maildir: it has no new and cur")
        self._folder = folder

    def waiting(self, limit: int) -> list[Waiting]:
        found = sorted(path for path in (self._folder / "new").iterdir() if path.is_file())
        return [Waiting(path.name, path.stat().st_size) for path in found[:limit]]

    def read(self, key: str) -> bytes:
        with _failures():
            return (self._folder / "new" / key).read_bytes()

    def done(self, key: str, *, flagged: bool) -> None:
        name = key.partition(":")[0]
        with _failures():
            flags = "FS" if flagged else "S"
            (self._folder / "new" / key).rename(self._folder / "cur" / f"{name}:2,{flags}")


class Imap:
    """What waits is unseen; a message is fetched without being marked (BODY.PEEK)."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def waiting(self, limit: int) -> list[Waiting]:
        with _failures():
            keys = sorted(self._client.search(["UNSEEN"]))[:limit]
            sizes = self._client.fetch(keys, ["RFC822.SIZE"]) if keys else {}
        return [Waiting(str(key), int(sizes[key][b"RFC822.SIZE"])) for key in keys if key in sizes]

    def read(self, key: str) -> bytes:
        with _failures():
            found = self._client.fetch([int(key)], ["BODY.PEEK[]"])
        try:
            return bytes(found[int(key)][b"BODY[]"])
        except KeyError:
            raise MailboxUnavailable("another program has taken the message away") from None

    def done(self, key: str, *, flagged: bool) -> None:
        with _failures():
            self._client.add_flags([int(key)], [b"\\Seen", *([b"\\Flagged"] if flagged else [])])


def check_url(url: str) -> None:
    """Raise MailboxUrlInvalid for what `open_mailbox` would not read."""
    parts = urlsplit(url)
    if parts.scheme == "maildir" and parts.path and not parts.netloc:
        return
    if parts.scheme not in {"imap", "imaps", "imap+tls"} or not parts.hostname or parts.username is None:
        # The value stays out of the message: it holds a password.
        raise MailboxUrlInvalid(
            "name the mailbox as maildir:///FOLDER, imaps://USER:PASSWORD@HOST/FOLDER, "
            "or imap+tls://USER:PASSWORD@HOST/FOLDER (STARTTLS)"
        )
    if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
        raise MailboxUrlInvalid("imap:// sends the password in clear text: use imaps:// or imap+tls://")


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """Open the mailbox that the URL names. Raises MailboxUrlInvalid and MailboxUnavailable."""
    check_url(url)
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Maildir(Path(unquote(parts.path)))
        return
    with _failures():
        client = _connect(parts.scheme, parts.hostname or "", parts.port)
    try:
        with _failures():
            client.login(unquote(parts.username or ""), unquote(parts.password or ""))
            client.select_folder(unquote(parts.path.lstrip("/")) or "INBOX")
        yield Imap(client)
    finally:
        client.shutdown()


def _connect(scheme: str, host: str, port: int | None) -> IMAPClient:
    trusted = ssl.create_default_context()
    secure = scheme == "imaps"
    client = IMAPClient(host, port=port, ssl=secure, ssl_context=trusted if secure else None, timeout=TIMEOUT_SECONDS)
    if scheme == "imap+tls":
        client.starttls(trusted)
    return client


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (IMAPClientError, OSError) as error:
        raise MailboxUnavailable(f"{type(error).__name__}") from error
