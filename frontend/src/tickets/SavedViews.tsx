import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { data, once, tickets, type SavedView, type TicketFilters, type User } from "../api/clients";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button, Dialog, Field } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { useOnce } from "../ui/useOnce";

interface SavedViewsProps {
  filters: TicketFilters;
  onChoose: (filters: TicketFilters) => void;
}

/** Filters with a name: one's own, and those that the desk shares. */
export function SavedViews({ filters, onChoose }: SavedViewsProps) {
  const user = useUser();
  const [isSaving, setSaving] = useState(false);
  const views = useQuery({
    queryKey: ["views"],
    queryFn: async () => (await data(tickets.GET("/api/v1/views/", { params: { query: { limit: 100 } } }))).results,
    staleTime: 60_000,
  });
  const [isDropping, setDropping] = useState(false);
  const current = views.data?.find((view) => isSame(view.filters, filters));
  const mayDrop = current && isKeeper(current, user);

  return (
    <div className="views">
      <select
        aria-label={t("views.label")}
        value={current?.id ?? ""}
        onChange={(event) => onChoose(views.data?.find((view) => view.id === event.target.value)?.filters ?? {})}
      >
        <option value="">{t("views.choose")}</option>
        {views.data?.map((view) => (
          <option key={view.id} value={view.id}>
            {view.name}
          </option>
        ))}
      </select>
      {!current && Object.keys(filters).length > 0 && (
        <Button look="quiet" onClick={() => setSaving(true)}>
          {t("views.save")}
        </Button>
      )}
      {mayDrop && (
        <Button look="quiet" onClick={() => setDropping(true)}>
          {t("views.delete")}
        </Button>
      )}
      {isDropping && current && <Deletion view={current} onClose={() => setDropping(false)} />}
      {isSaving && <SaveDialog filters={filters} mayShare={isCoordinator(user)} onClose={() => setSaving(false)} />}
    </div>
  );
}

/** What is shared is kept by coordinators, whoever made it; all else by its owner. */
function isKeeper(view: SavedView, user: User): boolean {
  return view.is_shared ? isCoordinator(user) : view.owner_id === user.id;
}

function Deletion({ view, onClose }: { view: SavedView; onClose: () => void }) {
  const drop = useOnce(() => tickets.DELETE("/api/v1/views/{id}/", { params: { path: { id: view.id } } }), [["views"]]);
  return (
    <Confirm title={t("views.delete")} action={t("views.delete")} run={drop} body={undefined} onClose={onClose}>
      <p>{t(view.is_shared ? "views.deleteShared" : "views.deleteOwn", { name: view.name })}</p>
    </Confirm>
  );
}

interface SaveDialogProps {
  filters: TicketFilters;
  mayShare: boolean;
  onClose: () => void;
}

function SaveDialog({ filters, mayShare, onClose }: SaveDialogProps) {
  const draft = useDraft("view", { name: "", isShared: false });
  const { name, isShared } = draft.value;
  const save = useOnce(
    (key) => {
      const params = { header: once(key) };
      return data(tickets.POST("/api/v1/views/", { params, body: { name, is_shared: isShared, filters } }));
    },
    [["views"]],
    "view",
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: () => {
        draft.clear();
        onClose();
      },
    });
  }

  return (
    <Dialog title={t("views.save")} onClose={onClose}>
      <form onSubmit={submit} className="stack">
        <Field label={t("views.name")}>
          {(props) => (
            <input
              {...props}
              required
              maxLength={100}
              value={name}
              onChange={(event) => draft.set({ name: event.target.value })}
            />
          )}
        </Field>
        {mayShare && (
          <label className="check">
            <input
              type="checkbox"
              checked={isShared}
              onChange={(event) => draft.set({ isShared: event.target.checked })}
            />
            {t("views.shared")}
          </label>
        )}
        {save.error && <ErrorNotice error={save.error} />}
        <Button type="submit" look="primary" busy={save.isPending}>
          {t("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

function isSame(one: TicketFilters, other: TicketFilters): boolean {
  const text = (filters: TicketFilters) =>
    JSON.stringify(
      Object.entries(filters)
        .filter(([, value]) => Boolean(value))
        .sort(),
    );
  return text(one) === text(other);
}
