import { Fragment, useState } from "react";
import type { Comment, MacroReply, Ticket } from "../api/clients";
import { plural, t } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Composer, type Answer } from "./Composer";
import { Message } from "./Message";
import { useConversation } from "./useConversation";
import { useReadMark } from "./useReadMark";

interface ConversationProps {
  ticket: Ticket;
  /** Of a macro, for the field; a new object each time. */
  words: MacroReply | null;
  onWordsSent: () => void;
}

/** What was said about a ticket, live, and the field to say more. A note never looks like a reply. */
export function Conversation({ ticket, words, onWordsSent }: ConversationProps) {
  const user = useUser();
  const talk = useConversation(ticket.number);
  const since = useReadMark(ticket.id, talk.isPending || talk.error ? undefined : talk.comments);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const others = talk.present.filter((person) => person.user_id !== user.id);
  if (talk.isPending) return <Loading />;
  if (talk.error) return <ErrorNotice error={talk.error} onRetry={talk.refetch} />;
  const mayWrite = takesWords(ticket, words);
  const fresh = newSince(talk.comments, since, user.id);
  return (
    <section aria-labelledby="talk">
      <div className="heading">
        <h2 id="talk">{t("talk.title")}</h2>
        {fresh.length > 0 && (
          <a href="#new" className="small">
            {plural("talk.new", fresh.length)}
          </a>
        )}
        {others.length > 0 && (
          <span className="presence" role="status">
            {t("talk.present", { names: others.map(({ name }) => name).join(", ") })}
          </span>
        )}
        <span className={talk.isLive ? "live on" : "live"} role="status">
          {talk.isLive ? t("talk.live") : t("talk.reconnecting")}
        </span>
      </div>
      {talk.comments.length === 0 && <p className="empty">{t("talk.none")}</p>}
      <ol className="talk" aria-live="polite">
        {talk.comments.map((comment) => (
          <Fragment key={comment.id}>
            {comment.id === fresh[0]?.id && (
              <li id="new" className="new-mark" tabIndex={-1}>
                {t("talk.newSince")}
              </li>
            )}
            <Message
              comment={comment}
              parent={talk.comments.find((other) => other.id === comment.parent_id)}
              mayWrite={mayWrite}
              onChange={talk.add}
              onAnswer={(to, isQuoted) => setAnswer({ to, isQuoted })}
            />
          </Fragment>
        ))}
      </ol>
      <p className="typing muted small" role="status">
        {talk.typing.length > 0 && t("talk.typing", { names: talk.typing.join(", ") })}
      </p>
      {mayWrite && (
        <Composer
          ticket={ticket}
          isStaff={isStaff(user)}
          comments={talk.comments}
          answer={answer}
          words={words}
          onSent={(comment) => {
            talk.add(comment);
            if (comment.visibility === words?.visibility) onWordsSent();
          }}
        />
      )}
    </section>
  );
}

/** Whether more may be said: while it is not over, or what the macro that has ended it says is still to be sent. */
function takesWords({ status }: Ticket, words: MacroReply | null): boolean {
  return words !== null || !FINAL.has(status);
}

const FINAL = new Set(["Closed", "Rejected", "Withdrawn", "Merged"]);

/** What others have said since one was here; nothing at a first visit, when all of it is new. */
function newSince(comments: Comment[], since: number | null, userId: string): Comment[] {
  if (!since) return [];
  return comments.filter((comment) => comment.seq > since && comment.author_id !== userId && !comment.deleted_at);
}
