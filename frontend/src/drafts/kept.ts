/**
 * Files that were chosen for a draft, kept on this device beside its words until it is sent, for a week at most, by user.
 * All drafts together keep up to 50 MiB: the oldest make room, and what is larger by itself is not kept.
 */
import { clear, createStore, del, entries, get, set, type UseStore } from "idb-keyval";

interface Kept {
  files: File[];
  at: number;
}

const MOST = 50 * 1024 * 1024;
const WEEK = 7 * 24 * 3600 * 1000;

let opened: UseStore | undefined;
const store = () => (opened ??= createStore("tts-drafts", "files"));
// One after the other: what was written last is what stays.
let queue: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = queue.then(work);
  queue = done.catch(() => undefined);
  return done;
}

/** Of everybody who worked at this browser: who signs out leaves nothing that the next person could open. */
export function forgetFiles(): Promise<void> {
  return inTurn(() => clear(store())).catch(() => undefined);
}

/** Those that were kept; none where nothing can be. */
export async function read(place: string): Promise<File[]> {
  try {
    const found = await inTurn(() => get<Kept>(place, store()));
    return found && found.at > Date.now() - WEEK ? found.files : [];
  } catch {
    return [];
  }
}

/** Whether they are kept now. Without files the place is emptied. */
export async function write(place: string, files: File[]): Promise<boolean> {
  try {
    await inTurn(() => (files.length > 0 ? put(place, files) : del(place, store())));
    return !isTooLarge(files);
  } catch {
    return false; // storage is full or closed
  }
}

async function put(place: string, files: File[]): Promise<void> {
  if (isTooLarge(files)) return del(place, store());
  const others = (await entries<string, Kept>(store())).filter(([other]) => other !== place);
  let room = MOST - sizeOf(files);
  for (const [other, { files: theirs, at }] of others.sort(([, one], [, two]) => two.at - one.at)) {
    room -= sizeOf(theirs);
    if (room < 0 || at < Date.now() - WEEK) await del(other, store());
  }
  await set(place, { files, at: Date.now() }, store());
}

export function isTooLarge(files: File[]): boolean {
  return sizeOf(files) > MOST;
}

function sizeOf(files: File[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
