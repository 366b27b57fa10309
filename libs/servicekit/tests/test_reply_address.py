"""A token in an address lets one person reply to one thread."""

import json
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from servicekit.env import Env
from servicekit.ids import uuid7
from servicekit.reply_address import (
    desk_address,
    make_token,
    read_token,
    thread_of,
    token_in_address,
    token_in_message_id,
    with_token,
)
from servicekit.testing.repository import repository_root

DESK = "helpdesk@example.com"
SECRET = "s" * 20 + "0123456789abcdef"
ERIN, BOB, THREAD = uuid7(), uuid7(), uuid7()


class ReplyAddressTests(SimpleTestCase):
    def setUp(self) -> None:
        self.token = make_token(secret=SECRET, thread=THREAD, person=ERIN)

    def test_the_token_holds_for_its_person_only(self) -> None:
        self.assertEqual(read_token(self.token, secrets=[SECRET], person=ERIN), THREAD)
        self.assertIsNone(read_token(self.token, secrets=[SECRET], person=BOB))

    def test_every_changed_character_voids_it(self) -> None:
        for place, character in enumerate(self.token[:-1]):  # of the last one two bits are padding
            other = "a" if character != "a" else "b"
            forged = self.token[:place] + other + self.token[place + 1 :]
            self.assertIsNone(read_token(forged, secrets=[SECRET], person=ERIN), place)

    def test_the_padding_bits_of_the_last_character_cannot_be_used_for_a_second_spelling(self) -> None:
        valid = [
            last
            for last in "abcdefghijklmnopqrstuvwxyz234567"
            if read_token(self.token[:-1] + last, secrets=[SECRET], person=ERIN)
        ]
        self.assertEqual(valid, [self.token[-1]])

    def test_a_mail_system_may_change_the_case(self) -> None:
        self.assertEqual(read_token(self.token.upper(), secrets=[SECRET], person=ERIN), THREAD)
        self.assertEqual(token_in_address(f"HelpDesk+{self.token.upper()}@EXAMPLE.com", desk=DESK), self.token)

    def test_a_secret_is_replaced_by_listing_the_old_one_behind_it(self) -> None:
        self.assertEqual(read_token(self.token, secrets=["new", SECRET], person=ERIN), THREAD)
        self.assertIsNone(read_token(self.token, secrets=["new"], person=ERIN))
        self.assertIsNone(read_token(self.token, secrets=[], person=ERIN))

    def test_what_is_no_token_names_nothing(self) -> None:
        for text in ("", "x", self.token + "a", self.token[:-1], "1" * 42, "é" * 42, "a" * 41 + "\n"):
            self.assertIsNone(thread_of(text))
            self.assertIsNone(read_token(text, secrets=[SECRET], person=ERIN))

    def test_an_address_round_trips_and_no_other_matches(self) -> None:
        address = with_token(DESK, self.token)
        self.assertLessEqual(len(address.partition("@")[0]), 64)
        self.assertEqual(token_in_address(address, desk=DESK), self.token)
        for other in (
            DESK,
            "helpdesk+x@example.com",
            address.replace("example.com", "evil.example"),
            f"a{address}",
            "",
        ):
            self.assertIsNone(token_in_address(other, desk=DESK), other)

    def test_a_desk_with_too_long_a_name_is_refused(self) -> None:
        for desk in (f"{'d' * 22}@example.com", "helpdesk", "@example.com"):
            with self.assertRaises(ValueError):
                with_token(desk, self.token)

    def test_the_desks_address_is_checked_when_the_service_starts(self) -> None:
        def read(**variables: str) -> str:
            return desk_address(Env({"DJANGO_ENV": "production", **variables}, argv=["x"]), default="a@example.com")

        self.assertEqual(read(), "a@example.com")
        self.assertEqual(desk_address(Env({"DJANGO_ENV": "production"}, argv=["x"]), default=""), "")
        self.assertEqual(read(MAIL_DESK_ADDRESS="Desk <Help@Example.com>"), "help@example.com")
        for wrong in ("helpdesk", f"{'d' * 22}@example.com"):
            with self.assertRaisesMessage(ImproperlyConfigured, "MAIL_DESK_ADDRESS"):
                read(MAIL_DESK_ADDRESS=wrong)

    def test_a_message_id_carries_it_too(self) -> None:
        self.assertEqual(token_in_message_id(f"<delivery-{uuid7()}.{self.token}@example.com>"), self.token)
        for other in ("", "<a@b>", "<a.b@c>", f"<{self.token}x@c>"):
            self.assertIsNone(token_in_message_id(other))

    def test_the_contracts_vectors(self) -> None:
        vectors = json.loads((repository_root() / "contracts" / "reply_address.json").read_text())["vectors"]
        self.assertGreaterEqual(len(vectors), 3)
        for vector in vectors:
            thread, person = UUID(vector["thread"]), UUID(vector["person"])
            self.assertEqual(make_token(secret=vector["secret"], thread=thread, person=person), vector["token"])
            self.assertEqual(with_token(vector["desk"], vector["token"]), vector["address"])
