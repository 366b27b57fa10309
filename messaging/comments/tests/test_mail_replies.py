"""A reply to a notice becomes a public comment of who wrote it, and of nobody else."""

from typing import Any
from uuid import UUID

from django.test import TestCase, override_settings

from comments.mail.conf import MailIn
from comments.models import Comment, InboundMail
from comments.services.mail_in import MAX_PER_HOUR, mail_receive
from comments.tests.cast import ALAN, BOB, CORA, ERIN, PEOPLE, TICKET, WANDA, know_ticket, read, sign_in, write
from comments.tests.mails import DESK, SECRET, address_of, mail, reply_to, token
from eventbus.testing import deliver, published
from servicekit.ids import uuid7
from servicekit.reply_address import with_token

MAIL_IN = MailIn(url="", desk=DESK, secrets=[SECRET], registers_unknown=False, category="general")


def meet(*user_ids: UUID, version: int = 1, **state: Any) -> None:
    """Let messaging hear of these people."""
    for user_id in user_ids:
        name, roles = PEOPLE[user_id]
        data = {"id": user_id, "username": user_id.hex, "email": address_of(user_id), "name": name, "roles": roles}
        deliver("user.changed.v1", data={**data, **state}, version=version)


def bodies() -> list[str]:
    """What has been said so far."""
    return list(Comment.objects.order_by("seq").values_list("body", flat=True))


@override_settings(MAIL_IN=MAIL_IN)
class MailReplies(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA, ALAN, BOB, WANDA)
        know_ticket()

    def assert_outcome(self, raw: bytes, outcome: str, reason: str = "") -> InboundMail:
        row = mail_receive(raw=raw)
        assert row is not None
        stored = InboundMail.objects.get(pk=row.pk)
        self.assertEqual((stored.outcome, stored.reason), (outcome, reason))
        return stored

    def test_a_reply_becomes_a_public_comment_of_its_sender(self) -> None:
        self.assert_outcome(mail(ERIN, reply_to(ERIN)), "reply")
        (found,) = read(sign_in(ERIN))["results"]
        self.assertEqual(
            (found["body"], found["visibility"], found["author_id"]), ("It still beeps.", "public", str(ERIN))
        )
        (event,) = published("comment.created.v1")
        self.assertEqual(event["actor"]["id"], str(ERIN))

    def test_staff_reply_by_mail_too_and_always_in_public(self) -> None:
        self.assert_outcome(mail(CORA, reply_to(CORA)), "reply")
        (found,) = read(sign_in(ERIN))["results"]
        self.assertTrue(found["author_is_staff"])

    def test_a_client_that_answers_the_desk_is_recognised_by_what_it_answers(self) -> None:
        ours = f"<delivery-{uuid7()}.{token(ERIN)}@example.com>"
        self.assert_outcome(mail(ERIN, DESK, In_Reply_To=ours), "reply")
        self.assert_outcome(mail(ERIN, DESK, References=f"<ticket-x@example.com> {ours} <a@b>"), "reply")
        self.assertEqual(len(bodies()), 2)

    def test_the_quotation_and_nothing_else_is_left_out(self) -> None:
        quoted = (
            "Yes, it does.\n\nOn Wed, Nov 25, 2026 at 9:00 AM Help Desk <desk@example.com> wrote:\n> Does it beep?\n"
        )
        self.assert_outcome(mail(ERIN, reply_to(ERIN), quoted), "reply")
        self.assertEqual(bodies(), ["Yes, it does."])

    def test_an_html_mail_becomes_markdown(self) -> None:
        html = "<p>It is <b>very</b> loud.</p><script>alert(1)</script><p><a href='https://a.example'>here</a></p>"
        self.assert_outcome(mail(ERIN, reply_to(ERIN), None, html=html), "reply")
        self.assertEqual(bodies(), ["It is **very** loud.\n\n[here](https://a.example)"])

    def test_files_are_kept_and_dangerous_ones_named(self) -> None:
        files = {"log.txt": b"beep", "run.exe": b"MZ\x90"}
        self.assert_outcome(mail(ERIN, reply_to(ERIN), files=files), "reply")
        (found,) = read(sign_in(ERIN))["results"]
        self.assertEqual([file["filename"] for file in found["attachments"]], ["log.txt"])
        self.assertIn("[run.exe: ", found["body"])

    def test_a_file_alone_is_a_reply(self) -> None:
        self.assert_outcome(mail(ERIN, reply_to(ERIN), "", files={"log.txt": b"beep"}), "reply")

    def test_more_files_than_a_comment_takes(self) -> None:
        files = {f"{number}.txt": str(number).encode() for number in range(12)}
        self.assert_outcome(mail(ERIN, reply_to(ERIN), files=files), "reply")
        (found,) = read(sign_in(ERIN))["results"]
        self.assertEqual(len(found["attachments"]), 10)
        self.assertIn("[11.txt: ", found["body"])

    def test_a_text_too_long_is_kept_whole_as_a_file(self) -> None:
        text = "word " * 5_000
        self.assert_outcome(mail(ERIN, reply_to(ERIN), text), "reply")
        (found,) = read(sign_in(ERIN))["results"]
        (file,) = found["attachments"]
        content = sign_in(ERIN).get(
            f"/api/v1/tickets/{TICKET}/comments/{found['id']}/attachments/{file['id']}/content/"
        )
        self.assertEqual(b"".join(content).decode().split(), text.split())

    def test_nobody_replies_for_somebody_else(self) -> None:
        for raw in (
            mail(BOB, reply_to(ERIN)),  # Erin forwarded hers to Bob
            mail(ERIN, reply_to(BOB)),
            mail(ERIN, with_token(DESK, token(ERIN, secret="another" * 6))),
            mail(ERIN, reply_to(ERIN).replace("+", "+a")),
            mail(ERIN, DESK, In_Reply_To=f"<ticket-{TICKET}@example.com>"),
        ):
            self.assert_outcome(raw, "ticket")
        self.assertEqual(bodies(), [])

    def test_who_may_no_longer_see_the_ticket_says_nothing_there(self) -> None:
        know_ticket(version=2, access={"user_ids": [ERIN], "roles": ["tts:ticket-coordinator"]})
        self.assert_outcome(mail(WANDA, reply_to(WANDA)), "refused", "no_access")
        self.assertEqual(bodies(), [])

    def test_an_account_that_was_closed_says_nothing(self) -> None:
        meet(WANDA, is_active=False, version=2)
        self.assert_outcome(mail(WANDA, reply_to(WANDA)), "refused", "sender_inactive")

    def test_a_secret_that_was_replaced_still_counts_while_it_is_listed(self) -> None:
        after = MailIn(url="", desk=DESK, secrets=["n" * 40, SECRET], registers_unknown=False, category="general")
        with override_settings(MAIL_IN=after):
            self.assert_outcome(mail(ERIN, reply_to(ERIN)), "reply")
        off = MailIn(url="", desk=DESK, secrets=[], registers_unknown=False, category="general")
        with override_settings(MAIL_IN=off):
            self.assert_outcome(mail(ERIN, reply_to(ERIN)), "ticket")

    def test_a_copy_is_taken_in_once(self) -> None:
        raw = mail(ERIN, reply_to(ERIN))
        self.assert_outcome(raw, "reply")
        self.assertIsNone(mail_receive(raw=b"Received: by another way\r\n" + raw))
        self.assertEqual(len(bodies()), 1)

    def test_somebody_elses_message_id_does_not_hide_a_mail(self) -> None:
        self.assert_outcome(mail(BOB, Message_ID="<same@example.com>"), "ticket")
        self.assert_outcome(mail(ERIN, reply_to(ERIN), Message_ID="<same@example.com>"), "reply")

    def test_without_a_message_id_the_bytes_decide(self) -> None:
        raw = mail(ERIN, reply_to(ERIN), Message_ID=None)
        self.assert_outcome(raw, "reply")
        self.assertIsNone(mail_receive(raw=raw))

    def test_an_empty_reply_is_refused(self) -> None:
        self.assert_outcome(mail(ERIN, reply_to(ERIN), "> Does it beep?\n"), "reply")  # quoting is an answer of a kind
        self.assert_outcome(mail(ERIN, reply_to(ERIN), "\n"), "refused", "empty")

    def test_two_machines_that_answer_each_other_are_stopped(self) -> None:
        for number in range(MAX_PER_HOUR):
            self.assert_outcome(mail(ERIN, reply_to(ERIN), str(number)), "reply")
        self.assert_outcome(mail(ERIN, reply_to(ERIN), "again"), "refused", "too_many")
        self.assert_outcome(mail(CORA, reply_to(CORA)), "reply")

    def test_a_reply_reaches_who_reads_the_conversation(self) -> None:
        write(sign_in(CORA), "Does it beep?")
        self.assert_outcome(mail(ERIN, reply_to(ERIN)), "reply")
        self.assertEqual(
            [entry["seq"] for entry in sign_in(CORA).get(f"/api/v1/tickets/{TICKET}/stream/").json()["results"]], [1, 2]
        )
