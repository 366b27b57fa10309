"""Our reading of a token beside PyJWT's: whatever ours believes, the library believes too, and reads the same in it."""

import json

import jwt
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtauth import jws, testing
from jwtauth.errors import TokenInvalid

HONEST = testing.make_token(roles=["tts:agent"])
SPANS = st.tuples(st.integers(0, len(HONEST)), st.integers(0, 3))
TEXTS = st.text(st.characters(max_codepoint=255), max_size=3)


def ours(token):
    try:
        return json.loads(jws.verified_payload(token, testing.key_source))
    except TokenInvalid:
        return None


def the_librarys(token):
    key = testing.private_key.public_key()
    return jwt.decode(token, key, algorithms=["ES256"], issuer="tts-auth", audience="tts-suite")


class ReadingTests(SimpleTestCase):
    def test_the_honest_token(self):
        self.assertEqual(ours(HONEST), the_librarys(HONEST))

    @settings(max_examples=300, deadline=None)
    @given(SPANS, TEXTS)
    def test_any_change_of_its_text_is_refused(self, span, text):
        start, length = span
        changed = HONEST[:start] + text + HONEST[start + length :]
        if changed != HONEST:
            self.assertIsNone(ours(changed))

    @settings(max_examples=100, deadline=None)
    @given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
    def test_any_signed_content_is_read_as_the_library_reads_it(self, extra):
        claims = {**testing.user_claims(user_id=testing.uuid7()), "extra": extra}
        token = testing.sign(claims)
        self.assertEqual(ours(token), the_librarys(token))
