import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, open, task } from "./cast";
import { json } from "./server";

const turn = {
  id: "0190-turn",
  step: { key: "triage", name: "Triage", role: "tts:ticket-coordinator" },
  assignee: { id: "0190-cora", name: "Cora" },
  substitute_for_id: null,
  assigned_at: "2026-11-20T09:00:00Z",
  started_at: "2026-11-20T09:05:00Z",
  completed_at: "2026-11-20T09:10:00Z",
  released_at: null,
  due_at: "2026-11-20T10:00:00Z",
  transition: "accept",
  notes: "It is complete.",
};

it("draws the workflow of a ticket with where it stands and what it has passed, also as a list", async () => {
  await open("/requests/TTS-2026-000001", alan, {
    "GET /workflow/api/v1/tasks/:id/": () => json({ ...task, items: [turn] }),
  });
  const picture = await screen.findByRole("img", {
    name: "IT support: 3 steps. The ticket stands at Resolve. It has passed Triage.",
  });
  expect(within(picture).getAllByText("● The ticket is here")).toHaveLength(1);
  expect(within(picture).getByText("within 4 h 48 min")).toBeTruthy();
  expect(picture.querySelectorAll(".way.passed")).toHaveLength(1);
  expect(screen.getByText("Send back → Resolve")).toBeTruthy();
  expect(screen.getByText(/Accept by Cora/)).toBeTruthy();
  expect(screen.getByText("It is complete.")).toBeTruthy();
});
