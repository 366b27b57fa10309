import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemError } from "../api/problem";
import type { Ticket } from "../api/clients";

/** An action on a ticket with a key that lasts until it is certain what became of it: a second click does nothing twice. */
export function useTicketAction<Body>(ticket: Ticket, work: (key: string, body: Body) => Promise<unknown>) {
  const queries = useQueryClient();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: (body: Body) => work(key, body),
    onSettled: async (_, error) => {
      if (!(error instanceof ProblemError && error.isUncertain)) setKey(crypto.randomUUID());
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["tickets"] }),
        queries.invalidateQueries({ queryKey: ["tasks"] }),
        queries.invalidateQueries({ queryKey: ["task", ticket.id] }),
      ]);
    },
  });
}
