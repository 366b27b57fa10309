import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auth, data, type ServiceClient } from "../../api/clients";
import { label, t } from "../../i18n";
import { Button, Dialog } from "../../ui/controls";
import { Copy } from "../../ui/Copy";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { ClientDialog, type Asked, type Secret } from "./ClientDialog";

/** What the services sign in with: made, given other scopes or another secret, closed, deleted. */
export default function ClientsPage() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<Secret | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["service-clients"],
    queryFn: ({ pageParam, signal }) =>
      data(auth.GET("/api/v1/service-clients/", { params: { query: cursorOf(pageParam) }, signal })),
    ...paged,
  });
  return (
    <>
      <title>{`${t("clients.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("clients.title")}</h1>
        <Button look="primary" className="views" onClick={() => setAsked({ what: "create" })}>
          {t("clients.new")}
        </Button>
      </div>
      <Rows query={list} none={t("clients.none")}>
        {(rows) => <ClientTable rows={rows} onAsk={setAsked} />}
      </Rows>
      {asked && <ClientDialog asked={asked} onSecret={setSecret} onClose={() => setAsked(null)} />}
      {secret && (
        <Dialog title={t("clients.made", { name: secret.name })}>
          <div className="stack">
            <p>{t("clients.madeHint")}</p>
            <p>
              <code className="secret">{secret.text}</code> <Copy text={secret.text} />
            </p>
            <div className="row end">
              <Button look="primary" onClick={() => setSecret(null)}>
                {t("clients.kept")}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

const OFFERED = ["edit", "secret", "delete"] as const;

function ClientTable({ rows, onAsk }: { rows: ServiceClient[]; onAsk: (asked: Asked) => void }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("clients.name")}</th>
          <th scope="col">{t("clients.scopes")}</th>
          <th scope="col">{t("clients.state")}</th>
          <th scope="col">{t("clients.used")}</th>
          <th scope="col">{t("clients.actions")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((client) => (
          <tr key={client.id}>
            <td>{client.client_id}</td>
            <td className="detail">{client.scopes.map((scope) => label("clients.scope", scope)).join(", ")}</td>
            <td>{t(client.is_active ? "clients.open" : "clients.closed")}</td>
            <td>{client.last_used_at ? <Time at={client.last_used_at} /> : t("clients.never")}</td>
            <td>
              {OFFERED.map((what) => (
                <Button
                  key={what}
                  look="quiet"
                  aria-label={t(`clients.${what}One`, { name: client.client_id })}
                  onClick={() => onAsk({ what, client })}
                >
                  {t(`clients.${what}`)}
                </Button>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
