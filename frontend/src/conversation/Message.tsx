import { useState } from "react";
import type { Comment } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Button } from "../ui/controls";
import { Download } from "../ui/Download";
import { Time } from "../ui/Time";
import { DeleteDialog, EarlierDialog } from "./CommentDialogs";
import { EditComment } from "./EditComment";
import { Reactions } from "./Reactions";
import { RichText } from "./RichText";

type Open = "edit" | "delete" | "earlier" | "react" | null;

interface MessageProps {
  comment: Comment;
  /** What it answers, if that is here. */
  parent: Comment | undefined;
  mayWrite: boolean;
  onChange: (comment: Comment) => void;
  onAnswer: (comment: Comment, isQuoted: boolean) => void;
}

/** One reply or note, and what may be done with it. A note never looks like a reply. */
export function Message({ comment, parent, mayWrite, onChange, onAnswer }: MessageProps) {
  const user = useUser();
  const [open, setOpen] = useState<Open>(null);
  const isNote = comment.visibility === "internal";
  const side = comment.author_is_staff ? "staff" : "requester";
  const close = () => setOpen(null);
  return (
    <li id={`comment-${comment.seq}`} tabIndex={-1} className={`message ${side} ${isNote ? "note" : ""}`}>
      <Heading comment={comment} onEarlier={() => setOpen("earlier")} />
      {parent && <Parent comment={parent} />}
      {open === "edit" ? <EditComment comment={comment} onChange={onChange} onClose={close} /> : <Said {...comment} />}
      {!comment.deleted_at && <Reactions comment={comment} isChoosing={open === "react"} onChange={onChange} />}
      {!comment.deleted_at && open !== "edit" && (
        <Actions {...{ comment, mayWrite, open, setOpen, onAnswer }} isOwn={comment.author_id === user.id} />
      )}
      {open === "delete" && <DeleteDialog comment={comment} onChange={onChange} onClose={close} />}
      {open === "earlier" && <EarlierDialog comment={comment} onClose={close} />}
    </li>
  );
}

function Heading({ comment, onEarlier }: { comment: Comment; onEarlier: () => void }) {
  const isNote = comment.visibility === "internal";
  return (
    <header>
      <strong>{comment.author_name}</strong>
      {comment.author_is_staff && !isNote && <span className="tag">{t("talk.staff")}</span>}
      {isNote && <span className="tag note-tag">{t("talk.note.badge")}</span>}
      <Time at={comment.created_at} />
      {comment.edited_at && !comment.deleted_at && (
        <Button look="quiet" className="small" onClick={onEarlier}>
          {t("talk.edited")}
        </Button>
      )}
    </header>
  );
}

/** The words and the files. */
function Said(comment: Comment) {
  return (
    <>
      {comment.deleted_at ? <p className="muted">{t("talk.deleted")}</p> : <RichText html={comment.html} />}
      {comment.attachments.length > 0 && (
        <ul className="attachments">
          {comment.attachments.map((file) => (
            <li key={file.id}>
              <Download
                url={`/messaging/api/v1/tickets/${comment.ticket_id}/comments/${comment.id}/attachments/${file.id}/content/`}
                name={file.filename}
                size={file.size}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface ActionsProps extends Pick<MessageProps, "comment" | "mayWrite" | "onAnswer"> {
  isOwn: boolean;
  open: Open;
  setOpen: (open: Open) => void;
}

function Actions({ comment, mayWrite, isOwn, open, setOpen, onAnswer }: ActionsProps) {
  const mayDelete = isCoordinator(useUser()) || isOwn;
  return (
    <div className="message-actions" role="group" aria-label={t("comment.actions", { name: comment.author_name })}>
      {mayWrite && (
        <>
          <Button look="quiet" onClick={() => onAnswer(comment, false)}>
            {t("comment.reply")}
          </Button>
          <Button look="quiet" onClick={() => onAnswer(comment, true)}>
            {t("comment.quote")}
          </Button>
        </>
      )}
      <Button look="quiet" aria-expanded={open === "react"} onClick={() => setOpen(open === "react" ? null : "react")}>
        {t("comment.react")}
      </Button>
      {isOwn && (
        <Button look="quiet" onClick={() => setOpen("edit")}>
          {t("comment.edit")}
        </Button>
      )}
      {mayDelete && (
        <Button look="quiet" onClick={() => setOpen("delete")}>
          {t("comment.delete")}
        </Button>
      )}
    </div>
  );
}

/** The beginning of what a comment answers, as a way to it. */
function Parent({ comment }: { comment: Comment }) {
  return (
    <p className="parent small">
      <a
        href={`#comment-${comment.seq}`}
        onClick={(event) => {
          const target = document.getElementById(`comment-${comment.seq}`);
          if (!target) return; // among the earlier ones: the new address shows them
          event.preventDefault();
          target.focus();
        }}
      >
        {t("comment.answers", { name: comment.author_name, words: beginning(comment) })}
      </a>
    </p>
  );
}

const SHOWN = 80;

/** The first words of a comment, without the marks of Markdown. */
export function beginning(comment: Comment): string {
  const words = comment.body
    .replaceAll(/[*_`~#>]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words;
}

/** A comment's words as a quotation in Markdown. */
export function quotation(comment: Comment): string {
  return `${comment.body
    .trim()
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n")}\n\n`;
}
