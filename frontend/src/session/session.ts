/**
 * Who is signed in. The access token lives in this module and nowhere else; the refresh token is in a cookie that no
 * script can read (auth: HttpOnly, SameSite=Strict, sent to the refresh route alone).
 */
import { useSyncExternalStore } from "react";
import { auth, data, type AuthSchemas, type User } from "../api/clients";
import { ANSWER_WITHIN, setTokenSource } from "../api/http";
import { forgetFiles } from "../drafts/kept";
import { noAnswer, ProblemError, problemOf } from "../api/problem";
import { signWithPasskey } from "./webauthn";

export type SessionState =
  | { phase: "starting" }
  | { phase: "signed-out" }
  /** There may be a session, but auth gives no answer. */
  | { phase: "unreachable" }
  | { phase: "signed-in"; user: User }
  /** The session ended while somebody was working: the page stays, and asks for the password over it. */
  | { phase: "expired"; user: User };

/** What auth answers a browser. `user` is not there when auth is an older one than this console. */
interface Admission {
  access: string;
  user?: User;
}

const REFRESH = "/auth/api/v1/token/refresh/";
/** Says that there may be a cookie, so that a first visit does not ask for nothing. No secret. */
const HINT = "tts.signed-in";
const EARLY_SECONDS = 30;
const SIGN_OUT_WITHIN = 5_000;

let state: SessionState = { phase: "starting" };
let token: { text: string; expiresAt: number } | null = null;
let renewing: Promise<Admission | null> | null = null;
const listeners = new Set<() => void>();

function set(next: SessionState) {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => state);
}

/** The person at work; only below a page that is shown to who is signed in. */
export function useUser(): User {
  const session = useSession();
  if (session.phase === "signed-in" || session.phase === "expired") return session.user;
  throw new Error("useUser needs somebody who is signed in");
}

setTokenSource({
  current: () => {
    if (token && token.expiresAt - EARLY_SECONDS > Date.now() / 1000) return Promise.resolve(token.text);
    return token ? renewed() : Promise.resolve(null);
  },
  after: (refused) => (token && token.text !== refused ? Promise.resolve(token.text) : renewed()),
});

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** At the start of the page: takes the session up again where the cookie allows it; waits for auth where it is away. */
export async function start(): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const admission = localStorage.getItem(HINT) && (await renew());
      if (admission) await enter(admission);
      else set({ phase: "signed-out" });
      return;
    } catch (error) {
      set({ phase: mayPass(error) ? "unreachable" : "signed-out" });
      if (state.phase === "signed-out") return;
      await new Promise((next) => setTimeout(next, pause));
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof ProblemError && (error.isUncertain || error.status === 429);
}

export type Challenge = AuthSchemas["Challenge"];

/** The password step. Answers the challenge where a second factor is owed. Raises ProblemError. */
export async function signIn(username: string, password: string): Promise<Challenge | null> {
  const answer = await data(auth.POST("/api/v1/token/", { body: { username, password, cookie: true } }));
  if ("challenge" in answer) return answer;
  await accept(answer);
  return null;
}

/** With a passkey: alone, or as the second step of a challenge. Raises ProblemError. */
export async function signInWithPasskey(challenge?: string): Promise<void> {
  const owed = challenge === undefined ? {} : { challenge };
  const options = await data(auth.POST("/api/v1/token/passkey/options/", { body: owed }));
  const credential = await signWithPasskey(options.public_key);
  await accept(await data(auth.POST("/api/v1/token/passkey/", { body: { ...owed, credential, cookie: true } })));
}

/** The second step, with a code of the device or a recovery code. Raises ProblemError. */
export async function answerChallenge(challenge: string, code: string): Promise<void> {
  const answer = await data(auth.POST("/api/v1/token/totp/", { body: { challenge, code, cookie: true } }));
  await accept(answer);
}

/** Ends the session here and at auth; here also when auth cannot be reached. */
export async function signOut(): Promise<void> {
  try {
    const signal = AbortSignal.timeout(SIGN_OUT_WITHIN);
    await fetch(REFRESH, { method: "DELETE", credentials: "same-origin", signal });
  } catch {
    // Here at least nobody is signed in any more.
  } finally {
    forget();
    set({ phase: "signed-out" });
    await forgetFiles();
  }
}

type PasswordChange = Omit<AuthSchemas["PasswordChangeRequest"], "cookie">;

/** Another password: every session ends but the one that this page begins with it. Raises ProblemError. */
export async function changePassword(change: PasswordChange): Promise<void> {
  await accept(await data(auth.POST("/api/v1/me/password/", { body: { ...change, cookie: true } })));
}

/** After the profile was changed. */
export function updateUser(user: User) {
  if (state.phase === "signed-in") set({ phase: "signed-in", user });
}

async function accept(admission: Admission) {
  keep(admission.access);
  localStorage.setItem(HINT, "1");
  await enter(admission);
}

async function enter(admission: Admission) {
  const user = admission.user ?? (await data(auth.GET("/api/v1/me/")));
  // Somebody else at the same machine starts afresh: nothing that the one before saw stays on the page.
  if (state.phase === "expired" && state.user.id !== user.id) location.assign("/");
  set({ phase: "signed-in", user });
}

function keep(access: string) {
  const claims = JSON.parse(atob((access.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"))) as {
    exp: number;
  };
  token = { text: access, expiresAt: claims.exp };
}

function forget() {
  token = null;
  localStorage.removeItem(HINT);
}

/** One at a time in this page, and one at a time among the pages of this browser: the cookie is theirs together. */
function renew(): Promise<Admission | null> {
  renewing ??= exclusively(exchange).finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewed(): Promise<string | null> {
  return (await renew())?.access ?? null;
}

// Older browsers and plain http have no locks; auth then answers parallel refreshes alike for ten seconds.
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  return navigator.locks.request("tts-refresh", work);
}

async function exchange(): Promise<Admission | null> {
  const init = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };
  const signal = AbortSignal.timeout(ANSWER_WITHIN);
  const response = await fetch(REFRESH, { ...init, credentials: "same-origin", signal }).catch(() => {
    throw noAnswer("");
  });
  const text = await response.text();
  if (response.ok) {
    const admission = JSON.parse(text) as Admission;
    keep(admission.access);
    return admission;
  }
  const problem = problemOf(response.status, text, (name) => response.headers.get(name));
  if (mayPass(problem)) throw problem;
  forget();
  if (state.phase === "signed-in") set({ phase: "expired", user: state.user });
  return null;
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof ProblemError;
}
