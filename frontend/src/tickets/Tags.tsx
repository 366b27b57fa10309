import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { tickets, type Ticket } from "../api/clients";
import { t } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { useTicketAction } from "./useTicketAction";

/** A ticket's tags: each a link to the others that have it, and to be put and taken off one by one. */
export function Tags({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const [tag, setTag] = useState("");
  const run = useTicketAction(ticket, "tag", (_key, { name, add }: { name: string; add: boolean }) => {
    const params = { path: { id: ticket.id, tag: name } };
    return add
      ? tickets.PUT("/api/v1/tickets/{id}/tags/{tag}/", { params })
      : tickets.DELETE("/api/v1/tickets/{id}/tags/{tag}/", { params });
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    run.mutate({ name: tag.trim(), add: true }, { onSuccess: () => setTag("") });
  }

  // Tags are how the desk sorts; who asked for something sees them and has nothing to sort.
  const maySort = ticket.is_editable && isStaff(user);
  if (ticket.tags.length === 0 && !maySort) return null;
  return (
    <div className="tags">
      {ticket.tags.map((name) => (
        <span key={name} className="tag">
          <Link to={`/requests?tag=${encodeURIComponent(name)}`}>{name}</Link>
          {maySort && (
            <button
              type="button"
              aria-label={t("tags.remove", { tag: name })}
              disabled={run.isPending}
              onClick={() => run.mutate({ name, add: false })}
            >
              ✕
            </button>
          )}
        </span>
      ))}
      {maySort && (
        <form onSubmit={submit} className="row">
          <input
            aria-label={t("tags.add")}
            placeholder={t("tags.add")}
            required
            pattern="[-a-zA-Z0-9_]{1,40}"
            title={t("tags.hint")}
            value={tag}
            onChange={(event) => setTag(event.target.value)}
          />
          <Button type="submit" look="quiet" busy={run.isPending} disabled={!tag.trim()}>
            {t("action.add")}
          </Button>
        </form>
      )}
      {run.error && <ErrorNotice error={run.error} />}
    </div>
  );
}
