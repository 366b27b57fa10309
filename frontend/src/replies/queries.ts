import { useQuery } from "@tanstack/react-query";
import { data, tickets, type CannedReply } from "../api/clients";
import { cursorOf } from "../ui/Rows";

/** One's own canned replies and those of the desk, by name. */
export function useCannedReplies() {
  return useQuery({ queryKey: ["canned-replies", "list"], queryFn: allReplies, staleTime: 60_000 });
}

async function allReplies(): Promise<CannedReply[]> {
  const found: CannedReply[] = [];
  for (let cursor = ""; ;) {
    const query = { limit: 100, ...cursorOf(cursor) };
    const page = await data(tickets.GET("/api/v1/canned-replies/", { params: { query } }));
    found.push(...page.results);
    if (!page.next) return found.sort((one, other) => one.name.localeCompare(other.name));
    cursor = page.next;
  }
}
