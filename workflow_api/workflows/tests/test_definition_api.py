"""An Admin draws a workflow, is told what is wrong with it, publishes it, and brings running work over to it."""

from typing import Any
from unittest import mock

from django.test import TestCase
from django.utils import timezone

from eventbus.testing import published
from servicekit.testing import assert_problem
from servicekit.time import rfc3339
from workflows.models import Task, Workflow
from workflows.seeds import AGENT, COORDINATOR
from workflows.tests.cast import ADMIN, Someone, file_ticket, types_published

WORKFLOWS = "/api/v1/workflows/"
SLA = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}


def way(key: str, to: str | None) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "to": to}


def step(key: str, *ways: dict[str, Any], role: str = AGENT, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "role": role, "transitions": list(ways), **more}


def definition(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    chosen = list(steps) or [step("do", way("done", None))]
    return {"name": "Printing", "category": "printing", "sla_minutes": SLA, "steps": chosen, **more}


class DefinitionTestCase(TestCase):
    def setUp(self) -> None:
        self.ada, self.alice = Someone("Ada", ADMIN), Someone("Alice", AGENT)

    def draft(self, *steps: dict[str, Any], key: str = "printing", **more: Any) -> dict[str, Any]:
        response = self.ada.client.post(WORKFLOWS, definition(*steps, key=key, **more))
        self.assertEqual(response.status_code, 201, response.content)
        return response.json()

    def url(self, shown: dict[str, Any], *parts: object) -> str:
        return WORKFLOWS + "".join(f"{part}/" for part in (shown["id"], *parts))

    def publish(self, shown: dict[str, Any]) -> Any:
        return self.ada.client.post(self.url(shown, "versions", shown["number"], "publication"))

    def next_version(self, shown: dict[str, Any], *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A published version 2 of these steps."""
        draft = self.ada.client.post(self.url(shown, "versions")).json()
        url = self.url(draft, "versions", draft["number"])
        changed = self.ada.client.put(url, definition(*steps, **more), headers={"If-Match": '"1"'})
        self.assertEqual(changed.status_code, 200, changed.content)
        response = self.publish(draft)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()


class DraftTest(DefinitionTestCase):
    def test_a_draft_serves_nobody_until_it_is_published(self) -> None:
        shown = self.draft()
        self.assertEqual((shown["status"], shown["number"], shown["faults"]), ("draft", 1, []))
        self.assertEqual(file_ticket(category="printing").status, "unrouted")
        self.assertEqual(self.alice.client.get(WORKFLOWS).json()["results"], [])
        everything = self.alice.client.get(WORKFLOWS, {"scope": "all"}).json()["results"]
        self.assertEqual([(row["key"], row["status"]) for row in everything], [("printing", "draft")])
        self.assertEqual(self.publish(shown).json()["status"], "published")
        self.assertEqual(file_ticket(category="printing").status, "assigned")

    def test_every_fault_of_a_draft_is_shown_and_keeps_it_from_being_published(self) -> None:
        shown = self.draft(
            step("a", way("on", "b"), role="tts:nobody"),
            step("b", way("again", "b"), weight=0),
            step("c", way("done", None), role=""),
            sla_minutes=SLA | {"High": 10},
        )
        expected = {
            ("steps.a", "endless"),
            ("steps.a", "role_without_people"),
            ("steps.b", "endless"),
            ("steps.b", "weight_not_positive"),
            ("steps.c", "unreachable"),
            ("steps.c", "role_missing"),
            ("sla_minutes.High", "sla_not_increasing"),
        }
        self.assertEqual({(fault["field"], fault["code"]) for fault in shown["faults"]}, expected)
        body = assert_problem(self.publish(shown), 422, "definition_invalid")
        self.assertEqual({(fault["field"], fault["code"]) for fault in body["errors"]}, expected)

    def test_a_draft_may_be_empty_and_says_so(self) -> None:
        shown = self.draft()
        url = self.url(shown, "versions", 1)
        body = self.ada.client.put(url, definition() | {"steps": []}, headers={"If-Match": '"1"'}).json()
        self.assertEqual([fault["code"] for fault in body["faults"]], ["no_steps"])
        assert_problem(self.publish(shown), 422, "definition_invalid")

    def test_what_is_no_definition_at_all_is_refused(self) -> None:
        for body, field in (
            (definition(step("a", way("on", "nowhere"))), "steps"),
            (definition(step("a", way("x", None)), step("a", way("x", None))), "steps"),
            (definition(step("a", way("x", None), way("x", None))), "steps"),
            (definition(calendar="no-such"), "calendar"),
            (definition(sla_minutes={"Urgent": 1}), "sla_minutes"),
            (definition(colour="red"), "colour"),
        ):
            with self.subTest(body=body):
                response = self.ada.client.post(WORKFLOWS, {"key": "w", **body})
                errors = assert_problem(response, 400, "validation_error")["errors"]
                self.assertTrue(errors[0]["field"].startswith(field), errors)
        self.assertEqual(Workflow.objects.count(), 0)

    def test_of_two_admins_one_wins(self) -> None:
        shown = self.draft()
        url = self.url(shown, "versions", 1)
        assert_problem(self.ada.client.put(url, definition()), 428, "precondition_required")
        first = self.ada.client.put(url, definition(name="First"), headers={"If-Match": '"1"'})
        self.assertEqual((first.json()["name"], first.headers["ETag"]), ("First", '"2"'))
        second = self.ada.client.put(url, definition(name="Second"), headers={"If-Match": '"1"'})
        assert_problem(second, 412, "precondition_failed")

    def test_a_key_is_taken_once_and_there_is_one_draft(self) -> None:
        shown = self.draft()
        assert_problem(self.ada.client.post(WORKFLOWS, definition(key="printing")), 409, "workflow_key_taken")
        body = assert_problem(self.ada.client.post(self.url(shown, "versions")), 409, "draft_exists")
        self.assertEqual(body["number"], 1)

    def test_a_dropped_draft_is_gone_and_a_published_version_stays(self) -> None:
        shown = self.draft()
        url = self.url(shown, "versions", 1)
        self.assertEqual(self.ada.client.delete(url).status_code, 204)
        assert_problem(self.ada.client.get(url), 404, "workflow_not_found")
        shown = self.draft()
        self.publish(shown)
        assert_problem(self.ada.client.delete(self.url(shown, "versions", 1)), 409, "definition_not_draft")
        changed = self.ada.client.put(self.url(shown, "versions", 1), definition(), headers={"If-Match": "*"})
        assert_problem(changed, 409, "definition_not_draft")


class VersionTest(DefinitionTestCase):
    def test_the_next_version_begins_as_a_copy_and_replaces_the_first_when_published(self) -> None:
        shown = self.draft(step("do", way("done", None), instructions="Do it."), description="All about paper.")
        self.publish(shown)
        running = file_ticket(category="printing")
        copy = self.ada.client.post(self.url(shown, "versions")).json()
        self.assertEqual(copy["number"], 2)
        for name in ("name", "description", "category", "sla_minutes", "steps"):
            self.assertEqual(copy[name], shown[name])
        self.assertEqual(copy["running_elsewhere"], [{"version": 1, "tasks": 1}])
        self.publish(copy)
        versions = self.alice.client.get(self.url(shown, "versions")).json()["results"]
        self.assertEqual(
            [(row["version"], row["status"], row["running"]) for row in versions],
            [(2, "published", 0), (1, "retired", 1)],
        )
        # What runs is not disturbed, and can be finished.
        self.assertEqual(self.alice.do_step(running, "done").status_code, 200)

    def test_each_version_offers_its_own_ways_however_often_the_other_was_read(self) -> None:
        shown = self.draft()
        self.publish(shown)
        older = file_ticket(category="printing")
        url = f"/api/v1/tasks/{older.id}/"
        self.assertEqual([way["key"] for way in self.alice.client.get(url).json()["transitions"]], ["done"])
        self.next_version(shown, step("do", way("printed", None), way("burnt", None)))
        newer = file_ticket(category="printing")
        for task, keys in ((newer, ["printed", "burnt"]), (older, ["done"])):
            answer = self.alice.client.get(f"/api/v1/tasks/{task.id}/").json()
            self.assertEqual([way["key"] for way in answer["transitions"]], keys)
        self.assertEqual(self.alice.do_step(newer, "burnt").status_code, 200)
        assert_problem(self.alice.do_step(older, "burnt"), 409, "transition_not_allowed")

    def test_what_a_workflow_serves_changes_with_the_publication(self) -> None:
        shown = self.draft()
        self.publish(shown)
        draft = self.ada.client.post(self.url(shown, "versions")).json()
        self.ada.client.put(
            self.url(shown, "versions", 2), definition(name="Paper", category="paper"), headers={"If-Match": '"1"'}
        )
        self.assertEqual(file_ticket(category="paper").status, "unrouted")
        self.assertEqual(self.alice.client.get(WORKFLOWS).json()["results"][0]["name"], "Printing")
        self.publish(draft)
        self.assertEqual(file_ticket(category="paper").status, "assigned")
        self.assertEqual(file_ticket(category="printing").status, "unrouted")

    def test_a_retired_workflow_takes_no_new_tickets(self) -> None:
        shown = self.draft()
        self.publish(shown)
        running = file_ticket(category="printing")
        self.assertEqual(self.ada.client.post(self.url(shown, "retirement")).status_code, 204)
        self.assertEqual(file_ticket(category="printing").status, "unrouted")
        self.assertEqual(self.alice.do_step(running, "done").status_code, 200)
        assert_problem(self.ada.client.post(self.url(shown, "retirement")), 409, "not_published")

    def test_what_was_unrouted_is_picked_up_after_the_publication(self) -> None:
        from workflows.services.rerouting import unrouted_retry

        task = file_ticket(category="printing")
        self.publish(self.draft())
        self.assertEqual(unrouted_retry(), 1)
        self.assertEqual(Task.objects.get(pk=task.pk).status, "assigned")


class MigrationTest(DefinitionTestCase):
    def migrate(self, shown: dict[str, Any], to: int = 2, **more: Any) -> Any:
        return self.ada.client.post(self.url(shown, "migration"), {"to": to, **more})

    def running(self) -> tuple[dict[str, Any], Task]:
        shown = self.draft(step("print", way("printed", "fold")), step("fold", way("folded", None)))
        self.publish(shown)
        return shown, file_ticket(category="printing", created_at=rfc3339(timezone.now()))

    def test_a_dry_run_tells_and_changes_nothing(self) -> None:
        shown, task = self.running()
        Someone("Carla", COORDINATOR)
        self.next_version(shown, step("print", way("done", None), role=COORDINATOR))
        body = self.migrate(shown).json()
        self.assertEqual((body["dry_run"], body["more"]), (True, False))
        (change,) = body["changes"]
        self.assertEqual(
            (change["task_id"], change["version"], change["previous_step"], change["step"], change["keeps_assignee"]),
            (str(task.id), 1, "print", "print", False),
        )
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.version, after.workflow_version_id), (task.version, task.workflow_version_id))

    def test_who_has_the_task_keeps_it_with_what_they_began(self) -> None:
        shown, task = self.running()
        self.alice.act(task, "start")
        self.next_version(shown, step("print", way("done", None)), sla_minutes=SLA | {"High": 110})
        before = Task.objects.get(pk=task.pk)
        self.assertEqual(self.migrate(shown, dry_run=False).status_code, 200)
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.status, after.assignee_id), ("in_progress", self.alice.id))
        self.assertEqual(after.step_entered_at, before.step_entered_at)
        self.assertLess(after.resolution_due_at, before.resolution_due_at)  # the promise is the new version's
        self.assertEqual(published("task.moved.v1")[-1]["change"]["reason"], "Migrated to version 2.")
        done = self.alice.act(task, "completion", {"transition": "done"})
        self.assertEqual(done.json()["status"], "completed")

    def test_a_hold_goes_on(self) -> None:
        shown, task = self.running()
        self.alice.act(task, "hold", {"reason": "No paper."})
        self.next_version(shown, step("print", way("done", None)))
        self.migrate(shown, dry_run=False)
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.status, after.hold_reason), ("on_hold", "No paper."))
        self.assertEqual(types_published()[-2:], ["task.moved.v1", "task.held.v1"])
        explained = self.alice.client.get(f"/api/v1/tasks/{task.id}/sla/explain/").json()
        self.assertEqual({clock["state"] for clock in explained["clocks"]}, {"paused"})

    def test_a_step_that_is_of_another_role_is_assigned_anew_and_buys_no_time(self) -> None:
        shown, task = self.running()
        carla = Someone("Carla", COORDINATOR)
        self.next_version(shown, step("print", way("done", None), role=COORDINATOR))
        self.migrate(shown, dry_run=False)
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.status, after.assignee_id), ("assigned", carla.id))
        self.assertEqual(after.step_entered_at, task.step_entered_at)
        self.assertEqual(carla.do_step(task, "done").json()["status"], "completed")

    def test_a_round_of_approval_begins_again(self) -> None:
        ways = (way("approve", None), way("reject", None))
        shown = self.draft(step("agree", *ways, approval_rule="all"))
        self.publish(shown)
        bob = Someone("Bob", AGENT)
        task = file_ticket(category="printing")
        self.assertEqual(self.alice.act(task, "approval").status_code, 200)
        self.next_version(shown, step("agree", *ways, approval_rule="any"))
        (change,) = self.migrate(shown, dry_run=False).json()["changes"]
        self.assertFalse(change["keeps_assignee"])
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.status, after.approvals_needed), ("in_approval", 1))
        self.assertEqual(bob.act(task, "approval").json()["status"], "completed")

    def test_what_moves_on_while_it_is_looked_at_is_left_for_the_next_request(self) -> None:
        shown, task = self.running()
        self.next_version(shown, step("print", way("on", "fold")), step("fold", way("done", None)))
        with mock.patch("workflows.services.migrating._require_complete") as between:
            between.side_effect = lambda _changes: self.alice.do_step(task, "printed")
            self.migrate(shown, dry_run=False)
        self.assertEqual(Task.objects.get(pk=task.pk).workflow_version.number, 1)
        with mock.patch("workflows.services.migrating._require_complete") as between:
            between.side_effect = lambda _changes: self.alice.do_step(task, "folded")
            self.migrate(shown, dry_run=False)
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.status, after.workflow_version.number), ("completed", 1))

    def test_a_step_that_is_gone_needs_to_be_told_where_to_go(self) -> None:
        shown, task = self.running()
        self.next_version(shown, step("make", way("done", None)))
        self.assertEqual(self.migrate(shown).json()["changes"][0]["step"], "")
        body = assert_problem(self.migrate(shown, dry_run=False), 409, "migration_incomplete")
        self.assertEqual(body["errors"][0]["field"], "steps.print")
        self.assertEqual(self.migrate(shown, dry_run=False, steps={"print": "make"}).status_code, 200)
        after = Task.objects.get(pk=task.pk)
        self.assertEqual((after.current_step and after.current_step.key, after.assignee_id), ("make", self.alice.id))
        self.assertEqual(self.migrate(shown, dry_run=False).json()["changes"], [])

    def test_only_to_what_is_published_but_looked_at_before(self) -> None:
        shown, task = self.running()
        self.ada.client.post(self.url(shown, "versions"))
        assert_problem(self.migrate(shown, dry_run=False), 409, "not_published")
        (change,) = self.migrate(shown).json()["changes"]
        self.assertEqual((change["task_id"], change["step"]), (str(task.id), "print"))
        self.publish(shown | {"number": 2})
        assert_problem(self.migrate(shown, to=1), 409, "not_published")
        assert_problem(self.migrate(shown, to=9), 404, "workflow_not_found")
