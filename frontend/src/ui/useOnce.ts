import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useAttempt } from "../drafts/attempt";

/**
 * A create or an action with an `Idempotency-Key` that lasts until it is certain what became of it: a second click does
 * nothing twice. With a `name` it lasts beyond the component too, over a dialog that is closed and a reload. Afterwards
 * the queries below `changes` are asked again.
 */
export function useOnce<Body, Result>(
  work: (key: string, body: Body) => Promise<Result>,
  changes: readonly QueryKey[] = [],
  name?: string,
) {
  const queries = useQueryClient();
  const attempt = useAttempt(name);
  return useMutation({
    mutationFn: (body: Body) => work(attempt.key(), body),
    onSettled: async (_, error) => {
      attempt.settle(error);
      await Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
}
