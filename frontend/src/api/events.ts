/**
 * Server-sent events by `fetch`, because EventSource cannot send the token (WHATWG HTML, section 9.2). The reader comes
 * back by itself from the last event's id, and at once where the stream ended only because the token did.
 */
import { send } from "./http";
import { ProblemError } from "./problem";

export interface ServerEvent {
  name: string;
  data: string;
  id: string | null;
}

export interface Follow {
  url: string;
  /** The position to begin after. */
  after: number;
  onEvent: (event: ServerEvent) => void;
  /** Whether the stream is open; false from a lost connection to the next answer. */
  onState: (isOpen: boolean) => void;
  signal: AbortSignal;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Follows until the signal aborts or the answer is one that asking again does not change. */
export async function follow({ url, after, onEvent, onState, signal }: Follow): Promise<void> {
  let position = String(after);
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": position };
      const response = await send(new Request(url, { headers, signal }));
      onState(true);
      pause = FIRST_PAUSE;
      for await (const event of eventsOf(response)) {
        if (event.id !== null) position = event.id;
        onEvent(event);
      }
    } catch (error) {
      if (isFinal(error)) {
        onState(false);
        return;
      }
    }
    onState(false);
    await sleep(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

function isFinal(error: unknown): boolean {
  return (
    error instanceof ProblemError && error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status)
  );
}

/** The events of an answer as they come; comments (heartbeats) and `retry` are passed over. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parsed(block: string): ServerEvent | null {
  const event: ServerEvent = { name: "message", data: "", id: null };
  const lines: string[] = [];
  for (const line of block.split("\n")) {
    const [field, value] = split(line);
    if (field === "event") event.name = value;
    if (field === "data") lines.push(value);
    if (field === "id") event.id = value;
  }
  event.data = lines.join("\n");
  return lines.length > 0 ? event : null;
}

function split(line: string): [string, string] {
  const at = line.indexOf(":");
  if (at < 0) return [line, ""];
  return [line.slice(0, at), line.slice(at + (line[at + 1] === " " ? 2 : 1))];
}

/** Waits; a connection that comes back, a page that comes to the front and the signal end it early. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
