"""Forged tokens are refused everywhere, auth's absence harms nobody, and an Employee sees no one else's ticket."""

import json
import signal
import time
import unittest
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from suite.api import Client
from suite.polling import until

from .running import Running
from .shared import shared_suite

PROTECTED = {
    "auth-service": "/api/v1/me/",
    "ticket-service": "/api/v1/tickets/",
    "workflow-api": "/api/v1/tasks/",
    "messaging": f"/api/v1/tickets/{uuid.uuid4()}/comments/",
    "notification-service": "/api/v1/inbox/",
}


class Forger:
    """Makes tokens as an attacker would, and as auth would."""

    def __init__(self, running: Running) -> None:
        pem = running.suite.state.signing_key().read_bytes()
        self.private: Any = serialization.load_pem_private_key(pem, None)
        genuine = running.sign_in("admin").token
        self.headers = jwt.get_unverified_header(genuine)
        self.claims = jwt.decode(genuine, options={"verify_signature": False})
        self.genuine = genuine

    def sign(self, claims: Mapping[str, Any] = {}, key: Any = None, **headers: Any) -> str:
        return jwt.encode({**self.claims, **claims}, key or self.private, "ES256", headers={**self.headers, **headers})

    def hs256_with_the_public_key(self) -> str:
        """PyJWT refuses to make this one, so it is put together by hand."""
        import base64
        import hashlib
        import hmac

        public = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

        def part(value: Mapping[str, Any]) -> bytes:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

        body = part({**self.headers, "alg": "HS256"}) + b"." + part(self.claims)
        signature = base64.urlsafe_b64encode(hmac.new(public, body, hashlib.sha256).digest()).rstrip(b"=")
        return (body + b"." + signature).decode()

    def without_a_signature(self) -> str:
        return jwt.encode(self.claims, None, "none", headers={**self.headers, "alg": "none"})

    def tampered(self) -> str:
        head, _, signature = self.genuine.split(".")
        body = self.sign({"superuser": True}).split(".")[1]
        return f"{head}.{body}.{signature}"


class ForgedTokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.running = shared_suite()
        cls.forger = Forger(cls.running)

    def assert_refused(self, token: str) -> None:
        for service, path in PROTECTED.items():
            with self.subTest(service):
                answer = Client(token=token).get(self.running.url(service) + path)
                self.assertEqual(answer.status, 401)
                self.assertTrue(answer.code, answer.body)
                self.assertEqual(answer.headers["content-type"], "application/problem+json")

    def test_the_genuine_token_is_accepted(self) -> None:
        for service, path in PROTECTED.items():
            answer = Client(token=self.forger.genuine).get(self.running.url(service) + path)
            self.assertIn(answer.status, (200, 404), service)
        again = Client(token=self.forger.sign()).get(self.running.url("ticket-service") + PROTECTED["ticket-service"])
        self.assertEqual(
            again.status, 200, "a token made here as auth makes it has to pass, or the rest proves nothing"
        )

    def test_another_issuers_key(self) -> None:
        self.assert_refused(self.forger.sign(key=ec.generate_private_key(ec.SECP256R1())))

    def test_another_issuers_name(self) -> None:
        self.assert_refused(self.forger.sign({"iss": "https://elsewhere.example.com"}))

    def test_alg_none(self) -> None:
        self.assert_refused(self.forger.without_a_signature())

    def test_hs256_signed_with_the_public_key(self) -> None:
        self.assert_refused(self.forger.hs256_with_the_public_key())

    def test_expired(self) -> None:
        self.assert_refused(self.forger.sign({"exp": int(time.time()) - 60}))

    def test_wrong_audience(self) -> None:
        self.assert_refused(self.forger.sign({"aud": "another-suite"}))

    def test_a_services_token_for_another_service(self) -> None:
        claims = {key: self.forger.claims[key] for key in ("iss", "exp", "iat", "jti", "sub")}
        claims |= {"aud": "somebody-else", "typ": "service", "client_id": "workflow-api", "scope": "events:read"}
        self.assert_refused(jwt.encode(claims, self.forger.private, "ES256", headers=self.forger.headers))

    def test_a_refresh_token_as_access(self) -> None:
        body = Client().post(
            f"{self.running.url('auth-service')}/api/v1/token/",
            {"username": "employee", "password": self.running.password},
        )
        self.assert_refused(body.body["refresh"])
        self.assert_refused(self.forger.sign({"typ": "refresh"}))

    def test_changed_claims_under_the_old_signature(self) -> None:
        self.assert_refused(self.forger.tampered())

    def test_an_unknown_or_strange_key_id(self) -> None:
        for kid in ("unknown", "../../etc/passwd", "' OR 1=1 --"):
            self.assert_refused(self.forger.sign(kid=kid))


class WithoutAuth(unittest.TestCase):
    def test_the_others_go_on_while_auth_hangs(self) -> None:
        running = shared_suite()
        employee, coordinators = (
            running.sign_in("employee"),
            [running.sign_in(n) for n in ("coordinator", "coordinator2")],
        )
        for process in ("web", "worker"):
            running.send("auth-service", process, signal.SIGSTOP)
        try:
            for service, path in PROTECTED.items():
                if service != "auth-service":
                    self.assertIn(employee.get(running.url(service) + path).status, (200, 403, 404), service)
            ticket = employee.post(
                f"{running.url('ticket-service')}/api/v1/tickets/",
                {"subject": "While auth hangs", "description": "x", "category": "it-support", "priority": "Low"},
            )
            self.assertEqual(ticket.status, 201, ticket.body)
            tasks = f"{running.url('workflow-api')}/api/v1/tasks/?ticket={ticket.body['number']}"
            until("the ticket is assigned", lambda: any(one.read(tasks)["results"] for one in coordinators))
            inbox = f"{running.url('notification-service')}/api/v1/inbox/?ticket={ticket.body['number']}"
            until("the requester is told", lambda: employee.read(inbox)["results"])
        finally:
            for process in ("web", "worker"):
                running.send("auth-service", process, signal.SIGCONT)


class AnotherEmployee(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.running = running = shared_suite()
        owner, cls.stranger = running.sign_in("employee"), running.sign_in("employee2")
        cls.admin = running.sign_in("admin")
        cls.ticket = owner.expect(
            owner.post_form(
                f"{running.url('ticket-service')}/api/v1/tickets/",
                {
                    "subject": "Mine alone",
                    "description": "x",
                    "category": "it-support",
                    "priority": "Low",
                    "attachments": ("note.txt", b"private", "text/plain"),
                },
            ),
            201,
        )
        tasks = f"{running.url('workflow-api')}/api/v1/tasks/?scope=all&ticket={cls.ticket['number']}"
        cls.task = until("the task is there", lambda: cls.admin.read(tasks)["results"])[0]
        comments = f"{running.url('messaging')}/api/v1/tickets/{cls.ticket['id']}/comments/"
        until("the conversation is open", lambda: owner.get(comments).status == 200)
        inbox = f"{running.url('notification-service')}/api/v1/inbox/?ticket={cls.ticket['number']}"
        cls.notice = until("the requester is told", lambda: owner.read(inbox)["results"])[0]
        files = f"{running.url('ticket-service')}/api/v1/tickets/{cls.ticket['id']}/attachments/"
        listed = owner.read(files)
        cls.attachment = (listed["results"] if isinstance(listed, dict) else listed)[0]

    def test_gets_404_in_every_service_that_knows_the_ticket(self) -> None:
        for reference in (self.ticket["id"], self.ticket["number"]):
            ticket = f"{self.running.url('ticket-service')}/api/v1/tickets/{reference}/"
            reads = [
                ticket,
                f"{ticket}history/",
                f"{ticket}attachments/",
                f"{ticket}attachments/{self.attachment['id']}/content/",
                f"{self.running.url('workflow-api')}/api/v1/tasks/{self.task['id']}/",
                f"{self.running.url('messaging')}/api/v1/tickets/{reference}/comments/",
            ]
            for url in reads:
                with self.subTest(urlsplit(url).path):
                    self.assertEqual(self.stranger.get(url).status, 404)
        writes = {
            f"{self.running.url('ticket-service')}/api/v1/tickets/{self.ticket['id']}/withdrawal/": {},
            f"{self.running.url('messaging')}/api/v1/tickets/{self.ticket['id']}/comments/": {
                "client_id": str(uuid.uuid4()),
                "body": "hello",
                "visibility": "public",
            },
            f"{self.running.url('notification-service')}/api/v1/inbox/{self.notice['id']}/read/": {},
            f"{self.running.url('workflow-api')}/api/v1/tasks/{self.task['id']}/start/": {},
        }
        for url, body in writes.items():
            with self.subTest(urlsplit(url).path):
                self.assertEqual(self.stranger.post(url, body).status, 404)

    def test_finds_it_in_no_list(self) -> None:
        own = self.stranger.read(f"{self.running.url('ticket-service')}/api/v1/tickets/")
        self.assertNotIn(self.ticket["id"], json.dumps(own))
        inbox = self.stranger.read(
            f"{self.running.url('notification-service')}/api/v1/inbox/?ticket={self.ticket['id']}"
        )
        self.assertEqual(inbox["results"], [])
