import type { SubmitEvent } from "react";
import { once, tickets, type Ticket } from "../api/clients";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { Dialog } from "../ui/controls";
import type { Option } from "../ui/Picker";
import { TicketPicker } from "./TicketPicker";
import { useTicketAction } from "./useTicketAction";
import { FormEnd } from "../ui/FormEnd";

/** Two tickets about the same become one: the other is searched, and what will happen is said before it does. */
export function MergeDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const draft = useDraft<{ into: Option | null }>(`merge.${ticket.id}`, { into: null });
  const { into } = draft.value;
  const merge = useTicketAction(ticket, "merge", (key, target: Option) =>
    tickets.POST("/api/v1/tickets/{id}/merger/", {
      params: { path: { id: ticket.id }, header: once(key) },
      body: { into: target.id },
    }),
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!into) return;
    merge.mutate(into, {
      onSuccess: () => {
        draft.clear();
        onClose();
      },
    });
  }

  return (
    <Dialog title={t("merge.title", { number: ticket.number })} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TicketPicker
          label={t("merge.into")}
          but={ticket.id}
          value={into}
          onChange={(chosen) => draft.set({ into: chosen })}
        />
        {into && (
          <p className="notice">
            {t("merge.confirm", { source: `${ticket.number} ${ticket.subject}`, target: into.text })}
          </p>
        )}
        <FormEnd run={merge} action={t("ticket.merge")} look="danger" disabled={!into} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
