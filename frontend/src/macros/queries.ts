import { useQuery } from "@tanstack/react-query";
import { data, tickets, type Macro } from "../api/clients";
import { cursorOf } from "../ui/Rows";

/** One's own macros and those of the desk, by name; for staff. */
export function useMacros(isWanted = true) {
  return useQuery({ queryKey: ["macros"], queryFn: allMacros, staleTime: 60_000, enabled: isWanted });
}

async function allMacros(): Promise<Macro[]> {
  const found: Macro[] = [];
  for (let cursor = ""; ;) {
    const query = { limit: 100, ...cursorOf(cursor) };
    const page = await data(tickets.GET("/api/v1/macros/", { params: { query } }));
    found.push(...page.results);
    if (!page.next) return found.sort((one, other) => one.name.localeCompare(other.name));
    cursor = page.next;
  }
}
