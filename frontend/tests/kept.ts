/** What stands in for idb-keyval: it outlives a reload of the page as the test makes one, which resets the modules. */
const place = globalThis as { keptByTheBrowser?: Map<string, unknown> };
export const kept = (place.keptByTheBrowser ??= new Map<string, unknown>());

export const idbKeyval = {
  createStore: () => undefined,
  get: (key: string) => Promise.resolve(kept.get(key)),
  set: (key: string, value: unknown) => Promise.resolve(kept.set(key, value)),
  del: (key: string) => Promise.resolve(kept.delete(key)),
  clear: () => Promise.resolve().then(() => kept.clear()),
  entries: () => Promise.resolve([...kept.entries()]),
};
