import { useQuery } from "@tanstack/react-query";
import { auth, data, workflow, type Schemas } from "../../api/clients";
import { cursorOf } from "../../ui/Rows";

export type Version = Schemas["DefinitionOutput"];

/** A version with the ETag that a change of it is based on. */
export interface Loaded {
  version: Version;
  etag: string;
}

export function loaded(answer: { data?: Version; response: Response }): Loaded {
  return { version: answer.data as Version, etag: answer.response.headers.get("ETag") ?? "" };
}

/** The newest version of every workflow, by name. */
export function useWorkflows() {
  return useQuery({
    queryKey: ["workflows", "list"],
    queryFn: async () => {
      const rows = await everyPage((cursor) =>
        data(workflow.GET("/api/v1/workflows/", { params: { query: { scope: "all", limit: 100, ...cursor } } })),
      );
      return rows.sort((one, other) => one.name.localeCompare(other.name));
    },
  });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ["workflows", id, "versions"],
    queryFn: () =>
      everyPage((cursor) =>
        data(
          workflow.GET("/api/v1/workflows/{id}/versions/", {
            params: { path: { id }, query: { limit: 100, ...cursor } },
          }),
        ),
      ),
  });
}

export function useVersion(id: string, number: number) {
  return useQuery({
    queryKey: ["workflows", id, "version", number],
    queryFn: async ({ signal }) =>
      loaded(
        await workflow.GET("/api/v1/workflows/{id}/versions/{number}/", { params: { path: { id, number } }, signal }),
      ),
    refetchInterval: 30_000,
  });
}

/** The roles in use, as `system:slug`, for whoever may read them; the field is a plain text otherwise. */
export function useRoleNames() {
  return useQuery({
    queryKey: ["roles", "names"],
    queryFn: async () => {
      const rows = await everyPage((cursor) =>
        data(auth.GET("/api/v1/roles/", { params: { query: { limit: 100, ...cursor } } })),
      );
      return rows
        .filter((role) => role.is_active && role.slug !== "admin")
        .map((role) => ({ role: `${role.system}:${role.slug}`, name: `${role.name} (${role.system})` }))
        .sort((one, other) => one.role.localeCompare(other.role));
    },
    staleTime: 60_000,
  });
}

export function useCalendars() {
  return useQuery({
    queryKey: ["calendars", "list"],
    queryFn: () =>
      everyPage((cursor) => data(workflow.GET("/api/v1/calendars/", { params: { query: { limit: 100, ...cursor } } }))),
    staleTime: 30_000,
  });
}

export async function everyPage<T>(
  page: (cursor: { cursor?: string }) => Promise<{ results: T[]; next: string | null }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let cursor = ""; ;) {
    const { results, next } = await page(cursorOf(cursor));
    found.push(...results);
    if (!next) return found;
    cursor = next;
  }
}
