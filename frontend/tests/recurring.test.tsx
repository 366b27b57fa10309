import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { RequestTemplate, TicketSchedule } from "../src/api/clients";
import { inWords, repeatOf, ruleOf } from "../src/admin/schedules/repeat";
import { alan, cora, erin, open, ticket } from "./cast";
import { json, page, problem } from "./server";

const TEMPLATES = "/tickets/api/v1/ticket-templates/";
const SCHEDULES = "/tickets/api/v1/ticket-schedules/";

const laptop: RequestTemplate = {
  id: "0190-template",
  name: "New laptop",
  owner_id: cora.id,
  is_shared: true,
  is_offered: true,
  subject: "A new laptop",
  description: "For whom, and by when?",
  category: "it-support",
  sub_category: "printer",
  priority: "High",
  department: "Sales",
  tags: ["hardware"],
  custom_fields: { room: "4.12" },
  version: 2,
  created_at: ticket.created_at,
  updated_at: ticket.created_at,
};
const backups: RequestTemplate = {
  ...laptop,
  ...{ id: "0190-backups", name: "Backups", is_offered: false, subject: "Check the backups" },
};
const mondays: TicketSchedule = {
  id: "0190-schedule",
  name: "Check the backups",
  template_id: backups.id,
  template_name: "Backups",
  requester_id: erin.id,
  requester_name: "Erin",
  rule: "FREQ=WEEKLY;BYDAY=MO",
  starts_on: "2026-01-01",
  time: "09:00",
  time_zone: "Europe/Berlin",
  ends_on: null,
  is_active: true,
  next_at: "2026-11-30T08:00:00Z",
  last_ticket_number: "TTS-2026-000009",
  failure: null,
  created_by: cora.id,
  created_by_name: "Cora",
  version: 3,
  created_at: ticket.created_at,
  updated_at: ticket.created_at,
};
const filed = { occurrence_at: "2026-11-23T08:00:00Z", ticket: { ...ticket, number: "TTS-2026-000009" } };
const schedules = {
  [`GET ${TEMPLATES}`]: () => page(laptop, backups),
  [`GET ${SCHEDULES}`]: () => page(mondays),
  [`GET ${SCHEDULES}preview/`]: () => json({ occurrences: ["2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"] }),
  [`GET ${SCHEDULES}:id/`]: () => json(mondays),
  [`GET ${SCHEDULES}:id/tickets/`]: () => page(filed),
};

it("begins a request with a template, and keeps what was typed", async () => {
  const made = "POST /tickets/api/v1/tickets/";
  const { server, user } = await open("/requests/new", erin, {
    [`GET ${TEMPLATES}`]: () => page(laptop),
    [made]: () => json(ticket, 201),
  });
  await user.type(await screen.findByLabelText("Subject"), "Mine is broken");
  await user.selectOptions(await screen.findByLabelText("Begin with a template"), "New laptop");
  expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("Mine is broken");
  expect(screen.getByLabelText<HTMLTextAreaElement>("Description").value).toBe(laptop.description);
  expect(screen.getByLabelText<HTMLInputElement>("Room").value).toBe("4.12");
  expect(screen.getByText(/Goes along: Sales, #hardware/)).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Templates" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "File the request" }));
  await waitFor(() => expect(server.of(made)).toHaveLength(1));
  expect(server.last(made).body).toMatchObject({
    ...{ category: "it-support", sub_category: "printer", subject: "Mine is broken", priority: "High" },
    ...{ department: "Sales", tags: "hardware", custom_fields: '{"room":"4.12"}' },
  });
});

it("goes from one template to another and to none, and leaves out a category that is no longer offered", async () => {
  const retired = { ...laptop, id: "0190-old", name: "Fax", subject: "A fax", description: "", category: "fax" };
  const { user } = await open("/requests/new", alan, { [`GET ${TEMPLATES}`]: () => page(laptop, retired) });
  const choice = await screen.findByLabelText("Begin with a template");
  await user.selectOptions(choice, "Fax");
  expect(screen.getByLabelText<HTMLSelectElement>("What is it about?").value).toBe("");
  await user.selectOptions(choice, "New laptop");
  expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("A new laptop");
  await user.selectOptions(choice, "An empty request");
  expect(screen.queryByText(/Goes along/)).toBeNull();
  expect(screen.getByRole("link", { name: "Templates" })).toBeTruthy();
});

it("shows whose templates they are, and lets one change those that one keeps", async () => {
  const own = { ...laptop, id: "0190-own", name: "Mine", owner_id: alan.id, is_shared: false, is_offered: false };
  const remove = `DELETE ${TEMPLATES}:id/`;
  const { server, user } = await open("/request-templates", alan, {
    [`GET ${TEMPLATES}`]: () => page(laptop, own),
    [remove]: () => problem(409, "template_in_use"),
  });
  expect(await screen.findByText("Offered to everybody")).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Edit New laptop" })).toBeNull();
  expect(screen.getByRole("link", { name: "Edit Mine" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Delete Mine" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Delete" }));
  expect(await dialog.findByText(/template_in_use/)).toBeTruthy();
  expect(server.of(remove)).toHaveLength(1);
});

it("makes a template of which half is left to whoever files", async () => {
  const made = `POST ${TEMPLATES}`;
  const { server, user } = await open("/request-templates/new", cora, {
    [`GET ${TEMPLATES}`]: () => page(),
    [made]: () => json(laptop, 201),
  });
  await user.type(await screen.findByLabelText("Name"), "New laptop");
  await user.click(screen.getByLabelText("Offered to everybody who files a request"));
  expect(screen.getByLabelText<HTMLInputElement>("Shared with everybody at the desk").checked).toBe(true);
  await user.selectOptions(screen.getByLabelText(/What is it about/), "it-support");
  expect(screen.getByLabelText<HTMLInputElement>(/Room/).required).toBe(false);
  await user.type(screen.getByLabelText(/^Tags/), "hardware, new");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(location.pathname).toBe("/request-templates"));
  expect(server.last(made).body).toMatchObject({
    ...{ name: "New laptop", is_shared: true, is_offered: true, category: "it-support", priority: "" },
    ...{ tags: ["hardware", "new"], custom_fields: {} },
  });
});

it("shows both when somebody else changed the template meanwhile", async () => {
  let now = laptop;
  const { server, user } = await open("/request-templates/0190-template", cora, {
    [`GET ${TEMPLATES}`]: () => page(now),
    [`PATCH ${TEMPLATES}:id/`]: ({ headers }) => {
      if (headers.get("If-Match") === '"3"') return json(now);
      now = { ...laptop, subject: "Theirs", version: 3 };
      return problem(412, "precondition_failed");
    },
  });
  await user.type(await screen.findByLabelText(/^Subject/), " for me");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Theirs")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(/^Subject/).value).toBe("A new laptop for me");
  await user.click(screen.getByRole("button", { name: "Keep mine" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(location.pathname).toBe("/request-templates"));
  expect(server.last(`PATCH ${TEMPLATES}:id/`).body).toMatchObject({ subject: "A new laptop for me" });
});

it("lists what recurs, in words", async () => {
  const failing = {
    ...mondays,
    ...{ id: "2", name: "Report", rule: "FREQ=MONTHLY;BYMONTHDAY=-1", time_zone: "UTC", last_ticket_number: "" },
    failure: { code: "c", detail: "d", failures: 1, failed_at: ticket.created_at, retry_at: null },
  };
  await open("/admin/schedules", cora, { ...schedules, [`GET ${SCHEDULES}`]: () => page(mondays, failing) });
  expect(await screen.findByText("Every week on Monday at 09:00")).toBeTruthy();
  expect(screen.getByText(/Every month on the last day of the month at 09:00/).textContent).toContain("UTC");
  expect(screen.getByRole("link", { name: "TTS-2026-000009" })).toBeTruthy();
  expect(screen.getByText("Cannot be filed")).toBeTruthy();
});

it("makes something recur by ordinary controls, with the next five beside it", async () => {
  const made = `POST ${SCHEDULES}`;
  const { server, user } = await open("/admin/schedules/new", cora, {
    ...schedules,
    [made]: () => json(mondays, 201),
  });
  await user.type(await screen.findByLabelText("Name"), "Month's end");
  await screen.findByRole("option", { name: "Backups" });
  await user.selectOptions(screen.getByLabelText("Template"), "Backups");
  expect(await screen.findByText(/Mon.*30.*09:00/)).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Repeats"), "Monthly");
  await user.selectOptions(screen.getByLabelText("On"), "a weekday of the month");
  await user.selectOptions(screen.getByLabelText("Which"), "last");
  await user.selectOptions(screen.getByLabelText("Weekday"), "Friday");
  await waitFor(() =>
    expect(server.last(`GET ${SCHEDULES}preview/`).query.get("rule")).toBe("FREQ=MONTHLY;BYDAY=-1FR"),
  );
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(location.pathname).toBe("/admin/schedules"));
  expect(server.last(made).body).toMatchObject({
    ...{ name: "Month's end", template_id: backups.id, rule: "FREQ=MONTHLY;BYDAY=-1FR", time: "09:00" },
    ...{ time_zone: "Europe/Berlin", ends_on: null },
  });
  expect(server.last(made).body).not.toHaveProperty("requester_id");
});

it("says why what is due cannot be filed, and what is wrong with a rule", async () => {
  const failure = { code: "category_unknown", detail: "There is no such category: fax.", failures: 3 };
  const failing = { ...mondays, failure: { ...failure, failed_at: ticket.created_at, retry_at: ticket.created_at } };
  const { user } = await open("/admin/schedules/0190-schedule", cora, {
    ...schedules,
    [`GET ${SCHEDULES}:id/`]: () => json(failing),
    [`GET ${SCHEDULES}preview/`]: ({ query }) =>
      query.get("rule") === mondays.rule ? json({ occurrences: [] }) : problem(400, "validation_error"),
    [`PATCH ${SCHEDULES}:id/`]: () =>
      problem(400, "validation_error", { errors: [{ field: "rule", code: "rule_refused", detail: "No." }] }),
  });
  expect((await screen.findByText(/no such category: fax/)).closest("[role=alert]")?.textContent).toContain("3 times");
  expect(await screen.findByText(/nothing would be filed any more/)).toBeTruthy();
  expect(await screen.findByRole("link", { name: "TTS-2026-000009" })).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Repeats"), "By a rule of its own");
  await user.type(screen.getByLabelText("Rule"), ";COUNT=3");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("No.")).toBeTruthy();
});

it("pauses under what is typed, goes on, and is deleted after asking", async () => {
  let now = mondays;
  const { server, user } = await open("/admin/schedules/0190-schedule", cora, {
    ...schedules,
    [`GET ${SCHEDULES}:id/`]: () => json(now),
    [`PATCH ${SCHEDULES}:id/`]: ({ body }) => {
      now = { ...now, ...(body as object), version: now.version + 1 };
      return json(now);
    },
    [`DELETE ${SCHEDULES}:id/`]: () => json(null, 204),
  });
  await user.type(await screen.findByLabelText("Name"), "!");
  await user.click(screen.getByRole("button", { name: "Pause" }));
  expect(await screen.findByText(/What falls into the pause/)).toBeTruthy();
  expect(screen.queryByText(/Somebody else changed it/)).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Check the backups!");
  await user.click(await screen.findByRole("button", { name: "Go on" }));
  expect(await screen.findByText("It goes on.")).toBeTruthy();
  expect(server.last(`PATCH ${SCHEDULES}:id/`).headers.get("If-Match")).toBe('"4"');
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(location.pathname).toBe("/admin/schedules"));
});

it("reads each rule that the controls can say, and leaves the others as they are", () => {
  for (const [rule, words] of [
    ["FREQ=DAILY", "Every day at 09:00"],
    ["FREQ=DAILY;INTERVAL=3", "Every 3 days at 09:00"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "Every 2 weeks on Monday, Friday at 09:00"],
    ["FREQ=MONTHLY;BYMONTHDAY=15", "Every month on day 15 at 09:00"],
    ["FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday at 09:00"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "Every month on the last Monday to Friday of the month at 09:00"],
    ["FREQ=YEARLY;BYMONTH=12", "FREQ=YEARLY;BYMONTH=12 at 09:00"],
    ["FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYMONTHDAY=1,15 at 09:00"],
  ] as const) {
    expect(ruleOf(repeatOf(rule))).toBe(rule);
    expect(inWords(rule, "09:00")).toBe(words);
  }
});
