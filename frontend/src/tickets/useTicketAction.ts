import type { Ticket } from "../api/clients";
import { useOnce } from "../ui/useOnce";

/** An action on a ticket, once, also from a dialog that was closed; what may have changed by it is asked again. */
export function useTicketAction<Body>(
  ticket: Ticket,
  name: string,
  work: (key: string, body: Body) => Promise<unknown>,
) {
  return useOnce(work, [["tickets"], ["tasks"], ["task", ticket.id]], `${name}.${ticket.id}`);
}
