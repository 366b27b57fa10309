"""The words of the notices are seeded once, and then the desk's own."""

from io import StringIO

from django.core.management import call_command
from django.template import TemplateSyntaxError
from django.test import TestCase

from eventbus.testing import deliver
from notifications.default_templates import DEFAULTS
from notifications.models import Channel, Notice, Template
from notifications.rules import RULES, never
from notifications.services.template import template_render
from notifications.tests.cast import ERIN, meet


def seed(*options: str) -> str:
    """Run the command and answer what it says."""
    said = StringIO()
    call_command("seed_templates", *options, stdout=said)
    return said.getvalue()


class SeedTemplates(TestCase):
    def test_it_is_idempotent(self) -> None:
        self.assertEqual(seed(), f"{len(DEFAULTS)} templates written\n")
        self.assertEqual(seed(), "0 templates written\n")
        self.assertEqual(Template.objects.count(), len(DEFAULTS))

    def test_it_keeps_what_the_desk_changed_unless_forced(self) -> None:
        seed()
        Template.objects.update(subject="Ours")
        seed()
        self.assertEqual(set(Template.objects.values_list("subject", flat=True)), {"Ours"})
        self.assertEqual(seed("--force"), f"{len(DEFAULTS)} templates written\n")
        self.assertFalse(Template.objects.filter(subject="Ours").exists())

    def test_the_desks_words_are_used(self) -> None:
        seed()
        Template.objects.filter(key="ticket_received", channel=Channel.INBOX).update(subject="Got {{ ticket_number }}!")
        meet(ERIN)
        deliver("ticket.created.v1")
        self.assertEqual(Notice.objects.get().title, "Got TTS-2026-000001!")

    def test_without_seeding_the_default_words_are_used(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        self.assertEqual(Notice.objects.get().title, "We received your ticket TTS-2026-000001")

    def test_every_rule_has_words_for_each_of_its_channels(self) -> None:
        wanted = {(rule.key, Channel.INBOX) for rule in RULES.values()}
        wanted |= {(rule.key, Channel.EMAIL) for rule in RULES.values() if rule.email is not never}
        self.assertEqual(set(DEFAULTS), wanted | {("digest", Channel.EMAIL)})

    def test_all_default_words_render(self) -> None:
        for (key, channel), words in DEFAULTS.items():
            with self.subTest(key, channel=channel):
                rendered = template_render(words=words, values={"ticket_number": "TTS-2026-000001"})
                self.assertTrue(rendered.subject)
                self.assertEqual(bool(rendered.html), channel == Channel.EMAIL)

    def test_a_template_can_reach_no_file(self) -> None:
        words = DEFAULTS["ticket_received", Channel.INBOX]
        tampered = type(words)("{% include 'admin/base.html' %}", "")
        with self.assertRaisesMessage(TemplateSyntaxError, "include"):
            template_render(words=tampered, values={})
