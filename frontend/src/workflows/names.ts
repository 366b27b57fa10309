import { label } from "../i18n";

/** A role as people say it: what stands behind the system's name. */
export function roleName(role: string): string {
  return role && label("role", role.split(":").at(-1) ?? role);
}

/** The same where roles of several systems stand together: `Admin (ams)`. */
export function fullRoleName(role: string): string {
  const [system, slug] = role.split(":");
  return slug ? `${roleName(role)} (${system})` : roleName(role);
}
