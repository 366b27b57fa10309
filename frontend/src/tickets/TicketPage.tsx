import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useParams } from "react-router";
import type { MacroReply, Ticket } from "../api/clients";
import { t } from "../i18n";
import { Conversation } from "../conversation/Conversation";
import { conversationOf } from "../conversation/useConversation";
import { useDraft } from "../drafts/store";
import { MacroMenu } from "../macros/MacroMenu";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { taskOf } from "../tasks/queries";
import { useCommands } from "../shell/commands";
import { Button } from "../ui/controls";
import { Download } from "../ui/Download";
import { ErrorNotice, Loading } from "../ui/feedback";
import { PriorityMark, Status } from "../ui/Status";
import { Time } from "../ui/Time";
import { Words } from "../ui/Words";
import { History } from "./History";
import { EditTicket } from "./EditTicket";
import { NO_EDITS, type Edits } from "./editing";
import { inWords } from "./inWords";
import { Links } from "./Links";
import { useCategories, useCategoryName, useTicket } from "./queries";
import { Rating } from "./Rating";
import { Tags } from "./Tags";
import { TicketActions } from "./TicketActions";
import { Trail } from "./Trail";
import { Watchers } from "./Watchers";

const taskPanel = () => import("../tasks/TaskPanel");
const TaskPanel = lazy(taskPanel);
const NUMBER = /^TTS-/;
const ignore = () => undefined; // whoever shows it says so

/** One ticket: what it is, what was said, where it stands, and what may be done with it. */
export default function TicketPage() {
  const { id = "" } = useParams();
  const ticket = useTicket(id);
  useParts(id, ticket.isError);
  if (ticket.isPending) return <Loading />;
  if (!ticket.data) return <ErrorNotice error={ticket.error} onRetry={() => void ticket.refetch()} />;
  return <Loaded key={ticket.data.id} ticket={ticket.data} />;
}

/** What stands beside the ticket is asked for with it, not after it. */
function useParts(id: string, isMissing: boolean) {
  const queries = useQueryClient();
  const staff = isStaff(useUser());
  useEffect(() => {
    if (!NUMBER.test(id)) return; // an id, from elsewhere: the parts go by number
    if (isMissing) return void queries.cancelQueries({ queryKey: conversationOf(id).queryKey });
    queries.query(conversationOf(id)).catch(ignore);
    if (!staff) return;
    void taskPanel();
    queries.query(taskOf(id)).catch(ignore);
  }, [id, isMissing, staff, queries]);
}

function Loaded({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const isRequester = ticket.requester_id === user.id;
  const edits = useDraft<Edits>(`edit.${ticket.id}`, NO_EDITS);
  const [isEditing, setEditing] = useState(edits.isRestored);
  const [words, setWords] = useState<MacroReply | null>(null);
  const edit = () => setEditing(true);
  useCommands(ticket.is_editable ? [{ id: "edit", text: t("edit.title"), key: "e", run: edit }] : []);
  return (
    <article className="ticket">
      <title>{`${ticket.number} ${ticket.subject} · ${t("app.name")}`}</title>
      <header className="ticket-head">
        <Trail number={ticket.number} />
        <div className="heading">
          <h1>{ticket.subject}</h1>
          <Status value={ticket.status} />
          <PriorityMark value={ticket.priority} />
        </div>
        <div className="row">
          <TicketActions ticket={ticket} isRequester={isRequester} />
          {ticket.is_editable && !isEditing && <Button onClick={edit}>{t("edit.title")}</Button>}
          {isStaff(user) && <MacroMenu ticket={ticket} onReply={setWords} />}
        </div>
      </header>
      <div className="columns">
        <div>
          {isEditing && <EditTicket ticket={ticket} draft={edits} onClose={() => setEditing(false)} />}
          {!isEditing && <Description ticket={ticket} />}
          <Outcome ticket={ticket} />
          <Rating ticket={ticket} isRequester={isRequester} />
          <Conversation key={ticket.id} ticket={ticket} words={words} onWordsSent={() => setWords(null)} />
        </div>
        <aside>
          {isStaff(user) && (
            <Suspense fallback={<Loading />}>
              <TaskPanel ticket={ticket} />
            </Suspense>
          )}
          <Details ticket={ticket} />
          <Links ticket={ticket} />
          {!isRequester && <Watchers ticket={ticket} />}
          <History ticket={ticket} />
        </aside>
      </div>
    </article>
  );
}

function Description({ ticket }: { ticket: Ticket }) {
  return (
    <section className="card" aria-labelledby="description">
      <h2 id="description">{t("ticket.description")}</h2>
      <Words text={ticket.description} />
      {ticket.attachments.length > 0 && (
        <ul className="attachments">
          {ticket.attachments.map((file) => (
            <li key={file.id}>
              <Download
                url={`/tickets/api/v1/tickets/${ticket.id}/attachments/${file.id}/content/`}
                name={file.filename}
                size={file.size}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Outcome({ ticket }: { ticket: Ticket }) {
  const text = ticket.resolution || ticket.rejection_reason;
  if (!text) return null;
  return (
    <section className="card outcome" aria-labelledby="outcome">
      <h2 id="outcome">{ticket.resolution ? t("ticket.resolution") : t("ticket.rejection")}</h2>
      <p className="words">{text}</p>
    </section>
  );
}

function Details({ ticket }: { ticket: Ticket }) {
  const category = useCategoryName(ticket.category);
  const kind = useCategories().data?.find((one) => one.slug === ticket.category);
  const fields = kind?.custom_fields ?? [];
  const subCategory = kind?.sub_categories.find((one) => one.slug === ticket.sub_category)?.name ?? ticket.sub_category;
  return (
    <section className="card" aria-labelledby="details">
      <h2 id="details">{t("ticket.details")}</h2>
      <dl className="facts">
        <dt>{t("ticket.requester")}</dt>
        <dd>{ticket.requester_name}</dd>
        <dt>{t("ticket.assignee")}</dt>
        <dd>{ticket.assignee_name || t("tickets.unassigned")}</dd>
        <dt>{t("ticket.category")}</dt>
        <dd>{category}</dd>
        {subCategory && (
          <>
            <dt>{t("new.subCategory")}</dt>
            <dd>{subCategory}</dd>
          </>
        )}
        {ticket.department && (
          <>
            <dt>{t("ticket.department")}</dt>
            <dd>{ticket.department}</dd>
          </>
        )}
        <dt>{t("ticket.created")}</dt>
        <dd>
          <Time at={ticket.created_at} />
        </dd>
        <dt>{t("ticket.updated")}</dt>
        <dd>
          <Time at={ticket.updated_at} />
        </dd>
        {Object.entries(ticket.custom_fields).map(([name, value]) => (
          <FieldFact key={name} label={fields.find((field) => field.name === name)?.label ?? name} value={value} />
        ))}
      </dl>
      <Tags ticket={ticket} />
    </section>
  );
}

function FieldFact({ label, value }: { label: string; value: unknown }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{inWords(value)}</dd>
    </>
  );
}
