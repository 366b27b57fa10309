import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type SubmitEvent } from "react";
import { data, once, tickets as api, type TicketSummary } from "../api/clients";
import { ProblemError } from "../api/problem";
import { plural, t } from "../i18n";
import { changesTickets, ends } from "../macros/model";
import { useMacros } from "../macros/queries";
import { Confirm } from "../ui/Confirm";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { ACTIONS, BulkDetails, details, type Action, type Given } from "./BulkDetails";

const AT_ONCE = 50;

interface BulkBarProps {
  tickets: TicketSummary[];
  /** With the tickets that stay selected: those that were refused. */
  onDone: (left: TicketSummary[]) => void;
}

/** One action on all that is selected. Each ticket is decided on its own; what is refused stays selected, with why. */
export function BulkBar({ tickets, onDone }: BulkBarProps) {
  const queries = useQueryClient();
  const [action, setAction] = useState<Action>("prioritise");
  const [given, setGiven] = useState<Given>({ text: "", priority: "Medium", macro: null });
  const macros = (useMacros().data ?? []).filter(changesTickets);
  const offered = ACTIONS.filter((name) => name !== "macro" || macros.length > 0);
  const [refused, setRefused] = useState<string[]>([]);
  const [isAsked, setAsked] = useState(false);
  const keys = useRef(new Map<string, string>());

  const apply = useMutation({
    mutationFn: async () => {
      const outcomes = [];
      for (let at = 0; at < tickets.length; at += AT_ONCE) {
        const some = tickets.slice(at, at + AT_ONCE).map(({ id, version }) => ({ id, version }));
        const body = { action, tickets: some, ...details(action, given) };
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
    if (isLast(action, given)) setAsked(true);
    else apply.mutate();
  }

  return (
    <>
      <form className="bulk" onSubmit={submit}>
        <strong>{plural("bulk.selected", tickets.length)}</strong>
        <select
          aria-label={t("bulk.action")}
          value={action}
          onChange={(event) => setAction(event.target.value as Action)}
        >
          {offered.map((name) => (
            <option key={name} value={name}>
              {t(`bulk.${name}`)}
            </option>
          ))}
        </select>
        <BulkDetails
          action={action}
          given={given}
          macros={macros}
          onChange={(change) => setGiven({ ...given, ...change })}
        />
        <Button type="submit" look="primary" busy={apply.isPending}>
          {t("bulk.apply")}
        </Button>
        <Button look="quiet" onClick={() => onDone([])}>
          {t("bulk.clear")}
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
          title={(action === "macro" && given.macro?.name) || t(`bulk.${action}`)}
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

/** What cannot be taken back is asked for once more. */
function isLast(action: Action, { macro }: Given): boolean {
  return action === "close" || action === "reject" || (action === "macro" && macro !== null && ends(macro));
}
