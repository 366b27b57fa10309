import type { User } from "../api/clients";
import { label } from "../i18n";

/** Any role of the ticket system (docs/contracts.md, "Ids"). What is shown follows it; what is allowed, the services say. */
export function isStaff(user: User): boolean {
  return user.is_superuser || user.roles.some((role) => role.startsWith("tts:"));
}

/** Who sees everything of the desk and sorts what nobody has. */
export function isCoordinator(user: User): boolean {
  return user.is_superuser || user.roles.includes("tts:ticket-coordinator") || user.roles.includes("tts:admin");
}

/** Whose people and roles one administers. */
export function administers(user: User, system: string): boolean {
  return user.is_superuser || user.roles.includes(`${system}:admin`);
}

/** Who administers the ticket system. */
export function isTtsAdmin(user: User): boolean {
  return administers(user, "tts");
}

/** Who administers any system, and so its people. */
export function isAdmin(user: User): boolean {
  return user.is_superuser || user.roles.some((role) => role.endsWith(":admin"));
}

/** A role as people say it: what stands behind the system's name. */
export function roleName(role: string): string {
  return role && label("role", role.split(":").at(-1) ?? role);
}

/** The same where roles of several systems stand together: `Admin (ams)`. */
export function fullRoleName(role: string): string {
  const [system, slug] = role.split(":");
  return slug ? `${roleName(role)} (${system})` : roleName(role);
}
