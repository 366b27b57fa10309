/** The rest of the three roles' days: an approval, an escalation, a reopening; two windows on one ticket. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, assertAccessible, launch, ORIGIN, signIn } from "./browser.mjs";
import { ask, fileTicket, taskOf, whoseTurn } from "./desk.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** People at their own browsers, each signed in once, and nothing that any page complained of. */
function office() {
  const seats = new Map();
  return {
    async at(username, path) {
      if (!seats.has(username)) {
        const seat = await arrive(browser);
        await signIn(seat.page, username);
        seats.set(username, seat);
      }
      const { page } = seats.get(username);
      await page.goto(ORIGIN + path);
      return page;
    },
    async close() {
      for (const { complaints, context } of seats.values()) {
        assert.deepEqual(complaints, []);
        await context.close();
      }
    },
  };
}

/** An action of the task, with what it asks for. */
async function act(page, name, words = {}) {
  await page.locator(".task").getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog");
  for (const [field, text] of Object.entries(words)) await dialog.getByLabel(field).fill(text);
  await dialog.getByRole("button", { name, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

test("a day: a budget is filed, reviewed, approved and confirmed; its requester reopens it", async () => {
  const people = office();
  const requester = await people.at("employee", "/requests/new");
  await requester.getByLabel("What is it about?").selectOption("budget-proposal");
  await requester.getByLabel("Subject").fill("Two monitors for the new desk");
  await requester.getByLabel("Amount", { exact: true }).fill("640.00");
  await requester.getByLabel("Item 1").fill("Monitor");
  await requester.getByLabel("Amount 1").fill("320.00");
  await requester.getByLabel("From").fill("2026-12-01");
  await requester.getByLabel("Until").fill("2026-12-31");
  await requester.getByLabel("Description").fill("The old ones flicker.");
  await requester.getByRole("button", { name: "File the request" }).click();
  await requester.getByRole("heading", { name: "Conversation" }).waitFor();
  const number = requester.url().split("/").at(-1);
  const place = `/requests/${number}`;

  const reviewer = await people.at(await whoseTurn(number), place);
  await act(reviewer, "Start");
  await act(reviewer, "Reviewed", { Notes: "The amounts are right." });
  await taskOf(number, (task) => task.status === "in_approval");
  const approver = await people.at("budget-manager2", place);
  await act(approver, "Approve", { Notes: "Within the budget." });
  const confirmer = await whoseTurn(number, (task) => task.step?.key === "confirm" && task.assignee !== null);
  const last = await people.at(confirmer, place);
  await act(last, "Start");
  await act(last, "Confirm");
  await requester.locator(".ticket-head").getByText("Resolved").waitFor();

  await requester.getByRole("button", { name: "Reopen" }).click();
  await requester.getByLabel("What is still missing?").fill("The cables.");
  await requester.getByRole("dialog").getByRole("button", { name: "Reopen" }).click();
  await requester.locator(".ticket-head .badge").getByText("Open", { exact: true }).waitFor();
  await whoseTurn(number, (task) => task.step?.key === "review" && task.assignee !== null);
  await people.close();
});

test("a day: an agent escalates; a coordinator edits what somebody else edits too, and neither loses a word", async () => {
  const people = office();
  const ticket = await fileTicket("employee", { subject: "The mail server is slow", priority: "High" });
  const place = `/requests/${ticket.number}`;
  const triage = await whoseTurn(ticket.number);
  const coordinator = await people.at(triage, place);
  await act(coordinator, "Start");
  await act(coordinator, "Accept");
  const agent = await whoseTurn(ticket.number, (task) => task.step?.key === "resolve" && task.assignee !== null);
  const desk = await people.at(agent, place);
  await act(desk, "Escalate", { Reason: "It is the provider's." });
  const next = await whoseTurn(ticket.number, (task) => /Coordinator/.test(task.assignee?.name ?? ""));

  const page = await people.at(next, place);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Subject").fill("The mail server is slow since noon");
  const { version } = await ask("admin", "GET", `/tickets/api/v1/tickets/${ticket.id}/`);
  const match = { "If-Match": `"${version}"` };
  const theirs = { subject: "The mail server is very slow" };
  await ask("admin", "PATCH", `/tickets/api/v1/tickets/${ticket.id}/`, theirs, match);
  await page.getByRole("button", { name: "Save" }).click();
  const conflict = page.locator(".conflict");
  await conflict.getByText("The mail server is very slow").waitFor();
  assert.equal(await page.getByLabel("Subject").inputValue(), "The mail server is slow since noon");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: "The mail server is slow since noon" }).waitFor();

  // What escalated goes back to where it began, over the head of whoever has it.
  const admin = await people.at("admin", place);
  await admin.locator(".task").getByRole("button", { name: "Move to a step" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Step", { exact: true }).selectOption({ label: "Triage" });
  await dialog.getByLabel("Reason").fill("It is another provider's.");
  await assertAccessible(admin, "a task that is moved");
  await dialog.getByRole("button", { name: "Move to a step" }).click();
  await dialog.waitFor({ state: "detached" });
  await taskOf(ticket.number, (task) => task.step?.key === "triage" && task.status === "assigned");
  await people.close();
});

test("a ticket gets a tag, a link, a follower and a quoted answer; a double is merged into it", async () => {
  const people = office();
  const subject = `The door of room ${Date.now()} sticks`;
  const first = await fileTicket("employee", { category: "general", subject });
  const second = await fileTicket("employee2", { category: "general", subject: `${subject} too` });
  await taskOf(first.number, (task) => task.assignee !== null);
  const requester = await people.at("employee", `/requests/${first.number}`);
  await requester.getByText("Live", { exact: true }).waitFor();
  await requester.getByLabel("Write to the desk").fill("It sticks in the morning.");
  await requester.keyboard.press("Control+Enter");

  const reply = { visibility: "public", body: "The carpenter comes, {{requester.name}}." };
  const macro = { name: `Carpenter ${Date.now()}`, actions: { priority: "Low", add_tags: ["carpenter"], reply } };
  await ask("coordinator", "POST", "/tickets/api/v1/macros/", macro);
  const page = await people.at("coordinator", `/requests/${first.number}`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText("Also here: Erin Employee").waitFor();
  await page.getByLabel("Add a tag").fill("doors");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "doors" }).waitFor();
  await page.getByRole("button", { name: "Macros", exact: true }).click();
  await page.getByLabel("Which macro").selectOption(macro.name);
  await page.getByText("Medium → Low").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.locator(".ticket-head .priority-low").waitFor();
  await page.getByRole("link", { name: "carpenter" }).waitFor();
  await page.waitForFunction(() => document.getElementById("write").value === "The carpenter comes, Erin Employee.");
  await page.keyboard.press("Control+Enter");
  await requester.locator(".message.staff").getByText("The carpenter comes, Erin Employee.").waitFor();
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await page.getByRole("button", { name: "Unfollow" }).waitFor();
  await page.getByRole("button", { name: "Link a ticket" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("This ticket").selectOption("parent");
  await dialog.getByRole("combobox", { name: "Which ticket" }).fill(second.number);
  await dialog.getByRole("option", { name: new RegExp(second.number) }).click();
  await dialog.getByRole("button", { name: "Link", exact: true }).click();
  await page.locator(".links").getByText("is the parent of").waitFor();
  await page.locator(".message.requester").getByRole("button", { name: "Quote" }).click();
  await page.waitForFunction(() => document.getElementById("write").value.startsWith("> It sticks"));
  await page.keyboard.press("Control+End");
  await page.keyboard.type("We plane it.");
  await page.keyboard.press("Control+Enter");
  await requester.locator(".message.staff blockquote").getByText("It sticks in the morning.").waitFor();
  await page.getByRole("button", { name: "Internal note" }).click();
  await page.getByLabel("Internal note: staff only").pressSequentially("Please, @carl");
  await page.getByRole("option", { name: /Carl Coordinator/, selected: true }).waitFor();
  await assertAccessible(page, "whom to mention");
  await page.keyboard.press("Enter");
  await page.keyboard.type("order a plane.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message.note").getByText("@coordinator2 order a plane.").waitFor();
  await told("coordinator2", first.id, "note_added");

  await page.goto(`${ORIGIN}/requests/${second.number}`);
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await dialog.getByRole("combobox", { name: "Into which ticket" }).fill(first.number);
  await dialog.getByRole("option", { name: new RegExp(first.number) }).click();
  await dialog.getByText("ends as a part of").waitFor();
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await page.locator(".ticket-head").getByText("Merged").waitFor();
  await page.getByText("Merged into").waitFor();
  await people.close();
});

/** Once somebody has such a notice about the ticket. */
async function told(username, ticket, kind) {
  for (const until = Date.now() + 60_000; Date.now() < until; await new Promise((next) => setTimeout(next, 250))) {
    const { results } = await ask(username, "GET", `/notifications/api/v1/inbox/?ticket=${ticket}`);
    if (results.some((notice) => notice.kind === kind)) return;
  }
  throw new Error(`${username} was not told of ${kind} on ${ticket}`);
}

test("a file of tickets is tried, mended by the lines that are named, and imported", async () => {
  const people = office();
  const page = await people.at("coordinator", "/admin/imports");
  const subject = `Imported ${Date.now()}`;
  const csv = (category) => ({
    name: "tickets.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`subject,description,category\r\n${subject},One,general\r\n${subject},Two,${category}\r\n`),
  });
  await page.getByLabel("CSV file").setInputFiles(csv("no-such"));
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByText("2 rows checked, 1 would be filed, 1 refused").first().waitFor();
  await page.getByText("Refused rows (1)").first().click();
  await page.getByText("Line 3").first().waitFor();
  await page.getByLabel("CSV file").setInputFiles(csv("it-support"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("2 rows done, 2 filed, 0 refused").first().waitFor();
  await page.goto(`${ORIGIN}/requests?q=${encodeURIComponent(subject)}`);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as CSV" }).click();
  assert.equal((await saved).suggestedFilename(), "tickets.csv");
  await recurs(people, page, subject);
  await people.close();
});

/** What is asked for again and again: a template that is offered to an employee, and every Monday by itself. */
async function recurs(people, page, subject) {
  await page.goto(`${ORIGIN}/request-templates/new`);
  await page.getByLabel("Name").fill(subject);
  await page.getByLabel("Offered to everybody").check();
  await page.getByLabel("What is it about?").selectOption("general");
  await page.getByLabel("Subject").fill("Check the backups");
  await page.getByLabel("Description").fill("All of them.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: subject }).waitFor();
  await page.goto(`${ORIGIN}/admin/schedules/new`);
  await page.getByLabel("Name").fill(subject);
  await page.getByLabel("Template", { exact: true }).selectOption(subject);
  await page.locator(".occurrences li").nth(4).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: subject }).getByText("Every week on Monday at 09:00").waitFor();
  const employee = await people.at("employee", "/requests/new");
  await employee.getByLabel("Begin with a template").selectOption(subject);
  assert.equal(await employee.getByLabel("Subject").inputValue(), "Check the backups");
}
