/**
 * Requests with the access token, which is kept in memory alone. A token that is about to expire is renewed first; a
 * 401 renews it once and the request is made again.
 */
import { noAnswer, problemOf, slowAnswer } from "./problem";

export const ANSWER_WITHIN = 20_000;

export interface TokenSource {
  /** The token to send now, renewed if it is due; null when nobody is signed in. */
  current(): Promise<string | null>;
  /** The token after this one was refused; null when the session is over. */
  after(refused: string): Promise<string | null>;
}

let tokens: TokenSource = { current: () => Promise.resolve(null), after: () => Promise.resolve(null) };

export function setTokenSource(source: TokenSource) {
  tokens = source;
}

export function newRequestId(): string {
  return crypto.randomUUID();
}

/** `fetch` with the token. Raises ProblemError when no answer comes or it is none of 2xx. */
export async function send(request: Request): Promise<Response> {
  const requestId = newRequestId();
  request.headers.set("X-Request-ID", requestId);
  const token = await tokens.current();
  const again = request.clone();
  let response = await attempt(request, token, requestId);
  if (response.status === 401 && token) {
    const renewed = await tokens.after(token);
    if (renewed) response = await attempt(again, renewed, requestId);
  }
  if (response.ok) return response;
  throw problemOf(response.status, await response.text(), (name) => response.headers.get(name));
}

async function attempt(request: Request, token: string | null, requestId: string): Promise<Response> {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  const slow = new AbortController();
  // Until the answer begins: a hung service must not hold one of the browser's few connections for ever.
  const timer = setTimeout(() => slow.abort(), ANSWER_WITHIN);
  const signal = AbortSignal.any([request.signal, slow.signal]);
  try {
    return await fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw slow.signal.aborted ? slowAnswer(requestId) : noAnswer(requestId);
  } finally {
    clearTimeout(timer);
  }
}

export interface Upload {
  url: string;
  form: FormData;
  /** Absent where the body brings its own key. */
  idempotencyKey?: string;
  /** How much has gone out, from 0 to 1. */
  onProgress?: (share: number) => void;
}

/** POST of a form with files; `fetch` cannot tell how far it is. Raises ProblemError. */
export async function upload<T>(request: Upload): Promise<T> {
  const token = await tokens.current();
  let answer = await post(request, token);
  if (answer.status === 401 && token) {
    const renewed = await tokens.after(token);
    if (renewed) answer = await post(request, renewed);
  }
  if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.responseText) as T;
  throw problemOf(answer.status, answer.responseText, (name) => answer.getResponseHeader(name));
}

function post({ url, form, idempotencyKey, onProgress }: Upload, token: string | null): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const requestId = newRequestId();
    request.open("POST", url);
    request.setRequestHeader("X-Request-ID", requestId);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    if (idempotencyKey) request.setRequestHeader("Idempotency-Key", idempotencyKey);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(noAnswer(requestId));
    request.send(form);
  });
}
