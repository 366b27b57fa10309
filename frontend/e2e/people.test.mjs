/** People and how they sign in, in a real browser on the real services. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { arrive, assertAccessible, carry, inMenu, launch, ORIGIN, signIn } from "./browser.mjs";

const PASSWORD = process.env.CONSOLE_PASSWORD;
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** The code that an app shows now (RFC 6238, with SHA-1, six digits, thirty seconds). */
function totp(secret) {
  const bits = [...secret].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const key = Buffer.from(
    bits
      .join("")
      .match(/.{8}/g)
      .map((byte) => parseInt(byte, 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("an admin invites somebody, grants a role, suspends and lets in again", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "admin");
  const username = `nina-${Date.now()}`;
  await page.goto(`${ORIGIN}/admin/users`);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Nina New");
  await dialog.getByLabel("User name").fill(username);
  await dialog.getByLabel("E-mail address").fill(`${username}@example.org`);
  await dialog.getByLabel("Role").selectOption("tts:agent");
  await assertAccessible(page, "an invitation");
  await dialog.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByRole("heading", { level: 1, name: "Nina New" }).waitFor();

  const roles = page.getByRole("region", { name: "Roles" });
  await roles.getByLabel("Role").selectOption("tts:asset-manager");
  await roles.getByRole("button", { name: "Grant" }).click();
  await roles.getByRole("button", { name: "Revoke tts:asset-manager" }).waitFor();
  const explain = page.getByRole("region", { name: "May they?" });
  await explain.getByLabel("Role").selectOption("tts:budget-manager");
  await explain.getByText("No.").waitFor();

  const access = page.getByRole("region", { name: "Signing in" });
  await access.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Lost laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await access.getByText("Suspended.").waitFor();
  await access.getByRole("button", { name: "Let in again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Let in again" }).click();
  await access.getByRole("status").filter({ hasText: "The person can sign in again." }).waitFor();
  await assertAccessible(page, "a person");

  await page.getByRole("link", { name: "Audit log" }).last().click();
  await page
    .getByRole("cell", { name: "User suspended" })
    .or(page.getByRole("cell", { name: /suspen/i }))
    .first()
    .waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("somebody sets up a second factor, and shows it to sign in, for a token and for another password", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "budget-manager2");
  await page.goto(`${ORIGIN}/account`);
  await page.getByRole("button", { name: "Set up …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByRole("img", { name: "QR code of the key below" }).waitFor();
  await assertAccessible(page, "setting a second factor up");
  const secret = (await dialog.locator(".secret").innerText()).replaceAll(/\s/g, "");
  await dialog.getByLabel("Code that the app shows").fill(totp(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await page.getByText("Your recovery codes").waitFor();
  const codes = await page.locator(".recovery-codes code").allInnerTexts();
  assert.equal(codes.length, 10);
  await page.getByRole("button", { name: "I have kept them" }).click();

  await inMenu(page, (menu) => menu.getByRole("button", { name: "Sign out" }).click());
  await page.getByLabel("User name or e-mail address").fill("budget-manager2");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Code").fill(codes[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();

  await page.goto(`${ORIGIN}/account`);
  await page.getByText("9 recovery codes left").waitFor();
  await page.getByRole("button", { name: "New token …" }).click();
  await dialog.getByLabel("What for").fill("Reports");
  await dialog.getByLabel("tickets").selectOption("read");
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByLabel("Code of the app, or a recovery code").fill(codes[1]);
  await assertAccessible(page, "a new token");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  const token = await dialog.locator(".secret").innerText();
  await page.getByRole("button", { name: "I have kept it" }).click();
  const answer = await fetch(`${ORIGIN}/auth/api/v1/token/personal/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const { access } = await answer.json();
  const list = await fetch(`${ORIGIN}/tickets/api/v1/tickets/`, { headers: { Authorization: `Bearer ${access}` } });
  assert.equal(list.status, 200);

  const form = page.getByRole("form", { name: "Password" });
  for (const [current, next, code] of [
    [PASSWORD, `${PASSWORD} anew`, codes[2]],
    [`${PASSWORD} anew`, PASSWORD, codes[3]],
  ]) {
    await form.getByLabel("Current password").fill(current);
    await form.getByLabel("Code of the app, or a recovery code").fill(code);
    await form.getByLabel("New password").fill(next);
    await form.getByRole("button", { name: "Change the password" }).click();
    await form.getByText("Changed. Every other session has ended.").waitFor();
    await page.reload();
    await form.waitFor();
  }

  await page.getByRole("button", { name: "Turn off …" }).click();
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByLabel("Code of the app, or a recovery code").fill(codes[4]);
  await dialog.getByRole("button", { name: "Turn off …" }).click();
  await page.getByRole("button", { name: "Set up …" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("somebody adds a passkey, signs in with it alone and after the password, and removes it", async () => {
  // The name that passkeys are bound to is no number.
  const desk = ORIGIN.replace("127.0.0.1", "localhost");
  const { page, complaints, context } = await arrive(browser);
  await carry(page);
  await page.goto(desk);
  await signIn(page, "budget-manager2");
  await page.goto(`${desk}/account`);
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await passkeys.getByRole("button", { name: "Add a passkey …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What you call it").fill("Key ring");
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await assertAccessible(page, "a new passkey");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Your recovery codes").waitFor();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await passkeys.getByText("Key ring").waitFor();

  await inMenu(page, (menu) => menu.getByRole("button", { name: "Sign out" }).click());
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();

  await inMenu(page, (menu) => menu.getByRole("button", { name: "Sign out" }).click());
  await page.getByLabel("User name or e-mail address").fill("budget-manager2");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Use a passkey" }).waitFor();
  await assertAccessible(page, "the second step");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();

  await page.goto(`${desk}/account`);
  await passkeys.getByText(/last used/).waitFor();
  await passkeys.getByRole("button", { name: "Remove Key ring" }).click();
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Remove" }).click();
  await passkeys.getByText("You have none.").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
