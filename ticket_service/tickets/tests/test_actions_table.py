"""Every action on a ticket, in every status, by everyone: who may do it, and what the others are told."""

from itertools import product
from typing import Any

from django.db import transaction

from eventbus import testing as bus
from jwtauth.testing import SignedInClient, api_client
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket
from tickets.status import Status
from tickets.tests.cast import EMPLOYEE, Task, TicketTestCase, png

UNRESOLVED = {Status.NEW, Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD}
NOT_OVER = UNRESOLVED | {Status.RESOLVED}
RESOLVED = {Status.RESOLVED}
RATEABLE = {Status.RESOLVED, Status.CLOSED}

# Who see the ticket; a stranger does not, and is told so of every cell. Wendy watches, it is Gina's turn.
CALLERS = ("stranger", "requester", "watcher", "agent", "coordinator", "admin", "superuser")
DECIDERS = ("coordinator", "admin", "superuser")
# Action -> caller -> the statuses in which it succeeds. A caller who is not named may never do it.
MAY: dict[str, dict[str, set[Status]]] = {
    "withdrawal": dict.fromkeys(("requester", "superuser"), UNRESOLVED),
    "rejection": dict.fromkeys(DECIDERS, UNRESOLVED),
    "merger": dict.fromkeys(DECIDERS, NOT_OVER),
    "closure": dict.fromkeys(("requester", *DECIDERS), RESOLVED),
    "reopening": dict.fromkeys(("requester", *DECIDERS), RESOLVED),
    "rating": dict.fromkeys(("requester", "superuser"), RATEABLE),
    "edit": {"requester": {Status.NEW, Status.OPEN}, **dict.fromkeys(("agent", *DECIDERS), NOT_OVER)},
    "tag": {"requester": {Status.NEW, Status.OPEN}, **dict.fromkeys(("agent", *DECIDERS), NOT_OVER)},
    "let Max watch": dict.fromkeys(("requester", "agent", *DECIDERS), NOT_OVER),
    "attach": dict.fromkeys(CALLERS[1:], NOT_OVER),
}
BODIES = {"rejection": {"reason": "No."}, "rating": {"rating": 4}}
# What somebody is told who may do it, but not in this status; of the others it is that no transition leads there.
WRONG_STATUS = {
    "rating": "ticket_not_rateable",
    **dict.fromkeys(("edit", "tag", "let Max watch", "attach"), "ticket_not_editable"),
}
LEADS_TO = {
    "withdrawal": Status.WITHDRAWN,
    "rejection": Status.REJECTED,
    "merger": Status.MERGED,
    "closure": Status.CLOSED,
    "reopening": Status.OPEN,
}


class ActionTableTest(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        wendy = api_client(roles=[EMPLOYEE], name="Wendy")
        self.clients: dict[str, SignedInClient] = dict(
            zip(
                CALLERS,
                (self.bob, self.alice, wendy, self.gina, self.cora, self.adam, api_client(superuser=True)),
                strict=True,
            )
        )
        self.ticket, self.other = self.file(), self.file()
        self.ticket.grants.create(grantee=f"user:{wendy.user_id}", reason="watcher")
        Task(self.ticket).assigned(self.gina)
        bus.deliver("user.changed.v1", data={"id": str(self.max.user_id)})

    def test_every_action_in_every_status_by_everyone(self):
        for action, status, caller in product(MAY, Status, CALLERS):
            # What a cell does is undone, so that the next one finds the ticket as this one did.
            with self.subTest(f"{action} of a ticket that is {status} by {caller}"), transaction.atomic():
                Ticket.objects.filter(pk=self.ticket.pk).update(status=status)
                before = self.stored()
                response = self.act(self.clients[caller], action)
                if status in MAY[action].get(caller, ()):
                    self.assertLess(response.status_code, 300, response.content)
                    self.assertEqual(self.reload(self.ticket).status, LEADS_TO.get(action, status))
                    self.assertNotEqual(self.stored(), before)
                else:
                    assert_problem(response, *self.refusal(action, caller))
                    self.assertEqual(self.stored(), before)
                transaction.set_rollback(True)

    def test_everyone_is_told_where_they_may_move_it(self):
        for status, caller in product(Status, CALLERS[1:]):
            with self.subTest(f"{status} to {caller}"), transaction.atomic():
                Ticket.objects.filter(pk=self.ticket.pk).update(status=status)
                told = self.clients[caller].get(self.url(self.ticket)).json()["allowed_statuses"]
                expected = {new for action, new in LEADS_TO.items() if status in MAY[action].get(caller, ())}
                self.assertEqual(set(told), expected)
                transaction.set_rollback(True)

    def refusal(self, action: str, caller: str) -> tuple[int, str]:
        if caller == "stranger":
            return 404, "ticket_not_found"
        if caller not in MAY[action]:
            return 403, "action_not_permitted"
        return 409, WRONG_STATUS.get(action, "transition_not_allowed")

    def act(self, client: SignedInClient, action: str) -> Any:
        if action == "edit":
            return client.patch(self.url(self.ticket), {"subject": "Other"}, headers={"If-Match": "*"})
        if action == "tag":
            return client.put(self.url(self.ticket, "tags", "vip"))
        if action == "let Max watch":
            return client.post(self.url(self.ticket, "watchers"), {"user_id": str(self.max.user_id)})
        if action == "attach":
            return client.post(self.url(self.ticket, "attachments"), {"file": png()}, format="multipart")
        body = {"into": self.other.number} if action == "merger" else BODIES.get(action)
        return client.post(self.url(self.ticket, action), body)

    def stored(self) -> tuple[Any, ...]:
        """What an action may change."""
        ticket = self.reload(self.ticket)
        return ticket.status, ticket.version, HistoryEntry.objects.filter(ticket=ticket).count()
