import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, drawing, open } from "./cast";
import { json, page, problem, type Answer } from "./server";

const ID = "0190-workflow";
const SLA = { Critical: 60, High: 120, Medium: 240, Low: 480 };

function step(key: string, name: string, to: string | null, more: object = {}) {
  return {
    key,
    name,
    role: "tts:agent",
    escalation_role: "",
    instructions: "",
    kind: "task",
    strategy: "round_robin",
    approval_rule: "",
    approvals_needed: 0,
    weight: 1,
    gives_resolution: false,
    is_start: false,
    transitions: [{ key: "on", label: "On", to, guard: null }],
    ...more,
  };
}

function definition(more: object = {}) {
  return {
    id: ID,
    key: "it-support",
    number: 2,
    status: "draft",
    name: "IT support",
    description: "",
    category: "it-support",
    sub_category: "",
    department: "",
    is_catch_all: false,
    calendar: "",
    sla_minutes: SLA,
    first_response_minutes: {},
    next_response_minutes: {},
    steps: [step("triage", "Triage", "resolve", { is_start: true }), step("resolve", "Resolve", null)],
    faults: [],
    running_elsewhere: [{ version: 1, tasks: 1 }],
    created_at: "2026-11-20T09:00:00Z",
    published_at: null,
    ...more,
  };
}

function tagged(body: unknown, etag: string): Response {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json", ETag: etag } });
}

const change = {
  task_id: "0190-task",
  ticket_number: "TTS-2026-000001",
  version: 1,
  previous_step: "resolve",
  step: "resolve",
  keeps_assignee: true,
};
const versions = [
  {
    id: ID,
    key: "it-support",
    name: "IT support",
    version: 2,
    status: "draft",
    running: 0,
    created_at: "2026-11-20T09:00:00Z",
    published_at: null,
  },
  {
    id: ID,
    key: "it-support",
    name: "IT support",
    version: 1,
    status: "published",
    running: 1,
    created_at: "2026-11-19T09:00:00Z",
    published_at: "2026-11-19T10:00:00Z",
  },
];
const DRAFT = `/admin/workflows/${ID}/versions/2`;
const PUT = "PUT /workflow/api/v1/workflows/:id/versions/2/";

function service(more: Record<string, Answer> = {}): Record<string, Answer> {
  return {
    "GET /workflow/api/v1/workflows/": () => page({ ...versions[1], ...definition(), version: 1 }),
    "GET /workflow/api/v1/workflows/:id/versions/": () => page(...versions),
    "GET /workflow/api/v1/workflows/:id/versions/1/": () =>
      tagged(definition({ number: 1, status: "published" }), '"1"'),
    "GET /workflow/api/v1/workflows/:id/versions/2/": () => tagged(definition(), '"1"'),
    "POST /workflow/api/v1/workflows/:id/migration/": () => json({ dry_run: true, changes: [change], more: false }),
    "GET /workflow/api/v1/calendars/": () => page(),
    "GET /auth/api/v1/roles/": () =>
      page(
        { id: "r1", system: "tts", slug: "agent", name: "Agent", is_active: true, version: 1 },
        { id: "r2", system: "tts", slug: "budget-manager", name: "Budget manager", is_active: true, version: 1 },
      ),
    ...more,
  };
}

it("adds a step, shows a fault where it is, and publishes with the tasks that are concerned", async () => {
  let now = () => tagged(definition(), '"1"');
  const saved: { steps: { key: string; role: string; transitions: { to: string | null }[] }[] }[] = [];
  const { server, user } = await open(
    DRAFT,
    ada,
    service({
      [PUT]: ({ body }) => {
        saved.push(body as never);
        const steps = (body as { steps: object[] }).steps.map((one) => ({ ...step("", "", null), ...one }));
        const isSound = saved.length > 1;
        const fault = { field: "steps.buy", code: "role_missing", detail: "The step has no role." };
        const etag = `"${saved.length + 1}"`;
        now = () => tagged(definition({ steps, faults: isSound ? [] : [fault] }), etag);
        return now();
      },
      "GET /workflow/api/v1/workflows/:id/versions/2/": () => now(),
      "POST /workflow/api/v1/workflows/:id/versions/2/publication/": () => json(definition({ status: "published" })),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Add a step after Triage" }));
  const names = screen.getAllByLabelText<HTMLInputElement>("Name of the step");
  await waitFor(() => expect(document.activeElement).toBe(names[1]));
  await user.type(names[1] as HTMLElement, "Buy");
  expect(within(screen.getByRole("img", { name: "IT support: 3 steps." })).getByText("Buy")).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "Publish" }));
  await waitFor(() =>
    expect(document.querySelector("#step-buy .field-error")?.textContent).toContain("The step has no role."),
  );
  expect(screen.getByText("1 fault keeps it from being published.")).toBeTruthy();
  expect(server.last(PUT).headers.get("If-Match")).toBe('"1"');
  expect(saved[0]?.steps.map((one) => [one.key, one.transitions[0]?.to])).toEqual([
    ["triage", "buy"],
    ["buy", "resolve"],
    ["resolve", null],
  ]);

  const role = document.querySelector<HTMLSelectElement>("#step-buy select");
  await user.selectOptions(role as HTMLElement, "tts:budget-manager");
  await user.click(screen.getByRole("button", { name: "Publish" }));
  const dialog = await screen.findByRole("dialog", { name: "Publish IT support, version 2?" });
  expect(await within(dialog).findByText("TTS-2026-000001")).toBeTruthy();
  expect(server.last(PUT).headers.get("If-Match")).toBe('"2"');
  await user.click(within(dialog).getByLabelText("They are brought to this version"));
  await user.click(within(dialog).getByRole("button", { name: "Publish" }));
  await screen.findByRole("heading", { name: "Versions" });
  const moved = server.of("POST /workflow/api/v1/workflows/:id/migration/").map((one) => one.body);
  expect(moved).toContainEqual({ to: 2, steps: {}, dry_run: false });
  expect(localStorage.getItem(`tts.draft.${ada.id}.workflow.${ID}.2`)).toBeNull();
});

it("keeps what was typed over a reload, and shows what somebody else saved meanwhile", async () => {
  const { user } = await open(DRAFT, ada, service());
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Helpdesk");
  expect(screen.getByText("Not saved yet; kept on this device.")).toBeTruthy();

  document.body.replaceChildren();
  const again = await open(
    DRAFT,
    ada,
    service({
      "GET /workflow/api/v1/workflows/:id/versions/2/": () =>
        tagged(definition({ steps: [step("sort", "Sort", null)] }), '"7"'),
      [PUT]: ({ body }) => tagged(definition(body as object), '"8"'),
    }),
  );
  expect(await screen.findByDisplayValue("Helpdesk")).toBeTruthy();
  expect(screen.getByText("Its steps: Sort.")).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save and check" }).disabled).toBe(true);
  await again.user.click(screen.getByRole("button", { name: "Keep mine" }));
  await again.user.click(screen.getByRole("button", { name: "Save and check" }));
  await screen.findByText("Everything is saved.");
  expect(again.server.last(PUT).headers.get("If-Match")).toBe('"7"');
});

it("shows a refusal at the step that it counts, and everything else that one may set", async () => {
  const { server, user } = await open(
    DRAFT,
    ada,
    service({
      [PUT]: () =>
        problem(400, "validation_error", {
          errors: [{ field: "steps.1.transitions.0.label", code: "blank", detail: "May not be blank." }],
        }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Add a step" }));
  await user.click(screen.getByRole("button", { name: "Remove step" }));
  await user.click(screen.getByRole("button", { name: "Move Resolve up" }));
  await user.click(screen.getByRole("button", { name: "Move Resolve down" }));
  await user.selectOptions(screen.getAllByLabelText("Kind")[1] as HTMLElement, "n_of_m");
  await user.type(screen.getByLabelText("How many have to approve"), "2");
  await user.selectOptions(screen.getAllByLabelText("How a task finds its person")[0] as HTMLElement, "claim");
  await user.click(screen.getByRole("button", { name: "Only for some: On" }));
  await user.selectOptions(screen.getByLabelText("Comparison"), "in");
  await user.clear(screen.getByLabelText("Value"));
  await user.type(screen.getByLabelText("Value"), "7");
  await user.clear(screen.getByLabelText("Resolution, High"));
  await user.type(screen.getByLabelText("Resolution, High"), "90");
  await user.type(screen.getByLabelText("First response, Low"), "30");
  await user.click(screen.getByRole("checkbox", { name: "Takes what no other workflow takes" }));
  await user.click(screen.getByRole("button", { name: "Save and check" }));
  await waitFor(() =>
    expect(document.querySelector("#step-resolve .field-error")?.textContent).toContain("May not be blank."),
  );
  expect(server.last(PUT).body).toMatchObject({
    is_catch_all: true,
    sla_minutes: { ...SLA, High: 90 },
    first_response_minutes: { Low: 30 },
    steps: [
      { key: "triage", strategy: "claim", transitions: [{ guard: { in: { field: "priority", value: [7] } } }] },
      {
        key: "resolve",
        approval_rule: "n_of_m",
        approvals_needed: 2,
        transitions: [
          { key: "approve", to: null },
          { key: "reject", to: null },
        ],
      },
    ],
  });
});

it("lists, makes, copies, retires, and tries a ticket", async () => {
  const { server, user } = await open(
    "/admin/workflows",
    ada,
    service({
      "GET /workflow/api/v1/workflows/:id/graph/": () => json(drawing),
      "POST /workflow/api/v1/workflows/": ({ body }) => json({ ...definition(), ...(body as object) }, 201),
      "POST /workflow/api/v1/workflows/:id/retirement/": () => json(null, 204),
      "DELETE /workflow/api/v1/workflows/:id/versions/2/": () => json(null, 204),
      "POST /workflow/api/v1/routing/preview/": () =>
        json({
          workflow: { id: ID, key: "it", name: "IT support", version: 1 },
          step: { key: "triage", name: "Triage", role: "tts:ticket-coordinator" },
          assignee: { id: "0190-cora", name: "Cora" },
          candidates: [
            { id: "0190-cora", name: "Cora" },
            { id: "0190-carl", name: "Carl" },
          ],
          unrouted_reason: "",
          resolution_due_at: "2026-11-20T12:00:00Z",
          step_due_at: "2026-11-20T10:00:00Z",
        }),
    }),
  );
  await user.click(await screen.findByRole("link", { name: "IT support" }));
  await user.click(await screen.findByRole("button", { name: "Retire" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(server.of("POST /workflow/api/v1/workflows/:id/retirement/")).toHaveLength(1));

  await user.click(screen.getByRole("button", { name: "Duplicate" }));
  const dialog = await screen.findByRole("dialog", { name: "Duplicate" });
  expect(within(dialog).getByDisplayValue("copy-of-it-support")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Create the draft" }));
  await screen.findByRole("form", { name: "Edit the workflow" });
  expect(server.last("POST /workflow/api/v1/workflows/").body).toMatchObject({ key: "copy-of-it-support" });
  await user.click(screen.getByRole("button", { name: "Discard the draft" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Discard the draft" }));
  await screen.findByRole("heading", { name: "Versions" });

  await user.click(screen.getAllByRole("link", { name: "Workflows" }).at(-1) as HTMLElement);
  await user.click(await screen.findByRole("link", { name: "Try a ticket" }));
  await user.selectOptions(await screen.findByLabelText("Category"), "it-support");
  await user.click(screen.getByRole("button", { name: "Try it" }));
  expect(await screen.findByText("Carl")).toBeTruthy();
  await screen.findByRole("img", { name: /The ticket stands at Triage/ });
  expect(server.last("POST /workflow/api/v1/routing/preview/").body).toMatchObject({
    category: "it-support",
    priority: "Medium",
  });
});
