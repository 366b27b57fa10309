/** What is written to attack, where people's and files' names are shown to others. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, launch, ORIGIN, signIn } from "./browser.mjs";
import { ask, taskOf } from "./desk.mjs";

// OWASP XSS Filter Evasion Cheat Sheet: what fits in a name.
const NAMES = [
  `<img src=x onerror=alert(1)>`,
  `"><svg/onload=alert(1)>`,
  `<script>alert(1)</script>`,
  `'-alert(1)-'`,
  `javascript:alert(1)`,
  `{{constructor.constructor('alert(1)')()}}`,
];

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function rename(username, name) {
  const { version } = await ask(username, "GET", "/auth/api/v1/me/");
  await ask(username, "PATCH", "/auth/api/v1/me/", { name }, { "If-Match": `"${version}"` });
}

test("nothing fires of people's names and files' names, wherever others see them", async () => {
  const { name: before } = await ask("employee2", "GET", "/auth/api/v1/me/");
  const name = NAMES.join(" ").slice(0, 140);
  await rename("employee2", name);
  try {
    await look(name);
  } finally {
    await rename("employee2", before);
  }
});

async function look(name) {
  const attacker = await arrive(browser);
  await signIn(attacker.page, "employee2");
  await attacker.page.goto(`${ORIGIN}/requests/new`);
  await attacker.page.getByLabel("What is it about?").selectOption("general");
  await attacker.page.getByLabel("Subject").fill("Names");
  await attacker.page.getByLabel("Description").fill("Names");
  const files = NAMES.map((file) => ({
    name: `${file.replaceAll("/", "∕")}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from("x"),
  }));
  await attacker.page.getByLabel("Attachments").setInputFiles(files);
  await attacker.page.getByRole("button", { name: "File the request" }).click();
  await attacker.page.getByText("Live", { exact: true }).waitFor();
  const number = attacker.page.url().split("/").at(-1);
  await attacker.page.getByLabel("Write to the desk").fill("With files");
  await attacker.page.locator(".composer").getByLabel("Attachments").setInputFiles(files);
  await attacker.page.keyboard.press("Control+Enter");
  await attacker.page
    .locator(".message .attachments li")
    .nth(NAMES.length - 1)
    .waitFor();
  await taskOf(number, (task) => task.assignee !== null);

  const staff = await arrive(browser);
  await signIn(staff.page, "admin");
  const { page } = staff;
  await page.goto(`${ORIGIN}/requests/${number}`);
  await page.locator(".presence").getByText(name.slice(0, 20)).waitFor();
  await page.locator(".facts").getByText(name.slice(0, 20)).waitFor();
  await page
    .locator(".message .attachments li")
    .nth(NAMES.length - 1)
    .waitFor();
  await page.getByText("Who follows").click();
  await page.getByRole("combobox", { name: /Let somebody follow/ }).fill("employee2");
  await page.getByRole("option", { name: /employee2/ }).click();
  await page.locator(".names").getByText(name.slice(0, 20)).waitFor();
  await page.getByText("History", { exact: true }).click();
  await page.locator(".history li").first().waitFor();
  await page.goto(`${ORIGIN}/requests?q=Names`);
  await page.getByText(name.slice(0, 20)).first().waitFor();
  await page.goto(`${ORIGIN}/admin/imports`);
  const [file] = files;
  await page.getByLabel("CSV file").setInputFiles({ ...file, buffer: Buffer.from("subject,description,category\r\n") });
  await page.getByRole("button", { name: "Check the file" }).click();
  await page
    .getByRole("heading", { name: /onerror=alert/ })
    .first()
    .waitFor();
  for (const { complaints, context } of [attacker, staff]) {
    assert.deepEqual(complaints, []);
    await context.close();
  }
}
