import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { instantOf } from "../src/i18n";
import { alan, cora, open } from "./cast";
import { json, page, problem } from "./server";

const absence = {
  id: "0190-absence",
  person: { id: alan.id, name: "Alan" },
  substitute: null,
  begins_at: "2026-11-20T09:00:00Z",
  ends_at: "2999-01-01T09:00:00Z",
  note: "Holiday",
  created_at: "2026-11-20T09:00:00Z",
  created_by: { id: alan.id, kind: "user", name: "Alan" },
  ended_at: null,
  ended_by: null,
};

it("announces an absence, with what is wrong at its field, and ends one", async () => {
  let isRefused = true;
  const { server, user } = await open("/absences", alan, {
    "GET /workflow/api/v1/absences/": () => page(absence),
    "POST /workflow/api/v1/absences/": () =>
      isRefused
        ? problem(400, "validation_error", {
            errors: [{ field: "ends_at", code: "period_empty", detail: "It ends after it begins." }],
          })
        : json(absence, 201),
    "POST /workflow/api/v1/absences/:id/ending/": () => json({ ...absence, ended_at: "2026-11-21T09:00:00Z" }),
  });
  await user.type(await screen.findByLabelText("From"), "2026-12-24T08:00");
  await user.type(screen.getByLabelText("Until"), "2026-12-31T18:00");
  await user.type(screen.getByLabelText(/^Note/), "Skiing");
  await user.click(screen.getByRole("button", { name: "Announce it" }));
  expect(await screen.findAllByText(/It ends after it begins./)).toBeTruthy();
  isRefused = false;
  await user.click(screen.getByRole("button", { name: "Announce it" }));
  await screen.findByText("It is announced.");
  expect(server.last("POST /workflow/api/v1/absences/").body).toMatchObject({
    person_id: null,
    begins_at: "2026-12-24T07:00:00.000Z", // eight in Berlin, wherever the browser is
    ends_at: "2026-12-31T17:00:00.000Z",
    note: "Skiing",
  });
  expect(screen.getByLabelText<HTMLInputElement>(/^Note/).value).toBe("");

  await user.click(screen.getByRole("button", { name: "End it: Alan" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "End it" }));
  await waitFor(() => expect(server.of("POST /workflow/api/v1/absences/:id/ending/")).toHaveLength(1));
  expect(screen.queryByRole("button", { name: "Everybody's" })).toBeNull();
});

it("shows leads everybody's", async () => {
  const { server, user } = await open("/absences", cora, { "GET /workflow/api/v1/absences/": () => page(absence) });
  await user.click(await screen.findByRole("button", { name: "Everybody's" }));
  await waitFor(() => expect(server.last("GET /workflow/api/v1/absences/").query.get("scope")).toBe("all"));
  expect(screen.getByRole("combobox", { name: /^Who is away/ })).toBeTruthy();
});

it("takes a time as clocks in the user's zone show it, on both sides of daylight saving", () => {
  expect(instantOf("2026-03-29T01:59", "Europe/Berlin")).toBe("2026-03-29T00:59:00.000Z");
  expect(instantOf("2026-03-29T03:00", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
  expect(instantOf("2026-10-25T03:00", "Europe/Berlin")).toBe("2026-10-25T02:00:00.000Z");
  expect(instantOf("2026-07-01T08:00", "America/New_York")).toBe("2026-07-01T12:00:00.000Z");
  expect(instantOf("2026-07-01T08:00", "Asia/Kathmandu")).toBe("2026-07-01T02:15:00.000Z");
});
