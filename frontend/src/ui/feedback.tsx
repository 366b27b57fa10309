import { useEffect, useState } from "react";
import { t } from "../i18n";
import { en } from "../i18n/en";
import { ProblemError } from "../api/problem";
import { Button } from "./controls";

/** What to do about an error, in words; and the request's id, for who has to ask the desk. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ProblemError ? error : null;
  return (
    <div className="notice error" role="alert">
      <p>{advice(error)}</p>
      {problem?.problem.errors?.map((fault) => (
        <p key={fault.field + fault.code}>
          <strong>{fault.field}</strong>: {fault.detail}
        </p>
      ))}
      {problem?.problem.request_id && (
        <p className="muted small">{t("error.requestId", { id: problem.problem.request_id })}</p>
      )}
      {onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>}
    </div>
  );
}

function advice(error: unknown): string {
  if (!(error instanceof ProblemError)) return t("error.internal_error");
  const key = `error.${error.code}`;
  if (key === "error.throttled") return t("error.throttled", { seconds: error.retryAfter ?? 1 });
  if (key in en) return t(key as keyof typeof en);
  return error.message;
}

/** Seconds until something may be tried again, counting down; 0 when it may. */
export function useCountdown(): [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until <= Date.now()) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [until, now]);
  const start = (seconds: number) => {
    const begin = Date.now(); // the same for both, or a millisecond between them shows as a second
    setNow(begin);
    setUntil(begin + seconds * 1000);
  };
  return [Math.max(0, Math.ceil((until - now) / 1000)), start];
}

const LONG = 5_000;

/** That something is on its way; and, after a while, that this is not as it should be. */
export function Loading() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="loading" role="status">
      {t(isLong ? "app.loading.slow" : "app.loading")}
    </p>
  );
}
