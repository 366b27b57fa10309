"""What happens elsewhere between the look and the write."""

from itertools import count
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import TestCase

import attachments
from comments.api import views
from comments.models import Comment, Conversation, Visibility
from comments.services import comment as service
from comments.tests.cast import COMMENTS, CORA, ERIN, conversation, know_ticket, sign_in, write
from eventbus.testing import deliver, published
from jwtauth.principal import Principal
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

OTHER = "01938c5e-0000-7000-8000-000000000011"


class InterruptedWriting(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)
        self.client_id = str(uuid7())

    def overlooked_once(self) -> Any:
        """As if the other request with this client_id committed just after this one looked for it."""
        real, calls = service._earlier, []

        def look(*args: Any) -> Comment | None:
            calls.append(args)
            return None if len(calls) == 1 else real(*args)

        return patch.object(service, "_earlier", look)

    def test_the_same_comment_committed_by_another_request_is_answered(self) -> None:
        first = write(self.erin, client_id=self.client_id)
        with self.overlooked_once():
            again = write(self.erin, client_id=self.client_id)
        self.assertEqual((again.status_code, again.json()), (200, first.json()))
        self.assertEqual((Comment.objects.count(), len(published())), (1, 1))

    def test_the_same_id_committed_on_another_ticket_takes_no_number_here(self) -> None:
        access = {"user_ids": [str(ERIN)], "roles": []}
        data = {"id": OTHER, "number": "TTS-2026-000002", "requester_id": str(ERIN), "access": access}
        deliver("ticket.created.v1", data=data)
        write(self.erin, client_id=self.client_id)
        body = {"client_id": self.client_id, "body": "Any news?"}
        with self.overlooked_once():
            response = self.erin.post(f"/api/v1/tickets/{OTHER}/comments/", body)
        assert_problem(response, 422, "client_id_reused")
        self.assertEqual(Conversation.objects.get(pk=OTHER).last_seq, 0)

    def test_access_taken_away_while_the_file_came_in_leaves_no_comment(self) -> None:
        real = attachments.store

        def slow(upload: Any) -> attachments.Stored:
            know_ticket(version=2, access={"user_ids": [], "roles": ["tts:ticket-coordinator"]})
            return real(upload)

        with patch.object(attachments, "store", slow, create=True):
            response = write(self.erin, attachments=[SimpleUploadedFile("a.txt", b"a")])
        assert_problem(response, 404, "ticket_not_found")
        self.assertEqual((Comment.objects.count(), published()), (0, []))
        self.assertEqual(write(sign_in(CORA)).json()["seq"], 1)
        self.assertEqual(sign_in(CORA).get(COMMENTS).status_code, 200)

    def test_access_taken_away_after_the_look_leaves_what_was_written_as_it_is(self) -> None:
        comment = write(self.erin).json()
        path, real, versions = f"{COMMENTS}{comment['id']}/", views.conversation_get, count(2)

        def look(**asked: Any) -> Conversation:
            found = real(**asked)
            know_ticket(version=next(versions), access={"user_ids": [], "roles": ["tts:ticket-coordinator"]})
            return found

        for ask in (
            lambda: self.erin.patch(path, {"body": "Never mind."}, HTTP_IF_MATCH='"1"'),
            lambda: self.erin.put(f"{path}reactions/heart/"),
            lambda: self.erin.delete(path),
        ):
            know_ticket(version=next(versions))
            with self.subTest(ask), patch.object(views, "conversation_get", look):
                assert_problem(ask(), 404, "ticket_not_found")
        know_ticket(version=next(versions))
        self.assertEqual(self.erin.get(path).json(), comment)

    def test_what_the_database_refuses_for_another_reason_is_no_repeat(self) -> None:
        erin = Principal(id=ERIN, kind="user", name="Erin")
        draft = service.Draft(client_id=uuid7(), visibility=Visibility.PUBLIC, body="Any news?")
        with patch.object(service, "_write", side_effect=IntegrityError), self.assertRaises(IntegrityError):
            service.comment_create(conversation=conversation(), author=erin, draft=draft)
