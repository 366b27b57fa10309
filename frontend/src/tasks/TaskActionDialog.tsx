import type { SubmitEvent } from "react";
import type { TaskDetail, Ticket } from "../api/clients";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { useTicketAction } from "../tickets/useTicketAction";
import { Dialog, Field } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { ASKS, perform, type Answers, type TaskAction } from "./actions";
import { useGraph, usePeople } from "./queries";
import { FormEnd } from "../ui/FormEnd";

interface DialogProps {
  ticket: Ticket;
  task: TaskDetail;
  action: TaskAction;
  onClose: () => void;
}

/** Asks what an action needs to be told, and does it once. What is written is a draft until it is done. */
export function TaskActionDialog({ ticket, task, action, onClose }: DialogProps) {
  const draft = useDraft<Answers>(`task.${task.id}.${action.id}`, { text: "", assigneeId: "", step: "" });
  const asks = ASKS[action.kind];
  const people = usePeople([task.step?.role ?? ""], Boolean(asks.person));
  const run = useTicketAction(ticket, `task.${task.id}.${action.id}`, (key, answers: Answers) =>
    perform(task, action, key, answers),
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    run.mutate(draft.value, {
      onSuccess: () => {
        draft.clear();
        onClose();
      },
    });
  }

  return (
    <Dialog title={action.label} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {asks.warning && <p>{t(asks.warning)}</p>}
        {asks.step && <StepChoice task={task} value={draft.value.step} onChange={(step) => draft.set({ step })} />}
        {asks.person && (
          <Field label={t("task.person")}>
            {(props) => (
              <select
                {...props}
                required
                value={draft.value.assigneeId}
                onChange={(event) => draft.set({ assigneeId: event.target.value })}
              >
                <option value="">{t("task.choosePerson")}</option>
                {people.data
                  ?.filter((person) => person.id !== task.assignee?.id)
                  .map((person) => (
                    <option key={person.id} value={person.id}>
                      {person.name}
                    </option>
                  ))}
              </select>
            )}
          </Field>
        )}
        {people.error && <ErrorNotice error={people.error} />}
        {asks.text && (
          <Field label={t(asks.text)} optional={!asks.isNeeded}>
            {(props) => (
              <textarea
                {...props}
                rows={4}
                required={asks.isNeeded}
                maxLength={asks.isNeeded ? 1000 : 10_000}
                value={draft.value.text}
                onChange={(event) => draft.set({ text: event.target.value })}
              />
            )}
          </Field>
        )}
        <FormEnd
          run={run}
          action={action.label}
          look={action.kind === "cancel" ? "danger" : "primary"}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

interface StepChoiceProps {
  task: TaskDetail;
  value: string;
  onChange: (step: string) => void;
}

/** Any step of the task's workflow, that where it stands too: it is assigned anew then. */
function StepChoice({ task, value, onChange }: StepChoiceProps) {
  const graph = useGraph(task);
  return (
    <>
      <Field label={t("task.move.step")}>
        {(props) => (
          <select {...props} required value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{t("task.move.choose")}</option>
            {graph.data?.nodes.map(({ key, name }) => (
              <option key={key} value={key}>
                {key === task.step?.key ? t("task.move.again", { step: name }) : name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {graph.error && <ErrorNotice error={graph.error} onRetry={() => void graph.refetch()} />}
    </>
  );
}
