import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { data, notifications, type Preference } from "../api/clients";
import { label, t } from "../i18n";
import { Button, Field } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";

/** Which notices come by which channel, and when nothing is sent. */
export function Notifications() {
  const queries = useQueryClient();
  const preferences = useQuery({
    queryKey: ["preferences"],
    queryFn: () => data(notifications.GET("/api/v1/preferences/")),
  });
  const choose = useMutation({
    mutationFn: ({ kind, channel, digest_minutes, on }: Preference) =>
      notifications.PUT("/api/v1/preferences/{kind}/{channel}/", {
        params: { path: { kind, channel: channel as "email" | "inbox" } },
        body: { on: !on, digest_minutes },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["preferences"] }),
  });
  if (preferences.isPending) return <Loading />;
  if (!preferences.data) return <ErrorNotice error={preferences.error} onRetry={() => void preferences.refetch()} />;
  const all = preferences.data.preferences;
  const kinds = [...new Set(all.map((one) => one.kind))];
  const channels = [...new Set(all.map((one) => one.channel))];
  const { quiet_hours: quiet, time_zone: zone } = preferences.data;
  return (
    <section className="card stack" aria-labelledby="notifications">
      <h2 id="notifications">{t("account.notifications")}</h2>
      {choose.error && <ErrorNotice error={choose.error} />}
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{t("account.notifications.kind")}</th>
            {channels.map((channel) => (
              <th key={channel} scope="col">
                {label("channel", channel)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{label("kind", kind)}</th>
              {channels.map((channel) => {
                const one = all.find((other) => other.kind === kind && other.channel === channel);
                return <td key={channel}>{one && <Choice preference={one} onChange={() => choose.mutate(one)} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <QuietHours key={JSON.stringify(quiet)} quiet={quiet} zone={zone} />
    </section>
  );
}

function Choice({ preference, onChange }: { preference: Preference; onChange: () => void }) {
  const name = `${label("kind", preference.kind)}: ${label("channel", preference.channel)}`;
  return (
    <input
      type="checkbox"
      aria-label={name}
      checked={preference.on}
      disabled={preference.fixed}
      title={preference.fixed ? t("account.notifications.fixed") : undefined}
      onChange={onChange}
    />
  );
}

interface QuietProps {
  quiet: { start: string; end: string } | null | undefined;
  zone: string;
}

function QuietHours({ quiet, zone }: QuietProps) {
  const queries = useQueryClient();
  const [start, setStart] = useState(quiet?.start.slice(0, 5) ?? "");
  const [end, setEnd] = useState(quiet?.end.slice(0, 5) ?? "");
  const onSettled = () => queries.invalidateQueries({ queryKey: ["preferences"] });
  const save = useMutation({
    mutationFn: () => notifications.PUT("/api/v1/quiet-hours/", { body: { start, end } }),
    onSettled,
  });
  const remove = useMutation({ mutationFn: () => notifications.DELETE("/api/v1/quiet-hours/"), onSettled });
  const error = save.error ?? remove.error;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit} className="stack">
      <h3>{t("account.quiet")}</h3>
      <p className="muted small">{t("account.quiet.hint", { zone })}</p>
      <div className="row">
        <Field label={t("account.quiet.start")}>
          {(props) => (
            <input {...props} type="time" required value={start} onChange={(event) => setStart(event.target.value)} />
          )}
        </Field>
        <Field label={t("account.quiet.end")}>
          {(props) => (
            <input {...props} type="time" required value={end} onChange={(event) => setEnd(event.target.value)} />
          )}
        </Field>
        <Button type="submit" busy={save.isPending}>
          {t("action.save")}
        </Button>
        {quiet && (
          <Button look="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t("account.quiet.remove")}
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}
