import { useState } from "react";
import { tickets, type SavedView, type TicketFilters, type User } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button } from "../ui/controls";
import { useOnce } from "../ui/useOnce";
import { isSame } from "./filtersInWords";
import { useViews } from "./queries";
import { ViewDialog } from "./ViewDialog";

interface SavedViewsProps {
  filters: TicketFilters;
  onChoose: (filters: TicketFilters) => void;
}

type Asked = "new" | "edit" | "delete";

/** Filters with a name: one's own, and those that the desk shares. */
export function SavedViews({ filters, onChoose }: SavedViewsProps) {
  const user = useUser();
  const { views, same, chosen, choose } = useChosenView(filters);
  const [asked, setAsked] = useState<Asked | null>(null);
  const current = same ?? chosen;
  return (
    <div className="views">
      <select
        aria-label={t("views.label")}
        value={same?.id ?? (chosen ? CHANGED : "")}
        onChange={(event) => onChoose(choose(event.target.value))}
      >
        <option value="">{t("views.choose")}</option>
        {!same && chosen && <option value={CHANGED}>{t("views.changed", { name: chosen.name })}</option>}
        {views.map((view) => (
          <option key={view.id} value={view.id}>
            {view.name}
          </option>
        ))}
      </select>
      {!same && Object.keys(filters).length > 0 && (
        <Button look="quiet" onClick={() => setAsked("new")}>
          {t("views.save")}
        </Button>
      )}
      {current && isKeeper(current, user) && (
        <>
          <Button look="quiet" onClick={() => setAsked("edit")}>
            {t("views.edit")}
          </Button>
          <Button look="quiet" onClick={() => setAsked("delete")}>
            {t("views.delete")}
          </Button>
        </>
      )}
      {asked && <Asking asked={asked} view={current} filters={filters} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** Whoever goes on filtering from a view is still at it, until the filters are none, or those of another. */
function useChosenView(filters: TicketFilters) {
  const views = useViews().data ?? [];
  const [chosenId, setChosenId] = useState<string | null>(null);
  const isFiltered = Object.keys(filters).length > 0;
  return {
    views,
    same: views.find((view) => isSame(view.filters, filters)),
    chosen: isFiltered ? views.find((view) => view.id === chosenId) : undefined,
    choose: (id: string): TicketFilters => {
      setChosenId(id);
      return views.find((view) => view.id === id)?.filters ?? {};
    },
  };
}

interface AskingProps {
  asked: Asked;
  view: SavedView | undefined;
  filters: TicketFilters;
  onClose: () => void;
}

function Asking({ asked, view, filters, onClose }: AskingProps) {
  if (asked === "new") return <ViewDialog view={null} filters={filters} onClose={onClose} />;
  if (!view) return null; // somebody else deleted it
  if (asked === "delete") return <Deletion view={view} onClose={onClose} />;
  return <ViewDialog view={view} filters={filters} onClose={onClose} />;
}

const CHANGED = "changed";

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
