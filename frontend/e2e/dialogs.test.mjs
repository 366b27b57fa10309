/** What opens over a page or without a session, and the administration of tickets and notices: all of it accessible. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, assertAccessible, launch, ORIGIN, signIn } from "./browser.mjs";
import { ask, fileTicket, say, taskOf } from "./desk.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test("every dialog, the palette and the list of keys are accessible in both themes", async () => {
  const { page, complaints, context } = await arrive(browser);
  const ticket = await fileTicket("employee", { category: "general", subject: "For the dialogs" });
  await taskOf(ticket.number, (task) => task.assignee !== null);
  await say("coordinator", ticket.number, "A message");
  const reply = { visibility: "internal", body: "{{requester.name}} waits for the supplier." };
  const macro = { name: `Supplier ${Date.now()}`, actions: { priority: "Low", add_tags: ["supplier"], reply } };
  await ask("admin", "POST", "/tickets/api/v1/macros/", macro);
  await signIn(page, "admin");
  await page.goto(`${ORIGIN}/requests/${ticket.number}`);
  await page.locator(".message").waitFor();
  await page.locator(".task .actions button").first().waitFor();
  const over = async (name, open) => {
    await open();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await assertAccessible(page, name);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  };
  await over("palette", () => page.keyboard.press("Control+k"));
  await over("keys", () => page.keyboard.press("?"));
  for (const name of ["Reject", "Merge", "Link a ticket", "Delete message"]) {
    await over(name, () => page.getByRole("button", { name, exact: true }).click());
  }
  await over("macros", async () => {
    await page.getByRole("button", { name: "Macros", exact: true }).click();
    await page.getByLabel("Which macro").selectOption(macro.name);
    await page.getByText("Medium → Low").waitFor();
  });
  await over("task action", () => page.locator(".task .actions button").first().click());
  await page.getByRole("button", { name: "React" }).click();
  await page.getByText("Who follows").click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Subject").waitFor();
  await assertAccessible(page, "a ticket that is edited");
  await page.goto(`${ORIGIN}/replies`);
  await over("canned reply", () => page.getByRole("button", { name: "New canned reply" }).click());
  await page.goto(`${ORIGIN}/macros`);
  await over("macro", () => page.getByRole("button", { name: `Edit ${macro.name}` }).click());
  await page.goto(`${ORIGIN}/admin/channels`);
  await over("channel", () => page.getByRole("button", { name: "New channel" }).click());
  assert.deepEqual(complaints, []);
  await context.close();
});

const PAGES = [
  "/replies",
  "/request-templates",
  "/request-templates/new",
  "/admin/schedules",
  "/admin/schedules/new",
  "/macros",
  "/admin/users",
  "/admin/roles",
  "/admin/audit",
  "/admin/categories",
  "/admin/categories/new",
  "/admin/categories/of/asset-check-out",
  "/admin/imports",
  "/admin/templates",
  "/admin/templates/ticket_received/email",
  "/admin/channels",
  "/admin/deliveries",
  "/admin/suppressions",
];

test("the administration of tickets and notices is accessible, at 360 px too", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "admin");
  for (const width of [1360, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of PAGES) {
      await page.goto(ORIGIN + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator(".loading").first().waitFor({ state: "detached" });
      await assertAccessible(page, `${path} at ${width} px`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at ${width} px`);
    }
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("who asked for an account is shown accessibly to who takes Employees in", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "hdts-admin");
  await page.goto(`${ORIGIN}/admin/registrations`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
  await assertAccessible(page, "who asked for an account");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the services' credentials, and the systems, are shown accessibly to a superuser", async () => {
  const { page, complaints, context } = await arrive(browser);
  // The demo accounts have no superuser: what auth says of the admin, and of the credentials, is changed on its way.
  await page.route("**/auth/api/v1/token/**", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    await route.fulfill({ response, json: { ...body, user: { ...body.user, is_superuser: true } } });
  });
  const client = {
    id: "019aaaaa-0000-7000-8000-000000000000",
    client_id: "ticket-service",
    scopes: ["events:read"],
    is_active: true,
    created_at: "2026-11-20T10:00:00Z",
    last_used_at: null,
    version: 1,
  };
  await page.route("**/auth/api/v1/service-clients/**", (route) =>
    route.fulfill({ json: { results: [client], next: null } }),
  );
  await signIn(page, "admin");
  for (const width of [1360, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${ORIGIN}/admin/clients`);
    await page.getByText("ticket-service", { exact: true }).waitFor();
    await assertAccessible(page, `credentials at ${width} px`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `credentials are ${overflow} px too wide at ${width} px`);
  }
  await page.getByRole("button", { name: "New", exact: false }).first().click();
  await page.getByRole("dialog").waitFor();
  await assertAccessible(page, "a new credential");
  await page.goto(`${ORIGIN}/admin/systems`); // these are auth's own
  await page.getByRole("button", { name: "Rename Ticket Tracking System" }).click();
  await assertAccessible(page, "the systems, and another name for one");
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "systems");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the pages that a mail's link opens are accessible without a session", async () => {
  const { page, complaints, context } = await arrive(browser);
  for (const path of ["/invitation", "/email-change", "/password-reset", "/register", "/registration"]) {
    for (const link of [path, `${path}#token=none`, `${path}?token=none`]) {
      await page.goto(ORIGIN + link);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await assertAccessible(page, link);
    }
  }
  assert.deepEqual(complaints, []);
  await context.close();
});
