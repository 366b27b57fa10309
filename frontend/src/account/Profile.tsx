import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { auth, data, type User } from "../api/clients";
import { t } from "../i18n";
import { updateUser } from "../session/session";
import { Field } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { fullRoleName } from "../session/roles";

const ZONES = Intl.supportedValuesOf("timeZone");

export function Profile({ user }: { user: User }) {
  const [name, setName] = useState(user.name);
  const [zone, setZone] = useState(user.time_zone);
  const save = useMutation({
    mutationFn: () =>
      data(
        auth.PATCH("/api/v1/me/", {
          params: { header: { "If-Match": `"${user.version}"` } },
          body: { name, time_zone: zone },
        }),
      ),
    onSuccess: updateUser,
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form className="card stack" onSubmit={submit} aria-labelledby="profile">
      <h2 id="profile">{t("account.profile")}</h2>
      <Field label={t("account.name")}>
        {(props) => (
          <input {...props} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={t("account.zone")}>
        {(props) => (
          <select {...props} value={zone} onChange={(event) => setZone(event.target.value)}>
            {!ZONES.includes(zone) && <option>{zone}</option>}
            {ZONES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <dl className="facts">
        <dt>{t("account.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("account.roles")}</dt>
        <dd>{user.roles.map(fullRoleName).join(", ")}</dd>
      </dl>
      <FormEnd run={save} action={t("action.save")} disabled={name === user.name && zone === user.time_zone} />
    </form>
  );
}
