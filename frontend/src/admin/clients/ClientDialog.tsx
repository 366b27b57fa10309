import { useState } from "react";
import { auth, data, type ServiceClient, type ServiceScope } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { label, t } from "../../i18n";
import { useReauthentication } from "../../session/Reauthentication";
import { Confirm } from "../../ui/Confirm";
import { TextField } from "../../ui/controls";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";

const SCOPES: readonly ServiceScope[] = ["events:read", "requesters:create", "tickets:file"];
const LIST = [["service-clients"]];

export type Asked = { what: "create" } | { what: "edit" | "secret" | "delete"; client: ServiceClient };

/** A secret that was just made: it is known nowhere else. */
export interface Secret {
  name: string;
  text: string;
}

interface DialogProps {
  asked: Asked;
  onSecret: (secret: Secret) => void;
  onClose: () => void;
}

/** What one does to a service's credentials, each in a dialog of its own. */
export function ClientDialog({ asked, onSecret, onClose }: DialogProps) {
  if (asked.what === "create") return <Creation onSecret={onSecret} onClose={onClose} />;
  if (asked.what === "edit") return <Edit client={asked.client} onClose={onClose} />;
  if (asked.what === "secret") return <Renewal client={asked.client} onSecret={onSecret} onClose={onClose} />;
  return <Deletion client={asked.client} onClose={onClose} />;
}

function Creation({ onSecret, onClose }: Omit<DialogProps, "asked">) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ServiceScope[]>([]);
  const owner = useReauthentication();
  const run = useOnce(async (_, wanted: { client_id: string; scopes: ServiceScope[] }) => {
    const body = { ...wanted, ...(await owner.answer()) };
    const made = await data(auth.POST("/api/v1/service-clients/", { body }));
    onSecret({ name: made.client_id, text: made.client_secret });
  }, LIST);
  return (
    <Confirm
      title={t("clients.new")}
      action={t("clients.create")}
      look="primary"
      run={run}
      body={{ client_id: name, scopes }}
      onClose={onClose}
    >
      <TextField
        label={t("clients.name")}
        hint={t("clients.nameHint")}
        required
        maxLength={63}
        pattern="[a-z][a-z0-9\-]+"
        value={name}
        onChange={setName}
      />
      <Scopes chosen={scopes} onChange={setScopes} />
      {owner.fields}
    </Confirm>
  );
}

function Edit({ client, onClose }: { client: ServiceClient; onClose: () => void }) {
  const [scopes, setScopes] = useState(() => SCOPES.filter((scope) => client.scopes.includes(scope)));
  const [isActive, setActive] = useState(client.is_active);
  const [version, setVersion] = useState(client.version);
  const [theirs, setTheirs] = useState<ServiceClient | null>(null);
  const path = { id: client.id };
  const run = useOnce(async (_, body: { scopes: ServiceScope[]; is_active: boolean }) => {
    try {
      const header = { "If-Match": `"${version}"` };
      await auth.PATCH("/api/v1/service-clients/{id}/", { params: { path, header }, body });
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412)
        setTheirs(await data(auth.GET("/api/v1/service-clients/{id}/", { params: { path } })));
      throw error;
    }
  }, LIST);

  function settle(stored: ServiceClient, isMine: boolean) {
    setVersion(stored.version);
    setTheirs(null);
    run.reset();
    if (isMine) return;
    setScopes(SCOPES.filter((scope) => stored.scopes.includes(scope)));
    setActive(stored.is_active);
  }

  return (
    <Confirm
      title={t("clients.editOne", { name: client.client_id })}
      action={t("action.save")}
      look="primary"
      run={run}
      body={{ scopes, is_active: isActive }}
      onClose={onClose}
    >
      <Scopes chosen={scopes} onChange={setScopes} />
      <label className="check">
        <input type="checkbox" checked={isActive} onChange={(event) => setActive(event.target.checked)} />
        {t("clients.active")}
      </label>
      {!isActive && <p className="hint">{t("clients.activeHint")}</p>}
      {theirs && (
        <Stale
          theirs={words(theirs)}
          onKeepMine={() => settle(theirs, true)}
          onTakeTheirs={() => settle(theirs, false)}
        />
      )}
    </Confirm>
  );
}

function words({ scopes, is_active }: ServiceClient): string {
  const state = t(is_active ? "clients.open" : "clients.closed");
  return [state, ...scopes.map((scope) => label("clients.scope", scope))].join(", ");
}

function Renewal({ client, onSecret, onClose }: { client: ServiceClient } & Omit<DialogProps, "asked">) {
  const path = { id: client.id };
  const owner = useReauthentication();
  const run = useOnce(async () => {
    const body = await owner.answer();
    const made = await data(auth.POST("/api/v1/service-clients/{id}/secret/", { params: { path }, body }));
    onSecret({ name: client.client_id, text: made.client_secret });
  }, LIST);
  return (
    <Confirm
      title={t("clients.secretOne", { name: client.client_id })}
      action={t("clients.secret")}
      run={run}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("clients.secretText", { name: client.client_id })}</p>
      {owner.fields}
    </Confirm>
  );
}

function Deletion({ client, onClose }: { client: ServiceClient; onClose: () => void }) {
  const path = { id: client.id };
  const run = useOnce(() => auth.DELETE("/api/v1/service-clients/{id}/", { params: { path } }), LIST);
  return (
    <Confirm
      title={t("clients.deleteOne", { name: client.client_id })}
      action={t("clients.delete")}
      run={run}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("clients.deleteText", { name: client.client_id })}</p>
    </Confirm>
  );
}

function Scopes({ chosen, onChange }: { chosen: ServiceScope[]; onChange: (scopes: ServiceScope[]) => void }) {
  return (
    <fieldset>
      <legend>{t("clients.scopes")}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))
            }
          />
          {label("clients.scope", scope)}
        </label>
      ))}
    </fieldset>
  );
}
