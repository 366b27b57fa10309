"""Guessing gets slower and slower."""

import time
from unittest import mock

from django.test import override_settings

from servicekit.testing import assert_problem
from users.models import SignInThrottle
from users.services import throttle
from users.tests.cast import PASSWORD, CastTestCase

URL = "/api/v1/token/"


class BruteForceTests(CastTestCase):
    def setUp(self):
        self.now = time.time()
        self.enterContext(mock.patch("users.services.throttle.time.time", mock.Mock(side_effect=lambda: self.now)))
        # The delays are the matter here, not the hash.
        self.enterContext(mock.patch("users.services.sign_in.password_matches", lambda user, text: text == PASSWORD))

    def attempt(self, username="erin", password="wrong", **headers):
        return self.client.post(URL, {"username": username, "password": password}, "application/json", **headers)

    def fail(self, times, **values):
        for _ in range(times):
            assert_problem(self.attempt(**values), 401, "invalid_credentials")

    def assert_blocked(self, seconds, **values):
        response = self.attempt(**values)
        assert_problem(response, 429, "too_many_attempts")
        self.assertEqual(response["Retry-After"], str(seconds))

    def test_five_are_free_and_then_the_wait_doubles(self):
        self.fail(6)
        for seconds in (1, 2, 4, 8, 16):
            self.assert_blocked(seconds)
            self.now += seconds
            self.fail(1)

    def test_free_attempts_wait_for_no_other_whatever_the_clocks_say(self):
        """Two at once may be counted in another order than they read the clock, and two machines' clocks differ."""
        for _ in range(5):
            self.fail(1)
            self.now -= 0.5
        self.assertEqual(self.attempt(password=PASSWORD).status_code, 200)

    def test_the_wait_ends_at_512_seconds(self):
        SignInThrottle.objects.create(
            key=throttle.account("erin").key, failures=1000, blocked_until=0, updated_at=self.now
        )
        self.fail(1)
        self.assert_blocked(512)

    def test_the_right_password_waits_too(self):
        self.fail(6)
        self.assert_blocked(1, password=PASSWORD)
        self.now += 1
        self.assertEqual(self.attempt(password=PASSWORD).status_code, 200)

    def test_success_starts_anew(self):
        self.fail(5)
        self.attempt(password=PASSWORD)
        self.fail(6)

    def test_an_hour_forgets(self):
        self.fail(6)
        self.now += 3601
        self.fail(6)

    def test_unknown_names_are_slowed_down_alike(self):
        self.fail(6, username="nobody")
        self.assert_blocked(1, username="nobody")
        self.assert_blocked(1, username="NOBODY")

    def test_a_blocked_account_does_not_block_others(self):
        self.fail(6)
        self.assertEqual(self.attempt("emil", PASSWORD).status_code, 200)

    def test_one_address_trying_many_names_is_slowed_down(self):
        for number in range(51):
            self.fail(1, username=f"name{number}")
        self.assert_blocked(1, username="erin")
        self.fail(1, REMOTE_ADDR="192.0.2.7")

    def test_an_ipv6_host_cannot_change_its_address_within_its_network(self):
        for number in range(51):
            self.fail(1, username=f"name{number}", REMOTE_ADDR=f"2001:db8::{number:x}")
        self.assert_blocked(1, REMOTE_ADDR="2001:db8::ffff")
        self.fail(1, REMOTE_ADDR="2001:db8:0:1::1")

    def test_x_forwarded_for_is_not_believed_from_anyone(self):
        for number in range(51):
            self.fail(1, username=f"name{number}", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
        self.assert_blocked(1, HTTP_X_FORWARDED_FOR="192.0.2.200")

    @override_settings(TRUSTED_PROXIES=["127.0.0.0/8", "10.0.0.0/8"])
    def test_behind_a_trusted_proxy_its_own_entry_counts(self):
        for number in range(51):
            hops = f"198.51.100.{number}, 192.0.2.1, 10.0.0.3"
            self.fail(1, username=f"name{number}", HTTP_X_FORWARDED_FOR=hops)
        self.assert_blocked(1, HTTP_X_FORWARDED_FOR="192.0.2.1")
        self.fail(1, HTTP_X_FORWARDED_FOR="192.0.2.2")
        self.fail(1, HTTP_X_FORWARDED_FOR="nonsense")

    @override_settings(TRUSTED_PROXIES=["10.0.0.0/8", "fd12::/16"])
    def test_a_proxy_is_known_on_a_socket_for_both_protocols(self):
        for number in range(51):
            for proxy in ("::ffff:10.0.0.3", "fd12:0:0::3"):
                self.fail(1, username=f"n{number}", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}", REMOTE_ADDR=proxy)
        self.fail(1, HTTP_X_FORWARDED_FOR="192.0.2.77", REMOTE_ADDR="::ffff:10.0.0.3")

    def test_the_table_holds_nothing_that_was_typed(self):
        self.fail(1, username="my-secret")
        self.assertNotIn("my-secret", str(list(SignInThrottle.objects.values())))

    def test_old_counters_are_purged(self):
        self.fail(1)
        self.assertEqual(throttle.purge(), 0)
        self.now += 3601
        self.assertEqual(throttle.purge(), 2)
