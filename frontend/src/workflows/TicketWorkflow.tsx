import { useMemo } from "react";
import type { TaskDetail } from "../api/clients";
import { t } from "../i18n";
import { useGraph } from "../tasks/queries";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Time } from "../ui/Time";
import { graphOf } from "./graph";
import WorkflowGraph from "./WorkflowGraph";

/** The workflow that a ticket runs on: where it stands, what it has passed, and by whose hand. */
export default function TicketWorkflow({ task }: { task: TaskDetail }) {
  const drawn = useGraph(task);
  const graph = useMemo(() => drawn.data && graphOf(drawn.data, task.ticket.priority, task), [drawn.data, task]);
  if (drawn.isPending) return <Loading />;
  if (!graph) return <ErrorNotice error={drawn.error} onRetry={() => void drawn.refetch()} />;
  return (
    <section className="card" aria-labelledby="workflow">
      <h2 id="workflow">{t("graph.progress")}</h2>
      <WorkflowGraph graph={graph} name={task.workflow?.name ?? ""} />
      <Turns task={task} graph={drawn.data} />
    </section>
  );
}

interface TurnsProps {
  task: TaskDetail;
  graph: { edges: { from: string; key: string; label: string }[] } | undefined;
}

function Turns({ task, graph }: TurnsProps) {
  const done = task.items.filter((turn) => turn.completed_at !== null);
  if (done.length === 0) return null;
  const words = (step: string, way: string) =>
    graph?.edges.find((edge) => edge.from === step && edge.key === way)?.label ?? way;
  return (
    <details className="turns">
      <summary>{t("graph.turns")}</summary>
      <ol className="workflow-list">
        {done.map((turn) => (
          <li key={turn.id}>
            <strong>{turn.step.name}</strong>
            <br />
            {t("graph.turnBy", { way: words(turn.step.key, turn.transition), name: turn.assignee?.name ?? "–" })}{" "}
            {turn.substitute_for_id && <span className="muted">({t("graph.substitute")}) </span>}
            {turn.completed_at && (
              <span className="muted">
                <Time at={turn.completed_at} />
              </span>
            )}
            {turn.notes && <p className="words small">{turn.notes}</p>}
          </li>
        ))}
      </ol>
    </details>
  );
}
