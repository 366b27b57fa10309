import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { data, once, tickets, type Ticket, type TicketLink } from "../api/clients";
import { useDraft } from "../drafts/store";
import { t, type MessageKey } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { useCommands } from "../shell/commands";
import { Button, Dialog, Field } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import type { Option } from "../ui/Picker";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { Status } from "../ui/Status";
import { TicketPicker } from "./TicketPicker";
import { useTicketAction } from "./useTicketAction";
import { FormEnd } from "../ui/FormEnd";

type Relation = TicketLink["relation"];
// What this ticket is to the other: the relation, and whether it is said from here or from there.
const KINDS = {
  relates: ["relates", "outward"],
  duplicates: ["duplicates", "outward"],
  duplicated: ["duplicates", "inward"],
  blocks: ["blocks", "outward"],
  blocked: ["blocks", "inward"],
  parent: ["parent", "outward"],
  child: ["parent", "inward"],
} as const satisfies Record<string, readonly [Relation, TicketLink["direction"]]>;
type Kind = keyof typeof KINDS;

/** What other tickets this one has to do with: its parent and children, what it blocks, duplicates, or relates to. */
export function Links({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const [isAdding, setAdding] = useState(false);
  const mayLink = isStaff(user) || ticket.requester_id === user.id;
  useCommands(mayLink ? [{ id: "link", text: t("links.add"), run: () => setAdding(true) }] : []);
  const links = useInfiniteQuery({
    queryKey: ["tickets", "links", ticket.id, ticket.version],
    queryFn: ({ pageParam }) => {
      const params = { path: { id: ticket.id }, query: cursorOf(pageParam) };
      return data(tickets.GET("/api/v1/tickets/{id}/links/", { params }));
    },
    ...paged,
    placeholderData: (before) => before,
  });
  const remove = useTicketAction(ticket, "unlink", (key, link_id: string) =>
    tickets.DELETE("/api/v1/tickets/{id}/links/{link_id}/", {
      params: { path: { id: ticket.id, link_id }, header: once(key) },
    }),
  );
  return (
    <section className="card" aria-labelledby="links">
      <div className="heading">
        <h2 id="links">{t("links.title")}</h2>
        {mayLink && (
          <Button look="quiet" className="push" onClick={() => setAdding(true)}>
            {t("links.add")}
          </Button>
        )}
      </div>
      {ticket.merged_into_id && <MergedInto id={ticket.merged_into_id} />}
      <Rows query={links} none={t("links.none")}>
        {(rows) => (
          <ul className="links">
            {rows.map((link) => (
              <li key={link.id}>
                <span className="muted small">{t(`links.${kindOf(link)}`)}</span>
                <Link to={`/requests/${link.ticket.number}`}>
                  {link.ticket.number} {link.ticket.subject}
                </Link>
                <Status value={link.ticket.status} />
                {mayLink && (
                  <Button
                    look="quiet"
                    aria-label={t("links.remove", { number: link.ticket.number })}
                    busy={remove.isPending}
                    onClick={() => remove.mutate(link.id)}
                  >
                    ✕
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Rows>
      {remove.error && <ErrorNotice error={remove.error} />}
      {isAdding && <LinkDialog ticket={ticket} onClose={() => setAdding(false)} />}
    </section>
  );
}

function kindOf(link: TicketLink): Kind {
  const found = Object.entries(KINDS).find(
    ([, [relation, direction]]) =>
      relation === link.relation && (direction === link.direction || relation === "relates"),
  );
  return (found?.[0] ?? "relates") as Kind;
}

function MergedInto({ id }: { id: string }) {
  const target = useQuery({
    queryKey: ["tickets", "one", id],
    queryFn: () => data(tickets.GET("/api/v1/tickets/{id}/", { params: { path: { id } } })),
  });
  if (!target.data) return null; // or the caller may not see it
  return (
    <p>
      {t("links.mergedInto")}{" "}
      <Link to={`/requests/${target.data.number}`}>
        {target.data.number} {target.data.subject}
      </Link>
    </p>
  );
}

function LinkDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const draft = useDraft<{ kind: Kind; other: Option | null }>(`link.${ticket.id}`, { kind: "relates", other: null });
  const { kind, other } = draft.value;
  const add = useTicketAction(ticket, "link", (key, to: Option) => {
    const [relation, direction] = KINDS[kind];
    const [from, target] = direction === "outward" ? [ticket.id, to.id] : [to.id, ticket.id];
    return tickets.POST("/api/v1/tickets/{id}/links/", {
      params: { path: { id: from }, header: once(key) },
      body: { relation, to: target },
    });
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!other) return;
    add.mutate(other, {
      onSuccess: () => {
        draft.clear();
        onClose();
      },
    });
  }

  return (
    <Dialog title={t("links.add")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label={t("links.kind")}>
          {(props) => (
            <select {...props} value={kind} onChange={(event) => draft.set({ kind: event.target.value as Kind })}>
              {(Object.keys(KINDS) as Kind[]).map((name) => (
                <option key={name} value={name}>
                  {t(`links.${name}` satisfies MessageKey)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TicketPicker
          label={t("links.other")}
          but={ticket.id}
          value={other}
          onChange={(chosen) => draft.set({ other: chosen })}
        />
        <FormEnd run={add} action={t("links.submit")} disabled={!other} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
