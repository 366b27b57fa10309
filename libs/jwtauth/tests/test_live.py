"""A live stream begins for who may read it and ends with a reason; a small application stands for a service's."""

import asyncio
import json
import re
import time
from unittest.mock import patch

from django.test import TransactionTestCase
from django.utils import timezone

from jwtauth.live import LiveApplication, Reader, readers
from jwtauth.models import Revocation
from jwtauth.testing import make_token, service_claims, sign
from servicekit.ids import uuid7
from servicekit.live import event
from servicekit.problems import NotFound


class CountReader(Reader):
    """Sends numbers up to what the application has come to."""

    def __init__(self, principal, position, application):
        super().__init__(principal, position)
        self.application = application

    def attach(self):
        self.application.attached += 1

    def detach(self):
        self.application.attached -= 1

    async def send_news(self):
        if self.position >= self.application.count:
            return False
        self.position += 1
        await self.stream.send(event("number", b"{}", position=self.position))
        return True

    def lost_access(self):
        return "access_lost" if self.application.closed else None

    def wake_at(self):
        return self.application.wake_at


class Counting(LiveApplication):
    path = re.compile(r"/live/(open|hidden)/")

    def __init__(self):
        super().__init__(django=self.answer_probe)
        self.count, self.closed, self.wake_at, self.probes, self.looks, self.attached = 0, False, None, [], 0, 0

    async def answer_probe(self, scope, receive, send):
        self.probes.append(scope["path"])

    async def admit(self, principal, position, found):
        if found[1] == "hidden":
            raise NotFound
        return CountReader(principal, position, self)

    def nudged(self, topic):
        self.count = int(topic.partition(":")[2])
        for reader in self.readers:
            reader.wake.set()

    def look_everywhere(self):
        self.looks += 1


class Connection:
    """One request to the application, as an ASGI server makes it."""

    def __init__(self, application, path="/live/open/", token="", method="GET", query=b"", **headers):
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.sent, self._gone = [], asyncio.Event()
        scope = {
            "type": "http",
            "path": path,
            "method": method,
            "query_string": query,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        self.task = asyncio.ensure_future(application(scope, self._receive, self._send))

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)

    def leave(self):
        self._gone.set()

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)

    async def answered(self):
        """The status and the code of what is no stream."""
        await asyncio.wait_for(self.task, 10)
        return self.status, json.loads(self.body)["code"]

    async def ended(self):
        """The reason by which the stream ended."""
        await asyncio.wait_for(self.task, 10)
        found = re.search(rb'event: end\ndata: {"reason":"(\w+)"}', self.body)
        return found and found[1].decode()

    async def until(self, text):
        async with asyncio.timeout(10):
            while text not in self.body:
                await asyncio.sleep(0.01)


class LiveApplicationTests(TransactionTestCase):
    def setUp(self):
        self.application = Counting()
        self.user = uuid7()
        self.token = make_token(user_id=self.user)

    def connect(self, *args, **options):
        return Connection(self.application, *args, **{"token": self.token, **options})

    async def revoke(self):
        await Revocation.objects.acreate(user_id=self.user, min_token_version=99, revoked_at=timezone.now())

    async def test_who_may_not_read_is_told_so(self):
        expired = make_token(expires_in=-60)
        for options, expected in (
            ({"path": "/live/other/"}, (404, "not_found")),
            ({"method": "POST"}, (404, "not_found")),
            ({"path": "/live/hidden/"}, (404, "not_found")),
            ({"token": ""}, (401, "token_invalid")),
            ({"token": "x"}, (401, "token_invalid")),
            ({"token": expired}, (401, "token_expired")),
            ({"token": sign(service_claims(client_id="messaging"))}, (403, "permission_denied")),
            ({"query": b"after=x"}, (400, "bad_request")),
            ({"last_event_id": "-1"}, (400, "bad_request")),
        ):
            with self.subTest(**options):
                self.assertEqual(await self.connect(**options).answered(), expected)

    async def test_a_reader_begins_where_they_were_and_hears_what_comes(self):
        self.application.count = 2
        reader = self.connect(last_event_id="1", query=b"after=0", x_request_id="a-request")
        await reader.until(b"id: 2\n")
        self.application._nudged("count:3")
        await reader.until(b"id: 3\n")
        self.assertNotIn(b"id: 1\n", reader.body)
        self.assertIn((b"x-request-id", b"a-request"), reader.sent[0]["headers"])
        reader.leave()
        self.assertIsNone(await reader.ended())
        self.assertEqual((self.application.readers, self.application.attached), (set(), 0))

    async def test_one_user_holds_no_more_than_twenty(self):
        held = [self.connect() for _ in range(20)]
        for reader in held:
            await reader.until(b"retry")
        self.assertEqual(await self.connect().answered(), (429, "too_many_streams"))
        held[0].leave()
        await held[0].ended()
        another = self.connect()
        await another.until(b"retry")
        for reader in (*held, another):
            reader.leave()
            await reader.ended()

    async def test_a_stream_ends_when_the_token_expires(self):
        reader = self.connect(token=make_token(expires_in=1))
        self.assertEqual(await reader.ended(), "token_expired")

    async def test_a_stream_ends_when_the_token_is_revoked(self):
        reader = self.connect()
        await reader.until(b"retry")
        await self.revoke()
        self.application._nudged(f"user:{self.user}")
        self.assertEqual(await reader.ended(), "token_revoked")
        self.assertEqual(await self.connect().answered(), (401, "token_revoked"))

    async def test_a_stream_ends_when_nudges_were_missed_and_the_token_was_revoked(self):
        reader = self.connect()
        await reader.until(b"retry")
        await self.revoke()
        self.application._look_everywhere()
        self.application._nudged("count:1")
        self.assertEqual(await reader.ended(), "token_revoked")
        self.assertEqual(self.application.looks, 1)

    async def test_a_stream_ends_when_access_is_lost(self):
        reader = self.connect()
        await reader.until(b"retry")
        self.application.closed = True
        self.application._nudged("count:0")
        self.assertEqual(await reader.ended(), "access_lost")

    async def test_a_stream_ends_when_the_server_does(self):
        reader = self.connect()
        await reader.until(b"retry")
        with patch("healthcheck.is_draining", return_value=True):
            await self.application._wake_when_draining()
            self.assertEqual(await reader.ended(), "server_restarts")

    async def test_an_idle_stream_beats_looks_again_and_wakes_in_time(self):
        with patch.object(readers, "HEARTBEAT_SECONDS", 0.05):
            reader = self.connect()
            await reader.until(b":\n\n")
        reader.leave()
        await reader.ended()
        sleeper = self.connect()
        await sleeper.until(b"retry")
        self.application.wake_at = time.time() + 0.1
        self.application._nudged("count:0")
        self.application.count = 1  # without a nudge
        await sleeper.until(b"id: 1\n")
        sleeper.leave()
        await sleeper.ended()

    async def test_probes_are_djangos(self):
        connection = self.connect("/livez")
        await connection.task
        self.assertEqual(self.application.probes, ["/livez"])

    async def test_a_fault_is_a_500_without_its_text(self):
        with patch.object(Counting, "admit", side_effect=ZeroDivisionError("secret")), self.assertLogs("jwtauth.live"):
            reader = self.connect()
            self.assertEqual(await reader.answered(), (500, "internal_error"))
        self.assertNotIn(b"secret", reader.body)
