import { useState, type SubmitEvent } from "react";
import { once, tickets, type Ticket } from "../api/clients";
import { plural, t } from "../i18n";
import { Field } from "../ui/controls";
import { useTicketAction } from "./useTicketAction";
import { FormEnd } from "../ui/FormEnd";

/** How content the requester is: asked once it is resolved, and shown from then on. */
export function Rating({ ticket, isRequester }: { ticket: Ticket; isRequester: boolean }) {
  if (ticket.rating !== null) {
    const words = isRequester ? "ticket.rating.given" : "ticket.rating.requester";
    return (
      <section className="card">
        <p>{t(words, { n: ticket.rating })}</p>
        {ticket.rating_comment && <p className="words muted">{ticket.rating_comment}</p>}
      </section>
    );
  }
  if (!isRequester || (ticket.status !== "Resolved" && ticket.status !== "Closed")) return null;
  return <RatingForm ticket={ticket} />;
}

function RatingForm({ ticket }: { ticket: Ticket }) {
  const [rating, setRating] = useState(0);
  const [comment, setComment] = useState("");
  const rate = useTicketAction(ticket, "rate", (key, body: { rating: number; comment: string }) =>
    tickets.POST("/api/v1/tickets/{id}/rating/", { params: { path: { id: ticket.id }, header: once(key) }, body }),
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    rate.mutate({ rating, comment });
  }

  return (
    <form className="card stack" onSubmit={submit}>
      <fieldset className="stars">
        <legend>{t("ticket.rating")}</legend>
        {[1, 2, 3, 4, 5].map((n) => (
          <label key={n} className={n <= rating ? "on" : undefined}>
            <input type="radio" name="rating" required checked={n === rating} onChange={() => setRating(n)} />
            <span aria-hidden="true">★</span>
            <span className="sr">{plural("ticket.rating.stars", n)}</span>
          </label>
        ))}
      </fieldset>
      <Field label={t("ticket.rating.comment")} optional>
        {(props) => (
          <textarea
            {...props}
            rows={2}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <FormEnd run={rate} action={t("ticket.rating.submit")} disabled={rating === 0} />
    </form>
  );
}
