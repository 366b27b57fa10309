import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { data, once, type Schemas } from "../../api/clients";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { clientOf, SERVICES, type Service } from "./services";
import { countOf, ServiceSwitch, useService } from "./ServiceSwitch";

type DeadLetter = Schemas["DeadLetterOutput"];

// auth-service takes no events.
const CONSUMERS = SERVICES.filter((name) => name !== "auth-service");

/** The events that a service could not handle: why, what they said, and once more. The service stands in the address. */
export default function DeadLettersPage() {
  const service = useService(CONSUMERS);
  const counts = [
    useDeadLetters("ticket-service"),
    useDeadLetters("workflow-api"),
    useDeadLetters("messaging"),
    useDeadLetters("notification-service"),
  ].map((list) => countOf(list.data));
  return (
    <>
      <title>{`${t("dead.title")} · ${t("app.name")}`}</title>
      <h1>{t("dead.title")}</h1>
      <p className="muted">{t("dead.text")}</p>
      <ServiceSwitch names={CONSUMERS} counts={counts} />
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
