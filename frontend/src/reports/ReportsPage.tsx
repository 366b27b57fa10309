import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { data, workflow } from "../api/clients";
import { duration, label, t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { PRIORITIES, STATUSES, useCategories } from "../tickets/queries";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Time } from "../ui/Time";
import { roleName } from "../session/roles";
import { Days } from "./Days";
import { Figures } from "./Figures";
import { useCompliance, useLoad, useRoleLoad, useStatistics, useStepTimes, useThroughput, type Asked } from "./queries";
import { useAddress } from "../ui/useAddress";

const PERIODS = [7, 30, 90, 365] as const;

/** What came and went, what was promised and kept, and who has how much. The period stands in the address. */
export default function ReportsPage() {
  const user = useUser();
  const { values, set } = useAddress(["days", "workflow"]);
  const isLead = isCoordinator(user);
  const days = PERIODS.find((one) => String(one) === values.days) ?? 30;
  const asked: Asked = { days, workflow: isLead ? (values.workflow ?? "") : "", zone: user.time_zone };

  return (
    <>
      <title>{`${t("reports.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("reports.title")}</h1>
        <div className="switch" role="group" aria-label={t("reports.period")}>
          {PERIODS.map((one) => (
            <button
              key={one}
              type="button"
              className="button quiet"
              aria-pressed={one === days}
              onClick={() => set("days", String(one))}
            >
              {t("reports.days", { n: one })}
            </button>
          ))}
        </div>
        {isLead && <WorkflowChoice value={asked.workflow} onChange={(key) => set("workflow", key)} />}
      </div>
      <div className="reports">
        {asked.workflow === "" && <Tickets asked={asked} isHalf={isLead} />}
        {isLead && <Leads asked={asked} />}
      </div>
    </>
  );
}

/** Every workflow there has been, by name: reports go back to those that are retired too. */
function useWorkflowNames() {
  return useQuery({
    queryKey: ["workflows", "names"],
    queryFn: () => data(workflow.GET("/api/v1/workflows/", { params: { query: { scope: "all", limit: 100 } } })),
    staleTime: 60_000,
  });
}

function useWorkflowName(): (key: string) => string {
  const rows = useWorkflowNames().data?.results;
  return (key) => rows?.find((row) => row.key === key)?.name ?? key;
}

function WorkflowChoice({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const rows = useWorkflowNames();
  return (
    <select
      className="push narrow-choice"
      aria-label={t("reports.workflow")}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t("reports.allWorkflows")}</option>
      {rows.data?.results.map((row) => (
        <option key={row.key} value={row.key}>
          {row.name}
        </option>
      ))}
    </select>
  );
}

interface PanelProps<T> {
  id: string;
  /** Beside another one, where there is room. */
  isHalf?: boolean;
  title: string;
  query: UseQueryResult<T>;
  children: (found: T) => ReactNode;
}

function Panel<T>({ id, isHalf, title, query, children }: PanelProps<T>) {
  return (
    <section
      className={isHalf ? "card stack half" : "card stack"}
      aria-labelledby={`report-${id}`}
      aria-busy={query.isPlaceholderData}
    >
      <h2 id={`report-${id}`}>{title}</h2>
      {query.isPending && <Loading />}
      {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </section>
  );
}

function Tickets({ asked, isHalf }: { asked: Asked; isHalf: boolean }) {
  const categories = useCategories().data ?? [];
  const statistics = useStatistics(asked);
  const found = statistics.data;
  return (
    <>
      <Panel id="now" title={t("reports.now")} query={statistics}>
        {({ open, resolution, ratings }) => (
          <dl className="tiles">
            <Tile name={t("reports.open")}>{open.total}</Tile>
            <Tile name={t("reports.unassigned")}>{open.unassigned}</Tile>
            <Tile name={t("reports.oldest")}>
              {open.oldest_created_at ? <Time at={open.oldest_created_at} /> : "–"}
            </Tile>
            <Tile name={t("reports.median")}>{hours(resolution.median_hours)}</Tile>
            <Tile name={t("reports.p90")}>{hours(resolution.p90_hours)}</Tile>
            <Tile name={t("reports.rating", { n: ratings.count })}>
              {ratings.average === null ? "–" : `${ratings.average.toFixed(1)} / 5`}
            </Tile>
          </dl>
        )}
      </Panel>
      <Panel id="tickets" isHalf={isHalf} title={t("reports.tickets")} query={statistics}>
        {({ days }) => (
          <Days
            name={t("reports.tickets")}
            words={{ came: t("reports.created"), went: t("reports.resolved") }}
            days={days.map(({ date, created, resolved }) => ({ date, came: created, went: resolved }))}
          />
        )}
      </Panel>
      {found && (
        <div className="pair">
          <Counts
            id="status"
            title={t("reports.byStatus")}
            prefix="status"
            rows={inOrder(found.open.by_status, STATUSES)}
          />
          <Counts
            id="priority"
            title={t("reports.byPriority")}
            prefix="priority"
            rows={inOrder(found.open.by_priority, URGENT_FIRST)}
          />
          <Counts
            id="category"
            title={t("reports.byCategory")}
            prefix="category"
            rows={found.open.by_category.map((row) => ({
              ...row,
              key: categories.find((one) => one.slug === row.key)?.name ?? row.key,
            }))}
          />
        </div>
      )}
    </>
  );
}

function Tile({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface CountsProps {
  id: string;
  title: string;
  prefix: string;
  rows: { key: string; count: number }[];
}

const URGENT_FIRST = [...PRIORITIES].reverse();

/** As the desk goes through them, not by the alphabet; what is not known comes last. */
function inOrder<Row extends { key: string }>(rows: Row[], order: readonly string[]): Row[] {
  const place = ({ key }: Row) => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...rows].sort((one, other) => place(one) - place(other));
}

function Counts({ id, title, prefix, rows }: CountsProps) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <section className="card" aria-labelledby={`count-${id}`}>
      <h2 id={`count-${id}`}>{title}</h2>
      <Figures
        caption={title}
        rows={rows}
        columns={[
          { title, of: (row) => label(prefix, row.key) },
          { title: t("reports.open"), of: (row) => row.count },
        ]}
        bar={(row) => ({ share: row.count / most })}
      />
    </section>
  );
}

function Leads({ asked }: { asked: Asked }) {
  const throughput = useThroughput(asked, true);
  return (
    <>
      <Panel id="tasks" isHalf={asked.workflow === ""} title={t("reports.tasks")} query={throughput}>
        {(days) => (
          <Days
            name={t("reports.tasks")}
            words={{ came: t("reports.begun"), went: t("reports.completed") }}
            days={days.map(({ date, created, completed }) => ({ date, came: created, went: completed }))}
          />
        )}
      </Panel>
      <Promises asked={asked} />
      <StepTimes asked={asked} />
      <Loads asked={asked} />
    </>
  );
}

function Promises({ asked }: { asked: Asked }) {
  const nameOf = useWorkflowName();
  return (
    <Panel id="sla" title={t("reports.sla")} query={useCompliance(asked)}>
      {(rows) => (
        <Figures
          caption={t("reports.sla")}
          rows={rows}
          columns={[
            { title: t("reports.workflow"), of: (row) => nameOf(row.workflow) },
            { title: t("reports.clock"), of: (row) => label("sla", row.clock) },
            { title: t("reports.kept"), of: (row) => row.kept },
            { title: t("reports.missed"), of: (row) => row.missed },
            { title: "%", of: (row) => row.kept_percent },
          ]}
          bar={(row) => ({ share: row.kept_percent / 100, look: row.kept_percent < 90 ? "short" : "well" })}
        />
      )}
    </Panel>
  );
}

function StepTimes({ asked }: { asked: Asked }) {
  const nameOf = useWorkflowName();
  return (
    <Panel id="steps" title={t("reports.steps")} query={useStepTimes(asked)}>
      {(rows) => {
        const most = Math.max(1, ...rows.map((row) => row.median_minutes));
        return (
          <Figures
            caption={t("reports.steps")}
            rows={rows}
            columns={[
              { title: t("reports.step"), of: (row) => label("", row.step) },
              { title: t("reports.workflow"), of: (row) => nameOf(row.workflow) },
              { title: t("reports.turns"), of: (row) => row.turns },
              {
                title: t("reports.medianMinutes"),
                of: (row) => row.median_minutes,
                shown: (row) => duration(row.median_minutes),
              },
              {
                title: t("reports.p90Minutes"),
                of: (row) => row.p90_minutes,
                shown: (row) => duration(row.p90_minutes),
              },
            ]}
            bar={(row) => ({ share: row.median_minutes / most })}
          />
        );
      }}
    </Panel>
  );
}

function Loads({ asked }: { asked: Asked }) {
  const roles = useRoleLoad(asked);
  const people = useLoad(asked);
  return (
    <>
      <Panel id="roles" isHalf title={t("reports.roles")} query={roles}>
        {(rows) => {
          const most = Math.max(1, ...rows.map((row) => row.open));
          return (
            <Figures
              caption={t("reports.roles")}
              rows={rows}
              columns={[
                { title: t("reports.role"), of: (row) => roleName(row.role) },
                { title: t("reports.openTasks"), of: (row) => row.open },
                { title: t("reports.unassigned"), of: (row) => row.unassigned },
                { title: t("reports.overdue"), of: (row) => row.overdue },
                { title: t("reports.onHold"), of: (row) => row.on_hold },
              ]}
              bar={(row) => ({ share: row.open / most, look: row.overdue > 0 ? "short" : "" })}
            />
          );
        }}
      </Panel>
      <Panel id="people" isHalf title={t("reports.people")} query={people}>
        {(rows) => {
          const most = Math.max(1, ...rows.map((row) => row.open));
          return (
            <Figures
              caption={t("reports.people")}
              rows={rows}
              columns={[
                { title: t("reports.person"), of: (row) => row.name || t("reports.unknown") },
                { title: t("reports.openTasks"), of: (row) => row.open },
                { title: t("reports.begun"), of: (row) => row.begun },
                { title: t("reports.overdue"), of: (row) => row.overdue },
                { title: t("reports.onHold"), of: (row) => row.on_hold },
              ]}
              bar={(row) => ({ share: row.open / most, look: row.overdue > 0 ? "short" : "" })}
            />
          );
        }}
      </Panel>
    </>
  );
}

function hours(value: number | null): string {
  return value === null ? "–" : duration(value * 60);
}
