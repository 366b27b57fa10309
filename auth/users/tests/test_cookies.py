"""Erin's browser keeps the refresh token in a cookie."""

from django.test import Client, override_settings

from servicekit.testing import assert_problem
from users.models import Session
from users.tests.cast import PASSWORD, CastTestCase

OURS = {"HTTP_ORIGIN": "http://localhost:8003"}
REFRESH = "/api/v1/token/refresh/"


class CookieTests(CastTestCase):
    def setUp(self):
        self.browser = Client()

    def sign_in(self, **headers):
        body = {"username": "erin", "password": PASSWORD, "cookie": True}
        return self.browser.post("/api/v1/token/", body, "application/json", **headers)

    def refresh(self, **headers):
        return self.browser.post(REFRESH, {}, "application/json", **headers)

    def test_the_refresh_token_is_in_the_cookie_alone(self):
        answer = self.sign_in(**OURS)
        self.assertEqual((answer.status_code, set(answer.json())), (200, {"access", "user"}))
        cookie = answer.cookies["__Secure-tts_refresh"]
        self.assertEqual((cookie["httponly"], cookie["secure"], cookie["samesite"]), (True, True, "Strict"))
        self.assertEqual((cookie["path"], cookie["domain"], cookie["max-age"]), (REFRESH, "", 7 * 86400))
        self.assertNotIn(cookie.value, answer.content.decode())

    def test_it_refreshes_and_is_rotated(self):
        first = self.sign_in(**OURS).cookies["__Secure-tts_refresh"].value
        answer = self.refresh(**OURS)
        self.assertEqual((answer.status_code, set(answer.json())), (200, {"access", "user"}))
        self.assertNotEqual(answer.cookies["__Secure-tts_refresh"].value, first)
        self.assertEqual(self.refresh(**OURS).status_code, 200)

    def test_the_browser_is_told_who_it_is_as_at_me(self):
        answer = self.sign_in(**OURS).json()
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {answer['access']}"}
        self.assertEqual(answer["user"], self.client.get("/api/v1/me/", **bearer).json())
        self.assertEqual(self.refresh(**OURS).json()["user"], answer["user"])

    def test_another_password_brings_another_cookie(self):
        access = self.sign_in(**OURS).json()["access"]
        before = self.browser.cookies["__Secure-tts_refresh"].value
        body = {"current_password": PASSWORD, "new_password": "another long password", "cookie": True}

        def change(**headers):
            bearer = {"HTTP_AUTHORIZATION": f"Bearer {access}"}
            return self.browser.post("/api/v1/me/password/", body, "application/json", **bearer, **headers)

        assert_problem(change(HTTP_ORIGIN="https://evil.example"), 403, "origin_refused")
        answer = change(**OURS)
        self.assertEqual((answer.status_code, set(answer.json())), (200, {"access", "user"}))
        self.assertNotEqual(answer.cookies["__Secure-tts_refresh"].value, before)
        self.assertEqual(self.refresh(**OURS).status_code, 200)

    def test_another_sites_page_cannot_use_it(self):
        self.sign_in(**OURS)
        for headers in (
            {},
            {"HTTP_ORIGIN": "null"},
            {"HTTP_ORIGIN": "https://evil.example"},
            {"HTTP_ORIGIN": "http://localhost:8003.evil.example"},
            {"HTTP_ORIGIN": "https://localhost:8003"},
            {"HTTP_REFERER": "http://localhost:8003/"},
        ):
            with self.subTest(headers):
                assert_problem(self.refresh(**headers), 403, "origin_refused")
                assert_problem(self.browser.delete(REFRESH, **headers), 403, "origin_refused")
        self.assertIsNone(Session.objects.get().revoked_at)

    def test_another_sites_page_cannot_sign_anyone_in(self):
        assert_problem(self.sign_in(HTTP_ORIGIN="https://evil.example"), 403, "origin_refused")
        assert_problem(self.sign_in(), 403, "origin_refused")
        self.assertFalse(Session.objects.exists())

    def test_signing_out_ends_the_session_and_forgets_the_cookie(self):
        self.sign_in(**OURS)
        answer = self.browser.delete(REFRESH, **OURS)
        cookie = answer.cookies["__Secure-tts_refresh"]
        self.assertEqual((answer.status_code, cookie.value, cookie["max-age"], cookie["path"]), (204, "", 0, REFRESH))
        self.assertEqual(Session.objects.get().revoke_reason, "signed_out")
        self.assertEqual(self.browser.delete(REFRESH).status_code, 204)

    def test_without_cookie_and_body_there_is_nothing_to_refresh(self):
        assert_problem(self.refresh(**OURS), 400, "validation_error")

    def test_a_token_in_the_body_goes_before_and_sets_no_cookie(self):
        self.sign_in(**OURS)
        body = {"username": "erin", "password": PASSWORD}
        refresh = self.client.post("/api/v1/token/", body, "application/json").json()["refresh"]
        answer = self.browser.post(REFRESH, {"refresh": refresh}, "application/json")
        self.assertEqual((set(answer.json()), dict(answer.cookies)), ({"access", "refresh"}, {}))

    def test_no_cookie_unless_asked_for(self):
        answer = self.client.post("/api/v1/token/", {"username": "erin", "password": PASSWORD}, "application/json")
        self.assertEqual((dict(answer.cookies), set(answer.json())), ({}, {"access", "refresh"}))

    @override_settings(BROWSER_ORIGINS=["https://desk.example.com"], REFRESH_COOKIE_PATH="/auth/api/v1/token/refresh/")
    def test_behind_a_gateway(self):
        assert_problem(self.sign_in(**OURS), 403, "origin_refused")
        answer = self.sign_in(HTTP_ORIGIN="https://desk.example.com")
        self.assertEqual(answer.cookies["__Secure-tts_refresh"]["path"], "/auth/api/v1/token/refresh/")

    def test_the_cookie_opens_nothing_else(self):
        self.browser.cookies["__Secure-tts_refresh"] = self.sign_in(**OURS).cookies["__Secure-tts_refresh"].value
        for path in ("/api/v1/me/", "/api/v1/sessions/"):
            assert_problem(self.browser.get(path, **OURS), 401, "not_authenticated")
