import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type SubmitEvent } from "react";
import { data, once, tickets as api, type Priority, type TicketSummary } from "../api/clients";
import { ProblemError } from "../api/problem";
import { label, plural, t } from "../i18n";
import { Confirm } from "../ui/Confirm";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { PRIORITIES } from "./queries";

const ACTIONS = ["prioritise", "tag", "untag", "close", "reject", "reopen"] as const;
type Action = (typeof ACTIONS)[number];
const AT_ONCE = 50;
// What cannot be taken back is asked for once more.
const ENDS = new Set<Action>(["close", "reject"]);

interface BulkBarProps {
  tickets: TicketSummary[];
  /** With the tickets that stay selected: those that were refused. */
  onDone: (left: TicketSummary[]) => void;
}

/** One action on all that is selected. Each ticket is decided on its own; what is refused stays selected, with why. */
export function BulkBar({ tickets, onDone }: BulkBarProps) {
  const queries = useQueryClient();
  const [action, setAction] = useState<Action>("prioritise");
  const [text, setText] = useState("");
  const [priority, setPriority] = useState<Priority>("Medium");
  const [refused, setRefused] = useState<string[]>([]);
  const [isAsked, setAsked] = useState(false);
  const keys = useRef(new Map<string, string>());

  const apply = useMutation({
    mutationFn: async () => {
      const outcomes = [];
      for (let at = 0; at < tickets.length; at += AT_ONCE) {
        const some = tickets.slice(at, at + AT_ONCE).map(({ id, version }) => ({ id, version }));
        const body = { action, tickets: some, ...details(action, text, priority) };
        // The same again after a lost answer is the same attempt; part of it may have been done.
        const said = JSON.stringify(body);
        const key = keys.current.get(said) ?? crypto.randomUUID();
        keys.current.set(said, key);
        outcomes.push(
          ...(await data(api.POST("/api/v1/tickets/bulk/", { params: { header: once(key) }, body }))).results,
        );
      }
      return outcomes;
    },
    onError: (error) => {
      if (!(error instanceof ProblemError && error.isUncertain)) keys.current.clear();
    },
    onSuccess: async (outcomes) => {
      keys.current.clear();
      const failures = new Map(
        outcomes.filter((one) => one.status >= 400).map((one) => [one.id, one.detail || one.code]),
      );
      const left = tickets.filter((ticket) => failures.has(ticket.id));
      setRefused(left.map((one) => t("bulk.refused", { number: one.number, detail: failures.get(one.id) ?? "" })));
      await queries.invalidateQueries({ queryKey: ["tickets"] });
      onDone(left);
    },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (ENDS.has(action)) setAsked(true);
    else apply.mutate();
  }

  const needsText = action === "tag" || action === "untag" || action === "reject" || action === "reopen";
  return (
    <>
      <form className="bulk" onSubmit={submit}>
        <strong>{plural("bulk.selected", tickets.length)}</strong>
        <select
          aria-label={t("bulk.action")}
          value={action}
          onChange={(event) => setAction(event.target.value as Action)}
        >
          {ACTIONS.map((name) => (
            <option key={name} value={name}>
              {t(`bulk.${name}`)}
            </option>
          ))}
        </select>
        {action === "prioritise" && (
          <select
            aria-label={t("tickets.priority")}
            value={priority}
            onChange={(event) => setPriority(event.target.value as Priority)}
          >
            {PRIORITIES.map((name) => (
              <option key={name} value={name}>
                {label("priority", name)}
              </option>
            ))}
          </select>
        )}
        {needsText && (
          <input
            required
            aria-label={isTag(action) ? t("bulk.tagName") : t("task.reason")}
            placeholder={isTag(action) ? t("bulk.tagName") : t("task.reason")}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <Button type="submit" look="primary" busy={apply.isPending}>
          {t("bulk.apply")}
        </Button>
        {apply.error && <ErrorNotice error={apply.error} />}
        {refused.length > 0 && (
          <ul role="alert" className="notice error">
            {refused.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </form>
      {isAsked && (
        <Confirm
          title={t(`bulk.${action}`)}
          action={t(`bulk.${action}`)}
          run={apply}
          body={undefined}
          onClose={() => setAsked(false)}
        >
          <p>{plural("bulk.confirm", tickets.length)}</p>
        </Confirm>
      )}
    </>
  );
}

function isTag(action: Action): boolean {
  return action === "tag" || action === "untag";
}

function details(action: Action, text: string, priority: Priority) {
  if (action === "prioritise") return { priority };
  if (isTag(action)) return { tag: text.trim() };
  return action === "close" ? {} : { reason: text };
}
