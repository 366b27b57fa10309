import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { browserOf } from "../src/account/Sessions";
import { tomorrowMorning } from "../src/inbox/InboxPage";
import { erin, open, ticket, token } from "./cast";
import { json, page, problem, stream } from "./server";

const notice = {
  id: "n1",
  event_id: "e1",
  kind: "reply",
  ticket_id: ticket.id,
  ticket_number: ticket.number,
  title: "Alan replied",
  body: "We look into it.",
  created_at: "2026-11-20T10:00:00Z",
  read_at: null,
  archived_at: null,
  snoozed_until: null,
};

it("shows notices with their count, reads, archives, snoozes and brings back", async () => {
  const { server, user } = await open("/inbox", erin, {
    "GET /notifications/api/v1/inbox/": () => page(notice),
    "POST /notifications/api/v1/inbox/:id/read/": () => json(null, 204),
    "POST /notifications/api/v1/inbox/read/": () => json({ read: 1 }),
    "POST /notifications/api/v1/inbox/archival/": () => json({ archived: 1 }),
    "POST /notifications/api/v1/inbox/:id/archival/": () => json(notice),
    "DELETE /notifications/api/v1/inbox/:id/archival/": () => json(notice),
    "PUT /notifications/api/v1/inbox/:id/snooze/": () => json(notice),
    "DELETE /notifications/api/v1/inbox/:id/snooze/": () => json(notice),
  });
  expect(await screen.findByLabelText("2 unread notices")).toBeTruthy();
  const steps: [string, string][] = [
    ["Archive", "POST /notifications/api/v1/inbox/n1/archival/"],
    ["Snooze until tomorrow", "PUT /notifications/api/v1/inbox/n1/snooze/"],
    ["Mark all as read", "POST /notifications/api/v1/inbox/read/"],
    ["Archive all that is read", "POST /notifications/api/v1/inbox/archival/"],
  ];
  for (const [name, route] of steps) {
    await user.click(await screen.findByRole("button", { name }));
    await waitFor(() => expect(server.of(route)).toHaveLength(1));
  }
  await user.click(screen.getByRole("button", { name: "Snoozed" }));
  await user.click(await screen.findByRole("button", { name: "Wake now" }));
  await user.click(screen.getByRole("button", { name: "Archived" }));
  await user.click(await screen.findByRole("button", { name: "Put back" }));
  await user.click(screen.getByRole("link", { name: "Alan replied" }));
  expect(await screen.findByRole("heading", { name: "Printer beeps" })).toBeTruthy();
  expect(server.of("POST /notifications/api/v1/inbox/n1/read/")).toHaveLength(1);
});

it("counts live, from the number at which the count was taken", async () => {
  const live = stream();
  const { server } = await open("/inbox", erin, {
    "GET /notifications/api/v1/inbox/": () => page(notice),
    "GET /notifications/api/v1/live/inbox/": () => live.response,
  });
  await screen.findByRole("link", { name: "Alan replied" });
  expect(server.last("GET /notifications/api/v1/live/inbox/").headers.get("Last-Event-ID")).toBe("7");
  server.on({ "GET /notifications/api/v1/inbox/": () => page(notice, { ...notice, id: "n2", title: "Cora replied" }) });
  live.send(`id: 8\nevent: notice\ndata: {"seq": 8}\n\nevent: unread\ndata: {"unread": 3}\n\n`);
  expect(await screen.findByLabelText("3 unread notices")).toBeTruthy();
  expect(await screen.findByRole("link", { name: "Cora replied" })).toBeTruthy();
});

it("snoozes until eight tomorrow", () => {
  const night = Date.parse("2026-11-30T22:15:00Z");
  expect(tomorrowMorning("UTC", night)).toBe("2026-12-01T08:00:00.000Z");
  expect(tomorrowMorning("Asia/Tokyo", night)).toBe("2026-12-01T23:00:00.000Z"); // there it is the first already
  expect(tomorrowMorning("America/New_York", night)).toBe("2026-12-01T13:00:00.000Z");
});

const account = {
  "GET /auth/api/v1/me/passkeys/": () => page(),
  "GET /auth/api/v1/me/totp/": () => json({ enabled: false, recovery_codes_left: 0 }),
  "GET /auth/api/v1/me/access-tokens/": () => page(),
  "GET /auth/api/v1/sessions/": () =>
    page(
      {
        id: "s1",
        created_at: "2026-11-20T10:00:00Z",
        last_used_at: "2026-11-20T10:00:00Z",
        expires_at: "2026-11-27T10:00:00Z",
        address: "192.0.2.1",
        user_agent: "Mozilla/5.0 Firefox/140.0",
        current: false,
      },
      {
        id: "s2",
        created_at: "2026-11-20T10:00:00Z",
        last_used_at: "2026-11-20T10:00:00Z",
        expires_at: "2026-11-27T10:00:00Z",
        address: "192.0.2.2",
        user_agent: "Chrome/140.0",
        current: true,
      },
    ),
  "GET /notifications/api/v1/preferences/": () =>
    json({
      time_zone: "Europe/Berlin",
      quiet_hours: { start: "20:00:00", end: "08:00:00" },
      preferences: [
        { kind: "task_assigned", channel: "inbox", fixed: true, on: true, digest_minutes: 0 },
        { kind: "task_assigned", channel: "email", fixed: false, on: true, digest_minutes: 15 },
      ],
    }),
};

it("changes the profile of the version that was seen", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "PATCH /auth/api/v1/me/": () => json({ ...erin, name: "Erin E.", version: 4 }),
  });
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Erin E.");
  await user.selectOptions(screen.getByLabelText("Time zone"), "America/New_York");
  await user.click(screen.getAllByRole("button", { name: "Save" })[0] as HTMLElement);
  expect(await screen.findByRole("button", { name: "Erin E." })).toBeTruthy();
  const { headers, body } = server.last("PATCH /auth/api/v1/me/");
  expect([headers.get("If-Match"), body]).toEqual(['"3"', { name: "Erin E.", time_zone: "America/New_York" }]);
});

it("changes the password and goes on in the session that begins with it", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "POST /auth/api/v1/me/password/": () => json({ access: token(), user: erin }),
  });
  const form = within(await screen.findByRole("form", { name: "Password" }));
  await user.type(form.getByLabelText("Current password"), "old one");
  await user.type(form.getByLabelText("New password"), "another long one");
  await user.click(screen.getByRole("button", { name: "Change the password" }));
  expect(await screen.findByText("Changed. Every other session has ended.")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/password/").body).toEqual({
    current_password: "old one",
    new_password: "another long one",
    cookie: true,
  });
});

it("ends another session, and all of them", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "DELETE /auth/api/v1/sessions/:id/": () => json(null, 204),
    "POST /auth/api/v1/sessions/revocation/": () => json({}),
  });
  expect(await screen.findByText("Firefox 140")).toBeTruthy();
  await user.click(screen.getAllByRole("button", { name: "End" })[0] as HTMLElement);
  await waitFor(() => expect(server.of("DELETE /auth/api/v1/sessions/s1/")).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "End all, this one too" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
});

it("chooses channels, and leaves what is fixed", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "PUT /notifications/api/v1/preferences/:kind/:channel/": () => json({}),
    "PUT /notifications/api/v1/quiet-hours/": () => problem(400, "invalid", { detail: "Not so long." }),
    "DELETE /notifications/api/v1/quiet-hours/": () => json(null, 204),
  });
  expect((await screen.findByLabelText<HTMLInputElement>("Task assigned: Inbox")).disabled).toBe(true);
  await user.click(screen.getByLabelText("Task assigned: E-mail"));
  await waitFor(() =>
    expect(server.last("PUT /notifications/api/v1/preferences/task_assigned/email/").body).toEqual({
      on: false,
      digest_minutes: 15,
    }),
  );
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "19:00" } });
  await user.click(screen.getAllByRole("button", { name: "Save" })[1] as HTMLElement);
  expect(await screen.findByText("Not so long.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Remove quiet hours" }));
  await waitFor(() => expect(server.of("DELETE /notifications/api/v1/quiet-hours/")).toHaveLength(1));
});

it("names browsers as people do", () => {
  expect(browserOf("Mozilla/5.0 AppleWebKit Chrome/140.0 Safari/537 Edg/140.0")).toBe("Edge 140");
  expect(browserOf("Mozilla/5.0 (Macintosh) Version/18.1 Safari/605")).toBe("Safari 18");
  expect(browserOf("curl/8.0")).toBe("curl 8.0");
});

it("keeps the theme, and says when there is no connection and no such page", async () => {
  const { user } = await open("/nowhere", erin);
  expect(await screen.findByRole("heading", { name: "There is nothing at this address." })).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Theme"), "dark");
  expect([document.documentElement.dataset["theme"], localStorage.getItem("tts.theme")]).toEqual(["dark", "dark"]);
  await user.selectOptions(screen.getByLabelText("Theme"), "system");
  expect(localStorage.getItem("tts.theme")).toBeNull();
  Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
  dispatchEvent(new Event("offline"));
  expect((await screen.findByText(/No connection/)).getAttribute("role")).toBe("status");
  Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
  dispatchEvent(new Event("online")); // or the next stories' requests wait for it
});

it("turns the second factor on with a first code, and shows the recovery codes once", async () => {
  let enabled = false;
  const { server, user } = await open("/account", erin, {
    ...account,
    "GET /auth/api/v1/me/totp/": () => json({ enabled, recovery_codes_left: enabled ? 2 : 0 }),
    "POST /auth/api/v1/me/totp/": () =>
      json({ secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Desk:erin?secret=JBSWY3DPEHPK3PXP&issuer=Desk" }),
    "POST /auth/api/v1/me/totp/confirmation/": () => {
      enabled = true;
      return json({ recovery_codes: ["aaaa-1111", "bbbb-2222"] });
    },
    "POST /auth/api/v1/me/totp/removal/": () => {
      enabled = false;
      return json(null, 204);
    },
  });
  await user.click(await screen.findByRole("button", { name: "Set up …" }));
  const dialog = screen.getByRole("dialog");
  await user.type(within(dialog).getByLabelText("Current password"), "old one");
  await user.click(within(dialog).getByRole("button", { name: "Next" }));
  expect(await within(dialog).findByRole("img", { name: "QR code of the key below" })).toBeTruthy();
  expect(within(dialog).getByText("JBSW Y3DP EHPK 3PXP")).toBeTruthy();
  await user.type(within(dialog).getByLabelText("Code that the app shows"), "123 456");
  await user.click(within(dialog).getByRole("button", { name: "Turn on" }));
  expect(await screen.findByText("bbbb-2222")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/totp/confirmation/").body).toEqual({ code: "123456" });
  await user.click(screen.getByRole("button", { name: "I have kept them" }));
  expect(screen.queryByText("bbbb-2222")).toBeNull();
  expect(await screen.findByText(/2 recovery codes left/)).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "Turn off …" }));
  const off = screen.getByRole("dialog");
  await user.type(within(off).getByLabelText("Current password"), "old one");
  await user.type(within(off).getByLabelText("Code of the app, or a recovery code"), "aaaa-1111");
  await user.click(within(off).getByRole("button", { name: "Turn off …" }));
  expect(await screen.findByRole("button", { name: "Set up …" })).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/totp/removal/").body).toEqual({ password: "old one", code: "aaaa-1111" });
});

it("makes other recovery codes", async () => {
  const { user } = await open("/account", erin, {
    ...account,
    "GET /auth/api/v1/me/totp/": () => json({ enabled: true, recovery_codes_left: 1 }),
    "POST /auth/api/v1/me/totp/recovery-codes/": () => json({ recovery_codes: ["cccc-3333"] }),
  });
  await user.click(await screen.findByRole("button", { name: "New recovery codes …" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.type(dialog.getByLabelText("Code of the app, or a recovery code"), "654321");
  await user.click(dialog.getByRole("button", { name: "Next" }));
  expect(await screen.findByText("cccc-3333")).toBeTruthy();
});

it("makes a token with scopes, shows it once, and revokes it", async () => {
  const token = {
    id: "t1",
    name: "Reports",
    scopes: ["ticket-service:read"],
    created_at: "2026-11-20T10:00:00Z",
    expires_at: "2026-12-20T10:00:00Z",
    last_used_at: null,
  };
  const { server, user } = await open("/account", erin, {
    ...account,
    "GET /auth/api/v1/me/access-tokens/": () => page(token),
    "POST /auth/api/v1/me/access-tokens/": () => json({ ...token, token: "tts_secret" }, 201),
    "DELETE /auth/api/v1/me/access-tokens/:id/": () => json(null, 204),
  });
  await user.click(await screen.findByRole("button", { name: "New token …" }));
  const dialog = screen.getByRole("dialog");
  await user.type(within(dialog).getByLabelText("What for"), "Import");
  await user.selectOptions(within(dialog).getByLabelText("tickets"), "read and change");
  await user.selectOptions(within(dialog).getByLabelText("conversations"), "read");
  await user.type(within(dialog).getByLabelText("Current password"), "old one");
  await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText("tts_secret")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/access-tokens/").body).toEqual({
    name: "Import",
    scopes: ["ticket-service:read", "ticket-service:write", "messaging:read"],
    expires_in_days: 90,
    password: "old one",
  });
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByText("tts_secret")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Revoke" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(server.of("DELETE /auth/api/v1/me/access-tokens/t1/")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("asks for the second factor before a new address or another password", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "GET /auth/api/v1/me/totp/": () => json({ enabled: true, recovery_codes_left: 5 }),
    "POST /auth/api/v1/me/email/": () => json(null, 202),
    "POST /auth/api/v1/me/password/": () => json({ access: token(), user: erin }),
  });
  const email = within(await screen.findByRole("form", { name: "E-mail address" }));
  await user.type(email.getByLabelText("New address"), "erin@example.org");
  await user.type(email.getByLabelText("Current password"), "old one");
  await user.type(await email.findByLabelText("Code of the app, or a recovery code"), "123 456");
  await user.click(email.getByRole("button", { name: "Change the address" }));
  await screen.findByText(/A link was sent to the new address/);
  expect(server.last("POST /auth/api/v1/me/email/").body).toMatchObject({ password: "old one", code: "123456" });

  const password = within(screen.getByRole("form", { name: "Password" }));
  await user.type(password.getByLabelText("Current password"), "old one");
  await user.type(password.getByLabelText("Code of the app, or a recovery code"), "654321");
  await user.type(password.getByLabelText("New password"), "another long one");
  await user.click(password.getByRole("button", { name: "Change the password" }));
  await screen.findByText("Changed. Every other session has ended.");
  expect(server.last("POST /auth/api/v1/me/password/").body).toMatchObject({ code: "654321", cookie: true });
});

it("changes the address by a link to the new one", async () => {
  const { server, user } = await open("/account", erin, {
    ...account,
    "POST /auth/api/v1/me/email/": () => json(null, 202),
  });
  const form = within(await screen.findByRole("form", { name: "E-mail address" }));
  await user.type(form.getByLabelText("New address"), "erin@example.org");
  await user.type(form.getByLabelText("Current password"), "old one");
  await user.click(form.getByRole("button", { name: "Change the address" }));
  expect(await screen.findByText(/A link was sent to the new address/)).toBeTruthy();
  expect(server.last("POST /auth/api/v1/me/email/").body).toEqual({ email: "erin@example.org", password: "old one" });
});
