import type { SubmitEvent } from "react";
import { data, once, tickets, type SavedView, type TicketFilters } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Dialog, TextField } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { Stale } from "../ui/Stale";
import { useOnce } from "../ui/useOnce";
import { useFiltersInWords, isSame } from "./filtersInWords";
import { useViews } from "./queries";

interface ViewDialogProps {
  /** Null: a new one. */
  view: SavedView | null;
  /** Of the list as it is shown now. */
  filters: TicketFilters;
  onClose: () => void;
}

/** A name for the filters of the list; of a view that is there, another name, other filters, or whom it is for. */
export function ViewDialog({ view, filters, onClose }: ViewDialogProps) {
  const inWords = useFiltersInWords();
  const { draft, now, isFilteredOtherwise, save } = useEditing(view, filters);
  const isStale = now !== undefined && now.version !== draft.value.version;
  const done = () => {
    draft.clear();
    onClose();
  };

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: done });
  }

  return (
    <Dialog title={t(view ? "views.edit" : "views.save")} onClose={onClose}>
      <form onSubmit={submit} className="stack">
        {isStale && (
          <Stale
            theirs={`${now.name}: ${inWords(now.filters)}`}
            onKeepMine={() => draft.set({ version: now.version })}
            onTakeTheirs={done}
          />
        )}
        <TextField
          label={t("views.name")}
          required
          maxLength={100}
          value={draft.value.name}
          error={save.error instanceof ProblemError ? save.error.of("name") : undefined}
          onChange={(name) => draft.set({ name })}
        />
        <p className="hint">{t("views.shows", { filters: inWords(view ? view.filters : filters) })}</p>
        {isFilteredOtherwise && (
          <Tick checked={draft.value.takesFilters} onChange={(takesFilters) => draft.set({ takesFilters })}>
            {t("views.takeFilters", { filters: inWords(filters) })}
          </Tick>
        )}
        <Sharing view={view} checked={draft.value.is_shared} onChange={(is_shared) => draft.set({ is_shared })} />
        <FormEnd run={save} action={t("action.save")} disabled={isStale} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useEditing(view: SavedView | null, filters: TicketFilters) {
  const name = `view.${view?.id ?? "new"}`;
  const draft = useDraft(name, beginningWith(view));
  const now = useViews().data?.find((one) => one.id === view?.id);
  const isFilteredOtherwise = view !== null && Object.keys(filters).length > 0 && !isSame(view.filters, filters);
  const save = useOnce(
    (key) => {
      const { version, takesFilters, ...body } = draft.value;
      if (!view) {
        return data(tickets.POST("/api/v1/views/", { params: { header: once(key) }, body: { ...body, filters } }));
      }
      const params = { path: { id: view.id }, header: { "If-Match": `"${version}"` } };
      const change = isFilteredOtherwise && takesFilters ? { ...body, filters } : body;
      return data(tickets.PATCH("/api/v1/views/{id}/", { params, body: change }));
    },
    [["views"]],
    name,
  );
  return { draft, now, isFilteredOtherwise, save };
}

function beginningWith(view: SavedView | null) {
  const { name = "", is_shared = false, version = 0 } = view ?? {};
  return { name, is_shared, version, takesFilters: true };
}

interface TickProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Where the role may; of another's view only its owner could have it back as their own. */
function Sharing({ view, ...tick }: TickProps & { view: SavedView | null }) {
  const user = useUser();
  if (!isCoordinator(user) || (view && view.owner_id !== user.id)) return null;
  return <Tick {...tick}>{t("views.shared")}</Tick>;
}

function Tick({ checked, onChange, children }: TickProps & { children: string }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {children}
    </label>
  );
}
