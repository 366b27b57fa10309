"""Every route x every kind of caller; a route without a line here fails."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from rest_framework.test import APIClient

from comments.tests.cast import ALAN, BOB, CORA, ERIN, GRACE, TICKET, WANDA, know_ticket, sign_in, write
from jwtauth.testing import api_client, service_client
from servicekit.ids import uuid7
from servicekit.testing import urlconf_routes

CALLERS: dict[str, Callable[[], APIClient]] = {
    "anonymous": APIClient,
    "requester": lambda: sign_in(ERIN),
    "watcher": lambda: sign_in(WANDA),
    "other employee": lambda: sign_in(BOB),
    "agent of a step": lambda: sign_in(ALAN),
    "other agent": lambda: sign_in(GRACE),
    "coordinator": lambda: sign_in(CORA),
    "admin": lambda: api_client(roles=["tts:admin"]),
    "superuser": lambda: api_client(superuser=True),
    "service": lambda: service_client("workflow-api", "events:read"),
}
OPEN = [200] * 10
READ = [401, 200, 200, 404, 200, 404, 200, 200, 200, 403]
WRITE = [401, 201, 201, 404, 201, 404, 201, 201, 201, 403]
REACT = [204 if status == 200 else status for status in READ]
# Of a comment that the coordinator wrote.
EDIT = [401, 403, 403, 404, 403, 404, 200, 403, 403, 403]
DELETE = [401, 403, 403, 404, 403, 404, 204, 204, 204, 403]
NOTE = [401, 403, 403, 404, 201, 404, 201, 201, 201, 403]
OF_NOTE = [401, 404, 404, 404, 200, 404, 200, 200, 200, 403]
FEED = [401, 403, 403, 403, 403, 403, 403, 403, 403, 200]
LIST = "/api/v1/tickets/{}/comments/"
ONE = "/api/v1/tickets/{}/comments/{}/"
HISTORY = "/api/v1/tickets/{}/comments/{}/history/"
REACTION = "/api/v1/tickets/{}/comments/{}/reactions/heart/"
REACTION_ROUTE = "/api/v1/tickets/{}/comments/{}/reactions/{}/"
TYPING = "/api/v1/tickets/{}/typing/"
READ_MARK = "/api/v1/tickets/{}/read/"
LIVE = "/api/v1/live/tickets/{}/"
PRESENCE = "/api/v1/tickets/{}/presence/"
CANDIDATES = "/api/v1/tickets/{}/mention-candidates/"
SEARCH = "/api/v1/comments/"
MAILS = "/api/v1/mails/"
DEAD = "/api/v1/dead-letters/"
REPLAY = "/api/v1/dead-letters/{}/replay/"
FAILED = "/api/v1/failed-jobs/"
RETRY = "/api/v1/failed-jobs/{}/retry/"
STREAM = "/api/v1/tickets/{}/stream/"
CONTENT = "/api/v1/tickets/{}/comments/{}/attachments/{}/content/"
# In the order of CALLERS.
EXPECTED: dict[tuple[str, str], list[int]] = {
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/startupz"): OPEN,
    ("GET", "/health/"): OPEN,
    ("GET", "/api/health/"): OPEN,
    ("GET", "/metrics"): [404] * 10,  # asks for HEALTHCHECK_TOKEN
    ("GET", "/api/schema/"): OPEN,
    ("GET", "/internal/events"): FEED,
    ("GET", LIST): READ,
    ("POST", LIST): WRITE,
    ("GET", ONE): READ,
    ("PATCH", ONE): EDIT,
    ("DELETE", ONE): DELETE,
    ("GET", HISTORY): READ,
    ("PUT", REACTION_ROUTE): REACT,
    ("DELETE", REACTION_ROUTE): REACT,
    ("POST", TYPING): REACT,
    ("GET", READ_MARK): READ,
    ("PUT", READ_MARK): READ,
    ("GET", STREAM): READ,
    ("GET", PRESENCE): READ,
    ("GET", CANDIDATES): READ,
    ("GET", SEARCH): [401, *[200] * 8, 403],
    ("GET", MAILS): [401, 403, 403, 403, 403, 403, 200, 200, 200, 403],
    ("GET", DEAD): [401, 403, 403, 403, 403, 403, 403, 200, 200, 403],
    ("POST", REPLAY): [401, 403, 403, 403, 403, 403, 403, 404, 404, 403],  # none is dead
    ("GET", FAILED): [401, 403, 403, 403, 403, 403, 403, 200, 200, 403],
    ("POST", RETRY): [401, 403, 403, 403, 403, 403, 403, 404, 404, 403],  # none has failed
    ("GET", LIVE): [401, *[421] * 8, 403],
    ("GET", CONTENT): READ,
}


def change(client: APIClient, method: str, path: str) -> int:
    """Edit, delete or put, whatever version there is."""
    if method == "DELETE":
        return client.delete(path).status_code
    if method == "PUT":
        return client.put(path, {"seq": 1} if path.endswith("/read/") else None).status_code
    return client.patch(path, {"body": "Edited"}, HTTP_IF_MATCH="*").status_code


class Access(TestCase):
    def setUp(self) -> None:
        know_ticket()

    def assert_statuses(self, expected: list[int], call: Callable[[APIClient], int]) -> None:
        for (name, client), status in zip(CALLERS.items(), expected, strict=True):
            with self.subTest(caller=name):
                self.assertEqual(call(client()), status)

    def path(self, route: str, visibility: str) -> str:
        """Fill in the ticket and, where the route asks for one, a new comment of the coordinator's."""
        path = route.replace("{}", str(TICKET), 1)
        if "{}" in path:
            path = path.replace("{}", write(sign_in(CORA), visibility=visibility).json()["id"])
        return path

    def content_path(self, visibility: str) -> str:
        """Write a comment with a file and answer the path of its content."""
        comment = write(sign_in(CORA), visibility=visibility, attachments=[SimpleUploadedFile("a.txt", b"a")]).json()
        return (
            f"/api/v1/tickets/{TICKET}/comments/{comment['id']}/attachments/{comment['attachments'][0]['id']}/content/"
        )

    def test_every_route_answers_every_caller_as_the_table_says(self) -> None:
        content = self.content_path("public")
        for (method, route), expected in EXPECTED.items():
            path = content if route == CONTENT else self.path(route.replace(REACTION_ROUTE, REACTION), "public")
            with self.subTest(f"{method} {route}"):
                if method == "GET":
                    query = {"q": "news"} if route == SEARCH else {}
                    self.assert_statuses(expected, lambda client, p=path, q=query: client.get(p, q).status_code)
                elif route in (TYPING, REPLAY, RETRY):
                    self.assert_statuses(expected, lambda client, path=path: client.post(path, {}).status_code)
                elif method == "POST":
                    self.assert_statuses(expected, lambda client: write(client).status_code)
                else:
                    self.assert_statuses(expected, lambda client, path=path, m=method: change(client, m, path))

    def test_internal_notes(self) -> None:
        self.assert_statuses(NOTE, lambda client: write(client, visibility="internal").status_code)

    def test_who_may_be_mentioned_in_an_internal_note(self) -> None:
        expected = [200 if status == 201 else status for status in NOTE]
        path = self.path(CANDIDATES, "internal")
        self.assert_statuses(expected, lambda client: client.get(path, {"visibility": "internal"}).status_code)

    def test_the_file_of_an_internal_note(self) -> None:
        content = self.content_path("internal")
        self.assert_statuses(OF_NOTE, lambda client: client.get(content).status_code)

    def test_an_internal_note_and_its_history(self) -> None:
        for route in (ONE, HISTORY):
            path = self.path(route, "internal")
            self.assert_statuses(OF_NOTE, lambda client, path=path: client.get(path).status_code)
        reaction = self.path(REACTION, "internal")
        of_note = [204 if status == 200 else status for status in OF_NOTE]
        self.assert_statuses(of_note, lambda client: change(client, "PUT", reaction))

    def test_changing_an_internal_note(self) -> None:
        path = self.path(ONE, "internal")
        edit = [401, 404, 404, 404, 403, 404, 200, 403, 403, 403]
        self.assert_statuses(edit, lambda client: change(client, "PATCH", path))
        delete = [401, 404, 404, 404, 403, 404, 204, 204, 204, 403]
        self.assert_statuses(delete, lambda client: change(client, "DELETE", path))

    def test_every_route_is_in_the_table(self) -> None:
        self.assertEqual(set(EXPECTED), urlconf_routes())

    def test_a_ticket_that_may_not_be_seen_answers_as_one_that_is_not_there(self) -> None:
        bob = sign_in(BOB)
        answers = []
        for ticket in (TICKET, uuid7()):
            body = bob.get(f"/api/v1/tickets/{ticket}/comments/").json()
            body.pop("request_id")
            answers.append(body)
        self.assertEqual(answers[0], answers[1])
