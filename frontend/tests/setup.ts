import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { kept } from "./kept";

// Patience for a busy machine; and nothing here is hidden by a style, which is slow to find out.
configure({ asyncUtilTimeout: 15_000, defaultHidden: true, getElementError: (message) => new Error(message ?? "") });

// jsdom has no IndexedDB; the browser stories have (e2e).
vi.mock("idb-keyval", async () => (await import("./kept")).idbKeyval);

// What jsdom does not have yet.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};
Object.assign(URL, { createObjectURL: () => "blob:file", revokeObjectURL: () => undefined });

beforeEach(() => {
  localStorage.clear();
  kept.clear();
  history.replaceState(null, "", "/");
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
