import { t } from "../i18n";
import type { Comment, Ticket } from "../api/clients";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Download } from "../ui/Download";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Time } from "../ui/Time";
import { Composer } from "./Composer";
import { RichText } from "./RichText";
import { useConversation } from "./useConversation";

/** What was said about a ticket, live, and the field to say more. A note never looks like a reply. */
export function Conversation({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const talk = useConversation(ticket.id);
  const others = talk.present.filter((person) => person.user_id !== user.id).map((person) => person.name);
  if (talk.isPending) return <Loading />;
  if (talk.error) return <ErrorNotice error={talk.error} onRetry={talk.refetch} />;
  return (
    <section aria-labelledby="talk">
      <div className="heading">
        <h2 id="talk">{t("talk.title")}</h2>
        {others.length > 0 && <span className="presence">{t("talk.present", { names: others.join(", ") })}</span>}
        <span className={talk.isLive ? "live on" : "live"} role="status">
          {talk.isLive ? t("talk.live") : t("talk.reconnecting")}
        </span>
      </div>
      {talk.comments.length === 0 && <p className="empty">{t("talk.none")}</p>}
      <ol className="talk" aria-live="polite">
        {talk.comments.map((comment) => (
          <Message key={comment.id} comment={comment} isOwn={comment.author_id === user.id} />
        ))}
      </ol>
      <p className="typing muted small" role="status">
        {talk.typing.length > 0 && t("talk.typing", { names: talk.typing.join(", ") })}
      </p>
      {!FINAL.has(ticket.status) && <Composer ticket={ticket} isStaff={isStaff(user)} onSent={talk.add} />}
    </section>
  );
}

const FINAL = new Set(["Closed", "Rejected", "Withdrawn", "Merged"]);

function Message({ comment, isOwn }: { comment: Comment; isOwn: boolean }) {
  const isNote = comment.visibility === "internal";
  const side = comment.author_is_staff ? "staff" : "requester";
  return (
    <li className={`message ${side} ${isNote ? "note" : ""} ${isOwn ? "own" : ""}`}>
      <header>
        <strong>{comment.author_name}</strong>
        {comment.author_is_staff && !isNote && <span className="tag">{t("talk.staff")}</span>}
        {isNote && <span className="tag note-tag">{t("talk.note.badge")}</span>}
        <Time at={comment.created_at} />
        {comment.edited_at && <span className="muted small">{t("talk.edited")}</span>}
      </header>
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
    </li>
  );
}
