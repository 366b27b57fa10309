"""The settings pieces, as a service in production reads them."""

import json

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from servicekit import conf
from servicekit.env import Env

SECRET = "kX9-_qPz7LmW2vR4tY6uB8nC1dF3gH5jQ0sA"


def production(**variables):
    return Env({"DJANGO_ENV": "production", **variables})


class ConfTests(SimpleTestCase):
    def test_probes_come_before_everything_and_the_request_id_before_every_answer(self):
        names = conf.middleware("own.Middleware")
        self.assertTrue(names[0].startswith("healthcheck."))
        self.assertTrue(names[1].startswith("jsonlog."))
        self.assertEqual(names[-1], "own.Middleware")

    def test_closed_by_default(self):
        self.assertEqual(conf.rest_framework()["DEFAULT_PERMISSION_CLASSES"], ["jwtauth.permissions.DenyAll"])

    def test_tokens(self):
        env = production(AUTH_SERVICE_URL="http://auth-service:8003", SERVICE_CLIENT_SECRET=SECRET)
        made = conf.jwtauth(env, service="ticket-service")
        self.assertEqual(made["JWKS_URL"], "http://auth-service:8003/.well-known/jwks.json")
        self.assertEqual(made["TOKEN_URL"], "http://auth-service:8003/api/v1/token/service/")
        self.assertEqual((made["ISSUER"], made["CLIENT_ID"]), ("tts-auth", "ticket-service"))
        self.assertEqual(made["KEY_SOURCE"], "jwtauth.jwks.key_source")

    def test_the_test_keys_are_for_tests_only(self):
        made = conf.jwtauth(Env({"DJANGO_ENV": "test"}), service="s")
        self.assertEqual(made["KEY_SOURCE"], "jwtauth.testing.key_source")

    def test_no_token_without_a_secret(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "SERVICE_CLIENT_SECRET"):
            conf.jwtauth(production(AUTH_SERVICE_URL="http://a"), service="s")

    def test_without_a_broker(self):
        made = conf.eventbus(production(), service="s", producers={"auth-service": "http://a"})
        self.assertEqual((made["BROKER_URL"], made["PRODUCERS"]), ("", {"auth-service": "http://a"}))
        self.assertIsNone(conf.celery(production(), service="s")["broker_url"])

    def test_with_a_broker(self):
        env = production(DJANGO_CELERY_BROKER_URL="amqp://x")
        self.assertEqual(conf.eventbus(env, service="s", producers={})["BROKER_URL"], "amqp://x")
        celery = conf.celery(env, service="s")
        self.assertEqual(celery["broker_url"], "amqp://x")
        self.assertIn(celery["task_default_queue"], celery["task_queues"])

    def test_transport_security_is_on_in_production_and_can_be_switched(self):
        self.assertEqual(conf.transport_security(production()).hsts_seconds, conf.YEAR_SECONDS)
        for env in (production(DJANGO_HTTPS="no"), Env({"DJANGO_ENV": "development"})):
            made = conf.transport_security(env)
            self.assertEqual((made.on, made.hsts_seconds, made.proxy_header), (False, 0, None))

    def test_the_pieces_are_plain_data(self):
        env = Env({"DJANGO_ENV": "test"})
        json.dumps([conf.celery(env, service="s"), conf.healthcheck(env, service="s", version="1"), conf.templates()])
