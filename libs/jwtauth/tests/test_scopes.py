"""What a script may do with a personal access token."""

from django.test import TestCase

from jwtauth import scopes, testing
from jwtauth.claims import verify
from jwtauth.errors import ScopeInsufficient


def script(scope):
    """A script of somebody who may do all."""
    return testing.api_client(superuser=True, scope=scope)


class ScopeTests(TestCase):
    def refused(self, client, method):
        try:
            scopes.require(client.principal, method)
        except ScopeInsufficient as error:
            return error.detail
        return ""

    def test_read_opens_the_safe_methods_and_write_all(self):
        for scope, opens in (
            ("ticket-service:read", {"GET", "HEAD", "OPTIONS"}),
            ("ticket-service:write", {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}),
            ("other:write", set()),
            ("ticket-service:readwrite", set()),
            ("", set()),
        ):
            client = script(scope)
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
                with self.subTest(scope=scope, method=method):
                    self.assertEqual(not self.refused(client, method), method in opens)

    def test_who_signed_in_has_no_scopes_and_needs_none(self):
        self.assertFalse(testing.api_client().principal.is_delegated)
        self.assertEqual(self.refused(testing.api_client(), "POST"), "")
        self.assertEqual(testing.api_client().get("/signed-in/").status_code, 200)

    def test_every_view_is_held_to_it(self):
        self.assertEqual(script("ticket-service:read").get("/users/").status_code, 200)
        answer = script("other:read").get("/users/")
        self.assertEqual((answer.status_code, answer.json()["code"]), (403, "scope_insufficient"))
        self.assertEqual(answer["WWW-Authenticate"], 'Bearer error="insufficient_scope", scope="ticket-service:read"')
        self.assertEqual(script("ticket-service:read").post("/users/").json()["code"], "scope_insufficient")
        self.assertEqual(script("ticket-service:write").post("/users/").status_code, 405)

    def test_some_doors_stay_closed_to_scripts(self):
        self.assertEqual(script("ticket-service:write").get("/signed-in/").status_code, 403)

    def test_a_scope_that_is_no_text_makes_no_unlimited_token(self):
        for scope in (None, [], 1, {}):
            token = testing.sign(testing.user_claims(user_id=testing.uuid7(), scope=scope))
            with self.subTest(scope=scope), self.assertRaises(Exception) as raised:
                verify(token)
            self.assertEqual(raised.exception.code, "token_invalid")
