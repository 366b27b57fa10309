"""Tokens that were good when they were issued."""

from uuid import uuid4

from django.test import TestCase

from jwtauth import testing
from jwtauth.models import Revocation
from jwtauth.revocation import revoke_below


class RevocationTests(TestCase):
    def setUp(self):
        self.erin = uuid4()

    def status(self, tv):
        response = testing.api_client(user_id=self.erin, tv=tv).get("/users/")
        return response.status_code, response.json().get("code")

    def test_only_older_tokens_are_refused(self):
        revoke_below(user_id=self.erin, token_version=3)
        self.assertEqual(self.status(2), (401, "token_revoked"))
        self.assertEqual(self.status(3), (200, None))

    def test_other_people_are_not_touched(self):
        revoke_below(user_id=uuid4(), token_version=3)
        self.assertEqual(self.status(0), (200, None))

    def test_events_in_any_order_keep_the_highest(self):
        for version in (2, 5, 3):
            revoke_below(user_id=self.erin, token_version=version)
        self.assertEqual(Revocation.objects.get().min_token_version, 5)

    def test_a_request_costs_one_query(self):
        client = testing.api_client(user_id=self.erin)
        with self.assertNumQueries(1):
            client.get("/users/")

    def test_a_service_token_costs_none(self):
        client = testing.service_client("workflow-api", "events:read")
        with self.assertNumQueries(0):
            self.assertEqual(client.get("/services/").status_code, 200)
