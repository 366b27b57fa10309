import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { erin, open, token } from "./cast";
import { json, page, problem } from "./server";

async function fill(user: Awaited<ReturnType<typeof open>>["user"], password = "correct horse") {
  await user.type(await screen.findByLabelText("User name or e-mail address"), "erin");
  await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

it("signs in with a cookie for the refresh token and opens the page that was asked for", async () => {
  const { server, user } = await open("/inbox", null, {
    "POST /auth/api/v1/token/": () => json({ access: token(), user: erin }),
    "GET /notifications/api/v1/inbox/": () => page(),
  });
  await fill(user);
  expect(await screen.findByRole("heading", { name: "Inbox" })).toBeTruthy();
  expect(server.last("POST /auth/api/v1/token/").body).toEqual({
    username: "erin",
    password: "correct horse",
    cookie: true,
  });
  expect(server.last("GET /notifications/api/v1/inbox/").headers.get("Authorization")).toMatch(/^Bearer h\./);
  expect(JSON.stringify(localStorage)).not.toContain("h.");
});

it("asks who it is only where auth has not said so", async () => {
  const { server } = await open("/inbox", erin, { "GET /notifications/api/v1/inbox/": () => page() });
  expect(await screen.findByRole("heading", { name: "Inbox" })).toBeTruthy();
  expect(server.of("GET /auth/api/v1/me/")).toHaveLength(0);
});

it("works with an auth that does not say who it is", async () => {
  const { server } = await open("/inbox", erin, {
    "POST /auth/api/v1/token/refresh/": () => json({ access: token() }),
    "GET /notifications/api/v1/inbox/": () => page(),
  });
  expect(await screen.findByRole("heading", { name: "Inbox" })).toBeTruthy();
  expect(server.of("GET /auth/api/v1/me/")).toHaveLength(1);
});

it("says which of the two is wrong: neither", async () => {
  const { user } = await open("/", null, { "POST /auth/api/v1/token/": () => problem(401, "invalid_credentials") });
  await fill(user);
  expect((await screen.findByRole("alert")).textContent).toBe("User name or password is not right.");
});

it("counts down after too many attempts", async () => {
  const { user } = await open("/", null, {
    "POST /auth/api/v1/token/": () => problem(429, "too_many_attempts", {}, { "Retry-After": "8" }),
  });
  await fill(user);
  expect((await screen.findByRole("alert")).textContent).toMatch(/again in [1-8] s/);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" }).disabled).toBe(true);
});

it("shows the request's id when the server fails", async () => {
  const { user } = await open("/", null, { "POST /auth/api/v1/token/": () => problem(500, "internal_error") });
  await fill(user);
  expect((await screen.findByRole("alert")).textContent).toContain("Request request-1");
});

it("asks for the second factor, and for the password again when that took too long", async () => {
  const codes: unknown[] = [];
  const { user } = await open("/", null, {
    "POST /auth/api/v1/token/": () => json({ challenge: "c1", expires_in: 300 }, 202),
    "POST /auth/api/v1/token/totp/": ({ body }) => {
      codes.push(body);
      return codes.length === 1 ? problem(401, "code_wrong") : problem(401, "challenge_invalid");
    },
  });
  await fill(user);
  await user.type(await screen.findByLabelText("Code"), "000000");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("That code is not right, or was used already.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("That took too long. Sign in again.")).toBeTruthy();
  expect(codes[0]).toEqual({ challenge: "c1", code: "000000", cookie: true });
});

it("opens with the right code", async () => {
  const { user } = await open("/", null, {
    "POST /auth/api/v1/token/": () => json({ challenge: "c1", expires_in: 300 }, 202),
    "POST /auth/api/v1/token/totp/": () => json({ access: token() }),
  });
  await fill(user);
  await user.type(await screen.findByLabelText("Code"), "123456");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "My requests" })).toBeTruthy();
});

it("keeps the page and the draft when the session ends, and goes on after the password", async () => {
  let isOver = false;
  const { server, user } = await open("/requests/new", erin, {
    "POST /auth/api/v1/token/refresh/": () => (isOver ? problem(401, "refresh_invalid") : json({ access: token(20) })),
    "POST /auth/api/v1/token/": () => json({ access: token() }),
  });
  await user.type(await screen.findByLabelText("Subject"), "Half a sentence");
  isOver = true;
  await user.click(screen.getByRole("button", { name: /Search …/ }));
  await user.type(await screen.findByRole("combobox", { name: /Type a command/ }), "printer");
  const dialog = await screen.findByRole("dialog", { name: "Your session has ended" });
  expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("Half a sentence");
  await user.type(within(dialog).getByLabelText("Password"), "correct horse");
  await user.click(within(dialog).getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Your session has ended" })).toBeNull());
  expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("Half a sentence");
  expect(server.last("POST /auth/api/v1/token/").body).toMatchObject({ username: "erin" });
});

it("renews a refused token once and repeats the request", async () => {
  let refused = 0;
  const { server } = await open("/requests", erin, {
    "GET /tickets/api/v1/tickets/": () => (refused++ === 0 ? problem(401, "token_expired") : page()),
  });
  expect(await screen.findByText("You have no requests yet.")).toBeTruthy();
  expect(server.of("POST /auth/api/v1/token/refresh/")).toHaveLength(2);
});

it("signs out at auth and forgets", async () => {
  const { server, user } = await open("/requests", erin);
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
  expect(server.of("DELETE /auth/api/v1/token/refresh/")).toHaveLength(1);
  expect(localStorage.getItem("tts.signed-in")).toBeNull();
});

it("shows the next person nothing of what the one before saw", async () => {
  const { server, user } = await open("/requests", erin);
  await screen.findByRole("link", { name: "Printer beeps" });
  await user.click(screen.getByRole("button", { name: "Sign out" }));
  server.on({
    "POST /auth/api/v1/token/": () => json({ access: token() }),
    "GET /tickets/api/v1/tickets/": () => new Promise<Response>(() => undefined),
  });
  await fill(user);
  expect(await screen.findByRole("heading", { name: "My requests" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Printer beeps" })).toBeNull();
});

it("sends a link for a new password, and takes it", async () => {
  const { server, user } = await open("/password-reset", null, {
    "POST /auth/api/v1/password-reset/": () => json({}, 202),
  });
  await user.type(await screen.findByLabelText("E-mail address"), "erin@example.com");
  await user.click(screen.getByRole("button", { name: "Send the link" }));
  expect((await screen.findByRole("status")).textContent).toContain("a link is on its way");
  expect(server.last("POST /auth/api/v1/password-reset/").body).toEqual({ email: "erin@example.com" });
});

it("sets the password of an invitation with the token of the fragment", async () => {
  const { server, user } = await open("/invitation#token=t1", null, {
    "POST /auth/api/v1/invitations/acceptance/": () => json({}),
  });
  await user.type(await screen.findByLabelText("New password"), "a long enough one");
  await user.click(screen.getByRole("button", { name: "Set the password" }));
  expect(await screen.findByText("Your password is set. Sign in with it.")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/invitations/acceptance/").body).toEqual({
    token: "t1",
    password: "a long enough one",
  });
});

it("confirms another address, and says when the link is not whole", async () => {
  const { user } = await open("/email-change#token=t2", null, {
    "POST /auth/api/v1/email-change/confirmation/": () => problem(400, "link_invalid", { detail: "The link is void." }),
  });
  await user.click(await screen.findByRole("button", { name: "Confirm" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The link is void.");
});

it("says when a link is not whole", async () => {
  await open("/invitation", null);
  expect((await screen.findByRole("alert")).textContent).toContain("The link is incomplete");
});

it("asks for an account, and confirms the address by the link", async () => {
  const { server, user } = await open("/sign-in", null, {
    "POST /auth/api/v1/registrations/": () => json(null, 202),
  });
  await user.click(await screen.findByRole("link", { name: "Ask for an account" }));
  await user.type(await screen.findByLabelText("Your name"), "Nina New");
  await user.type(screen.getByLabelText("User name"), "nina");
  await user.type(screen.getByLabelText("E-mail address"), "nina@example.org");
  await user.click(screen.getByRole("button", { name: "Ask" }));
  expect(await screen.findByText(/a link is on its way/)).toBeTruthy();
  expect(server.last("POST /auth/api/v1/registrations/").body).toMatchObject({ username: "nina", name: "Nina New" });
});

it("confirms the address of who asked", async () => {
  const { server, user } = await open("/registration#token=abc", null, {
    "POST /auth/api/v1/registrations/confirmation/": () => json(null),
  });
  await user.click(await screen.findByRole("button", { name: "Confirm" }));
  expect(await screen.findByText(/You get an e-mail once your account is there/)).toBeTruthy();
  expect(server.last("POST /auth/api/v1/registrations/confirmation/").body).toEqual({ token: "abc" });
});

it("offers no account where the desk takes in nobody", async () => {
  const { server } = await open("/sign-in", null, {
    "GET /auth/api/v1/registrations/availability/": () => json({ open: false }),
  });
  await waitFor(() => expect(server.of("GET /auth/api/v1/registrations/availability/")).toHaveLength(1));
  expect(screen.getByRole("link", { name: "Forgot your password?" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Ask for an account" })).toBeNull();
});

it("waits for auth where there is a session, instead of asking for a password", async () => {
  let asked = 0;
  await open("/requests", erin, {
    "POST /auth/api/v1/token/refresh/": () =>
      asked++ === 0 ? problem(503, "service_unavailable") : json({ access: token(), user: erin }),
  });
  expect(await screen.findByRole("heading", { name: "The help desk cannot be reached" })).toBeTruthy();
  expect(screen.queryByLabelText("Password")).toBeNull();
  expect(await screen.findByRole("heading", { name: "My requests" })).toBeTruthy();
});

it("gives an answer up that does not come, and says so", async () => {
  const { http } = { http: await import("../src/api/http") };
  vi.useFakeTimers();
  vi.stubGlobal(
    "fetch",
    (_: Request, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted")))),
  );
  const refused = http.send(new Request(`${location.origin}/tickets/api/v1/tickets/`)).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(http.ANSWER_WITHIN + 1);
  vi.useRealTimers();
  expect(await refused).toMatchObject({ code: "slow_answer", isUncertain: true });
});
