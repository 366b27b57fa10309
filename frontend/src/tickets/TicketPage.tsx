import { lazy, Suspense } from "react";
import { Link, useParams } from "react-router";
import type { Ticket } from "../api/clients";
import { t } from "../i18n";
import { Conversation } from "../conversation/Conversation";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Download } from "../ui/Download";
import { ErrorNotice, Loading } from "../ui/feedback";
import { PriorityMark, Status } from "../ui/Status";
import { Time } from "../ui/Time";
import { History } from "./History";
import { useCategories, useCategoryName, useTicket } from "./queries";
import { Rating } from "./Rating";
import { TicketActions } from "./TicketActions";

const TaskPanel = lazy(() => import("../tasks/TaskPanel"));

/** One ticket: what it is, what was said, where it stands, and what may be done with it. */
export default function TicketPage() {
  const { id = "" } = useParams();
  const ticket = useTicket(id);
  if (ticket.isPending) return <Loading />;
  if (!ticket.data) return <ErrorNotice error={ticket.error} onRetry={() => void ticket.refetch()} />;
  return <Loaded ticket={ticket.data} />;
}

function Loaded({ ticket }: { ticket: Ticket }) {
  const user = useUser();
  const isRequester = ticket.requester_id === user.id;
  return (
    <article className="ticket">
      <title>{`${ticket.number} ${ticket.subject} · ${t("app.name")}`}</title>
      <header className="ticket-head">
        <p className="small">
          <Link to="/requests">{t("ticket.back")}</Link> <span className="muted">{ticket.number}</span>
        </p>
        <div className="heading">
          <h1>{ticket.subject}</h1>
          <Status value={ticket.status} />
          <PriorityMark value={ticket.priority} />
        </div>
        <TicketActions ticket={ticket} isRequester={isRequester} />
      </header>
      <div className="columns">
        <div>
          <section className="card" aria-labelledby="description">
            <h2 id="description">{t("ticket.description")}</h2>
            <p className="words">{ticket.description}</p>
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
          <Outcome ticket={ticket} />
          <Rating ticket={ticket} isRequester={isRequester} />
          <Conversation key={ticket.id} ticket={ticket} />
        </div>
        <aside>
          {isStaff(user) && (
            <Suspense fallback={<Loading />}>
              <TaskPanel ticket={ticket} />
            </Suspense>
          )}
          <Details ticket={ticket} />
          <History ticket={ticket} />
        </aside>
      </div>
    </article>
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
  const fields = useCategories().data?.find((one) => one.slug === ticket.category)?.custom_fields ?? [];
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
        <dt>{t("ticket.created")}</dt>
        <dd>
          <Time at={ticket.created_at} />
        </dd>
        <dt>{t("ticket.updated")}</dt>
        <dd>
          <Time at={ticket.updated_at} />
        </dd>
        {ticket.tags.length > 0 && (
          <>
            <dt>{t("ticket.tags")}</dt>
            <dd>
              {ticket.tags.map((tag) => (
                <span key={tag} className="tag">
                  {tag}
                </span>
              ))}
            </dd>
          </>
        )}
        {Object.entries(ticket.custom_fields).map(([name, value]) => (
          <FieldFact key={name} label={fields.find((field) => field.name === name)?.label ?? name} value={value} />
        ))}
      </dl>
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

/** A custom field's value: a text, a period, or a list of items with their amounts. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) {
    return (value as { name: string; amount: string }[]).map((item) => `${item.name} (${item.amount})`).join(", ");
  }
  if (typeof value === "object" && value !== null && "start" in value && "end" in value) {
    return `${String(value.start)} – ${String(value.end)}`;
  }
  return String(value);
}
