"""What is wrong with a request is said as problem+json with the request id; never a 500, and nothing is written."""

import http.client
import json
import unittest
import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

from suite.polling import until

from .running import Running
from .shared import shared_suite

FIFTY_MB = 50 * 1024 * 1024
OUTBOX = "SELECT count(*) FROM eventbus_outboxevent"
ROWS = {
    "auth-service": ["SELECT count(*) FROM users_user", OUTBOX],
    "ticket-service": ["SELECT count(*) FROM tickets_ticket", "SELECT count(*) FROM tickets_historyentry", OUTBOX],
    "workflow-api": ["SELECT count(*) FROM workflows_taskitem", OUTBOX],
    "messaging": ["SELECT count(*) FROM comments_comment", OUTBOX],
    "notification-service": ["SELECT count(*) FROM notifications_notice WHERE read_at IS NOT NULL", OUTBOX],
}


class BadInput(unittest.TestCase):
    """The same wrong requests to one writing route of each service."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.running: Running = shared_suite()
        cls.client = cls.running.sign_in("employee")
        ticket = cls.client.expect(
            cls.client.post(
                f"{cls.running.url('ticket-service')}/api/v1/tickets/",
                {"subject": "For bad input", "description": "x", "category": "it-support", "priority": "Low"},
            ),
            201,
        )
        comments = f"/api/v1/tickets/{ticket['id']}/comments/"
        until("the conversation is open", lambda: cls.client.get(cls.running.url("messaging") + comments).status == 200)
        admin = cls.running.sign_in("admin")
        tasks = f"{cls.running.url('workflow-api')}/api/v1/tasks/?scope=all&ticket={ticket['number']}"
        task = until("the task is there", lambda: admin.read(tasks)["results"])[0]
        people = {person["id"]: person for person in admin.pages(f"{cls.running.url('auth-service')}/api/v1/users/")}
        assignee = cls.running.sign_in(str(people[task["assignee"]["id"]]["username"]))
        inbox = f"{cls.running.url('notification-service')}/api/v1/inbox/?ticket={ticket['number']}"
        until("all notices are there", lambda: len(cls.client.read(inbox)["results"]) >= 2)
        cls.targets = {
            "auth-service": ("/api/v1/token/", ""),
            "ticket-service": ("/api/v1/tickets/", cls.client.token),
            "workflow-api": (f"/api/v1/tasks/{task['id']}/completion/", assignee.token),
            "messaging": (comments, cls.client.token),
            "notification-service": ("/api/v1/inbox/read/", cls.client.token),
        }

    def setUp(self) -> None:
        self.before = self.rows()

    def tearDown(self) -> None:
        self.assertEqual(self.rows(), self.before, "something was written")

    def rows(self) -> dict[str, list[object]]:
        return {name: [self.running.query(name, sql)[0][0] for sql in queries] for name, queries in ROWS.items()}

    def send(
        self, service: str, body: bytes | Iterable[bytes], *, path: str = "", method: str = "POST", **headers: str
    ) -> tuple[int, str, dict[str, object]]:
        target, token = self.targets[service]
        address = urlsplit(self.running.url(service))
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        sent = {"Content-Type": "application/json", "X-Request-ID": f"bad-{uuid.uuid4()}"}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path or target, body=body, headers=sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", content[:300])
        problem = json.loads(content)
        self.assertEqual(problem["request_id"], sent["X-Request-ID"])
        self.assertEqual(answer.headers["X-Request-ID"], sent["X-Request-ID"])
        self.assertEqual(problem["status"], answer.status)
        self.assertTrue(problem["code"])
        return answer.status, problem["code"], problem

    def test_a_malformed_body(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b'{"subject": ')[0], 400)

    def test_a_body_of_another_shape(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                if service != "notification-service":  # its route takes no fields
                    self.assertEqual(self.send(service, b"[1, 2, 3]")[0], 400)
                    self.assertEqual(self.send(service, b'"text"')[0], 400)

    def test_a_byte_that_is_not_utf8(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b'{"subject": "\xff\xfe"}')[0], 400)

    def test_an_escaped_nul(self) -> None:
        body = {
            "auth-service": {"username": "a\x00b", "password": "x"},
            "ticket-service": {"subject": "a\x00b", "description": "x", "category": "it-support", "priority": "Low"},
            "workflow-api": {"transition": "a\x00b", "notes": "\x00"},
            "messaging": {"client_id": str(uuid.uuid4()), "body": "\x00", "visibility": "public"},
        }
        for service, fields in body.items():
            with self.subTest(service):
                self.assertEqual(self.send(service, json.dumps(fields).encode())[0], 400)

    def test_a_wrong_content_type(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b"a,b", Content_Type="text/csv")[0], 415)

    def test_fifty_megabytes(self) -> None:
        body = b'{"subject": "' + b"x" * FIFTY_MB + b'"}'
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, body)[0], 413)

    def test_fifty_megabytes_as_an_upload(self) -> None:
        edge = "edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="attachments"; filename="a.txt"\r\n\r\n'.encode()
        body = head + b"x" * FIFTY_MB + f"\r\n--{edge}--\r\n".encode()
        for service in ("ticket-service", "messaging"):
            with self.subTest(service):
                status, _, _ = self.send(service, body, Content_Type=f"multipart/form-data; boundary={edge}")
                self.assertEqual(status, 413)

    def test_a_wrong_host(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b"{}", Host="evil.example.com")[0], 400)

    def test_an_unknown_path(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b"{}", path=f"/api/v1/{uuid.uuid4()}/")[0], 404)

    def test_a_wrong_method(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertEqual(self.send(service, b"{}", method="DELETE")[0], 405)

    def test_an_unknown_id(self) -> None:
        unknown = uuid.uuid4()
        paths = {
            "auth-service": f"/api/v1/users/{unknown}/",
            "ticket-service": f"/api/v1/tickets/{unknown}/",
            "workflow-api": f"/api/v1/tasks/{unknown}/",
            "messaging": f"/api/v1/tickets/{unknown}/comments/",
        }
        admin = self.running.sign_in("admin").token
        for service, path in paths.items():
            for variant in (
                path,
                path.replace(str(unknown), "TTS-1999-000001"),
                path.replace(str(unknown), "nonsense"),
            ):
                with self.subTest(variant):
                    status, _, _ = self.send(service, b"", path=variant, method="GET", Authorization=f"Bearer {admin}")
                    self.assertEqual(status, 404)
        status, _, _ = self.send("notification-service", b"{}", path=f"/api/v1/inbox/{unknown}/read/")
        self.assertEqual(status, 404)

    def test_a_nul_in_the_path_or_query(self) -> None:
        for service in self.targets:
            with self.subTest(service):
                self.assertIn(self.send(service, b"", path="/api/v1/%00/", method="GET")[0], (400, 404))
                path = self.targets[service][0]
                self.assertEqual(self.send(service, b"", path=f"{path}?status=%00", method="GET")[0], 400)
