import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemError } from "../api/problem";

/**
 * A create or an action with an `Idempotency-Key` that lasts until it is certain what became of it: a second click does
 * nothing twice. Afterwards the queries below `changes` are asked again.
 */
export function useOnce<Body, Result>(
  work: (key: string, body: Body) => Promise<Result>,
  changes: readonly QueryKey[] = [],
) {
  const queries = useQueryClient();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: (body: Body) => work(key, body),
    onSettled: async (_, error) => {
      if (!(error instanceof ProblemError && error.isUncertain)) setKey(crypto.randomUUID());
      await Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
}
