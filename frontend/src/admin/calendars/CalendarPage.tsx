import { useMutation } from "@tanstack/react-query";
import { useMemo, useState, type SubmitEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { data, once, workflow, type Schemas } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { useDraft } from "../../drafts/store";
import { dateTime, label, plural, t } from "../../i18n";
import { useUser } from "../../session/session";
import { Button, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { NotFound } from "../../ui/NotFound";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";
import { ZoneField } from "../../ui/ZoneField";
import { slug } from "../../workflows/definition";
import { useCalendars } from "../workflows/queries";
import { bodyOf, DAYS, OFFICE, typedOf, type Calendar, type Typed } from "./model";

interface Begun {
  mine: Typed | null;
  base: number;
}

/** One calendar; before it is saved one may look at which deadlines would move. */
export default function CalendarPage() {
  const { id = "" } = useParams();
  const calendars = useCalendars();
  if (calendars.isPending) return <Loading />;
  if (!calendars.data) return <ErrorNotice error={calendars.error} onRetry={() => void calendars.refetch()} />;
  const found = calendars.data.find((one) => one.id === id);
  if (!found && id !== "new") return <NotFound />;
  return <Editor key={id} calendar={found ?? null} />;
}

/** What is typed, what stands at the service, and the way from one to the other. */
function useEditing(calendar: Calendar | null) {
  const zone = useUser().time_zone;
  const beginning = useMemo(() => (calendar ? typedOf(calendar) : { ...OFFICE, time_zone: zone }), [calendar, zone]);
  const name = `calendar.${calendar?.id ?? "new"}`;
  const draft = useDraft<Begun>(name, { mine: null, base: 0 });
  const { mine, base } = draft.value;
  const typed = mine ?? beginning;
  const version = calendar?.version ?? 0;
  const save = useOnce(
    (key: string) => {
      const body = bodyOf(typed);
      if (!calendar) {
        const made = { ...body, key: slug(typed.name) };
        return data(workflow.POST("/api/v1/calendars/", { params: { header: once(key) }, body: made }));
      }
      const params = { path: { id: calendar.id }, header: { "If-Match": `"${base || version}"` } };
      return data(workflow.PUT("/api/v1/calendars/{id}/", { params, body }));
    },
    [["calendars"]],
    name,
  );
  return {
    ...{ draft, typed, save },
    isStale: mine !== null && base !== version,
    set: (change: Partial<Typed>) => draft.set({ mine: { ...typed, ...change }, base: mine ? base : version }),
    keepMine: () => draft.set({ base: version }),
  };
}

function Editor({ calendar }: { calendar: Calendar | null }) {
  const navigate = useNavigate();
  const { draft, typed, save, isStale, set, keepMine } = useEditing(calendar);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: () => {
        draft.clear();
        void navigate("/admin/calendars");
      },
    });
  }

  return (
    <>
      <title>{`${calendar?.name ?? t("calendars.new")} · ${t("app.name")}`}</title>
      <p>
        <Link to="/admin/calendars">{t("calendars.title")}</Link>
      </p>
      <h1>{calendar?.name ?? t("calendars.new")}</h1>
      <form className="card stack narrow" aria-label={t("calendars.edit")} onSubmit={submit}>
        {isStale && calendar && (
          <Stale
            theirs={t("calendars.theirs", { name: calendar.name, zone: calendar.time_zone })}
            onKeepMine={keepMine}
            onTakeTheirs={draft.clear}
          />
        )}
        <Fields typed={typed} error={save.error} onChange={set} />
        {save.error && <ErrorNotice error={save.error} />}
        <div className="row end">
          <span className="muted small">{draft.isRestored && t("edit.restored")}</span>
          <Button
            look="quiet"
            onClick={() => {
              draft.clear();
              void navigate("/admin/calendars");
            }}
          >
            {t("edit.discard")}
          </Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={isStale}>
            {t("action.save")}
          </Button>
        </div>
      </form>
      {calendar && <Foresight calendar={calendar} typed={typed} />}
    </>
  );
}

interface FieldsProps {
  typed: Typed;
  error: unknown;
  onChange: (change: Partial<Typed>) => void;
}

function Fields({ typed, error, onChange }: FieldsProps) {
  const faults = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  const wrong = (field: string) =>
    faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`))?.detail;
  return (
    <>
      <TextField
        label={t("workflows.name")}
        required
        maxLength={120}
        value={typed.name}
        error={wrong("name") ?? wrong("key")}
        onChange={(name) => onChange({ name })}
      />
      <ZoneField
        label={t("calendars.zone")}
        hint={t("calendars.zoneHint")}
        value={typed.time_zone}
        error={wrong("time_zone")}
        onChange={(time_zone) => onChange({ time_zone })}
      />
      <fieldset>
        <legend>{t("calendars.hours")}</legend>
        <p className="muted small">{t("calendars.hoursHint")}</p>
        {DAYS.map((day) => (
          <TextField
            key={day}
            label={label("calendars", day)}
            className="hours"
            value={typed.week[day]}
            error={wrong(`week.${day}`)}
            onChange={(line) => onChange({ week: { ...typed.week, [day]: line } })}
          />
        ))}
        {faults
          .filter((fault) => fault.field === "week")
          .map((fault) => (
            <p key={fault.code} className="field-error">
              {fault.detail}
            </p>
          ))}
      </fieldset>
      <Holidays days={typed.holidays} error={wrong("holidays")} onChange={(holidays) => onChange({ holidays })} />
    </>
  );
}

interface HolidaysProps {
  days: string[];
  error: string | undefined;
  onChange: (days: string[]) => void;
}

function Holidays({ days, error, onChange }: HolidaysProps) {
  const [day, setDay] = useState("");
  const add = () => {
    if (day && !days.includes(day)) onChange([...days, day].sort());
    setDay("");
  };
  return (
    <fieldset>
      <legend>{t("calendars.holidays")}</legend>
      <ul className="tags">
        {days.map((one) => (
          <li key={one} className="tag">
            {one}
            <button
              type="button"
              aria-label={t("action.remove", { name: one })}
              onClick={() => onChange(days.filter((other) => other !== one))}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <div className="row">
        <input type="date" aria-label={t("calendars.holiday")} value={day} onChange={(e) => setDay(e.target.value)} />
        <Button disabled={!day} onClick={add}>
          {t("calendars.addHoliday")}
        </Button>
      </div>
      {error && <p className="field-error">{error}</p>}
    </fieldset>
  );
}

/** Which deadlines of running tasks would move if it were saved so. Nothing is stored. */
function Foresight({ calendar, typed }: { calendar: Calendar; typed: Typed }) {
  const ask = useMutation({
    mutationFn: ({ time_zone, week, holidays }: ReturnType<typeof bodyOf>) =>
      data(
        workflow.POST("/api/v1/calendars/{id}/preview/", {
          params: { path: { id: calendar.id } },
          body: { time_zone, week, holidays },
        }),
      ),
  });
  return (
    <section className="card stack" aria-labelledby="foresight">
      <h2 id="foresight">{t("calendars.foresight")}</h2>
      <p className="muted">{t("calendars.foresightText")}</p>
      <div>
        <Button busy={ask.isPending} onClick={() => ask.mutate(bodyOf(typed))}>
          {t("calendars.look")}
        </Button>
      </div>
      <div role="status">{ask.data && <Moved {...ask.data} />}</div>
      {ask.error && <ErrorNotice error={ask.error} />}
    </section>
  );
}

function Moved({ tasks, moved, more }: Schemas["PreviewOutput"]) {
  const zone = useUser().time_zone;
  return (
    <>
      <p>
        {plural("calendars.moved", moved.length)} {plural("calendars.looked", tasks)} {more && t("calendars.more")}
      </p>
      {moved.length > 0 && (
        <div className="scroll">
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{t("tickets.number")}</th>
                <th scope="col">{t("calendars.clock")}</th>
                <th scope="col">{t("calendars.now")}</th>
                <th scope="col">{t("calendars.then")}</th>
              </tr>
            </thead>
            <tbody>
              {moved.map((one) => (
                <tr key={one.task_id + one.clock}>
                  <td>
                    <Link to={`/requests/${one.ticket_number}`}>{one.ticket_number}</Link>
                  </td>
                  <td>{label("sla", one.clock)}</td>
                  <td>{dateTime(one.due_at, zone)}</td>
                  <td className={one.would_be_breached ? "late" : undefined}>
                    {dateTime(one.would_be_due_at, zone)} {one.would_be_breached && t("calendars.late")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
