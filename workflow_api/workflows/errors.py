"""What can go wrong here, each named by the fact, with the status and the code that a client sees."""

from servicekit.problems import Problem


class DefinitionInvalid(Problem):
    """`errors` lists every fault of the definition, not only the first."""

    status = 422
    code = "definition_invalid"
    title = "The definition cannot be published"


class DefinitionImmutable(Problem):
    status = 409
    code = "definition_immutable"
    title = "A published definition does not change; make a new version"


class DefinitionNotDraft(Problem):
    status = 409
    code = "definition_not_draft"
    title = "Only a draft can be published"


class CalendarKeyTaken(Problem):
    status = 409
    code = "calendar_key_taken"
    title = "There is a calendar with this key already"


class TaskNotFound(Problem):
    status = 404
    code = "not_found"
    title = "There is no such task"


class ScopeForbidden(Problem):
    status = 403
    code = "permission_denied"
    title = "This list is for coordinators and admins"


class NotTheAssignee(Problem):
    status = 403
    code = "not_the_assignee"
    title = "Only the task's assignee may do this"


class NotALead(Problem):
    status = 403
    code = "not_a_lead"
    title = "Only a coordinator or an admin may do this"


class NotAnAdmin(Problem):
    status = 403
    code = "not_an_admin"
    title = "Only an admin may do this"


class NotOfTheRole(Problem):
    status = 403
    code = "not_of_the_role"
    title = "Only people of the step's role may do this"


class PersonNotSuitable(Problem):
    """Extra member: `role`, that the step needs."""

    status = 409
    code = "person_not_suitable"
    title = "This person cannot take the step"


class NobodyElse(Problem):
    """Extra member: `role`, in which there is no other active person."""

    status = 409
    code = "nobody_else"
    title = "There is nobody else who could take the step"


class StepUnknown(Problem):
    """Extra member: `allowed` (the keys of the workflow's steps)."""

    status = 409
    code = "step_unknown"
    title = "The task's workflow has no such step"


class TaskChanged(Problem):
    """Someone was faster. Extra members: `changed_by` (name or null), `changed_at`, `action`, `task_status`."""

    status = 409
    code = "task_changed"
    title = "The task has changed meanwhile"


class ActionNotAllowed(Problem):
    """Extra members: `task_status`, `allowed` (the actions that are possible now)."""

    status = 409
    code = "action_not_allowed"
    title = "The task's status does not allow this action"


class TransitionNotAllowed(Problem):
    """Extra member: `allowed` (the keys of the transitions that leave the current step)."""

    status = 409
    code = "transition_not_allowed"
    title = "No such transition leaves the current step"


class TaskUnroutable(Problem):
    """Extra member: `reason`, `no_workflow` or `no_assignee`."""

    status = 409
    code = "task_unroutable"
    title = "The task still cannot be routed"


class WorkflowNotFound(Problem):
    """No such workflow, or no such version of it."""

    status = 404
    code = "workflow_not_found"
    title = "There is no such workflow or version"


class WorkflowKeyTaken(Problem):
    status = 409
    code = "workflow_key_taken"
    title = "There is a workflow of this key already"


class DraftExists(Problem):
    """Extra member: `number` of the draft that there is."""

    status = 409
    code = "draft_exists"
    title = "The workflow has a draft already"


class NotPublished(Problem):
    status = 409
    code = "not_published"
    title = "The workflow has no published version"


class MigrationIncomplete(Problem):
    """`errors` name each step on which tasks stand, and for which the other version has none."""

    status = 409
    code = "migration_incomplete"
    title = "Some steps lead nowhere in that version"


class AbsenceNotFound(Problem):
    status = 404
    code = "not_found"
    title = "There is no such absence"


class AbsenceOver(Problem):
    status = 409
    code = "absence_over"
    title = "The absence is over already"


class PersonUnknown(Problem):
    status = 409
    code = "person_unknown"
    title = "There is no such person"


class SubstituteUnsuitable(Problem):
    status = 409
    code = "substitute_unsuitable"
    title = "A substitute is somebody else, active and of the staff"
