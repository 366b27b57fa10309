/** The services as a test needs them: answers by route, and what was asked. A route that no test named is a failure. */
import { expect, vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
  params: string[];
}

export type Answer = (asked: Asked) => Response | Promise<Response>;

export function json(body: unknown, status = 200): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json" },
  });
}

export function page(...results: unknown[]): Response {
  return json({ results, next: null });
}

export function problem(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: `urn:${code}`, title: code, status, code, request_id: "request-1", ...more };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

/** An open stream of server-sent events, with the means to send one and to end it. */
export function stream() {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const bytes = new TextEncoder();
  return {
    response: new Response(body, { headers: { "Content-Type": "text/event-stream" } }),
    send: (text: string) => controller.enqueue(bytes.encode(text)),
    end: () => controller.close(),
  };
}

export class Server {
  readonly asked: Asked[] = [];
  readonly unknown: string[] = [];

  constructor(private readonly routes: Record<string, Answer>) {
    vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => this.fetch(input, init));
    vi.stubGlobal("XMLHttpRequest", fakeXhr(this));
  }

  on(routes: Record<string, Answer>) {
    Object.assign(this.routes, routes);
  }

  of(route: string): Asked[] {
    const [method = "", path = ""] = route.split(" ");
    return this.asked.filter((one) => one.method === method && pattern(path).test(one.path));
  }

  last(route: string): Asked {
    const found = this.of(route).at(-1);
    expect(found, `nothing asked for ${route}`).toBeDefined();
    return found as Asked;
  }

  async answer(method: string, url: string, headers: Headers, body: unknown): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(url, location.origin);
    for (const [route, answer] of Object.entries(this.routes)) {
      const [wanted = "", template = ""] = route.split(" ");
      const match = pattern(template).exec(path);
      if (wanted !== method || !match) continue;
      const asked = { method, path, query, headers, body, params: match.slice(1) };
      this.asked.push(asked);
      return answer(asked);
    }
    this.unknown.push(`${method} ${path}`);
    return problem(404, "not_found");
  }

  private async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = input instanceof Request ? input : new Request(new URL(String(input), location.origin), init);
    const text = await request.text();
    return this.answer(request.method, request.url, request.headers, text ? JSON.parse(text) : null);
  }
}

function pattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/:\w+/g, "([^/]+)")}$`);
}

/** As much of XMLHttpRequest as an upload needs, answered by the same routes; the body is the form's entries. */
function fakeXhr(server: Server) {
  return class {
    upload: { onprogress: ((event: unknown) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    status = 0;
    responseText = "";
    private headers = new Headers();
    private answer = new Headers();
    private target = ["", ""];

    open(method: string, url: string) {
      this.target = [method, url];
    }
    setRequestHeader(name: string, value: string) {
      this.headers.set(name, value);
    }
    getResponseHeader(name: string) {
      return this.answer.get(name);
    }
    send(form: FormData) {
      void this.run(form);
    }
    private async run(form: FormData) {
      this.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 2 });
      const [method = "", url = ""] = this.target;
      try {
        const response = await server.answer(method, url, this.headers, Object.fromEntries(form.entries()));
        this.status = response.status;
        this.answer = response.headers;
        this.responseText = await response.text();
        this.onload?.();
      } catch {
        this.onerror?.();
      }
    }
  };
}
