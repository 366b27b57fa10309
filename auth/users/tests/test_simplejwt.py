"""What simplejwt 5.5.1 does as it is shipped was measured; each finding is a test of what auth does instead."""

import hashlib
from importlib.metadata import version
from unittest import mock

import jwt
from django.conf import settings
from django.test import override_settings
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as ShippedAccess
from rest_framework_simplejwt.tokens import RefreshToken as ShippedRefresh

from eventbus.testing import published
from jwtauth import people
from jwtauth.claims import verify
from jwtauth.revocation import is_revoked
from servicekit.testing import assert_problem
from users import signing
from users.models import RefreshToken, User
from users.tests.cast import PASSWORD, CastTestCase, claims_of, client_of, signed_in
from users.tokens import SigningBackend


class FindingTests(CastTestCase):
    def setUp(self):
        self.api, self.pair = signed_in(self.erin)

    def post(self, path, **body):
        return self.client.post(f"/api/v1/token/{path}", body, "application/json")

    def refresh(self, token=None):
        return self.post("refresh/", refresh=token or self.pair.refresh)

    def test_the_findings_are_of_the_version_that_runs(self):
        """A newer one wants to be measured again; then this line is changed."""
        self.assertEqual(version("djangorestframework-simplejwt"), "5.5.1")

    def test_the_same_refresh_token_eight_times_gives_one_child(self):
        """Shipped: eight tokens that live. At once, on PostgreSQL: test_concurrency."""
        children = {self.refresh().json()["refresh"] for _ in range(8)}
        self.assertEqual(len(children), 1)
        self.assertEqual(RefreshToken.objects.count(), 2)

    def test_reuse_ends_the_child_too(self):
        """Shipped: 401, but the thief's child lives on."""
        child = self.refresh().json()["refresh"]
        self.refresh(child)
        assert_problem(self.refresh(), 401, "refresh_reused")
        assert_problem(self.refresh(child), 401, "refresh_invalid")

    def test_a_new_password_ends_every_session(self):
        """Shipped: the refresh token goes on, whatever CHECK_REVOKE_TOKEN says."""
        body = {"current_password": PASSWORD, "new_password": "another good password"}
        self.assertEqual(self.api.post("/api/v1/me/password/", body).status_code, 200)
        assert_problem(self.refresh(), 401, "refresh_invalid")
        assert_problem(self.post("verify/", token=self.pair.access), 401, "token_revoked")

    def test_no_token_holds_anything_of_the_password(self):
        """Shipped, with CHECK_REVOKE_TOKEN: the MD5 of the hash."""
        stored = User.objects.get(pk=self.erin.pk).password
        text = str(claims_of(self.pair.access)).lower()
        for digest in (stored, hashlib.md5(stored.encode()).hexdigest(), hashlib.sha256(stored.encode()).hexdigest()):  # noqa: S324
            self.assertNotIn(digest.lower(), text)

    def test_a_deleted_user_is_401_everywhere(self):
        """Shipped: 500 from refresh, 200 from verify."""
        User.objects.get(pk=self.erin.pk).delete()
        assert_problem(self.refresh(), 401, "refresh_invalid")
        assert_problem(self.post("verify/", token=self.pair.access), 401, "token_revoked")

    def test_a_signed_token_with_a_strange_subject_is_401(self):
        """Shipped: 500 for one that is no number, and without one it is refreshed."""
        claims, ring = claims_of(self.pair.access), signing.ring()
        for change in ({"sub": "nobody"}, {"sub": 7}, {"sub": ""}, {"sub": None}, {}):
            changed = {**claims, **change}
            if not change:
                del changed["sub"]
            headers = {"kid": ring.current.kid, "typ": "at+jwt"}
            with mock.patch("jwt.api_jwt.PyJWT._validate_sub", create=True):
                token = (
                    jwt.encode(changed, ring.current.private, algorithm="ES256", headers=headers)
                    if (isinstance(changed.get("sub", ""), str))
                    else _raw(changed, headers)
                )
            with self.subTest(change):
                assert_problem(self.post("verify/", token=token), 401, "token_invalid")
                assert_problem(self.refresh(token[:256]), 401, "refresh_invalid")

    def test_signing_out_needs_no_app_that_could_be_missing(self):
        """Shipped: without the app `token_blacklist` a blacklisted token goes on, silently."""
        self.assertFalse([app for app in settings.INSTALLED_APPS if "simplejwt" in app])
        self.assertEqual(self.post("blacklist/", refresh=self.pair.refresh).status_code, 200)
        assert_problem(self.refresh(), 401, "refresh_invalid")

    def test_an_inactive_user_gets_no_token(self):
        """Shipped: `for_user` asks nothing (CVE-2024-22513)."""
        User.objects.filter(pk=self.erin.pk).update(is_active=False)
        assert_problem(self.post("", username="erin", password=PASSWORD), 401, "invalid_credentials")
        assert_problem(self.refresh(), 401, "refresh_invalid")

    def test_other_services_hear_of_a_deactivation(self):
        """Shipped: stateless authentication never does."""
        client_of(self.hedda).post(f"/api/v1/users/{self.erin.pk}/deactivation/")
        event = published("user.revoked.v1")[-1]
        people.apply_revocation(data=event["data"], change=event["change"], version=event["version"])
        self.assertTrue(is_revoked(verify(self.pair.access)))

    def test_tokens_name_their_key(self):
        """Shipped: none, so that its own JWK_URL finds no key for its own tokens."""
        kid = jwt.get_unverified_header(self.pair.access)["kid"]
        self.assertIn(kid, [key["kid"] for key in self.client.get("/.well-known/jwks.json").json()["keys"]])

    def test_auth_asks_no_network_for_its_own_keys(self):
        """Shipped: 30 seconds a request under a lock while the JWKS hangs. The other services: libs/jwtauth/tests."""
        with mock.patch("socket.socket.connect", side_effect=AssertionError("a connection")):
            self.assertEqual(verify(self.pair.access).id, self.erin.pk)

    def test_its_own_classes_can_neither_sign_nor_read(self):
        """Nothing falls back to HMAC with SECRET_KEY, which is what is shipped."""
        self.assertEqual((api_settings.ALGORITHM, api_settings.SIGNING_KEY), ("ES256", ""))
        for shipped in (ShippedAccess, ShippedRefresh):
            with self.assertRaises(Exception) as raised:
                str(shipped.for_user(self.erin))
            self.assertNotIn(settings.SECRET_KEY, str(raised.exception))

    @override_settings(SECRET_KEY="a secret that has leaked, of forty letters")
    def test_secret_key_signs_nothing(self):
        claims = {**claims_of(self.pair.access), "superuser": True}
        header = jwt.get_unverified_header(self.pair.access)
        token = jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256", headers={**header, "alg": "HS256"})
        assert_problem(self.post("verify/", token=token), 401, "token_invalid")

    def test_the_backend_signs_and_never_verifies(self):
        with self.assertRaises((TokenBackendError, Exception)):
            SigningBackend().decode(self.pair.access)


def _raw(claims, headers):
    """A signed token whose claims PyJWT would refuse to write."""
    import base64
    import json

    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    def part(raw):
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    text = f"{part(json.dumps({'alg': 'ES256', **headers}).encode())}.{part(json.dumps(claims).encode())}"
    numbers = decode_dss_signature(signing.ring().current.private.sign(text.encode(), ECDSA(SHA256())))
    return f"{text}.{part(b''.join(number.to_bytes(32, 'big') for number in numbers))}"
