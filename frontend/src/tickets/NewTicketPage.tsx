import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useNavigate } from "react-router";
import type { Category, Ticket } from "../api/clients";
import { upload } from "../api/http";
import { ProblemError } from "../api/problem";
import { useDraftFiles } from "../drafts/files";
import { useDraft, type Draft } from "../drafts/store";
import { t } from "../i18n";
import { PersonPicker } from "../people/PersonPicker";
import type { Fillable } from "../requestTemplates/filling";
import { TemplateChoice } from "../requestTemplates/TemplateChoice";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button, Field } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { FileList } from "../ui/Files";
import type { Option } from "../ui/Picker";
import { CategoryFields } from "./CategoryFields";
import { filled } from "./CustomFields";
import { useCategories } from "./queries";
import { DescriptionField, PriorityField } from "./TicketFields";

interface NewTicket extends Fillable {
  /** For whom staff files it; null: for themselves. */
  requester: Option | null;
}

const EMPTY: NewTicket = {
  category: "",
  sub_category: "",
  subject: "",
  description: "",
  priority: "Medium",
  custom_fields: {},
  department: "",
  tags: [],
  template: null,
  requester: null,
};

/** A new ticket. The draft is on the device with every key that is pressed, and carries the key that files it once. */
export default function NewTicketPage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const categories = useCategories();
  const draft = useDraft<NewTicket>("ticket", EMPTY);
  const files = useDraftFiles("ticket");
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isDiscarding, setDiscarding] = useState(false);
  const isBegun = files.files.length > 0 || JSON.stringify(draft.value) !== JSON.stringify(EMPTY);
  const discard = useMutation({
    mutationFn: () => {
      draft.clear();
      files.clear();
      setError(null);
      return Promise.resolve();
    },
  });
  const category = categories.data?.find((one) => one.slug === draft.value.category);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setError(null);
    setProgress(0);
    try {
      const form = formOf(draft.value, category, files.files);
      const ticket = await upload<Ticket>({
        url: "/tickets/api/v1/tickets/",
        form,
        idempotencyKey: draft.key,
        onProgress: setProgress,
      });
      draft.clear();
      files.clear();
      queries.setQueryData(["tickets", "one", ticket.number], ticket);
      void queries.invalidateQueries({ queryKey: ["tickets", "list"] });
      void navigate(`/requests/${ticket.number}`);
    } catch (failure) {
      // Refused for what it says: the next attempt says something else and is another one.
      if (failure instanceof ProblemError && failure.status === 400) draft.renewKey();
      setError(failure);
      setProgress(null);
    }
  }

  if (categories.isPending) return <Loading />;
  if (categories.error) return <ErrorNotice error={categories.error} onRetry={() => void categories.refetch()} />;
  return (
    <>
      <title>{`${t("new.title")} · ${t("app.name")}`}</title>
      <h1>{t("new.title")}</h1>
      <form className="card stack narrow" onSubmit={(event) => void submit(event)} {...files.target}>
        <Words draft={draft} categories={categories.data} error={error} />
        <FileList chosen={files} progress={files.files.length > 0 ? progress : null} />
        {draft.isRestored && <p className="muted small">{t("new.draft")}</p>}
        <Refusal error={error} onAgain={draft.renewKey} />
        <div className="row end">
          {isBegun && (
            <Button look="quiet" onClick={() => setDiscarding(true)}>
              {t("new.discard")}
            </Button>
          )}
          <Button type="submit" look="primary" busy={progress !== null}>
            {t("new.submit")}
          </Button>
        </div>
      </form>
      {isDiscarding && (
        <Confirm
          title={t("new.discard")}
          action={t("new.discard")}
          run={discard}
          body={undefined}
          onClose={() => setDiscarding(false)}
        >
          <p>{t("new.discard.confirm")}</p>
        </Confirm>
      )}
    </>
  );
}

/** The key was used with other words: the attempt of which no answer came has arrived. */
function Refusal({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  if (error === null) return null;
  if (!(error instanceof ProblemError) || error.code !== "idempotency_key_reused") return <ErrorNotice error={error} />;
  return (
    <div className="notice error" role="alert">
      <p>{t("new.maybeFiled")}</p>
      <Link to="/requests">{t("nav.requests")}</Link>{" "}
      <Button type="submit" onClick={onAgain}>
        {t("new.fileAgain")}
      </Button>
    </div>
  );
}

interface WordsProps {
  draft: Draft<NewTicket>;
  categories: Category[];
  error: unknown;
}

function Words({ draft, categories, error }: WordsProps) {
  const user = useUser();
  const { value, set } = draft;
  const errorOf = (field: string) => (error instanceof ProblemError ? error.of(field) : undefined);
  return (
    <>
      <TemplateChoice value={value} categories={categories} onChange={set} />
      {isStaff(user) && (
        <PersonPicker
          label={t("new.requester")}
          hint={t("new.requesterHint")}
          optional
          error={errorOf("requester_id")}
          value={value.requester}
          onChange={(requester) => set({ requester })}
        />
      )}
      <CategoryFields categories={categories} value={value} errorOf={errorOf} onChange={set} />
      <Field label={t("new.subject")} error={errorOf("subject")}>
        {(props) => (
          <input
            {...props}
            required
            maxLength={200}
            value={value.subject}
            onChange={(event) => set({ subject: event.target.value })}
          />
        )}
      </Field>
      <DescriptionField
        hint={t("new.descriptionHint")}

        error={errorOf("description")}
        value={value.description}
        onChange={(description) => set({ description })}
      />
      <PriorityField
        label={t("new.priority")}
        error={errorOf("priority")}
        value={value.priority}
        onChange={(priority) => set({ priority })}
      />
    </>
  );
}

function formOf(value: NewTicket, category: Category | undefined, files: File[]): FormData {
  const form = new FormData();
  form.set("category", value.category);
  if (value.sub_category) form.set("sub_category", value.sub_category);
  if (value.requester) form.set("requester_id", value.requester.id);
  form.set("subject", value.subject);
  form.set("description", value.description);
  form.set("priority", value.priority);
  if (value.department) form.set("department", value.department);
  for (const tag of value.tags) form.append("tags", tag);
  form.set("custom_fields", JSON.stringify(filled(category?.custom_fields ?? [], value.custom_fields)));
  for (const file of files) form.append("attachments", file);
  return form;
}
