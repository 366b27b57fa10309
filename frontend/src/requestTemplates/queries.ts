import { useQuery } from "@tanstack/react-query";
import { data, tickets, type RequestTemplate } from "../api/clients";
import { cursorOf } from "../ui/Rows";

export const TEMPLATES = ["request-templates"] as const;

/** What one may begin a request with, by name: what is offered, and for staff one's own and the desk's. */
export function useRequestTemplates() {
  return useQuery({ queryKey: TEMPLATES, queryFn: allTemplates, staleTime: 60_000 });
}

async function allTemplates(): Promise<RequestTemplate[]> {
  const found: RequestTemplate[] = [];
  for (let cursor = ""; ;) {
    const query = { limit: 100, ...cursorOf(cursor) };
    const page = await data(tickets.GET("/api/v1/ticket-templates/", { params: { query } }));
    found.push(...page.results);
    if (!page.next) return found.sort((one, other) => one.name.localeCompare(other.name));
    cursor = page.next;
  }
}
