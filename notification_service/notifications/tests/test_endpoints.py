"""Programs and rooms hear of what they asked for: signed, retried, logged, and never inside the private network."""

import base64
import hashlib
import hmac
import json
from typing import Any
from unittest.mock import patch

from django.core import mail
from django.test import SimpleTestCase, TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from jwtauth.testing import api_client
from notifications.channels import PermanentFailure, TemporaryFailure, chat, outgoing
from notifications.models import Delivery, Endpoint
from notifications.tests.cast import ALAN, CORA, ERIN, NUMBER, endpoint, know_ticket, meet, sign_in
from notifications.tests.web_server import HANG, TricklingServer, WebServer
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

LOCAL = override_settings(WEBHOOK_ALLOWED_HOSTS=["127.0.0.1"])


@LOCAL
class Webhooks(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA, ALAN)
        self.server = self.enterContext(WebServer())
        self.hook = endpoint(url=self.server.url)

    def the_delivery(self) -> Delivery:
        return Delivery.objects.get(channel="webhook")

    def test_it_is_sent_signed_as_standard_webhooks_are(self) -> None:
        deliver("ticket.created.v1")
        self.assertEqual(self.server.received, [])
        run_jobs()
        ((headers, body),) = self.server.received
        key = base64.b64decode(self.hook.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], f"v1,{expected}")
        found = json.loads(body)
        self.assertEqual((found["type"], found["ticket"]["number"]), ("ticket_received", NUMBER))
        self.assertEqual(self.the_delivery().state, "sent")

    def test_one_event_three_times_is_one_webhook(self) -> None:
        event_id = uuid7()
        for _ in range(3):
            deliver("ticket.created.v1", event_id=event_id)
            run_jobs()
        self.assertEqual(len(self.server.received), 1)

    def test_only_what_was_asked_for(self) -> None:
        know_ticket(assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": CORA})
        Endpoint.objects.update(is_active=False)
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual(self.server.received, [])

    def test_a_notes_text_is_in_none(self) -> None:
        Endpoint.objects.update(kinds=["note_added"])
        know_ticket(assignee=ALAN)
        deliver("comment.note_created.v1", data={"author_id": CORA, "body": "he drinks"})
        run_jobs()
        self.assertNotIn(b"drinks", self.server.received[0][1])

    def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_each_try_is_logged(self) -> None:
        self.server.script += [503, 429]
        deliver("ticket.created.v1")
        for _ in range(3):
            run_jobs()
        self.assertEqual(len({headers["webhook-id"] for headers, _ in self.server.received}), 1)
        found = sign_in(CORA).get(f"/api/v1/deliveries/{self.the_delivery().pk}/").json()
        answers = [(row["number"], row["outcome"], row["answer"]) for row in found["log"]]
        self.assertEqual(answers, [(1, "retry", "http_503"), (2, "retry", "http_429"), (3, "sent", "http_200")])

    def test_a_receiver_that_refuses_has_failed_and_can_be_replayed(self) -> None:
        self.server.script += [404]
        deliver("ticket.created.v1")
        run_jobs()
        delivery = self.the_delivery()
        self.assertEqual((delivery.state, delivery.last_error), ("failed", "http_404"))
        cora, path = sign_in(CORA), f"/api/v1/deliveries/{delivery.pk}/resending/"
        self.assertEqual(cora.post(path).status_code, 202)
        assert_problem(cora.post(path), 409, "delivery_underway")
        run_jobs()
        first, second = self.server.received
        self.assertEqual((first[1], first[0]["webhook-id"]), (second[1], second[0]["webhook-id"]))
        self.assertEqual(self.the_delivery().state, "sent")

    def test_a_redirect_is_not_followed(self) -> None:
        with WebServer() as other, WebServer(302, location=other.url) as server:
            Endpoint.objects.update(url=server.url)
            deliver("ticket.created.v1")
            run_jobs()
            self.assertEqual((len(server.received), other.received), (1, []))
        self.assertEqual(self.the_delivery().last_error, "http_302")

    def test_a_receiver_that_hangs_is_left(self) -> None:
        self.server.script += [HANG]
        with patch.object(outgoing, "TIMEOUT_SECONDS", 0.2):
            deliver("ticket.created.v1")
            run_jobs()
        self.assertEqual(self.the_delivery().last_error, "unreachable")

    def test_a_receiver_whose_answer_trickles_in_is_left(self) -> None:
        """Byte by byte, each in time: without an end they would hold up every other webhook."""
        with TricklingServer() as server, patch.object(outgoing, "TIMEOUT_SECONDS", 0.3):
            Endpoint.objects.update(url=server.url)
            deliver("ticket.created.v1")
            run_jobs()
        self.assertEqual(self.the_delivery().last_error, "unreachable")

    @override_settings(WEBHOOK_ALLOWED_HOSTS=[])
    def test_nothing_is_sent_into_the_private_network(self) -> None:
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual(self.server.received, [])
        self.assertEqual(self.the_delivery().last_error, "address_not_allowed")

    def test_people_are_told_all_the_same(self) -> None:
        self.server.script += [500]
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)


@LOCAL
class Rooms(TestCase):
    def test_a_room_gets_slacks_format_and_no_mention_of_anybodys_making(self) -> None:
        meet(ERIN, CORA, ALAN)
        know_ticket(assignee=ALAN)
        with WebServer() as server:
            endpoint(channel="chat", url=server.url, kinds=["comment_added"])
            deliver("comment.created.v1", data={"author_id": CORA, "author_name": "Cora", "body": "<!channel> & all"})
            run_jobs()
        ((headers, body),) = server.received
        self.assertEqual(json.loads(body)["text"], f"*Cora replied on {NUMBER}*\n&lt;!channel&gt; &amp; all")
        self.assertNotIn("webhook-signature", headers)


class RoomsWords(SimpleTestCase):
    def test_no_chat_is_made_to_call_everybody_or_to_hide_a_link(self) -> None:
        body = "@here @everyone (@channel) ask@example.com [your bank](https://evil.example)"
        text = json.loads(chat.text_of(title="@all", body=body))["text"]
        for mark in ("@here", "@everyone", "@channel", "@all", "]("):
            self.assertNotIn(mark, text)
        self.assertIn("ask@example.com", text)
        self.assertEqual(text.replace("\u200b", ""), f"*@all*\n{body}")


class Addresses(SimpleTestCase):
    def refusal(self, *addresses: str) -> str:
        found = [(0, 0, 0, "", (address, 80)) for address in addresses]
        with patch("socket.getaddrinfo", return_value=found), self.assertRaises(PermanentFailure) as raised:
            outgoing.post("http://innocent.example.com/", b"", {})
        return raised.exception.code

    def test_private_ones_are_refused_in_every_disguise(self) -> None:
        for address in (
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1",
            "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "224.0.0.1",
            "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "::10.0.0.1", "fec0::1", "ff0e::1",
        ):  # fmt: skip
            with self.subTest(address):
                self.assertEqual(self.refusal(address), "address_not_allowed")

    def test_a_public_one_is_taken_in_every_disguise(self) -> None:
        for address in ("93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::93.184.215.14"):
            with self.subTest(address):
                self.assertTrue(outgoing._is_public(address))

    def test_one_private_address_among_public_ones_is_enough(self) -> None:
        self.assertEqual(self.refusal("93.184.215.14", "127.0.0.1"), "address_not_allowed")

    def test_the_connection_goes_to_the_address_that_was_judged(self) -> None:
        found = [(0, 0, 0, "", ("93.184.215.14", 80))]
        with (
            patch("socket.getaddrinfo", return_value=found),
            patch("urllib3.HTTPConnectionPool.urlopen") as urlopen,
            patch("notifications.channels.outgoing._pool", wraps=outgoing._pool) as pool,
        ):
            urlopen.return_value.status = 204
            self.assertEqual(outgoing.post("http://hook.example.com/in", b"", {}), "http_204")
        self.assertEqual(pool.call_args.args[1], "93.184.215.14")
        self.assertEqual(urlopen.call_args.kwargs["headers"]["Host"], "hook.example.com")

    def test_a_name_that_is_none_may_be_one_later(self) -> None:
        with patch("socket.getaddrinfo", side_effect=OSError), self.assertRaises(TemporaryFailure):
            outgoing.post("http://nowhere.example.com/", b"", {})


class Endpoints(TestCase):
    def setUp(self) -> None:
        self.admin = api_client(roles=["tts:admin"])

    def make(self, **fields: Any) -> Any:
        values = {"channel": "webhook", "name": "CI", "url": "https://ci.example.com/", "kinds": ["ticket_received"]}
        return self.admin.post("/api/v1/endpoints/", {**values, **fields})

    def test_the_secret_is_shown_once(self) -> None:
        made = self.make().json()
        self.assertTrue(made["secret"].startswith("whsec_"))
        (listed,) = self.admin.get("/api/v1/endpoints/").json()["results"]
        self.assertNotIn("secret", listed)
        self.assertNotIn("secret", self.admin.get(f"/api/v1/endpoints/{made['id']}/").json())

    def test_it_can_be_changed_and_deleted(self) -> None:
        path = f"/api/v1/endpoints/{self.make().json()['id']}/"
        self.assertEqual(self.admin.patch(path, {"is_active": False}).json()["is_active"], False)
        self.assertEqual(self.admin.patch(path, {"name": "Other"}).json()["is_active"], False)
        self.assertEqual(self.admin.delete(path).status_code, 204)
        for response in (self.admin.get(path), self.admin.patch(path, {}), self.admin.delete(path)):
            assert_problem(response, 404, "endpoint_not_found")

    def test_what_makes_no_sense(self) -> None:
        for fields in (
            {"url": "ftp://example.com/"}, {"url": "https://u:p@example.com/"}, {"url": "/in"}, {"kinds": ["nothing"]},
            {"channel": "email"}, {"name": ""}, {"secret": "mine"},
        ):  # fmt: skip
            with self.subTest(fields):
                assert_problem(self.make(**fields), 400, "validation_error")
        self.assertFalse(Endpoint.objects.exists())
