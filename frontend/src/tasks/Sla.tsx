import type { Clock, TaskDetail } from "../api/clients";
import { dateTime, duration, label, t } from "../i18n";
import { useUser } from "../session/session";
import { ErrorNotice } from "../ui/feedback";
import { useSla } from "./queries";

/** The ticket's clocks, and why each stands where it does. */
export function Sla({ task }: { task: TaskDetail }) {
  const sla = useSla(task);
  const zone = useUser().time_zone;
  if (sla.error && !sla.data) return <ErrorNotice error={sla.error} />;
  if (!sla.data?.clocks.length) return null;
  const { calendar, priority, clocks } = sla.data;
  const counted = calendar ? t("sla.calendar", { name: calendar.name, zone: calendar.time_zone }) : t("sla.always");
  const { current, earlier } = byTime(clocks);
  return (
    <section className="sla" aria-labelledby="sla">
      <h3 id="sla">{t("sla.title")}</h3>
      {current.map((clock) => (
        <ClockLine key={clock.clock + clock.started_at} clock={clock} />
      ))}
      {earlier.length > 0 && <Earlier clocks={earlier} />}
      <details>
        <summary>{t("sla.why")}</summary>
        {current.map((clock) => (
          <Why
            key={clock.clock + clock.started_at}
            {...{ clock, counted, zone }}
            priority={label("priority", priority)}
          />
        ))}
      </details>
    </section>
  );
}

/** Of each kind the clock that began last; a long conversation has an answer's clock for every question. */
function byTime(clocks: Clock[]): { current: Clock[]; earlier: Clock[] } {
  const last = new Map<string, Clock>();
  for (const clock of clocks) {
    const known = last.get(clock.clock);
    if (!known || known.started_at <= clock.started_at) last.set(clock.clock, clock);
  }
  return { current: [...last.values()], earlier: clocks.filter((clock) => last.get(clock.clock) !== clock) };
}

function Earlier({ clocks }: { clocks: Clock[] }) {
  const missed = clocks.filter((clock) => clock.state === "missed" || clock.state === "breached").length;
  return (
    <details>
      <summary>{t("sla.earlier", { n: clocks.length, missed })}</summary>
      {clocks.map((clock) => (
        <ClockLine key={clock.clock + clock.started_at} clock={clock} />
      ))}
    </details>
  );
}

function ClockLine({ clock }: { clock: Clock }) {
  const share = Math.min(1, clock.elapsed_minutes / Math.max(1, clock.target_minutes));
  const time = duration(clock.remaining_minutes);
  const name = t(`sla.${clock.clock}`);
  return (
    <div className={`clock clock-${clock.state}`}>
      <span>{name}</span>
      <span>{t(`sla.${clock.state}`, { time })}</span>
      <meter value={share} max={1} aria-label={name} />
    </div>
  );
}

interface WhyProps {
  clock: Clock;
  counted: string;
  priority: string;
  zone: string;
}

function Why({ clock, counted, priority, zone }: WhyProps) {
  const at = (iso: string) => dateTime(iso, zone);
  return (
    <div className="why small">
      <h4>{t(`sla.${clock.clock}`)}</h4>
      <p>
        {t("sla.whyText", {
          target: duration(clock.target_minutes),
          priority,
          calendar: counted,
          elapsed: duration(clock.elapsed_minutes),
        })}{" "}
        {t("sla.began", { time: at(clock.started_at) })} {clock.due_at && t("sla.due", { time: at(clock.due_at) })}
      </p>
      {clock.paused.map((pause) => (
        <p key={pause.begin}>
          {t("sla.pauses", { begin: at(pause.begin), end: at(pause.end), time: duration(pause.minutes) })}
        </p>
      ))}
    </div>
  );
}
