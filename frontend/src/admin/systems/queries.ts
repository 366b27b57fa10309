import { useQuery } from "@tanstack/react-query";
import { auth, data, type System } from "../../api/clients";
import { cursorOf } from "../../ui/Rows";

/** Every system with its roles in use; there are a handful. */
export function useSystems() {
  return useQuery({ queryKey: ["systems"], queryFn: allSystems, staleTime: 60_000 });
}

async function allSystems(): Promise<System[]> {
  const found: System[] = [];
  for (let cursor = ""; ;) {
    const page = await data(auth.GET("/api/v1/systems/", { params: { query: { limit: 100, ...cursorOf(cursor) } } }));
    found.push(...page.results);
    if (!page.next) return found;
    cursor = page.next;
  }
}
