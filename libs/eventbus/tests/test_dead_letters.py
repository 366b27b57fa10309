"""The views of dead events: nobody's, until a service says whose."""

from django.test import TestCase, override_settings
from django.urls import path

from eventbus.dead_letters import DeadLetterListApi, DeadLetterReplayApi
from eventbus.models import InboxEvent
from jwtauth.permissions import has_role
from jwtauth.testing import api_client
from servicekit.ids import uuid7

KEEPER = [has_role("shop:keeper")]
urlpatterns = [
    path("unsaid/", DeadLetterListApi.as_view()),
    path("unsaid/<uuid:id>/replay/", DeadLetterReplayApi.as_view()),
    path("dead-letters/", DeadLetterListApi.as_view(permission_classes=KEEPER)),
    path("dead-letters/<uuid:id>/replay/", DeadLetterReplayApi.as_view(permission_classes=KEEPER)),
]


@override_settings(ROOT_URLCONF=__name__)
class DeadLetters(TestCase):
    def setUp(self) -> None:
        self.keeper = api_client(roles=["shop:keeper"])
        self.event = InboxEvent.objects.create(
            event_id=uuid7(),
            type="thing.changed.v1",
            producer="shop",
            state="dead",
            attempts=12,
            last_error="KeyError: 'secret'",
            envelope={"data": {"name": "n"}},
        )

    def test_the_keeper_reads_what_came_and_the_kind_of_error(self) -> None:
        (row,) = self.keeper.get("/dead-letters/").json()["results"]
        self.assertEqual((row["id"], row["producer"], row["attempts"]), (str(self.event.pk), "shop", 12))
        self.assertEqual((row["error"], row["envelope"]), ("KeyError", {"data": {"name": "n"}}))

    def test_one_comes_again_once(self) -> None:
        url = f"/dead-letters/{self.event.pk}/replay/"
        self.assertEqual(self.keeper.post(url).status_code, 202)
        self.event.refresh_from_db()
        self.assertEqual((self.event.state, self.event.attempts), ("retry", 0))
        self.assertEqual(self.keeper.post(url).json()["code"], "dead_letter_not_found")

    def test_without_a_word_of_the_service_it_is_nobody_s(self) -> None:
        superuser = api_client(roles=["shop:keeper"], superuser=True)
        self.assertEqual(superuser.get("/unsaid/").status_code, 403)
        self.assertEqual(superuser.post(f"/unsaid/{self.event.pk}/replay/").status_code, 403)
        self.assertEqual(api_client().get("/dead-letters/").status_code, 403)
