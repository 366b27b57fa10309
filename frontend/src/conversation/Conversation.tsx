import { Fragment, useState } from "react";
import type { Comment, MacroReply, Ticket } from "../api/clients";
import { plural, t } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Button } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Composer, type Answer } from "./Composer";
import { beginning, Message } from "./Message";
import { useArrival } from "./useArrival";
import { useConversation, type Conversation as Talk } from "./useConversation";
import { useReadMark } from "./useReadMark";
import { useWhole } from "./useWhole";

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
  const arrival = useArrival(talk.isPending ? undefined : talk.comments, user.id);
  if (talk.isPending) return <Loading />;
  if (talk.error) return <ErrorNotice error={talk.error} onRetry={talk.refetch} />;
  const mayWrite = takesWords(ticket, words);
  const fresh = newSince(talk.comments, since, user.id);
  return (
    <section aria-labelledby="talk">
      <Heading talk={talk} fresh={fresh.length} userId={user.id} />
      {talk.comments.length === 0 && <p className="empty">{t("talk.none")}</p>}
      <p className="sr" role="status">
        {arrival && said(arrival)}
      </p>
      <Messages talk={talk} firstNew={fresh[0]} mayWrite={mayWrite} onAnswer={setAnswer} />
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

function said(comment: Comment): string {
  const key = comment.visibility === "internal" ? "talk.noteArrived" : "talk.arrived";
  return t(key, { name: comment.author_name, words: beginning(comment) });
}

interface HeadingProps {
  talk: Talk;
  /** How many are new to the reader. */
  fresh: number;
  userId: string;
}

function Heading({ talk, fresh, userId }: HeadingProps) {
  const others = talk.present.filter((person) => person.user_id !== userId);
  const newest = talk.comments.length > MANY ? talk.comments.at(-1) : undefined;
  return (
    <div className="heading">
      <h2 id="talk">{t("talk.title")}</h2>
      {fresh > 0 && (
        <a href="#new" className="small">
          {plural("talk.new", fresh)}
        </a>
      )}
      {newest && (
        <a href={`#comment-${newest.seq}`} className="small">
          {t("talk.toNewest")}
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
  );
}

interface MessagesProps {
  talk: Talk;
  firstNew: Comment | undefined;
  mayWrite: boolean;
  onAnswer: (answer: Answer) => void;
}

/** The messages; of a long conversation the newest ones first, the others behind a button. */
function Messages({ talk, firstNew, mayWrite, onAnswer }: MessagesProps) {
  const whole = useWhole(talk.comments.length > 0);
  const hidden = whole.isShown ? 0 : howManyHidden(talk.comments, firstNew);
  return (
    <>
      {hidden > 0 && <Button onClick={whole.show}>{plural("talk.earlier", hidden)}</Button>}
      <ol className="talk">
        {talk.comments.slice(hidden).map((comment) => (
          <Fragment key={comment.id}>
            {comment.id === firstNew?.id && (
              <li id="new" className="new-mark" tabIndex={-1}>
                {t("talk.newSince")}
              </li>
            )}
            <Message
              comment={comment}
              parent={talk.comments.find((other) => other.id === comment.parent_id)}
              mayWrite={mayWrite}
              onChange={talk.add}
              onAnswer={(to, isQuoted) => onAnswer({ to, isQuoted })}
            />
          </Fragment>
        ))}
      </ol>
    </>
  );
}

const SHOWN = 30;
const MANY = 10;

/** How many at the beginning of a long conversation wait behind a button: none that is new to the reader. */
function howManyHidden(comments: Comment[], firstNew: Comment | undefined): number {
  if (comments.length <= SHOWN + SHOWN / 2) return 0;
  const at = firstNew ? comments.indexOf(firstNew) : comments.length;
  return Math.max(0, Math.min(comments.length - SHOWN, at - 1));
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
