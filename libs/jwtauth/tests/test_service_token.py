"""This service's own tokens."""

import json
from unittest import mock

from django.conf import settings
from django.test import SimpleTestCase, override_settings

from jwtauth import service_token
from jwtauth.errors import ServiceTokenUnavailable
from tests.server import FakeAuth


class ServiceTokenTests(SimpleTestCase):
    def setUp(self):
        self.auth = FakeAuth()
        self.enterContext(self.auth.running())
        self.auth.body = {"access": "first", "expires_in": 3600}
        given = {**settings.JWTAUTH, "TOKEN_URL": self.auth.url("/api/v1/token/service/")}
        self.enterContext(override_settings(JWTAUTH=given))
        self.now = 1000.0
        clock = mock.Mock(side_effect=lambda: self.now)
        self.enterContext(mock.patch("jwtauth.service_token.time.monotonic", clock))
        service_token.forget()
        self.addCleanup(service_token.forget)

    def test_it_is_asked_for_once_per_audience(self):
        self.assertEqual(service_token.get("messaging"), "first")
        self.assertEqual(service_token.get("messaging"), "first")
        service_token.get("workflow-api")
        bodies = [json.loads(body) for _, body in self.auth.requests]
        self.assertEqual([body["audience"] for body in bodies], ["messaging", "workflow-api"])
        self.assertEqual(bodies[0]["client_id"], "ticket-service")
        self.assertEqual(bodies[0]["client_secret"], "secret-of-the-ticket-service")

    def test_it_is_renewed_at_half_its_life(self):
        service_token.get("messaging")
        self.auth.body = {"access": "second", "expires_in": 3600}
        self.now += 1799
        self.assertEqual(service_token.get("messaging"), "first")
        self.now += 2
        self.assertEqual(service_token.get("messaging"), "second")

    def test_it_is_kept_until_it_expires_while_auth_is_away(self):
        service_token.get("messaging")
        self.auth.status = 503
        self.now += 3000
        self.assertEqual(service_token.get("messaging"), "first")
        asked = len(self.auth.requests)
        self.assertEqual(service_token.get("messaging"), "first")
        self.assertEqual(len(self.auth.requests), asked, "auth is not asked again at once")
        self.now += 600
        with self.assertRaises(ServiceTokenUnavailable):
            service_token.get("messaging")

    def test_bad_answers_are_no_token(self):
        for body in ({}, [], {"access": 1, "expires_in": 1}, {"access": "x"}, b"<html>"):
            self.auth.body = body
            with self.subTest(body), self.assertRaises(ServiceTokenUnavailable):
                service_token.get("messaging")

    def test_a_forgotten_token_is_asked_for_again(self):
        service_token.get("messaging")
        service_token.forget()
        service_token.get("messaging")
        self.assertEqual(len(self.auth.requests), 2)
