import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { data, messaging, notifications, once, tickets, workflow, type Schemas } from "../../api/clients";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";

type DeadLetter = Schemas["DeadLetterOutput"];

// auth-service is not among them: it takes no events.
const CLIENTS = {
  "ticket-service": tickets,
  "workflow-api": workflow,
  messaging,
  "notification-service": notifications,
} as const;
type Service = keyof typeof CLIENTS;
const NAMES = Object.keys(CLIENTS) as Service[];

// All four have the same two routes (libs/eventbus, `dead_letters`); one of them stands for the types.
function clientOf(service: Service): typeof workflow {
  return CLIENTS[service] as typeof workflow;
}

/** The events that a service could not handle: why, what they said, and once more. The service stands in the address. */
export default function DeadLettersPage() {
  const [parameters, setParameters] = useSearchParams();
  const service = NAMES.find((name) => name === parameters.get("service")) ?? "ticket-service";
  return (
    <>
      <title>{`${t("dead.title")} · ${t("app.name")}`}</title>
      <h1>{t("dead.title")}</h1>
      <p className="muted">{t("dead.text")}</p>
      <div className="switch" role="group" aria-label={t("dead.service")}>
        {NAMES.map((name) => (
          <button
            key={name}
            type="button"
            className="button quiet"
            aria-pressed={name === service}
            onClick={() => setParameters({ service: name }, { replace: true })}
          >
            {name} <Count service={name} />
          </button>
        ))}
      </div>
      <List key={service} service={service} />
    </>
  );
}

function useDeadLetters(service: Service) {
  return useInfiniteQuery({
    queryKey: ["dead-letters", service],
    queryFn: ({ pageParam, signal }) =>
      data(
        clientOf(service).GET("/api/v1/dead-letters/", {
          params: { query: { limit: 25, ...cursorOf(pageParam) } },
          signal,
        }),
      ),
    ...paged,
    refetchInterval: 15_000,
  });
}

function Count({ service }: { service: Service }) {
  const { data: found } = useDeadLetters(service);
  const number = found?.pages.flatMap((page) => page.results).length ?? 0;
  if (number === 0) return null;
  return (
    <span className="count">
      {number}
      {found?.pages.at(-1)?.next && "+"}
    </span>
  );
}

function List({ service }: { service: Service }) {
  const letters = useDeadLetters(service);
  const [asked, setAsked] = useState<DeadLetter | null>(null);
  const replay = useOnce(
    (key: string, { id }: DeadLetter) =>
      clientOf(service).POST("/api/v1/dead-letters/{id}/replay/", { params: { path: { id }, header: once(key) } }),
    [["dead-letters", service]],
  );
  return (
    <>
      <Rows query={letters} none={t("dead.none")}>
        {(rows) => (
          <ul className="letters">
            {rows.map((letter) => (
              <li key={letter.id} className="card">
                <div className="heading">
                  <h2>{letter.type}</h2>
                  <Button
                    className="push"
                    aria-label={t("dead.replayNamed", { type: letter.type, id: letter.id })}
                    onClick={() => setAsked(letter)}
                  >
                    {t("dead.replay")}
                  </Button>
                </div>
                <p>
                  {t("dead.why", { error: letter.error, n: letter.attempts })}{" "}
                  <span className="muted">
                    {t("dead.from", { producer: letter.producer })} <Time at={letter.received_at} />
                  </span>
                </p>
                <details>
                  <summary>{t("dead.payload")}</summary>
                  {/* It scrolls, so the keyboard must reach it (WCAG 2.1.1). */}
                  {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
                  <pre tabIndex={0} role="group" aria-label={t("dead.payload")}>
                    {JSON.stringify(letter.envelope, null, 2)}
                  </pre>
                </details>
              </li>
            ))}
          </ul>
        )}
      </Rows>
      {asked && (
        <Confirm
          title={t("dead.replay")}
          action={t("dead.replay")}
          look="primary"
          run={replay}
          body={asked}
          onClose={() => setAsked(null)}
        >
          <p>{t("dead.confirm", { service })}</p>
        </Confirm>
      )}
    </>
  );
}
