"""Idempotency-Key: one effect, the same answer."""

import json
import threading
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase, skipUnlessDBFeature, tag
from django.utils import timezone

from servicekit import idempotency
from servicekit.models import IdempotencyRecord
from servicekit.testing import assert_problem
from tests.models import Note


class Caller:
    """alice and bob post with a key."""

    path = "/api/v1/notes/"

    def post(self, body, key="k1", name="alice", path=None, client=None):
        headers = {"Authorization": f"Name {name}"} if name else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        text = body if isinstance(body, str) else json.dumps(body)
        return (client or self.client).generic(
            "POST", path or self.path, text, content_type="application/json", headers=headers
        )


class RepetitionTests(Caller, TestCase):
    def test_the_first_answer_is_given_again_and_nothing_done(self):
        first, second = self.post({"text": "a"}), self.post({"text": "a"})
        self.assertEqual((first.status_code, second.status_code), (201, 201))
        self.assertEqual(first.content, second.content)
        self.assertEqual(first["Location"], second["Location"])
        self.assertEqual(first["Content-Type"], second["Content-Type"])
        self.assertNotIn("Idempotency-Replayed", first)
        self.assertEqual(second["Idempotency-Replayed"], "true")
        self.assertEqual(Note.objects.count(), 1)

    def test_without_a_key_each_request_counts(self):
        self.post({"text": "a"}, key=None)
        self.post({"text": "a"}, key=None)
        self.assertEqual(Note.objects.count(), 2)
        self.assertEqual(IdempotencyRecord.objects.count(), 0)

    def test_the_same_key_with_another_body(self):
        self.post({"text": "a"})
        assert_problem(self.post({"text": "b"}), 422, "idempotency_key_reused")
        self.assertEqual(Note.objects.count(), 1)

    def test_a_key_belongs_to_its_principal_and_path(self):
        note = Note.objects.create(text="n", owner="alice")
        self.assertEqual(self.post({"text": "a"}).status_code, 201)
        self.assertNotIn("Idempotency-Replayed", self.post({"text": "a"}, name="bob"))
        self.assertEqual(self.post({"text": "a"}, path=f"/api/v1/notes/{note.pk}/stamp/").json(), {"rank": 1})

    def test_an_anonymous_caller_has_no_keys(self):
        self.post({"text": "a"}, name=None)
        self.post({"text": "a"}, name=None)
        self.assertEqual(Note.objects.count(), 2)

    def test_bad_keys(self):
        for key in ("", "x" * 256, "tab\there", "kéy"):
            with self.subTest(key[:10]):
                assert_problem(self.post({"text": "a"}, key=key), 400, "invalid_idempotency_key")
        self.assertEqual(self.post({"text": "a"}, key="x" * 255).status_code, 201)

    def test_the_key_is_not_stored_in_clear(self):
        self.post({"text": "a"}, key="my-very-own-key")
        self.assertNotIn("my-very-own-key", str(IdempotencyRecord.objects.values().get()))


class ErrorTests(Caller, TestCase):
    def test_an_error_leaves_neither_effect_nor_record(self):
        for text, status in (("refuse", 409), ("answer 400", 400)):
            for key in ("k1", None):
                with self.subTest(text, key=key):
                    self.assertEqual(self.post({"text": text}, key=key).status_code, status)
                    self.assertEqual((Note.objects.count(), IdempotencyRecord.objects.count()), (0, 0))

    def test_after_an_error_the_key_is_free_for_a_corrected_body(self):
        self.post({})
        self.assertEqual(self.post({"text": "a"}).status_code, 201)

    def test_a_malformed_body(self):
        assert_problem(self.post("{"), 400, "parse_error")


class AccessTests(Caller, TestCase):
    def setUp(self):
        self.note = Note.objects.create(text="n", owner="alice")
        self.path = f"/api/v1/notes/{self.note.pk}/stamp/"

    def test_a_repetition_is_checked_again(self):
        self.assertEqual(self.post({}).json(), {"rank": 1})
        self.assertEqual(self.post({}).json(), {"rank": 1})
        Note.objects.update(owner="bob")
        assert_problem(self.post({}), 404, "not_found")

    def test_a_view_may_check_in_its_own_way(self):
        from tests.views import StampApi

        asked = []

        def check_replay(view, request, pk):
            asked.append(pk)

        StampApi.check_replay = check_replay
        self.addCleanup(delattr, StampApi, "check_replay")
        self.post({})
        self.assertEqual(asked, [])
        self.post({})
        self.assertEqual(asked, [self.note.pk])


class MultipartTests(TestCase):
    def post(self, content, name="a.txt", **fields):
        return self.client.post(
            "/api/v1/uploads/",
            {"file": SimpleUploadedFile(name, content), **fields},
            headers={"Authorization": "Name alice", "Idempotency-Key": "k"},
        )

    def test_the_boundary_does_not_matter(self):
        first = self.post(b"hello", field="x")
        self.assertEqual((first.status_code, first.json()["text"]), (201, "hello"))
        body = (
            b"--other\r\nContent-Disposition: form-data; name=field\r\n\r\nx\r\n"
            b"--other\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nhello\r\n--other--\r\n"
        )
        second = self.client.generic(
            "POST",
            "/api/v1/uploads/",
            body,
            content_type="multipart/form-data; boundary=other",
            headers={"Authorization": "Name alice", "Idempotency-Key": "k"},
        )
        self.assertEqual((second.content, second["Idempotency-Replayed"]), (first.content, "true"))

    def test_another_file_name_or_field_does(self):
        self.post(b"hello", field="x")
        for response in (self.post(b"hallo", field="x"), self.post(b"hello", "b.txt", field="x"), self.post(b"hello")):
            assert_problem(response, 422, "idempotency_key_reused")
        self.assertEqual(Note.objects.count(), 1)


class PurgeTests(Caller, TestCase):
    def age(self, **by):
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(**by))

    def test_old_records_go(self):
        self.post({"text": "a"})
        self.age(hours=23)
        self.assertEqual(idempotency.purge(), 0)
        self.age(hours=25)
        self.assertEqual(idempotency.purge(), 1)

    def test_a_record_that_was_not_purged_yet_does_not_count(self):
        self.post({"text": "a"})
        self.age(hours=25)
        self.assertEqual(self.post({"text": "b"}).status_code, 201)
        self.assertEqual(Note.objects.count(), 2)


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnlessDBFeature("has_select_for_update")
class ConcurrencyTests(Caller, TransactionTestCase):
    """What only a database with row and advisory locks can show; SQLite has one writer."""

    def run_at_once(self, count, work):
        barrier, results = threading.Barrier(count), []

        def run(number):
            barrier.wait()
            try:
                results.append(work(number))
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_many_at_once_have_one_effect(self):
        for round_number in range(5):
            key = f"round {round_number}"
            answers = self.run_at_once(12, lambda _, key=key: self.post({"text": key}, key=key, client=Client()))
            statuses = {answer.status_code for answer in answers}
            self.assertLessEqual(statuses, {201, 409})
            self.assertEqual(len({answer.content for answer in answers if answer.status_code == 201}), 1)
            for answer in answers:
                if answer.status_code == 409:
                    assert_problem(answer, 409, "idempotency_key_in_use")
            self.assertEqual(Note.objects.filter(text=key).count(), 1)
            self.assertEqual(self.post({"text": key}, key=key)["Idempotency-Replayed"], "true")

    def test_different_keys_do_not_wait_for_each_other(self):
        answers = self.run_at_once(8, lambda n: self.post({"text": f"n{n}"}, key=f"own {n}", client=Client()))
        self.assertEqual([answer.status_code for answer in answers], [201] * 8)
