import { once, workflow, type TaskDetail, type User } from "../api/clients";
import { t, type MessageKey } from "../i18n";
import { isTtsAdmin } from "../session/roles";

type Kind =
  | "start"
  | "complete"
  | "approve"
  | "decline"
  | "hold"
  | "resume"
  | "claim"
  | "release"
  | "escalate"
  | "transfer"
  | "reroute"
  | "move"
  | "cancel";

export interface TaskAction {
  id: string;
  kind: Kind;
  label: string;
  /** Of a completion: the way on. */
  transition?: string;
}

export interface Answers {
  text: string;
  assigneeId: string;
  step: string;
}

interface Question {
  text: MessageKey | null;
  isNeeded: boolean;
  person?: boolean;
  step?: boolean;
  /** What becomes of it, where that is not plain from the action's name. */
  warning?: MessageKey;
}

/** What an action needs to be told before it is done. */
export const ASKS: Record<Kind, Question> = {
  start: { text: null, isNeeded: false },
  complete: { text: "task.notes", isNeeded: false },
  approve: { text: "task.notes", isNeeded: false },
  decline: { text: "task.notes", isNeeded: false },
  hold: { text: "task.reason", isNeeded: true },
  resume: { text: null, isNeeded: false },
  claim: { text: null, isNeeded: false },
  release: { text: "task.reason", isNeeded: true },
  escalate: { text: "task.reason", isNeeded: true },
  transfer: { text: "task.reason", isNeeded: true, person: true },
  reroute: { text: null, isNeeded: false },
  move: { text: "task.reason", isNeeded: true, step: true, warning: "task.move.warning" },
  cancel: { text: "task.reason", isNeeded: true, warning: "task.cancel.warning" },
};

// The names under which workflow-api lists what is allowed.
const OF_THE_API: Record<string, Kind> = {
  start: "start",
  completion: "complete",
  approval: "approve",
  rejection: "decline",
  hold: "hold",
  resumption: "resume",
  claim: "claim",
  release: "release",
  escalation: "escalate",
  transfer: "transfer",
};

/** What is done over the head of whoever works on it; workflow-api names only what the people of the step may do. */
export const OVERRULING: ReadonlySet<Kind> = new Set(["move", "cancel"]);

/** The actions that this caller may take: those that the task's state allows, of whoever's turn it is. */
export function actionsFor(task: TaskDetail, user: User, isCoordinator: boolean): TaskAction[] {
  const kinds = task.actions.map((name) => OF_THE_API[name]).filter((kind) => kind !== undefined);
  const open = kinds.filter((kind) => isOffered(kind, task, user, isCoordinator)).flatMap((kind) => ways(task, kind));
  const isStuck = task.status === "unrouted" || task.status === "queued";
  if (isCoordinator && isStuck) open.push({ id: "reroute", kind: "reroute", label: t("task.reroute") });
  if (task.status === "completed" || task.status === "cancelled") return open;
  if (task.step && isTtsAdmin(user)) open.push({ id: "move", kind: "move", label: t("task.move") });
  if (isCoordinator) open.push({ id: "cancel", kind: "cancel", label: t("task.cancel") });
  return open;
}

function isOffered(kind: Kind, task: TaskDetail, user: User, isCoordinator: boolean): boolean {
  const isMine = task.assignee?.id === user.id;
  if (kind === "approve" || kind === "decline") return isAsked(task, user);
  if (kind === "claim") return user.is_superuser || user.roles.includes(task.step?.role ?? "");
  return isMine || (isCoordinator && (kind === "transfer" || kind === "escalate"));
}

function isAsked(task: TaskDetail, user: User): boolean {
  return task.approval?.waiting_for.some((person) => person.id === user.id) ?? false;
}

function ways(task: TaskDetail, kind: Kind): TaskAction[] {
  if (kind !== "complete") return [{ id: kind, kind, label: t(`task.${kind}`) }];
  return task.transitions.map(({ key, label }) => ({ id: `complete.${key}`, kind, label, transition: key }));
}

interface Deed {
  params: { path: { id: string }; header: { "Idempotency-Key": string } };
  action: TaskAction;
  answers: Answers;
}

const DEEDS: Record<Kind, (deed: Deed) => Promise<unknown>> = {
  start: ({ params }) => workflow.POST("/api/v1/tasks/{id}/start/", { params }),
  complete: ({ params, action, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/completion/", {
      params,
      body: { transition: action.transition ?? "", notes: answers.text },
    }),
  approve: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/approval/", { params, body: { notes: answers.text } }),
  decline: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/rejection/", { params, body: { notes: answers.text } }),
  hold: ({ params, answers }) => workflow.POST("/api/v1/tasks/{id}/hold/", { params, body: { reason: answers.text } }),
  resume: ({ params }) => workflow.POST("/api/v1/tasks/{id}/resumption/", { params }),
  claim: ({ params }) => workflow.POST("/api/v1/tasks/{id}/claim/", { params }),
  release: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/release/", { params, body: { reason: answers.text } }),
  escalate: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/escalation/", { params, body: { reason: answers.text } }),
  transfer: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/transfer/", {
      params,
      body: { assignee_id: answers.assigneeId, reason: answers.text },
    }),
  reroute: ({ params }) => workflow.POST("/api/v1/tasks/{id}/rerouting/", { params }),
  move: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/move/", { params, body: { step: answers.step, reason: answers.text } }),
  cancel: ({ params, answers }) =>
    workflow.POST("/api/v1/tasks/{id}/cancellation/", { params, body: { reason: answers.text } }),
};

/** Does it, once for the key. Raises ProblemError. */
export function perform(task: TaskDetail, action: TaskAction, key: string, answers: Answers): Promise<unknown> {
  return DEEDS[action.kind]({ params: { path: { id: task.id }, header: once(key) }, action, answers });
}
