import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { Link } from "react-router";
import { data, once, tickets, type Macro, type MacroPreview, type MacroReply, type Ticket } from "../api/clients";
import { label, t } from "../i18n";
import { useCategories } from "../tickets/queries";
import { useTicketAction } from "../tickets/useTicketAction";
import { Dialog, Field } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { FormEnd } from "../ui/FormEnd";
import { changesInWords } from "./inWords";
import { Lines } from "./Lines";
import { ends } from "./model";

interface ApplyMacroProps {
  ticket: Ticket;
  macros: UseQueryResult<Macro[]>;
  /** The id of the macro that is looked at; empty as long as there is none. */
  chosen: string;
  onChoose: (id: string) => void;
  onApplied: (macro: Macro, reply: MacroReply | null) => void;
  onClose: () => void;
}

/** Which macro, what it would do to this ticket, and the button that does it. */
export function ApplyMacro({ macros, chosen, onChoose, ...props }: ApplyMacroProps) {
  const { onClose } = props;
  const macro = macros.data?.find((one) => one.id === chosen);
  return (
    <Dialog title={t("macros.title")} onClose={onClose}>
      <div className="stack">
        {macros.isPending && <Loading />}
        {macros.error && <ErrorNotice error={macros.error} onRetry={() => void macros.refetch()} />}
        {macros.data?.length === 0 && <p className="empty">{t("macros.none")}</p>}
        {macros.data && macros.data.length > 0 && (
          <Field label={t("macros.which")}>
            {(field) => (
              <select {...field} value={macro?.id ?? ""} onChange={(event) => onChoose(event.target.value)}>
                <option value="">{t("macros.choose")}</option>
                {macros.data.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {macro && <Preview key={macro.id} macro={macro} {...props} />}
        <p className="small">
          <Link to="/macros">{t("macros.manage")}</Link>
        </p>
      </div>
    </Dialog>
  );
}

interface PreviewProps extends Pick<ApplyMacroProps, "ticket" | "onApplied" | "onClose"> {
  macro: Macro;
}

function Preview({ macro, ticket, onApplied, onClose }: PreviewProps) {
  const path = { id: ticket.id, macro_id: macro.id };
  const preview = useQuery({
    // Below that of the tickets: a ticket that has changed meanwhile is looked at again.
    queryKey: ["tickets", "macro", ticket.id, macro.id, macro.version, ticket.version],
    queryFn: async ({ signal }) => {
      const answer = await tickets.GET("/api/v1/tickets/{id}/macros/{macro_id}/", { params: { path }, signal });
      return { ...(answer.data as MacroPreview), etag: answer.response.headers.get("ETag") ?? "" };
    },
    staleTime: 0,
    gcTime: 0,
  });
  const apply = useTicketAction(ticket, `macro.${macro.id}`, async (key, etag: string) => {
    const params = { path, header: { ...once(key), "If-Match": etag } };
    const done = await data(tickets.POST("/api/v1/tickets/{id}/macros/{macro_id}/application/", { params }));
    // Here and not when the dialog hears of it: it may be closed by then, and the words would be lost.
    onApplied(macro, done.reply);
  });
  if (preview.isPending) return <Loading />;
  if (!preview.data) return <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />;
  const { changes, refused, reply, etag } = preview.data;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    apply.mutate(etag);
  }

  return (
    <form className="stack" onSubmit={submit}>
      <Seen macro={macro} changes={changes} refused={refused} reply={reply} />
      <FormEnd
        run={apply}
        look={ends(macro) ? "danger" : "primary"}
        action={changes.length > 0 ? t("bulk.apply") : t("macros.insert")}
        disabled={refused.length > 0 || (changes.length === 0 && !reply) || preview.isFetching}
        onCancel={onClose}
      />
    </form>
  );
}

function Seen({ macro, changes, refused, reply }: MacroPreview & { macro: Macro }) {
  const categories = useCategories().data ?? [];
  return (
    <div className="stack" aria-live="polite">
      {changes.length > 0 ? (
        <Lines lines={changesInWords(changes, macro.actions, categories)} />
      ) : (
        <p>{t("macros.nothing")}</p>
      )}
      {reply && (
        <section className={`macro-words ${reply.visibility}`} aria-label={t("macros.action.reply")}>
          <p>
            <strong>{t(`macros.visibility.${reply.visibility}`)}</strong>{" "}
            <span className="muted small">{t("macros.notSent")}</span>
          </p>
          <p className="words">{reply.body}</p>
        </section>
      )}
      {refused.length > 0 && (
        <p className="notice conflict">
          {t("macros.refused", { actions: refused.map((name) => label("macros.action", name)).join(", ") })}
        </p>
      )}
    </div>
  );
}
