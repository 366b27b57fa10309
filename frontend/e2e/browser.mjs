/** A Chromium, and what every test asks of a page: who is signed in, that it is accessible, that nothing was refused. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const ORIGIN = required("CONSOLE_URL");
export const PICTURES = process.env.CONSOLE_PICTURES;
const PASSWORD = required("CONSOLE_PASSWORD");
const PATIENCE = 60_000;

export async function launch() {
  const executablePath = process.env.TEST_CHROMIUM ?? "/usr/bin/chromium";
  const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  return chromium.launch({ executablePath, args: [...quiet, "--disable-component-update", "--disable-sync"] });
}

/** Somebody's own browser: a page, and everything that the policy or a script complained about. */
export async function arrive(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content.Security.Policy|Trusted ?Types/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(ORIGIN);
  return { context, page, complaints };
}

export async function signIn(page, username) {
  await page.getByLabel("User name or e-mail address").fill(username);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

/** What stands behind one's name: done there, and shut again. */
export async function inMenu(page, work) {
  await page.locator(".who").click();
  await work(page.locator("#user-menu"));
  await page.keyboard.press("Escape");
}

/** For the README, where its pictures are asked for. */
export async function picture(page, name) {
  if (PICTURES)
    await page.screenshot({ path: `${PICTURES}/${name}.png`, clip: { x: 0, y: 0, width: 1360, height: 700 } });
}

/** Gives the page's browser an authenticator that keeps passkeys and says yes, as by a finger. */
export async function carry(page) {
  const debug = await page.context().newCDPSession(page);
  await debug.send("WebAuthn.enable");
  const ways = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
  const options = { ...ways, isUserVerified: true, automaticPresenceSimulation: true };
  await debug.send("WebAuthn.addVirtualAuthenticator", { options });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No violation of WCAG 2.2 A and AA, in both themes. The checker is put in past the page's policy, by the debugger. */
export async function assertAccessible(page, name) {
  // Of the page, not of what is shown until it is there.
  await page.getByRole("heading", { level: 1, includeHidden: true }).first().waitFor();
  await page.locator("main .loading").first().waitFor({ state: "detached" });
  await page.evaluate(AXE);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    const found = await page.evaluate(() =>
      globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
    );
    const faults = found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join("\n")}`);
    assert.deepEqual(faults, [], `${name}, ${theme}`);
  }
  await page.evaluate(() => delete document.documentElement.dataset.theme);
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
