import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { data, messaging, type Comment } from "../api/clients";

/**
 * The number up to which one had read before coming here, null until it is known; and from then on what is on the page
 * counts as read, as long as the page is in front.
 */
export function useReadMark(ticketId: string, comments: Comment[] | undefined): number | null {
  const path = { ticket_id: ticketId };
  const before = useQuery({
    queryKey: ["read", ticketId],
    queryFn: ({ signal }) => data(messaging.GET("/api/v1/tickets/{ticket_id}/read/", { params: { path }, signal })),
    enabled: comments !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  const since = before.data?.seq ?? null;
  const last = Math.max(0, ...(comments ?? []).map((comment) => comment.seq));
  const isInFront = useInFront();

  useEffect(() => {
    if (since === null || !isInFront || last <= since) return;
    // Whether it arrives matters little: the next comment, or the next visit, tells it again.
    messaging
      .PUT("/api/v1/tickets/{ticket_id}/read/", { params: { path: { ticket_id: ticketId } }, body: { seq: last } })
      .catch(() => undefined);
  }, [since, last, isInFront, ticketId]);
  return since;
}

function useInFront(): boolean {
  const [isInFront, setInFront] = useState(() => document.visibilityState === "visible");
  useEffect(() => {
    const look = () => setInFront(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isInFront;
}
