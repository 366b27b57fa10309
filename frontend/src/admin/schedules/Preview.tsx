import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { data, tickets } from "../../api/clients";
import { t, weekdayTime } from "../../i18n";
import { ErrorNotice } from "../../ui/feedback";
import { useDebounced } from "../../ui/useDebounced";
import type { timesOf } from "./model";
import { SCHEDULES } from "./model";

type Times = ReturnType<typeof timesOf>;

/** When it would file, as the service works it out: as the times are typed, before anything is saved. */
export function Preview({ times }: { times: Times }) {
  const settled = useDebounced(JSON.stringify(times), 300);
  const query = JSON.parse(settled) as Times;
  const isComplete = isWhole(query);
  const preview = useQuery({
    queryKey: [...SCHEDULES, "preview", settled],
    queryFn: ({ signal }) => data(tickets.GET("/api/v1/ticket-schedules/preview/", { params: { query }, signal })),
    enabled: isComplete,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const occurrences = preview.data?.occurrences ?? [];
  return (
    <section className="card stack" aria-labelledby="preview">
      <h2 id="preview">{t("schedules.preview")}</h2>
      <div role="status">
        {!isComplete && <p className="muted">{t("schedules.previewWait")}</p>}
        {isComplete && preview.data && occurrences.length === 0 && <p>{t("schedules.previewNone")}</p>}
        {isComplete && !preview.error && occurrences.length > 0 && (
          <ol className="occurrences">
            {occurrences.map((at) => (
              <li key={at}>
                <time dateTime={at}>{weekdayTime(at, query.time_zone)}</time>
              </li>
            ))}
          </ol>
        )}
      </div>
      {isComplete && preview.error && <ErrorNotice error={preview.error} />}
      <p className="muted small">{t("schedules.missed")}</p>
    </section>
  );
}

function isWhole({ rule, starts_on, time, time_zone }: Times): boolean {
  return [rule, starts_on, time, time_zone].every((part) => part !== "") && !/=(;|$)/.test(rule);
}
