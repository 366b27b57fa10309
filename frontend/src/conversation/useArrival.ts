import { useState } from "react";
import type { Comment } from "../api/clients";

/** The newest comment of somebody else that came while one is here, for who cannot see it appear. */
export function useArrival(comments: Comment[] | undefined, userId: string): Comment | null {
  const [from, setFrom] = useState<number | null>(null);
  const last = comments?.at(-1);
  if (comments && from === null) setFrom(last?.seq ?? 0);
  if (from === null || !last || last.seq <= from || last.author_id === userId) return null;
  return last;
}
