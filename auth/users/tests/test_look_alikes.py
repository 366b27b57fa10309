"""Two accounts that look the same to people or to a computer: there is never a second one."""

import unicodedata

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from eventbus.testing import run_jobs
from servicekit.testing import assert_problem
from users.models import User
from users.services.accounts import user_create, user_update
from users.tests.cast import PASSWORD, CastTestCase, client_of

# Each is taken for "erin" by an eye or by a casefold.
NAMES = {
    "case": "ERIN",
    "full width": "ｅｒｉｎ",
    "Cyrillic": "еrin",
    "Greek": "εrin",
    "dotless": "erın",
    "dotted capital": "ERİN",
    "mathematical": "𝐞𝐫𝐢𝐧",
    "combining": "eri\u0301n",
    "zero width": "er\u200bin",
    "soft hyphen": "er\u00adin",
    "right to left": "\u202enire",
    "padding": " erin ",
    "no-break space": "erin\u00a0",
    "ligature": "eriﬁn",
    "NUL": "erin\x00",
    "trailing newline": "erin\n",
}
ADDRESSES = {
    "case": "ERIN@EXAMPLE.COM",
    "domain case": "erin@Example.Com",
    "full width": "ｅｒｉｎ@example.com",
    "padding": " erin@example.com ",
    "full width at": "erin＠example.com",
    "mathematical": "𝐞𝐫𝐢𝐧@example.com",
}


class LookAlikeTests(CastTestCase):
    def create(self, **values):
        with transaction.atomic():
            return user_create(
                **{"username": "other", "email": "other@example.com", "name": "Other", **values}, password=None
            )

    def test_no_user_name_looks_like_another(self):
        for what, name in NAMES.items():
            with self.subTest(what), self.assertRaises(ValidationError):
                self.create(username=name)
            with self.subTest(f"{what}, over the API"):
                body = {"username": name, "email": "other@example.com", "name": "Other", "roles": ["hdts:employee"]}
                assert_problem(client_of(self.hedda).post("/api/v1/users/", body), 400, "validation_error")

    def test_every_user_name_is_plain_ascii(self):
        for character in map(chr, (*range(0x80, 0x250), 0x430, 0x3B5, 0x1F600)):
            made = User(username=f"a{character}", email="o@example.com", name="O")
            with self.subTest(hex(ord(character))):
                try:
                    made.clean_fields()
                except ValidationError:
                    continue
                self.fail("taken")

    def test_no_address_differs_by_its_spelling_alone(self):
        for what, email in ADDRESSES.items():
            with self.subTest(what), self.assertRaises(ValidationError):
                self.create(email=email)
            with self.subTest(f"{what}, changed to"), self.assertRaises(ValidationError):
                user_update(user=self.emil, email=email)

    def test_the_database_refuses_what_code_would_let_through(self):
        for values in ({"username": "ERIN2"}, {"email": "ERIN2@example.com"}):
            row = {"username": "erin2", "email": "erin2@example.com", "name": "x", **values}
            with self.subTest(values), self.assertRaises(IntegrityError), transaction.atomic():
                User.objects.create(**row)

    def test_whatever_its_spelling_it_is_the_one_account(self):
        for login in ("ERIN", "ｅｒｉｎ", " erin ", *ADDRESSES.values()):
            if unicodedata.normalize("NFKC", login).strip().lower() not in ("erin", "erin@example.com"):
                continue
            body = {"username": login, "password": PASSWORD}
            with self.subTest(login):
                self.assertEqual(Client().post("/api/v1/token/", body, "application/json").status_code, 200)

    def test_a_look_alike_neither_signs_in_nor_resets(self):
        for name in ("еrin", "erın", "er\u200bin", "𝐞𝐫𝐢𝐧x"):
            body = {"username": name, "password": PASSWORD}
            with self.subTest(name):
                assert_problem(self.client.post("/api/v1/token/", body, "application/json"), 401, "invalid_credentials")
        for address in ("еrin@example.com", "erın@example.com", "erin@exаmple.com", "erin@ｅxample.com.evil.example"):
            with self.subTest(address):
                answer = self.client.post("/api/v1/password-reset/", {"email": address}, "application/json")
                self.assertIn(answer.status_code, (202, 400))
        run_jobs()
        self.assertEqual(mail.outbox, [])

    def test_a_link_goes_to_the_address_on_record_however_it_was_typed(self):
        self.client.post("/api/v1/password-reset/", {"email": "ERIN@Example.COM"}, "application/json")
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["erin@example.com"]])

    def test_a_name_is_no_address(self):
        """Nobody takes the address of somebody else as their user name."""
        for name in ("emil@example.com", "emil＠example.com"):
            with self.assertRaises(ValidationError):
                self.create(username=name)
