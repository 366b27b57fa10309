import { useInfiniteQuery, keepPreviousData } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { data, workflow, type Task } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { useRowKeys } from "../shell/keys";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { PriorityMark } from "../ui/Status";
import { Due } from "./Due";

const SCOPES = ["mine", "queue", "overdue", "owned", "unrouted", "all"] as const;
type Scope = (typeof SCOPES)[number];

/** What is to be done: by me, by my team, too late, by nobody. */
export default function TasksPage() {
  const user = useUser();
  const [parameters, setParameters] = useSearchParams();
  const scopes = SCOPES.filter((scope) => scope !== "all" || isCoordinator(user));
  const scope = scopes.find((name) => name === parameters.get("scope")) ?? "mine";
  const list = useInfiniteQuery({
    queryKey: ["tasks", "list", scope],
    queryFn: ({ pageParam, signal }) =>
      data(workflow.GET("/api/v1/tasks/", { params: { query: { scope, limit: 50, ...cursorOf(pageParam) } }, signal })),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  });
  useRowKeys(list.data?.pages.flatMap((page) => page.results.map((task) => task.ticket.number)));
  return (
    <>
      <title>{`${t("tasks.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("tasks.title")}</h1>
        <Link className="push" to="/absences">
          {t("absences.title")}
        </Link>
      </div>
      <Tabs scopes={scopes} current={scope} onChoose={(next) => setParameters({ scope: next })} />
      <Rows query={list} none={t("tasks.none")}>
        {(rows) => <TaskTable rows={rows} />}
      </Rows>
    </>
  );
}

interface TabsProps {
  scopes: Scope[];
  current: Scope;
  onChoose: (scope: Scope) => void;
}

function Tabs({ scopes, current, onChoose }: TabsProps) {
  return (
    <div className="switch" role="group" aria-label={t("tasks.title")}>
      {scopes.map((scope) => (
        <button
          key={scope}
          type="button"
          className="button quiet"
          aria-pressed={scope === current}
          onClick={() => onChoose(scope)}
        >
          {t(`tasks.scope.${scope}`)}
        </button>
      ))}
    </div>
  );
}

function TaskTable({ rows }: { rows: Task[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("tickets.number")}</th>
          <th scope="col">{t("tasks.ticket")}</th>
          <th scope="col">{t("tasks.step")}</th>
          <th scope="col">{t("tasks.status")}</th>
          <th scope="col">{t("tickets.priority")}</th>
          <th scope="col">{t("tasks.assignee")}</th>
          <th scope="col">{t("tasks.due")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((task) => (
          <tr key={task.id}>
            <td className="number">{task.ticket.number}</td>
            <td className="subject">
              <Link data-row to={`/requests/${task.ticket.number}`}>
                {task.ticket.subject}
              </Link>
            </td>
            <td>{task.step?.name ?? task.unrouted_reason}</td>
            <td>
              <span className={`badge task-${task.status.replace("_", "-")}`}>{t(`tasks.status.${task.status}`)}</span>
            </td>
            <td>
              <PriorityMark value={task.ticket.priority} />
            </td>
            <td data-label={t("tasks.assignee")}>
              {task.assignee?.name ?? <span className="muted">{t("tickets.unassigned")}</span>}
            </td>
            <td>
              <Due at={task.step_due_at ?? task.resolution_due_at} isDone={task.completed_at !== null} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
