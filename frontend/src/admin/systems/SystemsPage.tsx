import { useState } from "react";
import { Link } from "react-router";
import type { System } from "../../api/clients";
import { t } from "../../i18n";
import { Button } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { useSystems } from "./queries";
import { SystemDialog, type Asked } from "./SystemDialog";

/** The systems whose people auth knows: made, renamed, and deleted while they have no roles. */
export default function SystemsPage() {
  const systems = useSystems();
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <title>{`${t("systems.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("systems.title")}</h1>
        <Button look="primary" className="push" onClick={() => setAsked({ what: "create" })}>
          {t("systems.new")}
        </Button>
      </div>
      <p className="muted">{t("systems.hint")}</p>
      {systems.isPending && <Loading />}
      {systems.error && <ErrorNotice error={systems.error} onRetry={() => void systems.refetch()} />}
      {systems.data?.length === 0 && <p className="empty">{t("systems.none")}</p>}
      {systems.data && systems.data.length > 0 && <SystemTable rows={systems.data} onAsk={setAsked} />}
      {asked && <SystemDialog asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function SystemTable({ rows, onAsk }: { rows: System[]; onAsk: (asked: Asked) => void }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("systems.name")}</th>
          <th scope="col">{t("systems.slug")}</th>
          <th scope="col">{t("systems.roles")}</th>
          <th scope="col">{t("systems.actions")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((system) => (
          <tr key={system.id}>
            <td>{system.name}</td>
            <td className="muted">{system.slug}</td>
            <td className="detail">
              <Roles system={system} />
            </td>
            <td>
              {(["rename", "delete"] as const).map((what) => (
                <Button
                  key={what}
                  look="quiet"
                  disabled={what === "delete" && system.roles.length > 0}
                  aria-label={t(`systems.${what}One`, { name: system.name })}
                  onClick={() => onAsk({ what, system })}
                >
                  {t(`systems.${what}`)}
                </Button>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Roles({ system }: { system: System }) {
  return (
    <>
      {system.roles.map((role) => role.name).join(", ")}
      {!system.roles.some((role) => role.slug === "admin") && (
        <p className="hint">
          {t("systems.noAdmin")} <Link to="/admin/roles">{t("systems.toRoles")}</Link>
        </p>
      )}
    </>
  );
}
