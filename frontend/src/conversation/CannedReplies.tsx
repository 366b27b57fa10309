import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { data, tickets, type Ticket } from "../api/clients";
import { t } from "../i18n";
import { useCannedReplies } from "../replies/queries";
import { ErrorNotice } from "../ui/feedback";

/** Texts that are kept, filled in for the ticket; and the way to where they are made. */
export function CannedReplies({ ticket, onChoose }: { ticket: Ticket; onChoose: (body: string) => void }) {
  const replies = useCannedReplies();
  const [chosen, setChosen] = useState<string | null>(null);
  const filled = useQuery({
    queryKey: ["canned-replies", "filled", ticket.id, chosen],
    queryFn: async () => {
      const path = { id: ticket.id, reply_id: chosen ?? "" };
      const reply = await data(tickets.GET("/api/v1/tickets/{id}/canned-replies/{reply_id}/", { params: { path } }));
      onChoose(reply.body);
      setChosen(null);
      return reply;
    },
    enabled: chosen !== null,
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <>
      {replies.data && replies.data.length > 0 && (
        <select
          aria-label={t("talk.canned")}
          value=""
          disabled={filled.isFetching}
          onChange={(event) => setChosen(event.target.value || null)}
        >
          <option value="">{t("talk.canned")}</option>
          {replies.data.map((reply) => (
            <option key={reply.id} value={reply.id}>
              {reply.name}
            </option>
          ))}
        </select>
      )}
      <Link to="/replies" className="small">
        {t("replies.manage")}
      </Link>
      {filled.error && <ErrorNotice error={filled.error} />}
    </>
  );
}
