import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { data, once, workflow, type Schemas } from "../../api/clients";
import { t } from "../../i18n";
import { Dialog, Field } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { useOnce } from "../../ui/useOnce";
import { useVersion } from "./queries";
import { FormEnd } from "../../ui/FormEnd";

type Change = Schemas["ChangeOutput"];

/** What would become of the running tasks of the other versions. Nothing is stored. */
export function useForesight(id: string, to: number, steps: Record<string, string>) {
  return useQuery({
    queryKey: ["workflows", id, "foresight", to, steps],
    queryFn: () =>
      data(
        workflow.POST("/api/v1/workflows/{id}/migration/", {
          params: { path: { id }, header: once(crypto.randomUUID()) },
          body: { to, steps, dry_run: true },
        }),
      ),
    gcTime: 0,
    staleTime: 0,
  });
}

/** Brings them over, 200 a request, until none is left. */
export async function migrate(id: string, to: number, steps: Record<string, string>): Promise<void> {
  for (;;) {
    const { more } = await data(
      workflow.POST("/api/v1/workflows/{id}/migration/", {
        // A repetition finds the tasks that are left: each one changes over once, whatever the key.
        params: { path: { id }, header: once(crypto.randomUUID()) },
        body: { to, steps, dry_run: false },
      }),
    );
    if (!more) return;
  }
}

interface AffectedProps {
  changes: Change[];
  more: boolean;
  names: Map<string, string>;
}

/** The tasks that are concerned, and where each would go on. */
function Affected({ changes, more, names }: AffectedProps) {
  const named = (key: string) => names.get(key) ?? key;
  return (
    <div className="scroll affected">
      <table className="list">
        <caption className="sr">{t("migrate.affected")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("tickets.number")}</th>
            <th scope="col">{t("migrate.now")}</th>
            <th scope="col">{t("migrate.then")}</th>
            <th scope="col">{t("tasks.assignee")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.task_id}>
              <td>
                <Link to={`/requests/${change.ticket_number}`} target="_blank">
                  {change.ticket_number}
                </Link>
              </td>
              <td>{t("migrate.at", { step: named(change.previous_step) || "–", n: change.version })}</td>
              <td>{change.step ? named(change.step) : <span className="late">⚠ {t("migrate.lost")}</span>}</td>
              <td>{change.keeps_assignee ? t("migrate.keeps") : t("migrate.anew")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more && <p className="muted small">{t("migrate.more", { n: changes.length })}</p>}
    </div>
  );
}

interface ForesightProps {
  query: ReturnType<typeof useForesight>;
  none: string;
  names: Map<string, string>;
}

export function Foresight({ query, none, names }: ForesightProps) {
  if (query.isPending) return <Loading />;
  if (!query.data) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  const { changes, more } = query.data;
  return changes.length > 0 ? <Affected {...{ changes, more, names }} /> : <p className="muted">{none}</p>;
}

interface PlacesProps {
  changes: Change[];
  steps: Record<string, string>;
  names: Map<string, string>;
  onChange: (steps: Record<string, string>) => void;
}

/** For each step that is no more: where its tasks go on. */
export function Places({ changes, steps, names, onChange }: PlacesProps) {
  const lost = changes.filter((change) => !change.step).map((change) => change.previous_step);
  const asked = [...new Set([...lost, ...Object.keys(steps)])].filter(Boolean);
  return asked.map((key) => (
    <Field key={key} label={t("migrate.place", { step: key })}>
      {(props) => (
        <select
          {...props}
          value={steps[key] ?? ""}
          onChange={(event) => onChange({ ...steps, [key]: event.target.value })}
        >
          <option value="" disabled>
            {t("migrate.choose")}
          </option>
          {[...names].map(([step, name]) => (
            <option key={step} value={step}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  ));
}

/** Brings running tasks to a version that is published already. */
export function Migration({ id, to, onClose }: { id: string; to: number; onClose: () => void }) {
  const [steps, setSteps] = useState<Record<string, string>>({});
  const target = useVersion(id, to);
  const foresight = useForesight(id, to, steps);
  const names = new Map(target.data?.version.steps.map((step) => [step.key, step.name]));
  const run = useOnce(() => migrate(id, to, steps), [["workflows"], ["tasks"], ["task"]]);
  const changes = foresight.data?.changes ?? [];

  function submit(event: SubmitEvent) {
    event.preventDefault();
    run.mutate(undefined, { onSuccess: onClose });
  }

  return (
    <Dialog title={t("migrate.title")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>{t("migrate.text", { n: to })}</p>
        <Foresight query={foresight} none={t("migrate.none")} names={names} />
        <Places {...{ changes, steps, names }} onChange={setSteps} />
        <FormEnd
          run={run}
          action={t("migrate.submit")}
          disabled={changes.length === 0 || changes.some((change) => !change.step)}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
