import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { TaskDetail, Ticket } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { useCommands } from "../shell/commands";
import { Button } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { actionsFor, OVERRULING, type TaskAction } from "./actions";
import { taskOf } from "./queries";
import { Sla } from "./Sla";
import { TaskActionDialog } from "./TaskActionDialog";

const TicketWorkflow = lazy(() => import("../workflows/TicketWorkflow"));

/** Where the ticket stands in its workflow, until when, and the ways on that are open to this caller. */
export default function TaskPanel({ ticket }: { ticket: Ticket }) {
  const task = useQuery(taskOf(ticket.number));
  if (task.isPending) return <Loading />;
  if (task.error && !task.data) return <ErrorNotice error={task.error} onRetry={() => void task.refetch()} />;
  return (
    <>
      <section className="card task" aria-labelledby="task">
        <h2 id="task">{t("task.title")}</h2>
        {task.data ? <Loaded ticket={ticket} task={task.data} /> : <p className="muted">{t("task.none")}</p>}
      </section>
      {task.data?.workflow && (
        <Suspense fallback={<Loading />}>
          <TicketWorkflow task={task.data} />
        </Suspense>
      )}
    </>
  );
}

function Loaded({ ticket, task }: { ticket: Ticket; task: TaskDetail }) {
  const user = useUser();
  const [asked, setAsked] = useState<TaskAction | null>(null);
  const actions = actionsFor(task, user, isCoordinator(user));
  const assign =
    actions.find((action) => action.kind === "claim") ?? actions.find((action) => action.kind === "transfer");
  useCommands(
    actions.map((action) => ({
      id: `task.${action.id}`,
      text: action.label,
      ...(action === assign ? { key: "a" } : {}),
      run: () => setAsked(action),
    })),
  );
  return (
    <>
      <p className="step">
        <strong>{task.step?.name ?? task.unrouted_reason}</strong>{" "}
        <span className={`badge task-${task.status.replace("_", "-")}`}>{t(`tasks.status.${task.status}`)}</span>
      </p>
      <p className="muted small assignment">
        {task.workflow?.name} · {task.assignee?.name ?? t("tickets.unassigned")}
      </p>
      {isByHand(task) && <p>{t("task.cancelled", { reason: task.cancel_reason })}</p>}
      {task.hold_reason && <p>{t("task.held", { reason: task.hold_reason })}</p>}
      {task.approval && <Approval approval={task.approval} />}
      {task.instructions && (
        <details>
          <summary>{t("task.instructions")}</summary>
          <p className="words">{task.instructions}</p>
        </details>
      )}
      <Buttons actions={actions.filter(({ kind }) => !OVERRULING.has(kind))} onAsk={setAsked} />
      <Buttons actions={actions.filter(({ kind }) => OVERRULING.has(kind))} onAsk={setAsked} />
      {asked && <TaskActionDialog ticket={ticket} task={task} action={asked} onClose={() => setAsked(null)} />}
      <Sla task={task} />
    </>
  );
}

function Buttons({ actions, onAsk }: { actions: TaskAction[]; onAsk: (action: TaskAction) => void }) {
  if (actions.length === 0) return null;
  return (
    <div className="actions">
      {actions.map((action) => (
        <Button key={action.id} look={lookOf(action)} onClick={() => onAsk(action)}>
          {action.label}
        </Button>
      ))}
    </div>
  );
}

/** Somebody cancelled it and said why; otherwise it ended with its ticket, which says so itself. */
function isByHand(task: TaskDetail): boolean {
  return task.cancel_reason !== "" && !task.cancel_reason.startsWith("ticket_");
}

function lookOf({ kind }: TaskAction) {
  if (OVERRULING.has(kind)) return "quiet";
  return kind === "complete" || kind === "start" ? "primary" : "plain";
}

function Approval({ approval }: { approval: NonNullable<TaskDetail["approval"]> }) {
  return (
    <p>
      {t("task.approvals", { approved: approval.approved, needed: approval.needed })}
      {approval.waiting_for.length > 0 && (
        <>
          <br />
          {t("task.waitingFor", { names: approval.waiting_for.map((person) => person.name).join(", ") })}
        </>
      )}
    </p>
  );
}
