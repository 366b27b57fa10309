import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auth, data, once, type Registration } from "../../api/clients";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button, TextField } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";

const LIST = ["registrations"];

/** Strangers who have proved their address and wait for somebody's word. */
export default function RegistrationsPage() {
  const [asked, setAsked] = useState<{ registration: Registration; isWanted: boolean } | null>(null);
  const list = useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam }) => data(auth.GET("/api/v1/registrations/", { params: { query: cursorOf(pageParam) } })),
    ...paged,
  });
  const close = () => setAsked(null);
  return (
    <>
      <title>{`${t("registrations.title")} · ${t("app.name")}`}</title>
      <h1>{t("registrations.title")}</h1>
      <Rows query={list} none={t("registrations.none")}>
        {(rows) => (
          <ul className="lines card">
            {rows.map((registration) => (
              <li key={registration.id}>
                <div>
                  {registration.name} <span className="muted">{registration.username}</span>
                  <p className="muted small">
                    {[registration.email, registration.department].filter(Boolean).join(" · ")} ·{" "}
                    <Time at={registration.created_at} />
                  </p>
                </div>
                <div className="row">
                  <Button look="primary" onClick={() => setAsked({ registration, isWanted: true })}>
                    {t("registrations.approve")}
                  </Button>
                  <Button onClick={() => setAsked({ registration, isWanted: false })}>
                    {t("registrations.refuse")}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Rows>
      {asked?.isWanted && <Approval registration={asked.registration} onClose={close} />}
      {asked && !asked.isWanted && <Refusal registration={asked.registration} onClose={close} />}
    </>
  );
}

interface DecisionProps {
  registration: Registration;
  onClose: () => void;
}

function Approval({ registration, onClose }: DecisionProps) {
  const [username, setUsername] = useState(registration.username);
  const run = useOnce(
    (key, body: { username: string }) =>
      auth.POST("/api/v1/registrations/{id}/approval/", {
        params: { path: { id: registration.id }, header: once(key) },
        body,
      }),
    [LIST, ["users"]],
  );
  return (
    <Confirm
      title={t("registrations.approve")}
      action={t("registrations.approve")}
      look="primary"
      run={run}
      body={{ username }}
      onClose={onClose}
    >
      <p>{t("registrations.approveText", { name: registration.name })}</p>
      <TextField label={t("users.username")} required maxLength={150} value={username} onChange={setUsername} />
    </Confirm>
  );
}

function Refusal({ registration, onClose }: DecisionProps) {
  const [reason, setReason] = useState("");
  const run = useOnce(
    (key, body: { reason: string }) =>
      auth.POST("/api/v1/registrations/{id}/refusal/", {
        params: { path: { id: registration.id }, header: once(key) },
        body,
      }),
    [LIST],
  );
  return (
    <Confirm
      title={t("registrations.refuse")}
      action={t("registrations.refuse")}
      run={run}
      body={{ reason }}
      onClose={onClose}
    >
      <p>{t("registrations.refuseText", { name: registration.name })}</p>
      <TextField label={t("task.reason")} required maxLength={300} value={reason} onChange={setReason} />
    </Confirm>
  );
}
