/**
 * What somebody has begun to write, kept on this device until it is sent: over reloads, crashes and an ended session.
 * Each draft has the key with which it is sent, so that a repeated attempt never makes two. By user, so that two people
 * at one machine never see each other's. Text only, never a token; its files are in `kept.ts`.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { useUser } from "../session/session";

export interface Stored<T> {
  value: T;
  /** Sent as `Idempotency-Key` or `client_id`. */
  key: string;
}

const PREFIX = "tts.draft.";

export interface Draft<T> extends Stored<T> {
  isRestored: boolean;
  set: (change: Partial<T>) => void;
  /** The next attempt is another one: after a refusal, when it is certain that nothing was done. */
  renewKey: () => void;
  clear: () => void;
}

export function useDraft<T extends object>(name: string, empty: T): Draft<T> {
  const user = useUser();
  const place = `${PREFIX}${user.id}.${name}`;
  const [stored, setStored] = useState<Stored<T>>(() => read(place, empty) ?? fresh(empty));
  const [isRestored, setRestored] = useState(() => read(place, empty) !== null);
  const initial = useRef(empty);

  const update = useCallback(
    (change: (before: Stored<T>) => Stored<T>) => {
      setStored((before) => {
        const after = change(before);
        write(place, after);
        return after;
      });
    },
    [place],
  );
  const set = useCallback(
    (change: Partial<T>) => update((before) => ({ ...before, value: { ...before.value, ...change } })),
    [update],
  );
  const renewKey = useCallback(() => update((before) => ({ ...before, key: crypto.randomUUID() })), [update]);
  const clear = useCallback(() => {
    remove(place);
    setRestored(false);
    setStored(fresh(initial.current));
  }, [place]);

  return { ...stored, isRestored, set, renewKey, clear };
}

/** Asks before the page is left while something would be lost that no draft keeps: files that are too large. */
export function useLeaveWarning(isNeeded: boolean) {
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isNeeded]);
}

function fresh<T>(value: T): Stored<T> {
  return { value, key: crypto.randomUUID() };
}

function read<T extends object>(place: string, empty: T): Stored<T> | null {
  try {
    const stored = JSON.parse(localStorage.getItem(place) ?? "null") as Stored<T> | null;
    return stored && { key: stored.key, value: { ...empty, ...stored.value } };
  } catch {
    return null;
  }
}

function write(place: string, stored: unknown) {
  try {
    localStorage.setItem(place, JSON.stringify(stored));
  } catch {
    // Storage is full or closed: the page keeps it as long as it is open.
  }
}

function remove(place: string) {
  try {
    localStorage.removeItem(place);
  } catch {
    // As above.
  }
}
