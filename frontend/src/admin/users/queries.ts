import { useQuery } from "@tanstack/react-query";
import { auth, data, type RoleDetail } from "../../api/clients";
import { cursorOf } from "../../ui/Rows";

export const STATES = ["active", "suspended", "deactivated"] as const;

/** Every role of every system. */
export function useRoles() {
  return useQuery({ queryKey: ["roles"], queryFn: allRoles, staleTime: 60_000 });
}

async function allRoles(): Promise<RoleDetail[]> {
  const found: RoleDetail[] = [];
  for (let cursor = ""; ;) {
    const page = await data(auth.GET("/api/v1/roles/", { params: { query: { limit: 100, ...cursorOf(cursor) } } }));
    found.push(...page.results);
    if (!page.next) return found.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    cursor = page.next;
  }
}

/** `tts:agent`, as tokens and assignments have it. */
export function nameOf(role: RoleDetail): string {
  return `${role.system}:${role.slug}`;
}
