import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { auth, data, type Session } from "../api/clients";
import { relative, t } from "../i18n";
import { signOut } from "../session/session";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { cursorOf, paged, Rows } from "../ui/Rows";

/** Where one is signed in, and the end of it. */
export function Sessions() {
  const queries = useQueryClient();
  const sessions = useInfiniteQuery({
    queryKey: ["sessions"],
    queryFn: ({ pageParam }) => data(auth.GET("/api/v1/sessions/", { params: { query: cursorOf(pageParam) } })),
    ...paged,
  });
  const end = useMutation({
    mutationFn: (session: Session) => auth.DELETE("/api/v1/sessions/{id}/", { params: { path: { id: session.id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const endAll = useMutation({
    mutationFn: () => auth.POST("/api/v1/sessions/revocation/"),
    onSuccess: () => signOut(),
  });
  const error = end.error ?? endAll.error;
  return (
    <section className="card stack" aria-labelledby="sessions">
      <h2 id="sessions">{t("account.sessions")}</h2>
      {error && <ErrorNotice error={error} />}
      <Rows query={sessions} none={t("tasks.none")}>
        {(rows) => (
          <ul className="lines">
            {rows.map((session) => (
              <li key={session.id}>
                <div>
                  {browserOf(session.user_agent)}
                  {session.current && <span className="tag">{t("account.sessions.current")}</span>}
                  <p className="muted small">
                    {t("account.sessions.used", { time: relative(session.last_used_at), address: session.address })}
                  </p>
                </div>
                <Button
                  look="quiet"
                  busy={end.isPending}
                  onClick={() => (session.current ? void signOut() : end.mutate(session))}
                >
                  {t("account.sessions.end")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Rows>
      <div className="row end">
        <Button look="danger" busy={endAll.isPending} onClick={() => endAll.mutate()}>
          {t("account.sessions.endAll")}
        </Button>
      </div>
    </section>
  );
}

const BROWSERS = [/Firefox\/\d+/, /Edg\/\d+/, /Chrome\/\d+/, /Version\/\d+.* Safari/];

/** What a person calls the program; an unknown one's own words, shortened. */
export function browserOf(userAgent: string): string {
  const known = BROWSERS.map((pattern) => pattern.exec(userAgent)?.[0]).find(Boolean);
  return (known ?? userAgent.slice(0, 40))
    .replace("Edg/", "Edge/")
    .replace(/Version\/(\d+).*/, "Safari/$1")
    .replace("/", " ");
}
