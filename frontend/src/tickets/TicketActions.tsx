import { useState, type SubmitEvent } from "react";
import { once, tickets, type Ticket } from "../api/clients";
import { t, type MessageKey } from "../i18n";
import { useDraft } from "../drafts/store";
import { useCommands } from "../shell/commands";
import { Button, Dialog, Field } from "../ui/controls";
import { MergeDialog } from "./MergeDialog";
import { useTicketAction } from "./useTicketAction";
import { FormEnd } from "../ui/FormEnd";

type Action = "withdraw" | "reopen" | "reject" | "close" | "merge";

interface ActionsProps {
  ticket: Ticket;
  isRequester: boolean;
}

/** What this caller may do with the ticket now: ticket-service says which statuses it may be moved to. */
export function TicketActions({ ticket, isRequester }: ActionsProps) {
  const [asked, setAsked] = useState<Action | null>(null);
  const may = new Set(ticket.allowed_statuses);
  const offered: Action[] = [];
  if (may.has("Closed")) offered.push("close");
  if (may.has("Open") && ticket.status === "Resolved") offered.push("reopen");
  if (may.has("Withdrawn") && isRequester) offered.push("withdraw");
  if (may.has("Rejected")) offered.push("reject");
  if (may.has("Merged")) offered.push("merge");
  const words = (action: Action) => t(action === "close" && isRequester ? "ticket.accept" : `ticket.${action}`);
  useCommands(offered.map((action) => ({ id: action, text: words(action), run: () => setAsked(action) })));
  if (offered.length === 0) return null;
  return (
    <div className="row">
      {offered.map((action) => (
        <Button key={action} look={action === "close" ? "primary" : "plain"} onClick={() => setAsked(action)}>
          {words(action)}
        </Button>
      ))}
      {asked === "merge" && <MergeDialog ticket={ticket} onClose={() => setAsked(null)} />}
      {asked && asked !== "merge" && <ActionDialog ticket={ticket} action={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

type Asked = Exclude<Action, "merge">;

const REASON: Record<Asked, MessageKey | null> = {
  withdraw: null,
  close: null,
  reopen: "ticket.reopen.reason",
  reject: "ticket.reject.reason",
};

function ActionDialog({ ticket, action, onClose }: { ticket: Ticket; action: Asked; onClose: () => void }) {
  const draft = useDraft(`ticket.${ticket.id}.${action}`, { reason: "" });
  const run = useTicketAction(ticket, action, (key, text: string) => perform(ticket, action, key, text));
  const question = REASON[action];

  function submit(event: SubmitEvent) {
    event.preventDefault();
    run.mutate(draft.value.reason, {
      onSuccess: () => {
        draft.clear();
        onClose();
      },
    });
  }

  return (
    <Dialog title={t(`ticket.${action}`)} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {action === "withdraw" && <p>{t("ticket.withdraw.confirm")}</p>}
        {question && (
          <Field label={t(question)}>
            {(props) => (
              <textarea
                {...props}
                required
                rows={4}
                maxLength={2000}
                value={draft.value.reason}
                onChange={(event) => draft.set({ reason: event.target.value })}
              />
            )}
          </Field>
        )}
        <FormEnd
          run={run}
          action={t(`ticket.${action}`)}
          look={action === "reject" || action === "withdraw" ? "danger" : "primary"}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

function perform(ticket: Ticket, action: Asked, key: string, reason: string): Promise<unknown> {
  const params = { path: { id: ticket.id }, header: once(key) };
  switch (action) {
    case "withdraw":
      return tickets.POST("/api/v1/tickets/{id}/withdrawal/", { params });
    case "reopen":
      return tickets.POST("/api/v1/tickets/{id}/reopening/", { params, body: { reason } });
    case "reject":
      return tickets.POST("/api/v1/tickets/{id}/rejection/", { params, body: { reason } });
    case "close":
      return tickets.POST("/api/v1/tickets/{id}/closure/", { params, body: {} });
  }
}
