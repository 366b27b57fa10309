import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { erin, open, token } from "./cast";
import { json, page, problem } from "./server";

const laptop = {
  id: "p1",
  name: "Laptop",
  is_synced: false,
  created_at: "2026-11-20T10:00:00Z",
  last_used_at: null,
  version: 1,
};
const signed = {
  id: "key",
  response: { clientDataJSON: "client", authenticatorData: "data", signature: "signature", userHandle: "erin" },
};
const made = { id: "key", response: { clientDataJSON: "client", attestationObject: "object", transports: ["usb"] } };
const assertion = {
  id: "key",
  client_data_json: "client",
  authenticator_data: "data",
  signature: "signature",
  user_handle: "erin",
};

/** A browser that has passkeys; what it was asked for is kept. */
const asked: unknown[] = [];
const credentials = { get: vi.fn(), create: vi.fn() };

beforeEach(() => {
  asked.length = 0;
  const keep = (options: unknown) => (asked.push(options), options);
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: keep, parseCreationOptionsFromJSON: keep });
  Object.defineProperty(navigator, "credentials", { value: credentials, configurable: true });
  credentials.get.mockReset().mockResolvedValue({ toJSON: () => signed });
  credentials.create.mockReset().mockResolvedValue({ toJSON: () => made });
});

const quiet = {
  "GET /auth/api/v1/me/access-tokens/": () => page(),
  "GET /auth/api/v1/sessions/": () => page(),
  "GET /notifications/api/v1/preferences/": () => json({ time_zone: "UTC", quiet_hours: null, preferences: [] }),
};

/** The account page with this state of the second factor. */
function account(passkeys: () => object[], totp = { enabled: false, recovery_codes_left: 0 }) {
  return {
    ...quiet,
    "GET /auth/api/v1/me/totp/": () => json(totp),
    "GET /auth/api/v1/me/passkeys/": () => page(...passkeys()),
    "POST /auth/api/v1/me/passkeys/confirmation/": () =>
      json({ public_key: { challenge: "confirm" }, expires_in: 300 }),
    "POST /auth/api/v1/me/passkeys/options/": () => json({ public_key: { challenge: "make" }, expires_in: 300 }),
  };
}

const doors = {
  "POST /auth/api/v1/token/passkey/options/": () => json({ public_key: { challenge: "sign" }, expires_in: 300 }),
  "POST /auth/api/v1/token/passkey/": () => json({ access: token(), user: erin }),
};

it("signs in with a passkey alone", async () => {
  const { server, user } = await open("/", null, doors);
  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));
  expect(await screen.findByRole("heading", { name: "My requests" })).toBeTruthy();
  expect(server.last("POST /auth/api/v1/token/passkey/options/").body).toEqual({});
  expect(asked).toEqual([{ challenge: "sign" }]);
  expect(server.last("POST /auth/api/v1/token/passkey/").body).toEqual({ credential: assertion, cookie: true });
});

it("says what to do when none was used, or none is accepted", async () => {
  const { user } = await open("/", null, {
    ...doors,
    "POST /auth/api/v1/token/passkey/": () => problem(401, "passkey_invalid"),
  });
  const button = await screen.findByRole("button", { name: "Sign in with a passkey" });
  for (const [name, words] of [
    ["NotAllowedError", /No passkey was used/],
    ["SecurityError", /do not work at this address/],
  ] as const) {
    credentials.get.mockRejectedValueOnce(new DOMException("", name));
    await user.click(button);
    expect((await screen.findByText(words)).closest("[role=alert]")).toBeTruthy();
  }
  await user.click(button);
  expect(await screen.findByText(/That passkey was not accepted. Try again, or sign in/)).toBeTruthy();
});

it("offers a passkey after the password, and a recovery code in its place", async () => {
  const { server, user } = await open("/", null, {
    ...doors,
    "POST /auth/api/v1/token/": () => json({ challenge: "c1", expires_in: 300, methods: ["passkey"] }, 202),
  });
  await user.type(await screen.findByLabelText("User name or e-mail address"), "erin");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText(/One of your recovery codes/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Use a passkey" }));
  expect(await screen.findByRole("heading", { name: "My requests" })).toBeTruthy();
  expect(server.last("POST /auth/api/v1/token/passkey/options/").body).toEqual({ challenge: "c1" });
  expect(server.last("POST /auth/api/v1/token/passkey/").body).toMatchObject({ challenge: "c1", cookie: true });
});

it("is not offered where the browser has none", async () => {
  vi.stubGlobal("PublicKeyCredential", undefined);
  Reflect.deleteProperty(window, "PublicKeyCredential");
  const { user } = await open("/", null, {
    ...doors,
    "POST /auth/api/v1/token/": () => json({ challenge: "c1", expires_in: 300, methods: ["passkey", "totp"] }, 202),
  });
  await user.type(await screen.findByLabelText("User name or e-mail address"), "erin");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  expect(screen.queryByRole("button", { name: "Sign in with a passkey" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByLabelText("Code")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
});

it("adds the first with the password, and shows the recovery codes once", async () => {
  let kept: object[] = [];
  const { server, user } = await open("/account", erin, {
    ...account(() => kept),
    "POST /auth/api/v1/me/passkeys/": () => {
      kept = [laptop];
      return json({ ...laptop, recovery_codes: ["aaaa-1111"] }, 201);
    },
  });
  await user.click(await screen.findByRole("button", { name: "Add a passkey …" }));
  const dialog = screen.getByRole("dialog");
  expect(within(dialog).queryByLabelText("Code of the app, or a recovery code")).toBeNull();
  await user.clear(within(dialog).getByLabelText("What you call it"));
  await user.type(within(dialog).getByLabelText("What you call it"), "Laptop");
  await user.type(within(dialog).getByLabelText("Current password"), "correct horse");
  await user.click(within(dialog).getByRole("button", { name: "Go on" }));
  expect(await screen.findByText("aaaa-1111")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "I have kept them" }));
  expect(await screen.findByRole("button", { name: "Rename Laptop" })).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/passkeys/options/").body).toEqual({ password: "correct horse" });
  const { id, client_data_json } = assertion;
  expect(server.last("POST /auth/api/v1/me/passkeys/").body).toEqual({
    name: "Laptop",
    credential: { id, client_data_json, attestation_object: "object", transports: ["usb"] },
  });
});

it("says that the device has one already, and keeps what was typed", async () => {
  credentials.create.mockRejectedValue(new DOMException("", "InvalidStateError"));
  const { user } = await open(
    "/account",
    erin,
    account(() => []),
  );
  await user.click(await screen.findByRole("button", { name: "Add a passkey …" }));
  const dialog = screen.getByRole("dialog");
  await user.type(within(dialog).getByLabelText("Current password"), "correct horse");
  await user.click(within(dialog).getByRole("button", { name: "Go on" }));
  expect(await within(dialog).findByText(/This device has a passkey/)).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLInputElement>("Current password").value).toBe("correct horse");
});

it("removes one for the password and a passkey, or a code where it is lost", async () => {
  let kept: object[] = [laptop];
  const { server, user } = await open("/account", erin, {
    ...account(() => kept, { enabled: false, recovery_codes_left: 9 }),
    "POST /auth/api/v1/me/passkeys/:id/removal/": ({ body }) => {
      if ("passkey" in (body as object)) return problem(403, "passkey_wrong");
      kept = [];
      return json({});
    },
  });
  expect(await screen.findByText(/9 recovery codes left/)).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "Remove Laptop" }));
  const dialog = screen.getByRole("dialog");
  await user.type(within(dialog).getByLabelText("Current password"), "correct horse");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await within(dialog).findByText(/That passkey was not accepted. Try again, or use a code/)).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/passkeys/p1/removal/").body).toEqual({
    password: "correct horse",
    passkey: assertion,
  });
  await user.type(within(dialog).getByLabelText("Code of the app, or a recovery code"), "aaaa-1111");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("Sign in with your finger", { exact: false })).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole("button", { name: "Remove Laptop" })).toBeNull());
  expect(server.last("POST /auth/api/v1/me/passkeys/p1/removal/").body).toEqual({
    password: "correct horse",
    code: "aaaa-1111",
  });
});

it("renames one, and shows both names where it was renamed elsewhere", async () => {
  let stored = laptop;
  const { server, user } = await open("/account", erin, {
    ...account(() => [stored]),
    "GET /auth/api/v1/me/passkeys/:id/": () => json(stored),
    "PATCH /auth/api/v1/me/passkeys/:id/": ({ headers, body }) => {
      if (headers.get("If-Match") !== `"${stored.version}"`) return problem(412, "precondition_failed");
      stored = { ...stored, ...(body as object), version: stored.version + 1 };
      return json(stored);
    },
  });
  await user.click(await screen.findByRole("button", { name: "Rename Laptop" }));
  stored = { ...laptop, name: "Old laptop", version: 2 };
  const dialog = screen.getByRole("dialog");
  await user.clear(within(dialog).getByLabelText("What you call it"));
  await user.type(within(dialog).getByLabelText("What you call it"), "Desk");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText("Old laptop")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Keep mine" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("button", { name: "Rename Desk" })).toBeTruthy();
  expect(server.last("PATCH /auth/api/v1/me/passkeys/p1/").body).toEqual({ name: "Desk" });
});
