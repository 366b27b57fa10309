"""Where the private keys come from, and what is published of them."""

import tempfile
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from jwtauth.claims import verify
from jwtauth.errors import TokenInvalid
from jwtauth.keys import parse_jwks
from users import key_files, signing
from users.tests.cast import CastTestCase, signed_in


def pem(key=None):
    """A private key as PEM text."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class SigningTests(CastTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.addCleanup(signing.ring.forget)

    def ring(self, keys="", file="", generate=""):
        signing.ring.forget()
        given = {"JWT_PRIVATE_KEYS": keys, "JWT_PRIVATE_KEY_FILE": str(file), "JWT_GENERATE_KEYS": generate}
        with override_settings(**given):
            return signing.ring()

    def test_the_published_keys_verify_our_tokens(self):
        document = self.client.get("/.well-known/jwks.json")
        self.assertEqual(document["Cache-Control"], "public, max-age=300")
        token = signed_in(self.erin)[1].access
        header = jwt.get_unverified_header(token)
        self.assertEqual((header["alg"], header["typ"]), ("ES256", "at+jwt"))
        key = parse_jwks(document.json())[header["kid"]]
        jwt.decode(token, key, algorithms=["ES256"], audience="tts-suite")

    def test_nothing_private_is_published(self):
        for key in self.client.get("/.well-known/jwks.json").json()["keys"]:
            self.assertEqual(set(key), {"kty", "crv", "x", "y", "use", "alg", "kid"})

    def test_the_first_key_signs_and_all_are_published(self):
        ring = self.ring(keys=pem() + pem())
        self.assertEqual(len(ring.jwks()["keys"]), 2)
        self.assertEqual(ring.current.kid, ring.jwks()["keys"][0]["kid"])

    def test_a_retired_key_verifies_nothing(self):
        first, second = pem(), pem()
        self.ring(keys=first)
        token = signed_in(self.erin)[1].access
        self.ring(keys=second + first)
        self.assertEqual(verify(token).id, self.erin.pk)
        self.ring(keys=second)
        with self.assertRaises(TokenInvalid):
            verify(token)

    def test_line_breaks_may_be_written_as_backslash_n(self):
        text = pem()
        self.assertEqual(self.ring(keys=text.replace("\n", "\\n")).jwks(), self.ring(keys=text).jwks())

    def test_without_a_key_it_refuses_to_start(self):
        for file in ("", self.folder / "missing.pem"):
            with self.assertRaisesMessage(ImproperlyConfigured, "JWT_PRIVATE_KEY"):
                self.ring(file=file)

    def test_development_makes_the_file_once(self):
        file = self.folder / "state" / "key.pem"
        made = self.ring(file=file, generate="file")
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.ring(file=file).jwks(), made.jwks())
        self.assertEqual(list(file.parent.iterdir()), [file])

    def test_of_two_processes_that_make_the_file_one_wins(self):
        file = self.folder / "key.pem"
        file.write_text(pem())
        before = file.read_text()
        key_files.write(file, pem(), replace=False)
        self.assertEqual(file.read_text(), before)

    def test_unsuitable_keys_are_refused(self):
        encrypted = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
        unsuitable = [
            pem(rsa.generate_private_key(65537, 2048)),
            pem(ec.generate_private_key(ec.SECP384R1())),
            encrypted.decode(),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "nonsense",
        ]
        for text in unsuitable:
            with self.subTest(text[:30]), self.assertRaises(ImproperlyConfigured) as raised:
                self.ring(keys=text)
            self.assertNotIn("AAAA", str(raised.exception))
