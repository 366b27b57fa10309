import { t } from "../../i18n";
import { administers } from "../../session/roles";
import { useUser } from "../../session/session";
import { Field } from "../../ui/controls";
import { nameOf, useRoles } from "./queries";

interface RoleChoiceProps {
  value: string;
  onChange: (role: string) => void;
  required?: boolean;
  /** Those that the person holds already. */
  but?: readonly string[];
}

/** The roles that one may grant. */
export function RoleChoice({ value, onChange, required = false, but = [] }: RoleChoiceProps) {
  const user = useUser();
  const roles = (useRoles().data ?? []).filter(
    (role) => role.is_active && administers(user, role.system) && !but.includes(nameOf(role)),
  );
  return (
    <Field label={t("users.role")}>
      {(props) => (
        <select {...props} required={required} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t("users.chooseRole")}</option>
          {roles.map((role) => (
            <option key={role.id} value={nameOf(role)}>
              {role.system}: {role.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
