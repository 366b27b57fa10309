import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { data, once, tickets, type SavedView, type TicketFilters } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Button, Dialog, Field } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";

interface SavedViewsProps {
  filters: TicketFilters;
  onChoose: (filters: TicketFilters) => void;
}

/** Filters with a name: one's own, and those that the desk shares. */
export function SavedViews({ filters, onChoose }: SavedViewsProps) {
  const user = useUser();
  const queries = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  const views = useQuery({
    queryKey: ["views"],
    queryFn: async () => (await data(tickets.GET("/api/v1/views/", { params: { query: { limit: 100 } } }))).results,
    staleTime: 60_000,
  });
  const drop = useMutation({
    mutationFn: (view: SavedView) => tickets.DELETE("/api/v1/views/{id}/", { params: { path: { id: view.id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["views"] }),
  });
  const current = views.data?.find((view) => isSame(view.filters, filters));
  const mayDrop = current && (current.is_shared ? isCoordinator(user) : current.owner_id === user.id);

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
        <Button look="quiet" busy={drop.isPending} onClick={() => drop.mutate(current)}>
          {t("views.delete")}
        </Button>
      )}
      {drop.error && <ErrorNotice error={drop.error} />}
      {isSaving && <SaveDialog filters={filters} mayShare={isCoordinator(user)} onClose={() => setSaving(false)} />}
    </div>
  );
}

interface SaveDialogProps {
  filters: TicketFilters;
  mayShare: boolean;
  onClose: () => void;
}

function SaveDialog({ filters, mayShare, onClose }: SaveDialogProps) {
  const queries = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      data(
        tickets.POST("/api/v1/views/", { params: { header: once(key) }, body: { name, is_shared: isShared, filters } }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["views"] });
      onClose();
    },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <Dialog title={t("views.save")} onClose={onClose}>
      <form onSubmit={submit} className="stack">
        <Field label={t("views.name")}>
          {(props) => (
            <input {...props} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        {mayShare && (
          <label className="check">
            <input type="checkbox" checked={isShared} onChange={(event) => setShared(event.target.checked)} />
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
