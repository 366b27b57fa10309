/** Workflows, what an operator looks at, and reports, in a real browser on the real services. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, assertAccessible, launch, ORIGIN, picture, signIn } from "./browser.mjs";
import { ask, fileTicket, taskOf, workflowOfOneStep } from "./desk.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test("a day: an admin adds a step, mends a fault where it is, publishes, and a new ticket shows it", async () => {
  const { id, slug, name } = await workflowOfOneStep();
  const before = await fileTicket("employee", { category: slug, subject: "Filed before" });
  await taskOf(before.number, (task) => task.assignee !== null);

  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "admin");
  await page.goto(`${ORIGIN}/admin/workflows`);
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("button", { name: "Add a step after Look at it" }).click();
  await page.keyboard.type("Buy");
  await page.getByRole("img", { name: `${name}: 2 steps.` }).waitFor();
  await page.reload();
  await page.getByText("Not saved yet; kept on this device.").waitFor();

  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("1 fault keeps it from being published.").waitFor();
  await page.locator("#step-buy .field-error").getByText("has no role").waitFor();
  await assertAccessible(page, "a draft with a fault");
  await page.getByRole("link", { name: "Buy:" }).click();
  const field = await page.evaluate(() => document.activeElement?.closest("details")?.id);
  assert.equal(field, "step-buy");
  await page.locator("#step-buy").getByLabel("Who does it").selectOption("tts:agent");
  await page.getByRole("button", { name: "Publish" }).click();

  const dialog = page.getByRole("dialog");
  await dialog.getByText(before.number).waitFor();
  await dialog.getByText("Look at it (version 1)").waitFor();
  await assertAccessible(page, "publishing with the tasks that are concerned");
  await dialog.getByRole("radio", { name: "They are brought to this version" }).check();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("heading", { name: "Versions" }).waitFor();
  await taskOf(before.number, (task) => task.workflow.version === 2);

  const next = await fileTicket("employee", { category: slug, subject: "Filed afterwards" });
  await taskOf(next.number, (task) => task.assignee !== null);
  await page.goto(`${ORIGIN}/requests/${next.number}`);
  await page.getByRole("img", { name: `${name}: 2 steps. The ticket stands at Look at it.` }).waitFor();
  await assertAccessible(page, "a ticket with its workflow");
  assert.deepEqual(complaints, []);
  await context.close();
  await ask("admin", "POST", `/workflow/api/v1/workflows/${id}/retirement/`);
});

test("workflows, calendars, operation and reports are accessible in both themes, and fit into 360 px", async () => {
  const { page, complaints, context } = await arrive(browser);
  await signIn(page, "admin");
  const { results } = await ask("admin", "GET", "/workflow/api/v1/workflows/?scope=all&limit=100");
  const workflow = results.find((one) => one.key === "budget-proposal");
  const calendars = await ask("admin", "GET", "/workflow/api/v1/calendars/");
  const draft = await ask("admin", "POST", `/workflow/api/v1/workflows/${workflow.id}/versions/`);
  const version = `/workflow/api/v1/workflows/${workflow.id}/versions/${draft.number}/`;
  const paths = [
    "/admin/workflows",
    "/admin/workflows/try",
    `/admin/workflows/${workflow.id}`,
    `/admin/workflows/${workflow.id}/versions/${draft.number}`,
    "/admin/calendars",
    `/admin/calendars/${calendars.results[0].id}`,
    "/admin/health",
    "/admin/dead-letters",
    "/admin/failed-jobs",
    "/reports?days=90",
    "/absences",
  ];
  const pictured = { "/reports?days=90": "reports", [paths[3]]: "workflow-editor" };
  for (const width of [1360, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of paths) {
      await page.goto(ORIGIN + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForFunction(() => !document.querySelector(".loading"));
      if (width > 360) {
        await assertAccessible(page, path);
        if (path in pictured) await picture(page, pictured[path]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at ${width} px`);
    }
  }
  await page.setViewportSize({ width: 794, height: 1123 }); // A4
  await page.emulateMedia({ media: "print" });
  for (const path of ["/reports?days=90", paths[3]]) {
    await page.goto(ORIGIN + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector(".loading"));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} px too wide for paper`);
  }
  await page.emulateMedia({ media: null });
  await page.goto(`${ORIGIN}/admin/workflows/try`);
  await page.getByLabel("Category").selectOption("it-support");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("img", { name: /IT Support: \d+ steps. The ticket stands at/ }).waitFor();
  await assertAccessible(page, "a ticket that was tried");
  assert.deepEqual(complaints, []);
  await ask("admin", "DELETE", version);
  await context.close();
});
