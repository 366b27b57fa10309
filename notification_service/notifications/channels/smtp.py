"""Django's SMTP backend, which also tells a message that was not handed over from one of which nobody knows.

A server that goes away after the final dot may or may not have taken the message (RFC 1047). Everything that is lost
before the dot is known not to have been taken (RFC 5321, 4.1.1.4).
"""

import smtplib
from typing import Any

from django.core.mail.backends import smtp

# RFC 5321, 4.5.3.2.6 gives the reply to the dot more time than any other, as servers look for spam before it. Its ten
# minutes are longer than a job may take; this many times EMAIL_TIMEOUT are not.
PATIENCE = 6


class ReplyLost(smtplib.SMTPServerDisconnected):
    """The whole message was sent, the final dot too, and no reply came."""


class _Connection(smtplib.SMTP):
    _dot_sent = False

    def send(self, s: Any) -> None:
        """Send; what ends a message is remembered until the reply to it."""
        super().send(s)
        self._dot_sent = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply. Raises ReplyLost where it would have been about a message."""
        if not self._dot_sent:
            return super().getreply()
        self._dot_sent = False
        timeout = self.sock.gettimeout() if self.sock else None
        try:
            self._wait(PATIENCE * timeout if timeout else None)
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            raise ReplyLost(str(error)) from error
        finally:
            self._wait(timeout)

    def _wait(self, seconds: float | None) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """The same over TLS from the first byte on."""


class EmailBackend(smtp.EmailBackend):
    """One connection for each message, as Django's."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Over TLS or not, by EMAIL_USE_SSL."""
        return _TlsConnection if self.use_ssl else _Connection
