import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { data, tickets, type Ticket } from "../api/clients";
import { ProblemError } from "../api/problem";
import type { Draft } from "../drafts/store";
import { label, t } from "../i18n";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { useFocus } from "../ui/useFocus";
import { CategoryFields } from "./CategoryFields";
import { filled } from "./CustomFields";
import { changes, conflicts, edited, fieldsOf, resolved, type Edits, type FieldName, type Fields } from "./editing";
import { inWords } from "./inWords";
import { useCategories } from "./queries";
import { DescriptionField, PriorityField } from "./TicketFields";

interface EditTicketProps {
  ticket: Ticket;
  draft: Draft<Edits>;
  onClose: () => void;
}

/** The ticket's fields, in the place where they are read. What others change meanwhile is shown beside one's own. */
export function EditTicket({ ticket, draft, onClose }: EditTicketProps) {
  const queries = useQueryClient();
  const categories = useCategories();
  const edits = draft.value;
  const fields: Fields = { ...fieldsOf(ticket), ...edits.mine };
  const schema = categories.data?.find((one) => one.slug === fields.category)?.custom_fields ?? [];
  const disputed = conflicts(ticket, edits);
  const set = (change: Partial<Fields>) => draft.set(edited(ticket, edits, change));
  const first = useFocus<HTMLInputElement>();
  const done = () => {
    draft.clear();
    onClose();
  };

  const save = useMutation({
    mutationFn: async () => {
      const body = changes(ticket, edits);
      if (body.custom_fields) body.custom_fields = filled(schema, body.custom_fields);
      const params = { path: { id: ticket.id }, header: { "If-Match": `"${ticket.version}"` } };
      return data(tickets.PATCH("/api/v1/tickets/{id}/", { params, body }));
    },
    onSuccess: done,
    // Also after a 412, and after an answer that was lost: what has arrived is then no longer a change.
    onSettled: () => queries.invalidateQueries({ queryKey: ["tickets"] }),
  });
  const errorOf = (field: string) => (save.error instanceof ProblemError ? save.error.of(field) : undefined);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (Object.keys(changes(ticket, edits)).length === 0) done();
    else save.mutate();
  }

  return (
    <form className="card stack edit" aria-label={t("edit.title")} onSubmit={submit}>
      <h2>{t("edit.title")}</h2>
      {disputed.map((name) => (
        <Conflict
          key={name}
          name={name}
          mine={shown(edits.mine, name)}
          theirs={shown(fieldsOf(ticket), name)}
          onKeep={(keep) => draft.set(resolved(ticket, edits, name, keep))}
        />
      ))}
      <TextField
        label={t("new.subject")}
        required
        maxLength={200}
        ref={first}
        value={fields.subject}
        error={errorOf("subject")}
        onChange={(subject) => set({ subject })}
      />
      <CategoryFields categories={categories.data ?? []} value={fields} errorOf={errorOf} onChange={set} />
      <DescriptionField
        error={errorOf("description")}
        value={fields.description}
        onChange={(description) => set({ description })}
      />
      <div className="pair">
        <PriorityField
          label={t("tickets.priority")}
          error={errorOf("priority")}
          value={fields.priority}
          onChange={(priority) => set({ priority })}
        />
        <TextField
          label={t("ticket.department")}
          optional
          maxLength={100}
          value={fields.department}
          error={errorOf("department")}
          onChange={(department) => set({ department })}
        />
      </div>
      <Failure error={save.error} isDisputed={disputed.length > 0} />
      <div className="row end">
        <span className="muted small">{draft.isRestored && t("edit.restored")}</span>
        <Button look="quiet" onClick={done}>
          {t("edit.discard")}
        </Button>
        <Button type="submit" look="primary" busy={save.isPending} disabled={disputed.length > 0}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

/** What else was changed meanwhile needs no decision: the same edits go on top of it. */
function Failure({ error, isDisputed }: { error: Error | null; isDisputed: boolean }) {
  if (!error) return null;
  if (!(error instanceof ProblemError) || error.status !== 412) return <ErrorNotice error={error} />;
  return isDisputed ? null : (
    <p className="notice conflict" role="alert">
      {t("edit.fits")}
    </p>
  );
}

interface ConflictProps {
  name: FieldName;
  mine: string;
  theirs: string;
  onKeep: (keep: "mine" | "theirs") => void;
}

/** Both values of a field that two have changed; one of them is chosen, neither is lost before. */
function Conflict({ name, mine, theirs, onKeep }: ConflictProps) {
  return (
    <div className="notice conflict" role="alert">
      <p>
        <strong>{t("edit.conflict", { field: label("ticket", name) })}</strong>
      </p>
      <div className="pair">
        <div>
          <h3>{t("edit.mine")}</h3>
          <p className="words">{mine}</p>
          <Button onClick={() => onKeep("mine")}>{t("edit.keepMine")}</Button>
        </div>
        <div>
          <h3>{t("edit.theirs")}</h3>
          <p className="words">{theirs}</p>
          <Button onClick={() => onKeep("theirs")}>{t("edit.keepTheirs")}</Button>
        </div>
      </div>
    </div>
  );
}

function shown(fields: Partial<Fields>, name: FieldName): string {
  const value = fields[name];
  if (typeof value === "string") return value || "–";
  const entries = Object.entries(value ?? {});
  return entries.map(([key, one]) => `${key}: ${inWords(one)}`).join("\n") || "–";
}
