import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, open } from "./cast";
import { json, page, problem, type Answer } from "./server";

const calendar = {
  id: "0190-calendar",
  key: "office-hours",
  name: "Office hours",
  time_zone: "Europe/Berlin",
  week: {
    monday: [
      ["08:00", "12:00"],
      ["13:00", "17:00"],
    ],
  },
  holidays: ["2026-12-25"],
  version: 3,
};

it("changes a calendar after a look at the deadlines that would move, with a fault at its day", async () => {
  let isRefused = true;
  const moved = {
    task_id: "0190-task",
    ticket_number: "TTS-2026-000001",
    clock: "resolution",
    due_at: "2026-11-20T12:00:00Z",
    would_be_due_at: "2026-11-20T10:00:00Z",
    would_be_breached: true,
  };
  const { server, user } = await open("/admin/calendars", ada, {
    "GET /workflow/api/v1/calendars/": () => page(calendar),
    "POST /workflow/api/v1/calendars/:id/preview/": () => json({ tasks: 4, more: false, moved: [moved] }),
    "PUT /workflow/api/v1/calendars/:id/": () =>
      isRefused
        ? problem(400, "validation_error", {
            errors: [{ field: "week.monday", code: "interval_empty", detail: "An interval ends after it begins." }],
          })
        : json({ ...calendar, version: 4 }),
  });
  await user.click(await screen.findByRole("link", { name: "Office hours" }));
  const monday = await screen.findByLabelText("Monday");
  expect((monday as HTMLInputElement).value).toBe("08:00-12:00, 13:00-17:00");
  await user.clear(monday);
  await user.type(monday, "12:00-08:00");
  await user.type(screen.getByLabelText("Day of a holiday"), "2026-12-24");
  await user.click(screen.getByRole("button", { name: "Add a holiday" }));
  await user.click(screen.getByRole("button", { name: "Look before saving" }));
  expect(await screen.findByText(/1 deadline would move. 4 running tasks were looked at./)).toBeTruthy();
  expect(screen.getByText(/late at once/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(monday.getAttribute("aria-invalid")).toBe("true"));
  isRefused = false;
  await user.clear(monday);
  await user.type(monday, "09:00 - 17:00");
  await user.click(screen.getByRole("button", { name: "Remove 2026-12-25" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByRole("heading", { name: "Calendars" });
  const put = server.last("PUT /workflow/api/v1/calendars/:id/");
  expect(put.headers.get("If-Match")).toBe('"3"');
  expect(put.body).toMatchObject({ week: { monday: [["09:00", "17:00"]], sunday: [] }, holidays: ["2026-12-24"] });
});

it("makes a calendar", async () => {
  const { server, user } = await open("/admin/calendars/new", ada, {
    "GET /workflow/api/v1/calendars/": () => page(),
    "POST /workflow/api/v1/calendars/": () => json(calendar, 201),
  });
  await user.type(await screen.findByLabelText("Name"), "Night shift");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("There are no calendars: every time is counted around the clock.");
  const made = server.last("POST /workflow/api/v1/calendars/");
  expect(made.body).toMatchObject({ key: "night-shift", name: "Night shift", time_zone: "Europe/Berlin" });
  expect(made.headers.get("Idempotency-Key")).toBeTruthy();
});

const well = (name: string) => ({
  status: "pass",
  version: "1.2.0",
  serviceId: name,
  checks: { database: [{ status: "pass", age: 0 }] },
});

it("says which service is not well, and why, also where none answers", async () => {
  await open("/admin/health", ada, {
    "GET /auth/readyz": () => json(well("auth-service")),
    "GET /tickets/readyz": () =>
      json({ ...well("ticket-service"), status: "warn", checks: { outbox: [{ status: "warn", age: 1 }] } }),
    "GET /workflow/readyz": () =>
      json({ ...well("workflow-api"), status: "fail", checks: { database: [{ status: "fail", age: 1 }] } }, 503),
    "GET /messaging/readyz": () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    "GET /notifications/readyz": () => json({ ...well("notification-service"), notes: ["draining"] }),
  });
  expect(await screen.findByText("3 services are not well.")).toBeTruthy();
  expect(screen.getByText("No query is answered.")).toBeTruthy();
  expect(screen.getByText(/Events wait for over a minute/)).toBeTruthy();
  expect(screen.getByText(/No answer: it is stopped/)).toBeTruthy();
  expect(screen.getByText("It is being stopped and takes no new requests.")).toBeTruthy();
});

it("shows what an event said that could not be handled, and lets it come again", async () => {
  let letters = [
    {
      id: "0190-event",
      type: "ticket.created.v1",
      producer: "ticket-service",
      attempts: 12,
      error: "KeyError",
      received_at: "2026-11-20T10:00:00Z",
      envelope: { data: { subject: "Printer beeps" } },
    },
  ];
  const none: Answer = () => page();
  const { server, user } = await open("/admin/dead-letters", ada, {
    "GET /tickets/api/v1/dead-letters/": none,
    "GET /workflow/api/v1/dead-letters/": () => page(...letters),
    "GET /messaging/api/v1/dead-letters/": none,
    "GET /notifications/api/v1/dead-letters/": none,
    "POST /workflow/api/v1/dead-letters/:id/replay/": () => {
      letters = [];
      return json(null, 204);
    },
  });
  expect(await screen.findByText("There are none: every event was handled.")).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "workflow-api 1" }));
  expect(location.search).toBe("?service=workflow-api");
  expect(await screen.findByText(/KeyError in 12 attempts./)).toBeTruthy();
  expect(screen.getByText(/"subject": "Printer beeps"/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Let ticket.created.v1 0190-event come again" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Let it come again" }));
  expect(await screen.findByText("There are none: every event was handled.")).toBeTruthy();
  expect(server.last("POST /workflow/api/v1/dead-letters/:id/replay/").headers.get("Idempotency-Key")).toBeTruthy();
});

it("shows the jobs that gave up in each service, and lets one be done again once", async () => {
  let failed = [
    {
      id: "0190-job",
      kind: "send_email",
      attempts: 12,
      error: "SMTPServerDisconnected",
      request_id: "request-9",
      created_at: "2026-11-20T10:00:00Z",
    },
  ];
  let tries = 0;
  const none: Answer = () => page();
  const { server, user } = await open("/admin/failed-jobs", ada, {
    "GET /auth/api/v1/failed-jobs/": none,
    "GET /tickets/api/v1/failed-jobs/": none,
    "GET /workflow/api/v1/failed-jobs/": none,
    "GET /messaging/api/v1/failed-jobs/": none,
    "GET /notifications/api/v1/failed-jobs/": () => page(...failed),
    "POST /notifications/api/v1/failed-jobs/:id/retry/": () => {
      if (++tries === 1) return problem(503, "service_unavailable");
      failed = [];
      return json(null, 202);
    },
  });
  expect(await screen.findByText(/There are none: every job was done/)).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "notification-service 1" }));
  expect(location.search).toBe("?service=notification-service");
  const row = within((await screen.findByText("SMTPServerDisconnected in 12 attempts")).closest("tr") as HTMLElement);
  expect(row.getByText("Send an e-mail")).toBeTruthy();
  expect(row.getByText("request-9")).toBeTruthy();
  await user.click(row.getByRole("button", { name: "Do it again: Send an e-mail 0190-job" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Do it again" }));
  await dialog.findByRole("alert");
  await user.click(dialog.getByRole("button", { name: "Do it again" }));
  expect(await screen.findByText(/There are none: every job was done/)).toBeTruthy();
  const keys = server
    .of("POST /notifications/api/v1/failed-jobs/:id/retry/")
    .map(({ headers }) => headers.get("Idempotency-Key"));
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
});
