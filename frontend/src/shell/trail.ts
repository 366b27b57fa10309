/** The list that somebody came from, so that the next and the previous ticket are one key away. Of this tab alone. */
const KEY = "tts.trail";

interface Trail {
  /** The address of the list. */
  from: string;
  numbers: string[];
}

export function layTrail(trail: Trail) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(trail));
  } catch {
    // Storage is closed: then there is no next ticket.
  }
}

/** Where a ticket is on the trail; nothing before or after one that is not on it. */
export function onTrail(number: string): { from: string | null; previous: string | null; next: string | null } {
  const trail = read();
  const at = trail?.numbers.indexOf(number) ?? -1;
  if (!trail || at < 0) return { from: trail?.from ?? null, previous: null, next: null };
  return { from: trail.from, previous: trail.numbers[at - 1] ?? null, next: trail.numbers[at + 1] ?? null };
}

function read(): Trail | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Trail | null;
  } catch {
    return null;
  }
}

/** The next person at this machine does not follow the trail of the one before. */
export function eraseTrail() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
