import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { data, once, tickets, type Ticket } from "../api/clients";
import { plural, t } from "../i18n";
import { PersonPicker } from "../people/PersonPicker";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { useCommands } from "../shell/commands";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { useTicketAction } from "./useTicketAction";

/** Who follows the ticket: one's own following in one click, and those of others by who may edit it. */
export function Watchers({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const [isOpen, setOpen] = useState(false);
  const isFollowing = ticket.watcher_ids.includes(user.id);
  const run = useTicketAction(ticket, "watch", (key, { id, add }: { id: string; add: boolean }) => {
    const header = once(key);
    return add
      ? tickets.POST("/api/v1/tickets/{id}/watchers/", {
          params: { path: { id: ticket.id }, header },
          body: { user_id: id },
        })
      : tickets.DELETE("/api/v1/tickets/{id}/watchers/{user_id}/", {
          params: { path: { id: ticket.id, user_id: id }, header },
        });
  });
  const follow = () => run.mutate({ id: user.id, add: !isFollowing });
  const words = isFollowing ? t("watch.unfollow") : t("watch.follow");
  useCommands([{ id: "follow", text: words, key: "f", run: follow }]);

  return (
    <section className="card" aria-labelledby="watchers">
      <div className="heading">
        <h2 id="watchers">{t("watch.title")}</h2>
        <span className="muted small">{plural("watch.count", ticket.watcher_ids.length)}</span>
        <Button look="quiet" className="push" aria-pressed={isFollowing} busy={run.isPending} onClick={follow}>
          {words}
        </Button>
      </div>
      {run.error && <ErrorNotice error={run.error} />}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("watch.who")}</summary>
        {isOpen && (
          <>
            <Names ticket={ticket} onRemove={(id) => run.mutate({ id, add: false })} />
            {ticket.is_editable && isStaff(user) && (
              <PersonPicker
                label={t("watch.add")}
                value={null}
                optional
                onChange={(person) => person && run.mutate({ id: person.id, add: true })}
              />
            )}
          </>
        )}
      </details>
    </section>
  );
}

function Names({ ticket, onRemove }: { ticket: Ticket; onRemove: (id: string) => void }) {
  const watchers = useInfiniteQuery({
    queryKey: ["tickets", "watchers", ticket.id, ticket.watcher_ids],
    queryFn: ({ pageParam }) => {
      const params = { path: { id: ticket.id }, query: { limit: 100, ...cursorOf(pageParam) } };
      return data(tickets.GET("/api/v1/tickets/{id}/watchers/", { params }));
    },
    ...paged,
  });
  return (
    <Rows query={watchers} none={t("watch.none")}>
      {(rows) => (
        <ul className="names">
          {rows.map(({ user_id, name }) => (
            <li key={user_id}>
              {name || t("watch.unknown")}
              {ticket.is_editable && (
                <Button look="quiet" aria-label={t("action.remove", { name })} onClick={() => onRemove(user_id)}>
                  ✕
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Rows>
  );
}
