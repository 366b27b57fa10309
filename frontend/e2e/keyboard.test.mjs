/** Whole journeys by the keyboard alone: no story here may touch the mouse, and the page says whether one did. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, launch, ORIGIN } from "./browser.mjs";
import { ask, fileTicket, queueOfAssetManagers, say, taskOf, workflowOfOneStep } from "./desk.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** A browser that counts every press of a pointer. */
async function sitDown(username) {
  const { page, context, complaints } = await arrive(browser);
  await context.addInitScript(() => {
    globalThis.pointed = 0;
    addEventListener("pointerdown", () => (globalThis.pointed += 1), true);
  });
  await page.reload();
  await page.getByLabel("Password").waitFor();
  await tabTo(page, /^User name/);
  await page.keyboard.type(username);
  await tabTo(page, /^Password/);
  await page.keyboard.type(process.env.CONSOLE_PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  return { page, context, complaints };
}

async function getUp({ page, context, complaints }) {
  assert.equal(await page.evaluate(() => globalThis.pointed), 0, "a pointer was used");
  assert.deepEqual(complaints, []);
  await context.close();
}

/** What a screen reader would say of where the focus is. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement?.tabIndex === 0 ? document.activeElement : null;
    const label = element?.labels?.[0]?.innerText ?? element?.innerText ?? "";
    return (element?.getAttribute("aria-label") ?? label).trim();
  });
}

const MOST_STOPS = 80;

async function tabTo(page, name) {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${name} by Tab; the focus is at ${await focused(page)}`);
}

/** By the palette: its key, the words, Enter. */
async function command(page, words) {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /Type a command/ }).waitFor();
  await page.keyboard.type(words);
  await page.getByRole("option", { name: words, selected: true }).waitFor();
  await page.keyboard.press("Enter");
}

test("an employee files a request and follows it, by the keyboard alone", async () => {
  const subject = `Keyboard ${Date.now()} without a mouse`;
  const seat = await sitDown("employee");
  const { page } = seat;
  await page.getByRole("heading", { level: 1, name: "My requests" }).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("heading", { level: 1, name: "New request" }).waitFor();
  await page.getByLabel("What is it about?").waitFor();
  await tabTo(page, /^What is it about/);
  await page.keyboard.type("IT"); // a space would open the list
  await tabTo(page, /^Subject/);
  await page.keyboard.type(subject);
  await tabTo(page, /^Description/);
  await page.keyboard.type("Everything goes by keys.");
  await tabTo(page, /^How urgent/);
  await page.keyboard.type("High");
  await tabTo(page, /^File the request/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: subject }).waitFor();
  const number = page.url().split("/").at(-1);
  await page.getByText("Live", { exact: true }).waitFor();
  await write(page, "r");
  await page.keyboard.type("Is anybody there?");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message").getByText("Is anybody there?").waitFor();

  await say("coordinator", number, "We are.");
  await page.locator(".message.staff").getByText("We are.").waitFor();
  await tabTo(page, /^React$/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Thumbs up/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Thumbs up, 1 person", pressed: true }).waitFor();

  await command(page, "My requests");
  await page.getByRole("link", { name: subject }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type(subject);
  await page.waitForURL(/q=Keyboard/);
  await page.keyboard.press("Escape");
  await page.locator("[data-row]").nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: subject }).waitFor();
  assert.equal(page.url(), `${ORIGIN}/requests/${number}`);
  await getUp(seat);
});

test("staff finds a task in the queue, takes it, replies and completes it, by the keyboard alone", async () => {
  const category = await queueOfAssetManagers();
  const subject = `A drill for Emil ${Date.now()}`;
  const ticket = await fileTicket("employee", { category, subject });
  await taskOf(ticket.number, (task) => task.status === "queued");

  const seat = await sitDown("asset-manager");
  const { page } = seat;
  await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
  await tabTo(page, /^Team queue$/);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: subject }).waitFor();
  while ((await focused(page)) !== subject) await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Take it" }).waitFor();
  await page.keyboard.press("a");
  await confirm(page, /^Take it$/);
  await page.getByRole("button", { name: "Start" }).waitFor();
  await command(page, "Start");
  await confirm(page, /^Start$/);
  await page.getByText("Live", { exact: true }).waitFor();
  await write(page, "n");
  await page.keyboard.type("Shelf 3.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message.note").getByText("Shelf 3.").waitFor();
  await page.keyboard.press("Escape");
  await write(page, "r");
  await page.keyboard.type("It is ready at the desk.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message.staff:not(.note)").getByText("ready at the desk").waitFor();
  await page.keyboard.press("Escape");
  await command(page, "Handed out");
  await confirm(page, /^Handed out$/);
  await page.locator(".ticket-head").getByText("Resolved").waitFor();
  await getUp(seat);
});

test("an admin invites somebody, grants a role, suspends and lets in again, by the keyboard alone", async () => {
  const username = `kim-${Date.now()}`;
  const seat = await sitDown("admin");
  const { page } = seat;
  await command(page, "People");
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  await tabTo(page, /^Invite somebody$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  const said = { Name: "Kim Key", "User name": username, "E-mail address": `${username}@example.org` };
  for (const [field, words] of Object.entries(said)) {
    await tabTo(page, new RegExp(`^${field}`));
    await page.keyboard.type(words);
  }
  await tabTo(page, /^Role$/);
  await page.keyboard.type("tts: Ag");
  await tabTo(page, /^Send the invitation$/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Kim Key" }).waitFor();

  await tabTo(page, /^Role$/);
  await page.keyboard.type("tts: Asset");
  await tabTo(page, /^Grant$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Revoke tts:asset-manager" }).waitFor();

  await tabTo(page, /^Suspend$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, /^Reason/);
  await page.keyboard.type("Lost laptop");
  await page.keyboard.press("Enter");
  await page.getByText("Suspended.", { exact: true }).waitFor();
  await tabTo(page, /^Let in again$/);
  await page.keyboard.press("Enter");
  await confirm(page, /^Let in again$/);
  await page.getByText("The person can sign in again.", { exact: true }).waitFor();
  await getUp(seat);
});

test("an admin adds a step to a workflow, mends its fault and publishes it, by the keyboard alone", async () => {
  const { id, name } = await workflowOfOneStep();
  const seat = await sitDown("admin");
  const { page } = seat;
  await command(page, "Workflows");
  await page.getByRole("link", { name }).waitFor();
  await tabTo(page, new RegExp(`^${name}`));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await tabTo(page, /^Change it$/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Add a step after Look at it$/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => document.activeElement?.closest("#step-step") && document.activeElement.matches("input"),
  );
  await page.keyboard.type("Buy");
  await page.getByRole("img", { name: `${name}: 2 steps.` }).waitFor();
  await tabTo(page, /^Publish$/);
  await page.keyboard.press("Enter");
  await page.locator("#step-buy .field-error").getByText("has no role").waitFor();
  await tabTo(page, /^Buy:/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Who does it/);
  await page.keyboard.type("Agent");
  await tabTo(page, /^Publish$/);
  await page.keyboard.press("Enter");
  await confirm(page, /^Publish$/);
  await page.getByRole("heading", { name: "Versions" }).waitFor();
  await page.getByRole("link", { name: "Version 2" }).waitFor();
  await getUp(seat);
  await ask("admin", "POST", `/workflow/api/v1/workflows/${id}/retirement/`);
});

/** The field of the conversation, by its key. */
async function write(page, key) {
  await page.keyboard.press(key);
  await page.waitForFunction(() => document.activeElement?.id === "write");
}

/** Enter in the dialog's last button. */
async function confirm(page, name) {
  await page.getByRole("dialog").waitFor();
  if (!name.test(await focused(page))) await tabTo(page, name);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
