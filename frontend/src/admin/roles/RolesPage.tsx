import { useState } from "react";
import { auth, once, type RoleDetail } from "../../api/clients";
import { t } from "../../i18n";
import { administers } from "../../session/roles";
import { useUser } from "../../session/session";
import { Confirm } from "../../ui/Confirm";
import { Button, Field, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { useOnce } from "../../ui/useOnce";
import { useSystems } from "../systems/queries";
import { nameOf, useRoles } from "../users/queries";

const CHANGES = [["roles"], ["systems"]];

/** The roles of each system; those of one's own can be changed. */
export default function RolesPage() {
  const me = useUser();
  const roles = useRoles();
  const [changed, setChanged] = useState<RoleDetail | null>(null);
  const [isNew, setNew] = useState(false);
  const rows = roles.data ?? [];
  const own = (useSystems().data ?? []).map(({ slug }) => slug).filter((system) => administers(me, system));
  return (
    <>
      <title>{`${t("roles.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("roles.title")}</h1>
        <Button look="primary" className="push" onClick={() => setNew(true)}>
          {t("roles.new")}
        </Button>
      </div>
      {roles.isPending && <Loading />}
      {roles.error && <ErrorNotice error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.data?.length === 0 && <p className="empty">{t("roles.none")}</p>}
      {rows.length > 0 && (
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t("users.name")}</th>
              <th scope="col">{t("roles.slug")}</th>
              <th scope="col">{t("users.state")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((role) => (
              <tr key={role.id}>
                <td>
                  {administers(me, role.system) ? (
                    <Button
                      look="quiet"
                      aria-label={t("roles.change", { role: role.name })}
                      onClick={() => setChanged(role)}
                    >
                      {role.name}
                    </Button>
                  ) : (
                    role.name
                  )}
                </td>
                <td className="muted">{nameOf(role)}</td>
                <td>{role.is_active ? t("roles.offered") : t("roles.retired")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {changed && <Change role={changed} onClose={() => setChanged(null)} />}
      {isNew && <NewRole systems={own} onClose={() => setNew(false)} />}
    </>
  );
}

function Change({ role, onClose }: { role: RoleDetail; onClose: () => void }) {
  const [name, setName] = useState(role.name);
  const [is_active, setActive] = useState(role.is_active);
  const run = useOnce(
    (_, body: { name: string; is_active: boolean }) =>
      auth.PATCH("/api/v1/roles/{id}/", {
        params: { path: { id: role.id }, header: { "If-Match": `"${role.version}"` } },
        body,
      }),
    CHANGES,
  );
  return (
    <Confirm
      title={t("roles.change", { role: role.name })}
      action={t("action.save")}
      look="primary"
      run={run}
      body={{ name, is_active }}
      onClose={onClose}
    >
      <TextField label={t("users.name")} required maxLength={100} value={name} onChange={setName} />
      <label className="check">
        <input type="checkbox" checked={is_active} onChange={(event) => setActive(event.target.checked)} />{" "}
        {t("roles.offered")}
      </label>
    </Confirm>
  );
}

function NewRole({ systems, onClose }: { systems: string[]; onClose: () => void }) {
  const [chosen, setSystem] = useState<string | null>(null);
  const system = chosen ?? systems[0] ?? "";
  const [slug, setSlug] = useState("");
  const [name, setName] = useState("");
  const run = useOnce(
    (key, body: { system: string; slug: string; name: string }) =>
      auth.POST("/api/v1/roles/", { params: { header: once(key) }, body }),
    CHANGES,
  );
  return (
    <Confirm
      title={t("roles.new")}
      action={t("roles.create")}
      look="primary"
      run={run}
      body={{ system, slug, name }}
      onClose={onClose}
    >
      <Field label={t("roles.system")}>
        {(props) => (
          <select {...props} value={system} onChange={(event) => setSystem(event.target.value)}>
            {systems.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <TextField label={t("users.name")} required maxLength={100} value={name} onChange={setName} />
      <TextField
        label={t("roles.slug")}
        hint={t("roles.slugHint")}
        required
        pattern="[a-z][a-z\-]*"
        maxLength={49}
        value={slug}
        onChange={setSlug}
      />
    </Confirm>
  );
}
