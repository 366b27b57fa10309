import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { data, notifications } from "../api/clients";
import { follow } from "../api/events";

const COUNT = ["inbox", "unread"];
const TOLD = [["inbox", "list"], ["tickets", "one"], ["task"], ["tasks"]];

/** How many notices one has not read, live; an open list of them is asked for again when one comes or changes,
 * and so is what it tells of. */
export function useUnread(): number {
  const queries = useQueryClient();
  const count = useQuery({
    queryKey: COUNT,
    queryFn: ({ signal }) => data(notifications.GET("/api/v1/inbox/unread-count/", { signal })),
    refetchInterval: 60_000, // should the stream be away
  });
  const isLoaded = count.data !== undefined;

  useEffect(() => {
    const before = queries.getQueryData<{ unread: number; seq: number }>(COUNT);
    if (!isLoaded || !before) return;
    const stop = new AbortController();
    void follow({
      url: `${location.origin}/notifications/api/v1/live/inbox/`,
      after: before.seq,
      onEvent: (event) => {
        if (event.name === "unread") {
          const { unread } = JSON.parse(event.data) as { unread: number };
          queries.setQueryData<{ unread: number; seq: number }>(COUNT, (known) => known && { ...known, unread });
        } else if (event.name === "notice") {
          // What it tells of may be on the page: a ticket's status, whose turn it is.
          for (const queryKey of TOLD) void queries.invalidateQueries({ queryKey });
        }
      },
      onState: () => undefined,
      signal: stop.signal,
    });
    return () => stop.abort();
  }, [isLoaded, queries]);

  return count.data?.unread ?? 0;
}
