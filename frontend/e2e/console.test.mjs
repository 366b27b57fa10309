/** People at work in real browsers on the real services; `a day` in a name: the main job. Run by Scripts/suite/frontend.py. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, assertAccessible, inMenu, launch, ORIGIN, picture, PICTURES, signIn } from "./browser.mjs";
import { fileTicket, say } from "./desk.mjs";

const STAFF = {
  "Cora Coordinator": "coordinator",
  "Carl Coordinator": "coordinator2",
  "Alan Agent": "agent",
  "Alma Agent": "agent2",
};
// OWASP XSS Filter Evasion Cheat Sheet: one of each kind.
const PAYLOADS = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `<svg/onload=alert(1)>`,
  `[x](javascript:alert(1))`,
  `<a href="jav&#x09;ascript:alert(1)">x</a>`,
  `<iframe srcdoc="<script>alert(1)</script>">`,
  `{{constructor.constructor('alert(1)')()}}`,
  `<details open ontoggle=alert(1)>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
];

let browser;
before(async () => {
  browser = await launch();
  if (PICTURES) await furnish();
});
after(() => browser.close());

async function file(page, subject, description) {
  await page.getByRole("link", { name: "New request" }).click();
  await page.getByLabel("What is it about?").selectOption("it-support");
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Description").fill(description);
  await page.getByLabel("How urgent is it?").selectOption("High");
}

async function send(page) {
  await page.getByRole("button", { name: "File the request" }).click();
  await page.getByRole("heading", { name: "Conversation" }).waitFor();
  return page.url().split("/").at(-1);
}

/** Whose turn it is, as the ticket's page says to who sees all; null while nobody has it, or once it is done. */
async function assigneeOf(page) {
  const line = page.locator(".task .assignment");
  if (!(await line.count())) return null;
  const text = await line.innerText();
  return Object.entries(STAFF).find(([name]) => text.includes(name))?.[1] ?? null;
}

async function isDone(page) {
  return (await page.locator(".badge.task-completed").count()) > 0;
}

async function assignee(page) {
  for (;;) {
    const found = await assigneeOf(page);
    if (found || (await isDone(page))) return found;
    await page.waitForResponse((response) => response.url().includes("/workflow/api/v1/tasks/"));
  }
}

/** A desk that is used, for the pictures. */
async function furnish() {
  const call = async (path, body, token = "") => {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
    return (await fetch(ORIGIN + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  for (const username of ["employee", "employee2"]) {
    const { access } = await call("/auth/api/v1/token/", { username, password: process.env.CONSOLE_PASSWORD });
    for (const [subject, priority] of SUBJECTS) {
      const body = { subject, description: subject, category: "it-support", priority };
      await call("/tickets/api/v1/tickets/", body, access);
    }
  }
}

const SUBJECTS = [
  ["VPN drops every ten minutes at home", "High"],
  ["New laptop for Emil, who starts in December", "Medium"],
  ["Cannot open the shared calendar", "Low"],
  ["Printer on the second floor prints blank pages", "Medium"],
  ["Payroll export fails with an unknown error", "Critical"],
  ["Second monitor stays dark after the update", "Medium"],
];

test("a day: an employee files, staff note and reply, the employee sees the reply alone, and rates what was resolved", async () => {
  const employee = await arrive(browser);
  await assertAccessible(employee.page, "sign-in");
  await picture(employee.page, "sign-in");
  await signIn(employee.page, "employee");
  await file(
    employee.page,
    "The projector in room 4.12 flickers",
    "Since Monday, with every laptop. I have swapped the cable.",
  );
  await employee.page.getByLabel("Attachments").setInputFiles({
    name: "flicker.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("it flickers"),
  });
  await employee.page.waitForFunction(keeps, "flicker.txt");
  await employee.page.reload();
  assert.equal(await employee.page.getByLabel("Subject").inputValue(), "The projector in room 4.12 flickers");
  await employee.page.locator(".files li").getByText("flicker.txt").waitFor();
  await assertAccessible(employee.page, "new request");
  await picture(employee.page, "new-request");
  const number = await send(employee.page);
  await employee.page.getByText("Live", { exact: true }).waitFor();
  await employee.page.getByText("flicker.txt").first().waitFor();

  const overseer = await arrive(browser);
  await signIn(overseer.page, "coordinator");
  await overseer.page.goto(`${ORIGIN}/requests/${number}`);
  let staff = overseer;
  let username = "coordinator";
  const turn = async () => {
    await overseer.page.reload();
    await overseer.page.locator(".task .step, .task .muted").first().waitFor();
    const next = await assignee(overseer.page);
    if (next === null || next === username) return;
    username = next;
    staff = next === "coordinator" ? overseer : await arrive(browser);
    if (staff !== overseer) {
      await signIn(staff.page, next);
      await staff.page.goto(`${ORIGIN}/requests/${number}`);
    }
  };
  await turn();
  const page = staff.page;
  await page.getByText("Live", { exact: true }).waitFor();
  await page.keyboard.press("n");
  await page.getByLabel("Internal note: staff only").fill("Probably the lamp: **zebrafish**. Spare one in 2.01.");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.locator(".message.note").getByText("zebrafish").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByLabel("Reply to the requester").fill("We bring another lamp *this afternoon*.");
  await page.keyboard.press("Control+Enter");
  await employee.page.locator(".message.staff").getByText("this afternoon").waitFor();
  assert.equal(await employee.page.getByText("zebrafish").count(), 0);
  await employee.page.getByLabel("Write to the desk").fill("Thank you, the room is free from two.");
  await employee.page.keyboard.press("Control+Enter");
  await page.locator(".message.requester").getByText("free from two").waitFor();
  await assertAccessible(employee.page, "an employee's ticket");
  await picture(employee.page, "request");
  await page.getByText("Service level").waitFor();
  await assertAccessible(page, "a ticket of the desk");
  await page.evaluate(() => scrollTo(0, 0));
  await picture(page, "ticket");

  for (let step = 0; step < 8; step++) {
    await turn();
    if (await isDone(overseer.page)) break;
    await act(staff.page);
  }
  await employee.page.locator(".ticket-head").getByText("Resolved").waitFor();
  await employee.page.getByRole("radio", { name: "5 stars" }).check({ force: true });
  await employee.page.getByLabel("What should we know?").fill("Quick.");
  await employee.page.getByRole("button", { name: "Rate" }).click();
  await employee.page.getByText("You gave 5 of 5.").waitFor();
  for (const { complaints } of [employee, overseer, staff]) assert.deepEqual(complaints, []);
  await Promise.all([employee, overseer, staff].map(({ context }) => context.close()));
});

/** In the page: whether the browser keeps a file of that name for a draft. */
function keeps(name) {
  return new Promise((resolve) => {
    const opening = globalThis.indexedDB.open("tts-drafts");
    opening.onsuccess = () => {
      const all = opening.result.transaction("files").objectStore("files").getAll();
      all.onsuccess = () => resolve(all.result.some(({ files }) => files.some((file) => file.name === name)));
    };
  });
}

/** Starts the step or leaves it by its first way. */
async function act(page) {
  const action = page.locator(".task .actions button.primary").first();
  await action.waitFor();
  const name = await action.innerText();
  await action.click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  const notes = dialog.getByRole("textbox");
  if (await notes.count()) await notes.first().fill("Lamp replaced.");
  await dialog.getByRole("button", { name, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.reload();
}

/** One is left of the other, whatever is in it. */
async function assertApart(page, left, right) {
  await page.locator(".message pre").waitFor();
  const [one, other] = [await page.locator(left).boundingBox(), await page.locator(right).boundingBox()];
  assert.ok(one.x + one.width <= other.x, `${left} reaches into ${right}`);
}

test("every page is accessible in both themes, at 360 px too", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "coordinator");
  const long = await fileTicket("employee", {
    subject: "The print server fills its log",
    description: "Donaudampfschifffahrt".repeat(20),
  });
  await say("coordinator", long.number, `\`\`\`\n${"line of a log ".repeat(30)}\n\`\`\``);
  const pages = {
    tasks: "/tasks?scope=all",
    tickets: "/requests",
    inbox: "/inbox",
    account: "/account",
    reports: "/reports",
    "long words": `/requests/${long.number}`,
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(ORIGIN + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".loading").first().waitFor({ state: "detached" });
    await assertAccessible(page, name);
    await picture(page, name);
    if (name === "long words") await assertApart(page, ".talk", ".ticket aside");
    if (name === "tickets") {
      await inMenu(page, (menu) => menu.getByLabel("Theme").selectOption("dark"));
      await page.getByRole("heading", { level: 1 }).click();
      await picture(page, "tickets-dark");
      await inMenu(page, (menu) => menu.getByLabel("Theme").selectOption("system"));
    }
  }
  await page.setViewportSize({ width: 360, height: 740 });
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(ORIGIN + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".loading").first().waitFor({ state: "detached" });
    await assertAccessible(page, `${name} at 360 px`);
    for (const width of [360, 640, 768, 1024]) {
      await page.setViewportSize({ width, height: 740 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${name} is ${overflow} px too wide at ${width} px`);
    }
    await page.setViewportSize({ width: 360, height: 740 });
  }
  await page.goto(`${ORIGIN}/password-reset`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await assertAccessible(page, "password reset");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("nothing fires of what is written to attack", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "employee2");
  await file(page, PAYLOADS.join(" ").slice(0, 200), PAYLOADS.join("\n"));
  await page.getByLabel("Attachments").setInputFiles({
    name: `"><img src=x onerror=alert(1)>.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from("x"),
  });
  await send(page);
  const field = page.getByLabel("Write to the desk");
  for (const [number, payload] of PAYLOADS.entries()) {
    await field.fill(payload);
    await page.keyboard.press("Control+Enter");
    await page.locator(".message").nth(number).waitFor();
  }
  for (const link of await page.locator(".message a").all()) {
    assert.match((await link.getAttribute("href")) ?? "", /^(https?|mailto):/);
  }
  await page.getByRole("link", { name: "My requests" }).first().click();
  await page.locator("table.list").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

// Seconds without a network; the cut itself is what matters, and half a minute is for by hand.
const CUT = Number(process.env.CONSOLE_CUT_SECONDS ?? 0);

test("a time without a network loses nothing and doubles nothing", async () => {
  const { page, context } = await arrive(browser);
  await signIn(page, "employee");
  await file(page, "Written on a train", "Through a tunnel.");
  await send(page);
  await page.getByText("Live", { exact: true }).waitFor();
  await context.setOffline(true);
  await page.getByLabel("Write to the desk").fill("From the tunnel");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("could not be reached").waitFor();
  await new Promise((resolve) => setTimeout(resolve, CUT * 1000));
  await context.setOffline(false);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator(".message").getByText("From the tunnel").waitFor();
  await page.reload();
  await page.locator(".message").first().waitFor();
  assert.equal(await page.locator(".message").count(), 1);
  await context.close();
});
