import { queryOptions, useQuery } from "@tanstack/react-query";
import { auth, data, workflow, type TaskDetail, type User } from "../api/clients";
import { cursorOf } from "../ui/Rows";

/** The newest task of the ticket with this number, whole; null while no workflow has taken it. */
export function taskOf(number: string) {
  return queryOptions({
    queryKey: ["task", number],
    queryFn: async ({ signal }): Promise<TaskDetail | null> => {
      const query = { ticket: number, limit: 1 };
      const { results } = await data(workflow.GET("/api/v1/tasks/", { params: { query }, signal }));
      const [newest] = results;
      if (!newest) return null;
      return data(workflow.GET("/api/v1/tasks/{id}/", { params: { path: { id: newest.id } }, signal }));
    },
    refetchInterval: 10_000,
  });
}

/** The workflow of the task, drawn: its steps and ways, and where the task stands. */
export function useGraph(task: TaskDetail, isWanted = true) {
  return useQuery({
    // A new version of the task is a new place in it.
    queryKey: ["task", task.ticket.number, "graph", task.id, task.version],
    queryFn: ({ signal }) =>
      data(workflow.GET("/api/v1/tasks/{id}/graph/", { params: { path: { id: task.id } }, signal })),
    enabled: isWanted,
    staleTime: 60_000,
  });
}

export function useSla(task: TaskDetail) {
  return useQuery({
    queryKey: ["task", task.ticket.number, "sla", task.version],
    queryFn: () => data(workflow.GET("/api/v1/tasks/{id}/sla/explain/", { params: { path: { id: task.id } } })),
    refetchInterval: 60_000,
  });
}

/** Who may be given a task: active people with one of the roles. */
export function usePeople(roles: string[], isWanted: boolean) {
  return useQuery({
    queryKey: ["people", ...roles],
    queryFn: async () =>
      (await everybody()).filter((user) => user.is_active && user.roles.some((one) => roles.includes(one))),
    enabled: isWanted,
    staleTime: 60_000,
  });
}

async function everybody(): Promise<User[]> {
  const found: User[] = [];
  for (let cursor = ""; ;) {
    const page = await data(auth.GET("/api/v1/users/", { params: { query: { limit: 100, ...cursorOf(cursor) } } }));
    found.push(...page.results);
    if (!page.next) return found;
    cursor = page.next;
  }
}
