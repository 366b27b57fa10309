"""A real SMTP server (aiosmtpd) on a port of its own, that misbehaves on request."""

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 OK"
HANG = "hang"  # no reply to the final dot; the message is not taken
HANG_IN_DATA = "hang before the final dot"  # no reply to DATA
DROP_IN_DATA = "drop mid-DATA"  # after the first line of the message
DROP_BEFORE_DOT = "drop before the final dot"  # all lines but the last
DROP_AFTER_DOT = "drop after the final dot"  # the message is taken, and nobody says so


class MailServer:
    """Run the server in a thread while the `with` block lasts.

    `script` holds the answer to each message in turn: an SMTP reply, or one of the faults above; OK when it is used up.
    `greeting` is what every connection is met with, HANG for nothing; `patience` the seconds that a client has with it.
    `received` are the messages that the server took responsibility for; `hanging` is set once a client waits in vain;
    `taken_unanswered` counts those of them of which it told nobody.
    """

    def __init__(
        self,
        *script: str,
        refuse_recipients: str = "",
        refuse_sign_in: bool = False,
        greeting: str = "",
        patience: float = 0,
    ) -> None:
        self.script = list(script)
        self.greeting = greeting
        self.hanging = threading.Event()
        self.patience = patience or (0.2 if {HANG, HANG_IN_DATA} & set(script) or greeting == HANG else 5)
        self.refuse_sign_in = refuse_sign_in
        self.refuse_recipients = refuse_recipients
        self.received: list[EmailMessage] = []
        self.taken_unanswered = 0
        self.port = 0
        self.transports: list[asyncio.Transport] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "MailServer":
        self._thread.start()
        if not self._ready.wait(10):
            raise TimeoutError("the mail server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Hang up on everybody, and take nobody any more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    @property
    def settings(self) -> dict[str, Any]:
        """Django's settings to reach this server, with a patience that suits a test."""
        return {
            "EMAIL_BACKEND": "notifications.channels.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_TIMEOUT": self.patience,
        }

    def next_step(self) -> str:
        """Take the next line of the script."""
        return self.script.pop(0) if self.script else OK

    def keep(self, content: bytes) -> None:
        """Store a message as delivered."""
        self.received.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]

    async def hang(self) -> None:
        """Say nothing for as long as the server runs."""
        self.hanging.set()
        await asyncio.Event().wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: _Connection(self, loop=self._loop), "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for transport in self.transports:
            transport.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()


class _Connection(SMTP):
    """One connection; the faults that happen on the wire are here."""

    _greeted = False

    def __init__(self, server: MailServer, **options: Any) -> None:
        if server.refuse_sign_in:
            options |= {"authenticator": lambda *_: AuthResult(success=False, handled=False), "auth_require_tls": False}
        super().__init__(_Handler(server), hostname="mail.test", ident="test", **options)
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it, to hang up on it at the end."""
        self._server.transports.append(transport)  # type: ignore[arg-type]
        super().connection_made(transport)

    async def push(self, status: str) -> None:
        """Send a reply; the first one is the greeting."""
        greeting, self._greeted = not self._greeted, True
        if greeting and self._server.greeting == HANG:
            await self._server.hang()
        await super().push(self._server.greeting if greeting and self._server.greeting else status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Hang up, or be silent, before the message is complete where the script says so."""
        step = self._server.script[0] if self._server.script else OK
        if step not in (HANG_IN_DATA, DROP_IN_DATA, DROP_BEFORE_DOT):
            await super().smtp_DATA(arg)
            return
        self._server.next_step()
        if step == HANG_IN_DATA:
            await self._server.hang()
        await self.push("354 Go on")
        line = await self._reader.readline()
        while step == DROP_BEFORE_DOT and line != b".\r\n":
            line = await self._reader.readline()
        self.transport.abort()


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if self._server.refuse_recipients:
            return self._server.refuse_recipients
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the final dot."""
        step = self._server.next_step()
        if step == HANG:
            await self._server.hang()
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        if step == DROP_AFTER_DOT:
            self._server.keep(content)
            self._server.taken_unanswered += 1
            server.transport.abort()
        elif step == OK:
            self._server.keep(content)
            return OK
        return step
