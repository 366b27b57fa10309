import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { data, once, tickets, type TicketSchedule } from "../../api/clients";
import { useDraft, type Draft } from "../../drafts/store";
import { dayOf, t } from "../../i18n";
import { useUser } from "../../session/session";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";
import { Failure } from "./Failure";
import { Fields } from "./Fields";
import { Filed } from "./Filed";
import { bodyOf, formOf, newForm, SCHEDULES, stateOf, timesOf, type Form } from "./model";
import { Preview } from "./Preview";
import { inWords } from "./repeat";

/** One schedule, or a new one: when it files beside its next five, and what it has filed. */
export default function SchedulePage() {
  const { id = "" } = useParams();
  const schedule = useQuery({
    queryKey: [...SCHEDULES, "one", id],
    queryFn: ({ signal }) => data(tickets.GET("/api/v1/ticket-schedules/{id}/", { params: { path: { id } }, signal })),
    enabled: id !== "new",
    refetchInterval: 30_000,
  });
  const zone = useUser().time_zone;
  if (id === "new") return <Editor key="new" schedule={null} beginning={newForm(dayOf(Date.now(), zone), zone)} />;
  if (schedule.isPending) return <Loading />;
  if (!schedule.data) return <ErrorNotice error={schedule.error} onRetry={() => void schedule.refetch()} />;
  return <Editor key={id} schedule={schedule.data} beginning={formOf(schedule.data)} />;
}

function Editor({ schedule, beginning }: { schedule: TicketSchedule | null; beginning: Form }) {
  const navigate = useNavigate();
  const draft = useDraft<Form>(`schedule.${schedule?.id ?? "new"}`, beginning);
  const leave = () => {
    draft.clear();
    void navigate("/admin/schedules");
  };
  const title = schedule?.name ?? t("schedules.new");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <p className="small">
        <Link to="/admin/schedules">{t("schedules.title")}</Link>
      </p>
      <div className="heading">
        <h1>{title}</h1>
        {schedule && <Actions schedule={schedule} draft={draft} onDeleted={leave} />}
      </div>
      {schedule?.failure && <Failure failure={schedule.failure} />}
      <div className="columns">
        <ScheduleForm schedule={schedule} draft={draft} onDone={leave} />
        <aside className="stack">
          <Preview times={timesOf(draft.value)} />
          {schedule && <Filed schedule={schedule} />}
        </aside>
      </div>
    </>
  );
}

interface ScheduleFormProps {
  schedule: TicketSchedule | null;
  draft: Draft<Form>;
  onDone: () => void;
}

function ScheduleForm({ schedule, draft, onDone }: ScheduleFormProps) {
  const form = draft.value;
  const isStale = schedule !== null && schedule.version !== form.version;
  const save = useSave(schedule, form);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: onDone });
  }

  return (
    <form className="card stack" aria-label={t("schedules.when")} onSubmit={submit}>
      {isStale && <Changed schedule={schedule} draft={draft} />}
      <Fields form={form} error={save.error} onChange={draft.set} />
      {save.error && <ErrorNotice error={save.error} />}
      <div className="row end">
        <span className="muted small">{draft.isRestored && t("edit.restored")}</span>
        <Button look="quiet" onClick={onDone}>
          {t("edit.discard")}
        </Button>
        <Button type="submit" look="primary" busy={save.isPending} disabled={isStale}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function Changed({ schedule, draft }: { schedule: TicketSchedule; draft: Draft<Form> }) {
  return (
    <Stale
      theirs={t("schedules.theirs", { name: schedule.name, when: inWords(schedule.rule, schedule.time) })}
      onKeepMine={() => draft.set({ version: schedule.version })}
      onTakeTheirs={() => draft.set(formOf(schedule))}
    />
  );
}

function useSave(schedule: TicketSchedule | null, form: Form) {
  const work = (key: string) => {
    const body = bodyOf(form);
    if (!schedule) return data(tickets.POST("/api/v1/ticket-schedules/", { params: { header: once(key) }, body }));
    const params = { path: { id: schedule.id }, header: { "If-Match": `"${form.version}"` } };
    return data(tickets.PATCH("/api/v1/ticket-schedules/{id}/", { params, body }));
  };
  return useOnce(work, [SCHEDULES], `schedule.${schedule?.id ?? "new"}`);
}

interface ActionsProps {
  schedule: TicketSchedule;
  draft: Draft<Form>;
  onDeleted: () => void;
}

/** What is done to a schedule at once, whatever is typed. */
function Actions({ schedule, draft, onDeleted }: ActionsProps) {
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const { id, is_active, version } = schedule;
  const toggle = useOnce(() => {
    const params = { path: { id }, header: { "If-Match": `"${version}"` } };
    return data(tickets.PATCH("/api/v1/ticket-schedules/{id}/", { params, body: { is_active: !is_active } }));
  }, [SCHEDULES]);
  const remove = useOnce(
    () => tickets.DELETE("/api/v1/ticket-schedules/{id}/", { params: { path: { id } } }),
    [[...SCHEDULES, "list"]],
  );
  const isOver = stateOf(schedule) === "over";

  function flip() {
    toggle.mutate(undefined, {
      onSuccess: (now) => {
        // This was no one else: what is typed stays on top of it.
        if (draft.value.version === version) draft.set({ version: now.version });
        queries.setQueryData([...SCHEDULES, "one", id], now);
      },
    });
  }

  return (
    <div className="row push">
      <span role="status" className="muted small">
        {toggle.data && (toggle.data.is_active ? t("schedules.resumedNow") : t("schedules.pausedNow"))}
      </span>
      {!isOver && (
        <Button busy={toggle.isPending} onClick={flip}>
          {is_active ? t("schedules.pause") : t("schedules.resume")}
        </Button>
      )}
      <Button look="quiet" onClick={() => setAsked(true)}>
        {t("action.delete")}
      </Button>
      {toggle.error && <ErrorNotice error={toggle.error} />}
      {isAsked && (
        <Confirm
          title={t("schedules.delete", { name: schedule.name })}
          action={t("action.delete")}
          run={{ ...remove, mutate: (body) => remove.mutate(body, { onSuccess: onDeleted }) }}
          body={undefined}
          onClose={() => setAsked(false)}
        >
          <p>{t("schedules.deleteText")}</p>
        </Confirm>
      )}
    </div>
  );
}
