import type { TicketSchedule } from "../../api/clients";
import { t } from "../../i18n";
import { useUser } from "../../session/session";
import { relative } from "../../i18n";

/** Why nothing was filed, and what happens next. */
export function Failure({ failure }: { failure: NonNullable<TicketSchedule["failure"]> }) {
  const zone = useUser().time_zone;
  const said = (at: string) => relative(at, undefined, zone);
  const time = said(failure.failed_at);
  return (
    <div className="notice error" role="alert">
      <p>
        <strong>{t("schedules.failure")}.</strong> {failure.detail}
      </p>
      <p>
        {failure.failures === 1
          ? t("schedules.failedOnce", { time })
          : t("schedules.failedOften", { n: failure.failures, time })}{" "}
        {failure.retry_at && t("schedules.retry", { time: said(failure.retry_at) })}
      </p>
    </div>
  );
}
