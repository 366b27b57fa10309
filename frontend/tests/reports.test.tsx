import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { csvOf } from "../src/reports/csv";
import { alan, cora, open } from "./cast";
import { json, page } from "./server";

const statistics = {
  since: "2026-11-19",
  until: "2026-11-20",
  time_zone: "Europe/Berlin",
  open: {
    total: 7,
    unassigned: 2,
    oldest_created_at: "2026-11-01T10:00:00Z",
    by_status: [{ key: "Open", count: 7 }],
    by_category: [{ key: "it-support", count: 7 }],
    by_priority: [
      { key: "Critical", count: 1 },
      { key: "High", count: 2 },
      { key: "Low", count: 3 },
      { key: "Medium", count: 1 },
    ],
  },
  days: Array.from({ length: 90 }, (_, at) => ({
    date: new Date(Date.UTC(2026, 8, 1 + at)).toISOString().slice(0, 10),
    created: 1,
    resolved: at % 2,
  })),
  resolution: { count: 4, median_hours: 5, p90_hours: 26 },
  ratings: { count: 3, average: 4.333, distribution: [] },
};

it("shows staff the figures of their tickets, as a picture and as a table", async () => {
  await open("/reports?days=90", alan, { "GET /tickets/api/v1/statistics/": () => json(statistics) });
  const picture = await screen.findByRole("img", { name: /Tickets in 90 days: 90 came, 45 went/ });
  expect(picture.querySelectorAll("rect.came")).toHaveLength(13);
  expect(screen.getByText("4.3 / 5")).toBeTruthy();
  const table = screen.getByRole("table", { name: "Tickets" });
  expect(within(table).getAllByRole("row")).toHaveLength(14);
  expect(screen.queryByRole("heading", { name: "Load per role" })).toBeNull();
});

it("shows leads throughput, promises, times and load, for a period and a workflow that stand in the address", async () => {
  const { server, user } = await open("/reports", cora, {
    "GET /tickets/api/v1/statistics/": () => json(statistics),
    "GET /workflow/api/v1/workflows/": () => page({ key: "it-support", name: "IT support" }),
    "GET /workflow/api/v1/reports/throughput/": () => json([{ date: "2026-11-20", created: 3, completed: 2 }]),
    "GET /workflow/api/v1/reports/sla/": () =>
      json([{ workflow: "it-support", clock: "resolution", total: 4, kept: 3, missed: 1, kept_percent: 75 }]),
    "GET /workflow/api/v1/reports/steps/": () =>
      json([{ workflow: "it-support", step: "resolve", turns: 5, median_minutes: 90, p90_minutes: 200 }]),
    "GET /workflow/api/v1/reports/load/": () =>
      json([{ id: alan.id, name: "Alan", open: 4, begun: 1, overdue: 1, on_hold: 0 }]),
    "GET /workflow/api/v1/reports/roles/": () =>
      json([{ role: "tts:agent", open: 4, unassigned: 1, overdue: 0, on_hold: 0 }]),
  });
  const promises = await screen.findByRole("table", { name: "Promises kept" });
  expect(within(promises).getByText("75")).toBeTruthy();
  expect(within(await screen.findByRole("table", { name: "Time per step" })).getByText("1 h 30 min")).toBeTruthy();
  expect(within(await screen.findByRole("table", { name: "Load per role" })).getByText("Agent")).toBeTruthy();
  expect(within(await screen.findByRole("table", { name: "Load per person" })).getByText("Alan")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "7 days" }));
  await user.selectOptions(screen.getByLabelText("Workflow"), "it-support");
  await waitFor(() => {
    const { query } = server.last("GET /workflow/api/v1/reports/sla/");
    expect([query.get("days"), query.get("workflow")]).toEqual(["7", "it-support"]);
  });
  expect(location.search).toBe("?days=7&workflow=it-support");

  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  await user.click(screen.getByRole("button", { name: "Download as CSV: Load per person" }));
  expect(saved).toEqual(["Load per person.csv"]);
});

it("writes CSV that no spreadsheet takes for a formula", () => {
  expect(csvOf([["=1+1", 'a "b", c', -3]])).toBe(`'=1+1,"a ""b"", c",-3\r\n`);
});

it("lists what is open by urgency, not by the alphabet", async () => {
  await open("/reports", alan, { "GET /tickets/api/v1/statistics/": () => json(statistics) });
  const table = await screen.findByRole("table", { name: "Open by priority" });
  const rows = within(table).getAllByRole("rowheader");
  expect(rows.map((row) => row.textContent)).toEqual(["Critical", "High", "Medium", "Low"]);
});
