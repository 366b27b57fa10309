import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { data, workflow, type Schemas } from "../../api/clients";
import { dateTime, t } from "../../i18n";
import { useUser } from "../../session/session";
import { useCategories } from "../../tickets/queries";
import { PriorityField } from "../../tickets/TicketFields";
import { Button, Field, TextField } from "../../ui/controls";
import { ErrorNotice } from "../../ui/feedback";
import { graphOf } from "../../workflows/graph";
import { roleName } from "../../session/roles";
import WorkflowGraph from "../../workflows/WorkflowGraph";

type Question = Schemas["TicketQuestionRequest"];
type Answer = Schemas["RoutingOutput"];

/** Which workflow a ticket would get, and whose turn it would be, if it were filed now. Nothing is stored. */
export default function TryPage() {
  const [question, setQuestion] = useState<Question>({
    category: "",
    sub_category: "",
    department: "",
    priority: "Medium",
  });
  const categories = useCategories().data ?? [];
  const subs = categories.find((one) => one.slug === question.category)?.sub_categories ?? [];
  const ask = useMutation({
    mutationFn: (body: Question) => data(workflow.POST("/api/v1/routing/preview/", { body })),
  });
  const set = (change: Partial<Question>) => setQuestion({ ...question, ...change });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    ask.mutate(question);
  }

  return (
    <>
      <title>{`${t("try.title")} · ${t("app.name")}`}</title>
      <p>
        <Link to="/admin/workflows">{t("workflows.title")}</Link>
      </p>
      <h1>{t("try.title")}</h1>
      <p className="muted">{t("try.text")}</p>
      <form className="card stack" onSubmit={submit}>
        <div className="pair">
          <Field label={t("ticket.category")}>
            {(props) => (
              <select
                {...props}
                value={question.category}
                onChange={(event) => set({ category: event.target.value, sub_category: "" })}
              >
                <option value="">{t("try.none")}</option>
                {categories.map((one) => (
                  <option key={one.slug} value={one.slug}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {subs.length > 0 && (
            <Field label={t("new.subCategory")}>
              {(props) => (
                <select
                  {...props}
                  value={question.sub_category}
                  onChange={(event) => set({ sub_category: event.target.value })}
                >
                  <option value="">{t("try.none")}</option>
                  {subs.map((one) => (
                    <option key={one.slug} value={one.slug}>
                      {one.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <TextField
            label={t("ticket.department")}
            optional
            maxLength={120}
            value={question.department}
            onChange={(department) => set({ department })}
          />
          <PriorityField
            label={t("tickets.priority")}
            value={question.priority}
            onChange={(priority) => set({ priority })}
          />
        </div>
        <div className="row end">
          <Button type="submit" look="primary" busy={ask.isPending}>
            {t("try.submit")}
          </Button>
        </div>
      </form>
      <div role="status">{ask.data && <Told answer={ask.data} priority={ask.variables.priority} />}</div>
      {ask.error && <ErrorNotice error={ask.error} />}
    </>
  );
}

function Told({ answer, priority }: { answer: Answer; priority: string }) {
  const zone = useUser().time_zone;
  const { workflow: found, step, assignee, candidates, resolution_due_at, step_due_at } = answer;
  if (!found) return <p className="notice conflict">{t("try.noWorkflow")}</p>;
  const others = candidates.filter((person) => person.id !== assignee?.id).map((person) => person.name);
  return (
    <section className="card stack" aria-labelledby="told">
      <h2 id="told">{t("try.told")}</h2>
      <dl className="facts">
        <dt>{t("try.workflow")}</dt>
        <dd>
          <Link to={`/admin/workflows/${found.id}`}>{found.name}</Link>{" "}
          <span className="muted">{t("workflows.version", { n: found.version })}</span>
        </dd>
        <dt>{t("tasks.step")}</dt>
        <dd>
          {step?.name} <span className="muted">{step && roleName(step.role)}</span>
        </dd>
        <dt>{t("tasks.assignee")}</dt>
        <dd>{assignee?.name ?? t("try.noAssignee")}</dd>
        <dt>{t("try.others")}</dt>
        <dd>{others.join(", ") || "–"}</dd>
        {step_due_at && (
          <>
            <dt>{t("try.stepDue")}</dt>
            <dd>{dateTime(step_due_at, zone)}</dd>
          </>
        )}
        {resolution_due_at && (
          <>
            <dt>{t("try.due")}</dt>
            <dd>{dateTime(resolution_due_at, zone)}</dd>
          </>
        )}
      </dl>
      <Picture id={found.id} name={found.name} priority={priority} at={step?.key} />
    </section>
  );
}

interface PictureProps {
  id: string;
  name: string;
  priority: string;
  at: string | undefined;
}

function Picture({ id, name, priority, at }: PictureProps) {
  const drawn = useQuery({
    queryKey: ["workflows", id, "graph"],
    queryFn: ({ signal }) => data(workflow.GET("/api/v1/workflows/{id}/graph/", { params: { path: { id } }, signal })),
  });
  const graph = useMemo(
    () => drawn.data && graphOf({ ...drawn.data, position: at ?? null }, priority),
    [drawn.data, priority, at],
  );
  if (drawn.error) return <ErrorNotice error={drawn.error} onRetry={() => void drawn.refetch()} />;
  return graph ? <WorkflowGraph graph={graph} name={name} /> : null;
}
