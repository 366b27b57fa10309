import { useQueryClient } from "@tanstack/react-query";
import type { Ticket } from "../api/clients";
import { useOnce } from "../ui/useOnce";

// The services hear of each other's changes by events: what one did shows in the others a moment later.
const ECHOES = [1_000, 3_000];

/** An action on a ticket, once, also from a dialog that was closed; what may have changed by it is asked again. */
export function useTicketAction<Body>(
  ticket: Ticket,
  name: string,
  work: (key: string, body: Body) => Promise<unknown>,
) {
  const queries = useQueryClient();
  const changes = [["tickets"], ["tasks"], ["task", ticket.number]];
  const done = async (key: string, body: Body) => {
    const answer = await work(key, body);
    for (const delay of ECHOES) {
      setTimeout(() => changes.forEach((queryKey) => void queries.invalidateQueries({ queryKey })), delay);
    }
    return answer;
  };
  return useOnce(done, changes, `${name}.${ticket.id}`);
}
