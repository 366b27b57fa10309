"""The desk's admins make the words their own: with care for each other, a look before, and a way back."""

from typing import Any

from django.core import mail
from django.test import TestCase

from eventbus.testing import deliver, run_jobs
from jwtauth.testing import api_client
from notifications.default_templates import DEFAULTS
from notifications.models import Channel, EarlierTemplate, Notice, Template
from notifications.services.template import templates_seed
from notifications.tests.cast import ERIN, meet
from servicekit.testing import assert_problem

INBOX = "/api/v1/templates/ticket_received/inbox/"
EMAIL = "/api/v1/templates/ticket_received/email/"


class Templates(TestCase):
    def setUp(self) -> None:
        self.admin = api_client(roles=["tts:admin"], email="root@example.com")

    def change(self, version: int, path: str = INBOX, **words: str) -> Any:
        body = {"subject": "Got {{ ticket_number }}", "text": "{{ ticket_subject }}", **words}
        return self.admin.put(path, body, headers={"If-Match": f'"{version}"'})

    def test_all_are_listed_seeded_or_not(self) -> None:
        for _ in range(2):
            with self.assertNumQueries(2):  # whether the token is revoked, and the rows
                found = self.admin.get("/api/v1/templates/").json()["results"]
            self.assertEqual({(row["key"], row["channel"]) for row in found}, set(DEFAULTS))
            templates_seed(force=False)

    def test_changed_words_are_those_that_are_used(self) -> None:
        response = self.change(0)
        self.assertEqual((response.status_code, response["ETag"]), (200, '"1"'))
        meet(ERIN)
        deliver("ticket.created.v1")
        self.assertEqual(Notice.objects.get().title, "Got TTS-2026-000001")

    def test_two_admins_do_not_overwrite_each_other(self) -> None:
        templates_seed(force=False)
        self.assertEqual(self.admin.get(INBOX)["ETag"], '"1"')
        self.assertEqual(self.change(1).status_code, 200)
        assert_problem(self.change(1), 412, "precondition_failed")
        assert_problem(self.admin.put(INBOX, {"subject": "S", "text": "T"}), 428, "precondition_required")

    def test_earlier_words_are_kept_also_when_seeded_anew(self) -> None:
        templates_seed(force=False)
        self.change(1, subject="second")
        self.change(2, subject="third")
        templates_seed(force=True)
        found = self.admin.get(f"{INBOX}versions/").json()["results"]
        self.assertEqual([(row["version"], row["subject"]) for row in found[:2]], [(3, "third"), (2, "second")])
        self.assertEqual(found[1]["replaced_by"], str(self.admin.user_id))
        self.assertEqual(Template.objects.get(key="ticket_received", channel=Channel.INBOX).version, 4)

    def test_a_preview_stores_nothing_and_escapes(self) -> None:
        body = {"subject": "{{ ticket_number }}", "text": "{{ comment }}", "html": "<p>{{ comment }}</p>"}
        found = self.admin.post(f"{EMAIL}preview/", body).json()
        self.assertIn("<Alan>", found["text"])
        self.assertIn("&lt;Alan&gt;", found["html"])
        self.assertFalse(Template.objects.exists())

    def test_a_test_message_goes_to_who_asked(self) -> None:
        response = self.admin.post(f"{EMAIL}test-message/")
        self.assertEqual((response.status_code, mail.outbox), (202, []))
        run_jobs()
        (message,) = mail.outbox
        self.assertEqual((message.to, message.subject[:6]), (["root@example.com"], "[Test]"))

    def test_words_that_cannot_be_filled_in(self) -> None:
        loop = "{% for a in comment %}" * 2 + "{% endfor %}" * 2
        for text in (
            "{% if x %}", "{{ x|nothing }}", "{% include 'x' %}", "{% load static %}", "{% lorem 9 w %}",
            "{{ x|rjust:999999999 }}", "{% debug %}", loop,
        ):  # fmt: skip
            with self.subTest(text):
                assert_problem(self.change(0, text=text), 422, "template_invalid")
                body = {"subject": "S", "text": "T", "html": text}
                assert_problem(self.admin.post(f"{EMAIL}preview/", body), 422, "template_invalid")
        assert_problem(self.change(0, text="x" * 20_001), 400, "validation_error")
        self.assertFalse(Template.objects.exists() or EarlierTemplate.objects.exists())

    def test_what_there_is_not(self) -> None:
        for path in ("/api/v1/templates/nothing/inbox/", "/api/v1/templates/note_added/email/"):
            for response in (self.admin.get(path), self.change(0, path), self.admin.get(f"{path}versions/")):
                assert_problem(response, 404, "template_not_found")
        assert_problem(self.admin.post("/api/v1/templates/note_added/email/test-message/"), 404, "template_not_found")
