/**
 * The key of something that is done once: it lasts until it is certain what became of it, over lost answers, closed
 * dialogs and reloads, so that the next attempt is recognised as the same one.
 */
import { useMemo } from "react";
import { ProblemError } from "../api/problem";
import { useUser } from "../session/session";

export interface Attempt {
  /** The key to send: that of the attempt whose outcome is not known, or a new one. */
  key: () => string;
  /** What came of it; a doubt keeps the key. */
  settle: (error: unknown) => void;
}

const here = new Map<string, string>(); // should storage be closed

/** Without a name it lasts as long as the component. */
export function useAttempt(name?: string): Attempt {
  const user = useUser();
  const place = name ? `tts.attempt.${user.id}.${name}` : null;
  return useMemo(() => {
    let own: string | null = null;
    const keep = (key: string | null) => (place === null ? (own = key) : write(place, key));
    return {
      key: () => {
        const key = (place === null ? own : read(place)) ?? crypto.randomUUID();
        keep(key);
        return key;
      },
      settle: (error) => {
        if (!(error instanceof ProblemError && error.isUncertain)) keep(null);
      },
    };
  }, [place]);
}

function read(place: string): string | null {
  try {
    return localStorage.getItem(place) ?? here.get(place) ?? null;
  } catch {
    return here.get(place) ?? null;
  }
}

function write(place: string, key: string | null) {
  if (key === null) here.delete(place);
  else here.set(place, key);
  try {
    if (key === null) localStorage.removeItem(place);
    else localStorage.setItem(place, key);
  } catch {
    // As long as the page is open, then.
  }
}
