import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type SubmitEvent, type KeyboardEvent } from "react";
import { data, messaging, tickets, type Comment, type Ticket, type Visibility } from "../api/clients";
import { upload } from "../api/http";
import { ProblemError } from "../api/problem";
import { useDraft, useLeaveWarning } from "../drafts/store";
import { t } from "../i18n";
import { useKeys } from "../shell/keys";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { FileList, useFiles } from "../ui/Files";

interface ComposerProps {
  ticket: Ticket;
  isStaff: boolean;
  onSent: (comment: Comment) => void;
}

const TYPING_TOLD_EVERY = 4_000;

/** A reply, or for staff a note; each has a draft of its own, so that neither is ever sent as the other. */
export function Composer({ ticket, isStaff, onSent }: ComposerProps) {
  const [visibility, setVisibility] = useState<Visibility>("public");
  const field = useRef<HTMLTextAreaElement>(null);
  const write = (kind: Visibility) => {
    setVisibility(kind);
    setTimeout(() => field.current?.focus());
  };
  useKeys({ r: () => write("public"), ...(isStaff ? { n: () => write("internal") } : {}) });
  return (
    <div className={`composer ${visibility}`}>
      {isStaff && (
        <div className="switch" role="group" aria-label={t("talk.title")}>
          <Button look="quiet" aria-pressed={visibility === "public"} onClick={() => write("public")}>
            {t("talk.reply")}
          </Button>
          <Button look="quiet" aria-pressed={visibility === "internal"} onClick={() => write("internal")}>
            {t("talk.note")}
          </Button>
        </div>
      )}
      <Writing key={visibility} {...{ ticket, isStaff, onSent, visibility, field }} />
    </div>
  );
}

interface WritingProps extends ComposerProps {
  visibility: Visibility;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

function Writing({ ticket, isStaff, onSent, visibility, field }: WritingProps) {
  const draft = useDraft(`talk.${ticket.id}.${visibility}`, { body: "" });
  const files = useFiles();
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const tellTyping = useTyping(ticket.id, visibility);
  useLeaveWarning(files.files.length > 0);
  const isNote = visibility === "internal";

  async function sendIt(event?: SubmitEvent) {
    event?.preventDefault();
    if (!draft.value.body.trim() || progress !== null) return;
    setError(null);
    setProgress(0);
    try {
      const form = new FormData();
      form.set("client_id", draft.key);
      form.set("visibility", visibility);
      form.set("body", draft.value.body);
      for (const file of files.files) form.append("attachments", file);
      const url = `/messaging/api/v1/tickets/${ticket.id}/comments/`;
      onSent(await upload<Comment>({ url, form, onProgress: setProgress }));
      draft.clear();
      files.clear();
    } catch (failure) {
      if (failure instanceof ProblemError && failure.status === 400) draft.renewKey();
      setError(failure);
    } finally {
      setProgress(null);
    }
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void sendIt();
  }

  const who = isStaff ? t("talk.reply.label") : t("talk.reply.label.employee");
  return (
    <form onSubmit={(event) => void sendIt(event)} {...files.target}>
      <label htmlFor="write" className={isNote ? "note-label" : undefined}>
        {isNote ? t("talk.note.label") : who}
      </label>
      <textarea
        id="write"
        ref={field}
        rows={4}
        maxLength={10_000}
        readOnly={progress !== null}
        value={draft.value.body}
        onKeyDown={onKey}
        onChange={(event) => {
          draft.set({ body: event.target.value });
          tellTyping();
        }}
      />
      <FileList chosen={files} progress={files.files.length > 0 ? progress : null} />
      {error !== null && <ErrorNotice error={error} />}
      <div className="row end">
        {isStaff && (
          <CannedReplies
            ticket={ticket}
            onChoose={(body) => draft.set({ body: [draft.value.body.trim(), body].filter(Boolean).join("\n\n") })}
          />
        )}
        <span className="muted small">{t("talk.sendHint")}</span>
        <Button type="submit" look="primary" busy={progress !== null} disabled={!draft.value.body.trim()}>
          {isNote ? t("talk.note.send") : isStaff ? t("talk.reply.send") : t("action.send")}
        </Button>
      </div>
    </form>
  );
}

/** Tells the others now and then that one writes; whether it reaches them matters to nobody. */
function useTyping(ticketId: string, visibility: Visibility) {
  const last = useRef(0);
  return () => {
    if (Date.now() - last.current < TYPING_TOLD_EVERY) return;
    last.current = Date.now();
    const params = { path: { ticket_id: ticketId } };
    messaging.POST("/api/v1/tickets/{ticket_id}/typing/", { params, body: { visibility } }).catch(() => undefined);
  };
}

function CannedReplies({ ticket, onChoose }: { ticket: Ticket; onChoose: (body: string) => void }) {
  const replies = useQuery({
    queryKey: ["canned-replies"],
    queryFn: async () =>
      (await data(tickets.GET("/api/v1/canned-replies/", { params: { query: { limit: 100 } } }))).results,
    staleTime: 60_000,
  });
  const [error, setError] = useState<unknown>(null);
  if (!replies.data?.length) return null;

  async function choose(replyId: string) {
    setError(null);
    try {
      const path = { id: ticket.id, reply_id: replyId };
      const reply = await data(tickets.GET("/api/v1/tickets/{id}/canned-replies/{reply_id}/", { params: { path } }));
      onChoose(reply.body);
    } catch (failure) {
      setError(failure);
    }
  }

  return (
    <>
      <select
        aria-label={t("talk.canned")}
        value=""
        onChange={(event) => {
          if (event.target.value) void choose(event.target.value);
        }}
      >
        <option value="">{t("talk.canned")}</option>
        {replies.data.map((reply) => (
          <option key={reply.id} value={reply.id}>
            {reply.name}
          </option>
        ))}
      </select>
      {error !== null && <ErrorNotice error={error} />}
    </>
  );
}
