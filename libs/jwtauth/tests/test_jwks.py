"""Where the keys come from, and what holds when auth is away."""

import threading
from unittest import mock

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from jwtauth import jwks, testing
from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import KeysUnavailable, TokenInvalid
from jwtauth.keys import parse_jwks, to_jwk
from jwtauth.models import KeySet
from tests.server import FakeAuth

DOCUMENT = {"keys": [testing.jwk]}
KID = testing.jwk["kid"]


class Clock:
    """Monotonic seconds that tests turn by hand."""

    now = 1000.0

    def __call__(self):
        return self.now


class IdleSource(jwks.RemoteKeySource):
    """Without its thread: tests call refresh() themselves."""

    def start(self):
        if not self._loaded and not self._keys:
            self._load()


class KeySourceTests(TestCase):
    def setUp(self):
        self.auth = FakeAuth()
        self.enterContext(self.auth.running())
        self.auth.body = DOCUMENT
        given = {**settings.JWTAUTH, "JWKS_URL": self.auth.url("/.well-known/jwks.json")}
        self.enterContext(override_settings(JWTAUTH=given))
        self.clock = Clock()
        self.source = IdleSource(clock=self.clock)

    def test_without_any_key_the_answer_is_503(self):
        with self.assertRaises(KeysUnavailable):
            self.source.find(KID)
        self.assertIsNone(self.source.age())

    def test_503_is_a_problem_with_retry_after(self):
        given = {**settings.JWTAUTH, "KEY_SOURCE": "jwtauth.jwks.key_source"}
        with override_settings(JWTAUTH=given), mock.patch("jwtauth.conf.import_string", return_value=self.source):
            response = self.client.get("/users/", HTTP_AUTHORIZATION=f"Bearer {testing.sign({})}")
        self.assertEqual((response.status_code, response.json()["code"]), (503, "keys_unavailable"))
        self.assertEqual(response["Retry-After"], "5")

    def test_a_refresh_brings_keys_and_stores_them(self):
        self.assertTrue(self.source.refresh())
        self.assertIsNotNone(self.source.find(KID))
        self.assertEqual(KeySet.objects.get().document, DOCUMENT)

    def test_a_restart_with_auth_away_uses_the_stored_keys(self):
        KeySet.objects.create(issuer="tts-auth", document=DOCUMENT, fetched_at=timezone.now())
        self.auth.status = 503
        self.assertFalse(self.source.refresh())
        self.assertIsNotNone(self.source.find(KID))

    def test_keys_of_another_issuer_are_not_loaded(self):
        KeySet.objects.create(issuer="somebody", document=DOCUMENT, fetched_at=timezone.now())
        with self.assertRaises(KeysUnavailable):
            self.source.find(KID)

    def test_bad_answers_leave_the_good_keys(self):
        self.source.refresh()
        answers = [(500, {}), (200, {}), (200, []), (200, {"keys": []}), (200, b"<html>"), (302, DOCUMENT)]
        for self.auth.status, self.auth.body in answers:
            with self.subTest(self.auth.body), self.assertLogs("jwtauth.jwks", "WARNING"):
                self.assertFalse(self.source.refresh())
                self.assertIsNotNone(self.source.find(KID))

    def test_a_retired_key_is_gone_after_the_refresh(self):
        self.source.refresh()
        other = to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
        self.auth.body = {"keys": [other]}
        self.source.refresh()
        self.assertIsNone(self.source.find(KID))
        self.assertIsNotNone(self.source.find(other["kid"]))

    def test_an_unknown_key_id_wakes_the_thread_at_most_every_ten_seconds(self):
        self.source.refresh()
        self.assertIsNone(self.source.find("new"))
        self.assertFalse(self.source._wake.is_set())
        self.clock.now += 11
        self.assertIsNone(self.source.find("new"))
        self.assertTrue(self.source._wake.is_set())

    def test_finding_a_key_asks_neither_network_nor_database(self):
        self.source.refresh()
        self.source.find(KID)
        asked = len(self.auth.requests)
        with self.assertNumQueries(0):
            self.source.find(KID)
            self.source.find("unknown")
        self.assertEqual(len(self.auth.requests), asked)

    def test_age_counts_from_the_last_confirmation(self):
        self.source.refresh()
        self.clock.now += 42
        self.assertEqual(self.source.age(), 42)


class ThreadTests(SimpleTestCase):
    """The thread itself, without a database: it must not be needed."""

    def setUp(self):
        self.auth = FakeAuth()
        self.enterContext(self.auth.running())
        self.auth.body = DOCUMENT
        given = {**settings.JWTAUTH, "JWKS_URL": self.auth.url("/keys")}
        self.enterContext(override_settings(JWTAUTH=given))
        self.enterContext(mock.patch.object(jwks.RemoteKeySource, "_load"))
        self.stored = threading.Event()
        store = mock.Mock(side_effect=lambda *_: self.stored.set())
        self.enterContext(mock.patch.object(jwks.RemoteKeySource, "_store", store))
        self.source = jwks.RemoteKeySource()

    def test_the_first_question_starts_it(self):
        with self.assertRaises(KeysUnavailable):
            self.auth.gate.clear()
            self.source.find(KID)
        self.auth.gate.set()
        self.assertTrue(self.stored.wait(5))
        self.assertIsNotNone(self.source.find(KID))

    def test_a_hanging_auth_keeps_nobody_waiting(self):
        self.source._keys = parse_jwks(DOCUMENT)
        self.auth.gate.clear()
        self.source.start()
        with mock.patch("jwtauth.conf.import_string", return_value=self.source):
            config.cache_clear()
            self.addCleanup(config.cache_clear)
            self.assertEqual(verify(testing.make_token()).kind, "user")
        self.assertFalse(self.stored.is_set())
        self.auth.gate.set()
        self.assertTrue(self.stored.wait(5), "the thread goes on once auth answers")


class JwkTests(SimpleTestCase):
    def test_only_usable_keys_are_taken(self):
        private = {**testing.jwk, "d": "AA"}
        rsa_key = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048).public_key(), as_dict=True)
        useless = [
            private,
            {**rsa_key, "kid": "rsa"},
            {**testing.jwk, "use": "enc"},
            {**testing.jwk, "kid": 7},
            {**testing.jwk, "x": "AA"},
            {"kty": "oct", "k": "AA", "kid": "hmac"},
            "text",
            None,
        ]
        with self.assertRaises(ValueError):
            parse_jwks({"keys": useless})
        self.assertEqual(list(parse_jwks({"keys": [*useless, testing.jwk]})), [KID])

    def test_the_key_id_is_the_thumbprint_of_rfc_7638(self):
        self.assertEqual(to_jwk(testing.private_key.public_key())["kid"], KID)
        self.assertEqual(len(KID), 43)

    def test_other_curves_are_refused(self):
        with self.assertRaises(ValueError):
            to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key())

    def test_a_foreign_key_verifies_nothing(self):
        source = mock.Mock(find=lambda kid: ec.generate_private_key(ec.SECP256R1()).public_key())
        with mock.patch("jwtauth.conf.import_string", return_value=source):
            config.cache_clear()
            self.addCleanup(config.cache_clear)
            with self.assertRaises(TokenInvalid):
                verify(testing.make_token())
