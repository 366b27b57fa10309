"""Mallory holds a token, a copy of one, or the public key. Each attack is made over HTTP, at auth's own doors."""

import base64
import hashlib
import hmac
import json
import time
from unittest import mock

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jwtauth.keys import to_jwk
from servicekit.testing import assert_problem
from users import signing
from users.models import Session, User
from users.tests.cast import (
    CastTestCase,
    claims_of,
    client_of,
    service_client_of,
    signed_in,
)

PUBLIC = serialization.PublicFormat.SubjectPublicKeyInfo
DOORS = (("GET", "/api/v1/me/"), ("GET", "/api/v1/users/"), ("POST", "/api/v1/sessions/revocation/"))


def encode(part):
    """A part of a token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class AttackTestCase(CastTestCase):
    def setUp(self):
        _, self.pair = signed_in(self.erin)
        self.header = jwt.get_unverified_header(self.pair.access)
        self.claims = claims_of(self.pair.access)

    def try_doors(self, token):
        """The codes with which every door, and the verify route, refuse the token."""
        codes = set()
        for method, path in DOORS:
            answer = self.client.generic(method, path, HTTP_AUTHORIZATION=f"Bearer {token}")
            self.assertEqual(answer.status_code, 401, path)
            codes.add(answer.json()["code"])
        answer = self.client.post("/api/v1/token/verify/", {"token": token}, "application/json")
        self.assertEqual(answer.status_code, 401)
        return codes | {answer.json()["code"]}

    def refused(self, token, code="token_invalid"):
        self.assertEqual(self.try_doors(token), {code})

    def signed(self, claims=None, *, key=None, algorithm="ES256", **header):
        """A token with auth's own signature, unless another key is given."""
        key = key or signing.ring().current.private
        return jwt.encode(claims or self.claims, key, algorithm=algorithm, headers={**self.header, **header})


class ForgeryTests(AttackTestCase):
    def test_the_honest_token_opens_the_door(self):
        for token in (self.pair.access, self.signed()):
            answer = self.client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}")
            self.assertEqual((answer.status_code, answer.json()["username"]), (200, "erin"))

    def test_tampered_claims(self):
        header, _, signature = self.pair.access.split(".")
        for change in (
            {"sub": str(self.root.pk)},
            {"superuser": True},
            {"roles": {"tts": ["admin"]}},
            {"tv": 999},
            {"exp": self.claims["exp"] + 10_000},
            {"aud": "auth-service", "typ": "service", "client_id": "messaging", "scope": "events:read"},
        ):
            with self.subTest(change):
                self.refused(f"{header}.{encode({**self.claims, **change})}.{signature}")

    def test_no_signature_and_no_algorithm(self):
        body = encode({**self.claims, "superuser": True})
        for algorithm in ("none", "None", "NONE", "nOnE", ""):
            for signature in ("", encode(b"x" * 64)):
                with self.subTest(algorithm):
                    self.refused(f"{encode({**self.header, 'alg': algorithm})}.{body}.{signature}")

    def test_key_confusion(self):
        """The public key, which everybody has, as the secret of an HMAC."""
        public = signing.ring().current.public
        for secret in (
            public.public_bytes(serialization.Encoding.PEM, PUBLIC),
            public.public_bytes(serialization.Encoding.DER, PUBLIC),
            public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint),
            json.dumps(signing.ring().current.jwk).encode(),
            b"",
        ):
            for algorithm, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512), ("ES256", hashlib.sha512)):
                text = f"{encode({**self.header, 'alg': algorithm})}.{encode({**self.claims, 'superuser': True})}"
                with self.subTest(algorithm, secret=secret[:20]):
                    self.refused(f"{text}.{encode(hmac.digest(secret, text.encode(), digest))}")

    def test_another_key_under_our_key_id(self):
        self.refused(self.signed(key=ec.generate_private_key(ec.SECP256R1())))

    def test_key_id_injection(self):
        """A `kid` is looked up among the published ids and nowhere else: no file, no SQL, no address is made of it."""
        mallory = ec.generate_private_key(ec.SECP256R1())
        ours = self.header["kid"]
        for kid in (
            "unknown",
            "",
            to_jwk(mallory.public_key())["kid"],
            "../../../../dev/null",
            "/proc/self/environ",
            "file:///etc/passwd",
            "http://evil.example/jwks.json",
            f"{ours}' OR '1'='1",
            "x' UNION SELECT 'secret' --",
            f"{ours}\x00",
            f" {ours}",
            f"{ours}/../{ours}",
            "a" * 5000,
        ):
            for key in (mallory, None):
                with self.subTest(kid[:30], ours=key is None):
                    self.refused(self.signed(key=key, kid=kid))
        for kid in (None, 0, True, [ours], {"kid": ours}):
            head = encode({**self.header, "kid": kid})
            with self.subTest(kid):
                self.refused(f"{head}.{self.pair.access.split('.', 1)[1]}")

    def test_a_key_that_the_token_brings_along(self):
        mallory = ec.generate_private_key(ec.SECP256R1())
        brought = to_jwk(mallory.public_key())
        for header in (
            {"jwk": brought},
            {"jku": "http://127.0.0.1:9/jwks.json", "kid": brought["kid"]},
            {"x5u": "http://127.0.0.1:9/cert.pem"},
            {"x5c": ["AAAA"]},
        ):
            with self.subTest(header), mock.patch("socket.socket.connect", side_effect=AssertionError("a connection")):
                self.refused(self.signed(key=mallory, **header))

    def test_what_auth_signed_for_others(self):
        service = service_client_of("workflow-api", audience="ticket-service")._credentials["HTTP_AUTHORIZATION"]
        self.refused(service.removeprefix("Bearer "))
        for change in ({"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"typ": "refresh"}, {"typ": "id"}):
            with self.subTest(change):
                self.refused(self.signed({**self.claims, **change}))

    def test_another_kind_of_token(self):
        for typ in ("JWT", "id+jwt", "application/at+jwt", None):
            with self.subTest(typ):
                self.refused(self.signed(typ=typ))

    def test_out_of_time(self):
        now = int(time.time())
        self.refused(self.signed({**self.claims, "exp": now - 60}), "token_expired")
        for change in ({"iat": now + 3600}, {"nbf": now + 3600}, {"exp": "never"}, {"exp": None}):
            with self.subTest(change):
                self.refused(self.signed({**self.claims, **change}))

    def test_a_missing_claim(self):
        for claim in set(self.claims):
            with self.subTest(claim):
                self.refused(self.signed({name: value for name, value in self.claims.items() if name != claim}))

    def test_a_refresh_token_a_link_or_nonsense(self):
        for text in (self.pair.refresh, "nonsense", "a.b.c", "..", "\u00e9", "x" * 8000, "null"):
            with self.subTest(text[:20]):
                self.refused(text)


class RevokedTests(AttackTestCase):
    """The signature is good; the person or the session is not any more."""

    def refresh(self):
        return self.client.post("/api/v1/token/refresh/", {"refresh": self.pair.refresh}, "application/json")

    def test_a_deleted_user(self):
        User.objects.get(pk=self.erin.pk).delete()
        self.refused(self.pair.access, "token_revoked")
        assert_problem(self.refresh(), 401, "refresh_invalid")

    def test_a_deactivated_user(self):
        client_of(self.hedda).post(f"/api/v1/users/{self.erin.pk}/deactivation/")
        self.refused(self.pair.access, "token_revoked")
        assert_problem(self.refresh(), 401, "refresh_invalid")

    def test_after_signing_out(self):
        self.client.post("/api/v1/token/blacklist/", {"refresh": self.pair.refresh}, "application/json")
        self.refused(self.pair.access, "token_revoked")
        assert_problem(self.refresh(), 401, "refresh_invalid")

    def test_after_a_replay_everything_of_the_session_is_void(self):
        child = self.refresh().json()
        grandchild = self.client.post(
            "/api/v1/token/refresh/", {"refresh": child["refresh"]}, "application/json"
        ).json()
        assert_problem(self.refresh(), 401, "refresh_reused")
        for access in (self.pair.access, child["access"], grandchild["access"]):
            self.refused(access, "token_revoked")
        for refresh in (child["refresh"], grandchild["refresh"], self.pair.refresh):
            answer = self.client.post("/api/v1/token/refresh/", {"refresh": refresh}, "application/json")
            assert_problem(answer, 401, "refresh_invalid")

    def test_somebody_elses_session_in_an_honest_signature(self):
        theirs = Session.objects.get(pk=claims_of(signed_in(self.emil)[1].access)["sid"])
        self.refused(self.signed({**self.claims, "sid": str(theirs.pk)}), "token_revoked")

    def test_a_user_who_never_was(self):
        self.refused(self.signed({**self.claims, "sub": "01938c5e-0000-7000-8000-000000000001"}), "token_revoked")
