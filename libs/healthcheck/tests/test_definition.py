"""Results and the terms of checks."""

import functools

from django.test import SimpleTestCase

import healthcheck
from healthcheck.definition import definition_of

from . import cast


class ResultTests(SimpleTestCase):
    def test_another_status_is_refused(self) -> None:
        with self.assertRaisesMessage(ValueError, "'healthy'"):
            healthcheck.Result(status="healthy")  # type: ignore[arg-type]


class CheckTests(SimpleTestCase):
    def test_the_decorated_function_stays_as_it_is(self) -> None:
        self.assertEqual("warn", cast.worried().status)
        self.assertEqual("worried", definition_of(cast.worried).name)

    def test_usual_terms_of_a_plain_function(self) -> None:
        terms = definition_of(cast.fine)
        self.assertEqual(("fine", True, 0.8, 2.0), (terms.name, terms.critical, terms.timeout, terms.ttl))

    def test_the_name_may_be_left_out(self) -> None:
        @healthcheck.check(critical=False, ttl=30)
        def mail() -> healthcheck.Result:
            return healthcheck.Result(status="pass")

        terms = definition_of(mail)
        self.assertEqual(("mail", False, 30), (terms.name, terms.critical, terms.max_age))

    def test_a_callable_without_a_name(self) -> None:
        self.assertEqual("partial", definition_of(functools.partial(cast.fine)).name)
