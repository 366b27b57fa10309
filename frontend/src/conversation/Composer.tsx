import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import { messaging, type Comment, type MacroReply, type Ticket, type Visibility } from "../api/clients";
import { upload } from "../api/http";
import { ProblemError } from "../api/problem";
import { useDraftFiles } from "../drafts/files";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { useKeys } from "../shell/keys";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { FileList } from "../ui/Files";
import { CannedReplies } from "./CannedReplies";
import { MentionField } from "./MentionField";
import { beginning, quotation } from "./Message";

/** A comment that is to be answered; a new object each time that somebody asks for it. */
export interface Answer {
  to: Comment;
  isQuoted: boolean;
}

interface ComposerProps {
  ticket: Ticket;
  isStaff: boolean;
  comments: Comment[];
  answer: Answer | null;
  /** Of a macro: added to what is written, never in its place. */
  words: MacroReply | null;
  onSent: (comment: Comment) => void;
}

const TYPING_TOLD_EVERY = 4_000;
const EMPTY: { body: string; parentId: string | null } = { body: "", parentId: null };

/** A reply, or for staff a note; each has a draft of its own, so that neither is ever sent as the other. */
export function Composer(props: ComposerProps) {
  const { answer, words, isStaff } = props;
  const [visibility, setVisibility] = useState<Visibility>("public");
  const field = useRef<HTMLTextAreaElement>(null);
  const taken = useRef(new WeakSet<Answer | MacroReply>());
  const write = (kind: Visibility) => {
    setVisibility(kind);
    setTimeout(() => field.current?.focus());
  };
  useEffect(() => {
    // What answers a note is a note.
    if (answer?.to.visibility === "internal") setVisibility("internal");
    if (answer) setTimeout(() => field.current?.focus());
  }, [answer]);
  useEffect(() => {
    if (!words) return;
    setVisibility(words.visibility);
    setTimeout(() => field.current?.focus());
  }, [words]);
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
      <Writing key={visibility} {...props} visibility={visibility} field={field} taken={taken.current} />
    </div>
  );
}

interface WritingProps extends ComposerProps {
  visibility: Visibility;
  field: React.RefObject<HTMLTextAreaElement | null>;
  /** What has come into the field already; it outlasts a change between reply and note. */
  taken: WeakSet<Answer | MacroReply>;
}

function Writing({ ticket, isStaff, comments, answer, words, onSent, visibility, field, taken }: WritingProps) {
  const draft = useDraft(`talk.${ticket.id}.${visibility}`, EMPTY);
  const parent = comments.find((comment) => comment.id === draft.value.parentId);
  const files = useDraftFiles(`talk.${ticket.id}.${visibility}`);
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const tellTyping = useTyping(ticket.id, visibility);
  const isNote = visibility === "internal";
  useEffect(() => {
    // A public reply must not point at a note; the note's own field takes it then.
    if (!answer || taken.has(answer) || (answer.to.visibility === "internal" && !isNote)) return;
    taken.add(answer);
    const quoted = answer.isQuoted
      ? [draft.value.body.trim(), quotation(answer.to)].filter(Boolean).join("\n\n")
      : null;
    draft.set({ parentId: answer.to.id, ...(quoted === null ? {} : { body: quoted }) });
  }, [answer, draft, isNote, taken]);
  useEffect(() => {
    if (words?.visibility !== visibility || taken.has(words)) return;
    taken.add(words);
    draft.set({ body: [draft.value.body.trim(), words.body].filter(Boolean).join("\n\n") });
  }, [words, draft, visibility, taken]);

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
      if (draft.value.parentId) form.set("parent_id", draft.value.parentId);
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
      {parent && (
        <p className="row small parent">
          {t("comment.answering", { name: parent.author_name, words: beginning(parent) })}
          <Button look="quiet" aria-label={t("comment.notAnswering")} onClick={() => draft.set({ parentId: null })}>
            ✕
          </Button>
        </p>
      )}
      <MentionField
        id="write"
        ticketId={ticket.id}
        visibility={visibility}
        field={field}
        rows={4}
        maxLength={10_000}
        readOnly={progress !== null}
        value={draft.value.body}
        onKeyDown={onKey}
        onWrite={(body) => {
          draft.set({ body });
          tellTyping();
        }}
      />
      <p role="status" className="muted small">
        {words?.visibility === visibility && t("macros.inserted")}
      </p>
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
