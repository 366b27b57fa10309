/** What the page at hand can do, for the palette; each with its key, if it has one. */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useKeys, type Keys } from "./keys";

export interface Command {
  id: string;
  text: string;
  /** A single key that does it outside of fields and dialogs. */
  key?: string;
  run: () => void;
}

const offered = new Map<symbol, Command[]>();
const listeners = new Set<() => void>();
let all: Command[] = [];

function publish() {
  all = [...offered.values()].flat();
  for (const listener of listeners) listener();
}

/** Offers commands as long as the component is there. */
export function useCommands(commands: Command[]) {
  const id = useMemo(() => Symbol("commands"), []);
  useKeys(Object.fromEntries(commands.flatMap(({ key, run }) => (key ? [[key, () => run()]] : []))) satisfies Keys);
  useEffect(() => {
    offered.set(id, commands);
    publish();
  });
  useEffect(
    () => () => {
      offered.delete(id);
      publish();
    },
    [id],
  );
}

export function useOfferedCommands(): Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}
