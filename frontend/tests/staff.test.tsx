import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, alan, comment, cora, open, task, ticket } from "./cast";
import { json, page, problem } from "./server";

const PLACE = "/requests/TTS-2026-000001";

it("opens with one's tasks, and has the other lists one click away", async () => {
  const { server, user } = await open("/", alan);
  expect(await screen.findByRole("link", { name: "Printer beeps" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "All" })).toBeNull();
  for (const [name, scope] of [
    ["Team queue", "queue"],
    ["Overdue", "overdue"],
    ["Unrouted", "unrouted"],
  ] as const) {
    await user.click(screen.getByRole("button", { name }));
    await waitFor(() => expect(server.last("GET /workflow/api/v1/tasks/").query.get("scope")).toBe(scope));
  }
});

it("shows coordinators everything, and a failure with a way to try again", async () => {
  let isAway = true;
  const { user } = await open("/tasks?scope=all", cora, {
    "GET /workflow/api/v1/tasks/": () => (isAway ? problem(403, "permission_denied") : page()),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Your roles do not allow this");
  isAway = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing here.")).toBeTruthy();
});

it("offers the assignee the ways on, and takes one of them once", async () => {
  const { server, user } = await open(PLACE, alan, {
    "POST /workflow/api/v1/tasks/:id/completion/": () => json({ ...task, status: "completed" }),
  });
  await user.click(await screen.findByRole("button", { name: "Resolve it" }));
  await user.type(screen.getByLabelText(/Notes/), "New drum");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Resolve it" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const { body, headers } = server.last("POST /workflow/api/v1/tasks/:id/completion/");
  expect(body).toEqual({ transition: "resolve", notes: "New drum" });
  expect(headers.get("Idempotency-Key")).toBeTruthy();
});

it("assigns to somebody of the step's role by the keyboard", async () => {
  const alma = { ...alan, id: "0190-alma", name: "Alma" };
  const { server, user } = await open(PLACE, alan, {
    "GET /auth/api/v1/users/": () => page(alan, alma, cora),
    "POST /workflow/api/v1/tasks/:id/transfer/": () => json(task),
  });
  await screen.findByRole("button", { name: "Assign to somebody else" });
  await user.keyboard("a");
  await screen.findByRole("option", { name: "Alma" });
  expect(screen.queryByRole("option", { name: "Cora" })).toBeNull();
  await user.selectOptions(screen.getByLabelText("Person"), alma.id);
  await user.type(screen.getByLabelText("Reason"), "Holiday");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: /Assign/ }));
  await waitFor(() =>
    expect(server.last("POST /workflow/api/v1/tasks/:id/transfer/").body).toEqual({
      assignee_id: alma.id,
      reason: "Holiday",
    }),
  );
});

it.each([
  ["Put on hold", "hold", "in_progress", ["hold"], { reason: "why" }],
  ["Give it back", "release", "assigned", ["release"], { reason: "why" }],
  ["Escalate", "escalation", "in_progress", ["escalation"], { reason: "why" }],
  ["Start", "start", "assigned", ["start"], null],
  ["Resume", "resumption", "on_hold", ["resumption"], null],
  ["Take it", "claim", "queued", ["claim"], null],
  ["Approve", "approval", "in_approval", ["approval", "rejection"], { notes: "" }],
  ["Decline", "rejection", "in_approval", ["approval", "rejection"], { notes: "" }],
])("takes the action %s", async (name, route, status, actions, body) => {
  const now = {
    ...task,
    status,
    actions,
    hold_reason: status === "on_hold" ? "Waiting" : "",
    approval:
      status === "in_approval"
        ? { needed: 1, approved: 0, rejected: 0, waiting_for: [{ id: alan.id, name: "Alan" }] }
        : null,
  };
  const { server, user } = await open(PLACE, alan, {
    "GET /workflow/api/v1/tasks/:id/": () => json(now),
    [`POST /workflow/api/v1/tasks/:id/${route}/`]: () => json(now),
  });
  await user.click(await screen.findByRole("button", { name }));
  const dialog = screen.getByRole("dialog");
  if (body && "reason" in body) await user.type(within(dialog).getByLabelText("Reason"), "why");
  await user.click(within(dialog).getByRole("button", { name }));
  await waitFor(() => expect(server.last(`POST /workflow/api/v1/tasks/:id/${route}/`).body).toEqual(body));
});

it("lets a coordinator route again what nobody got, and offers nothing of others' turns", async () => {
  const stuck = {
    ...task,
    status: "unrouted",
    actions: [],
    assignee: null,
    step: null,
    unrouted_reason: "No workflow",
  };
  const { server, user } = await open(PLACE, cora, {
    "GET /workflow/api/v1/tasks/:id/": () => json(stuck),
    "POST /workflow/api/v1/tasks/:id/rerouting/": () => json(task),
  });
  expect(await screen.findByText("No workflow")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Resolve it" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Route again" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Route again" }));
  await waitFor(() => expect(server.of("POST /workflow/api/v1/tasks/:id/rerouting/")).toHaveLength(1));
});

it("moves a task to a step of its workflow, for an Admin and with a reason", async () => {
  const { server, user } = await open(PLACE, ada, {
    "POST /workflow/api/v1/tasks/:id/move/": () => json({ ...task, version: 3 }),
  });
  await user.click(await screen.findByRole("button", { name: "Move to a step" }));
  const dialog = within(screen.getByRole("dialog"));
  expect(await dialog.findByRole("option", { name: "Resolve (where it is now)" })).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Move to a step" }));
  expect(server.of("POST /workflow/api/v1/tasks/:id/move/")).toHaveLength(0); // neither step nor reason was given
  await user.selectOptions(dialog.getByLabelText("Step"), "Agree");
  await user.type(dialog.getByLabelText("Reason"), "The budget is what is missing");
  await user.click(dialog.getByRole("button", { name: "Move to a step" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const { body, headers } = server.last("POST /workflow/api/v1/tasks/:id/move/");
  expect(body).toEqual({ step: "agree", reason: "The budget is what is missing" });
  expect(headers.get("Idempotency-Key")).toBeTruthy();
});

it("cancels a task for a coordinator, who is told what becomes of the ticket and keeps what was typed", async () => {
  let isAway = true;
  let now = task;
  const { server, user } = await open(PLACE, cora, {
    "GET /workflow/api/v1/tasks/:id/": () => json(now),
    "POST /workflow/api/v1/tasks/:id/cancellation/": () => {
      if (isAway) return problem(409, "task_changed", { detail: "Alan changed the task." });
      now = { ...task, version: 3, status: "cancelled", step: null, assignee: null, cancel_reason: "Asked twice" };
      return json(now);
    },
  });
  expect(await screen.findByRole("button", { name: "Cancel the task" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Move to a step" })).toBeNull(); // that is an Admin's
  await user.click(screen.getByRole("button", { name: "Cancel the task" }));
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByText(/The ticket stays open/)).toBeTruthy();
  await user.type(dialog.getByLabelText("Reason"), "Asked twice");
  await user.click(dialog.getByRole("button", { name: "Cancel the task" }));
  expect(await dialog.findByRole("alert")).toBeTruthy();
  isAway = false;
  await user.click(dialog.getByRole("button", { name: "Cancel the task" }));
  expect(await screen.findByText("Cancelled: Asked twice")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Cancel the task" })).toBeNull();
  expect(server.last("POST /workflow/api/v1/tasks/:id/cancellation/").body).toEqual({ reason: "Asked twice" });
});

it("offers nobody else what overrules the people of a step", async () => {
  await open(PLACE, alan);
  await screen.findByRole("button", { name: "Resolve it" });
  expect(screen.queryByRole("button", { name: "Cancel the task" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Move to a step" })).toBeNull();
});

it("shows the clocks and says why", async () => {
  const clock = {
    clock: "resolution",
    state: "breached",
    target_minutes: 480,
    started_at: "2026-11-20T09:00:00Z",
    due_at: "2026-11-20T17:00:00Z",
    warn_at: null,
    ended_at: null,
    elapsed_minutes: 545,
    remaining_minutes: -65,
    counted: [],
    paused: [{ begin: "2026-11-20T10:00:00Z", end: "2026-11-20T10:30:00Z", minutes: 30 }],
  };
  const calendar = { id: "c", key: "office", name: "Office hours", time_zone: "Europe/Berlin", version: 1 };
  await open(PLACE, alan, {
    "GET /workflow/api/v1/tasks/:id/sla/explain/": () =>
      json({ task_id: task.id, priority: "High", calendar, clocks: [clock] }),
  });
  expect(await screen.findByText("1 h 5 min over")).toBeTruthy();
  const why = screen.getByText(/8 h for priority High/).textContent;
  expect(why).toContain("in the hours of Office hours (Europe/Berlin)");
  expect(why).toContain("Due Nov 20, 2026, 6:00");
  expect(screen.getByText(/Paused from/).textContent).toContain("(30 min)");
});

it("shows the clock that runs, and folds those of answers long given", async () => {
  const clock = (started_at: string, state: string) => ({
    ...{ clock: "next_response", state, target_minutes: 60, started_at, due_at: null, warn_at: null, ended_at: null },
    ...{ elapsed_minutes: 10, remaining_minutes: 50, counted: [], paused: [] },
  });
  const clocks = [
    clock("2026-11-20T09:00:00Z", "kept"),
    clock("2026-11-20T10:00:00Z", "missed"),
    clock("2026-11-20T11:00:00Z", "running"),
  ];
  await open(PLACE, alan, {
    "GET /workflow/api/v1/tasks/:id/sla/explain/": () =>
      json({ task_id: task.id, priority: "High", calendar: null, clocks }),
  });
  const running = await screen.findByText("50 min left");
  expect(running.closest("details")).toBeNull();
  const earlier = screen.getByText("2 earlier, 1 of them missed").closest("details");
  expect(within(earlier as HTMLElement).getByText("Missed")).toBeTruthy();
});

it("never sends a note as a reply: each has its own draft and its own look", async () => {
  const said = "POST /messaging/api/v1/tickets/:id/comments/";
  const { server, user } = await open(PLACE, alan, {
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(comment(1, "Secret", { visibility: "internal" })),
    [said]: () => json(comment(2, "Between us", { visibility: "internal" }), 201),
  });
  const note = (await screen.findByText("Secret")).closest("li");
  expect(note?.className).toContain("note");
  expect(note?.textContent).toContain("Internal note: staff only");
  await user.type(screen.getByLabelText("Reply to the requester"), "Dear Erin");
  await user.click(screen.getByRole("button", { name: "Internal note" }));
  expect(screen.getByLabelText<HTMLTextAreaElement>("Internal note: staff only").value).toBe("");
  await user.type(screen.getByLabelText("Internal note: staff only"), "Between us");
  await user.click(screen.getByRole("button", { name: "Add note" }));
  await waitFor(() => expect(server.last(said).body).toMatchObject({ visibility: "internal", body: "Between us" }));
  await user.click(screen.getByRole("button", { name: "Reply" }));
  expect(screen.getByLabelText<HTMLTextAreaElement>("Reply to the requester").value).toBe("Dear Erin");
});

it("fills a canned reply in for the ticket", async () => {
  const { user } = await open(PLACE, alan, {
    "GET /tickets/api/v1/canned-replies/": () => page({ id: "r1", name: "Greeting" }),
    "GET /tickets/api/v1/tickets/:id/canned-replies/:reply/": () => json({ body: "Hello Erin" }),
  });
  await user.selectOptions(await screen.findByLabelText("Insert a canned reply"), "r1");
  await waitFor(() =>
    expect(screen.getByLabelText<HTMLTextAreaElement>("Reply to the requester").value).toBe("Hello Erin"),
  );
});

it("changes many tickets, and keeps those selected that were refused", async () => {
  const two = { ...ticket, id: "0190-two", number: "TTS-2026-000002", subject: "Two", version: 1 };
  const { server, user } = await open("/requests", cora, {
    "GET /tickets/api/v1/tickets/": () => page(ticket, two),
    "POST /tickets/api/v1/tickets/bulk/": () =>
      json({
        results: [
          { id: ticket.id, status: 200, version: 5, code: "", detail: "" },
          { id: two.id, status: 412, version: null, code: "precondition_failed", detail: "It was changed." },
        ],
      }),
  });
  await user.click(await screen.findByLabelText("Select all shown"));
  expect(screen.getByText("2 tickets selected")).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Action"), "tag");
  await user.type(screen.getByLabelText("Tag"), "toner");
  await user.click(screen.getByRole("button", { name: "Apply" }));
  expect(await screen.findByText("TTS-2026-000002: It was changed.")).toBeTruthy();
  expect(screen.getByText("1 ticket selected")).toBeTruthy();
  expect(server.last("POST /tickets/api/v1/tickets/bulk/").body).toEqual({
    action: "tag",
    tag: "toner",
    tickets: [
      { id: ticket.id, version: 4 },
      { id: two.id, version: 1 },
    ],
  });
  await user.selectOptions(screen.getByLabelText("Action"), "prioritise");
  await user.click(screen.getByLabelText("Select TTS-2026-000002"));
  expect(screen.queryByRole("button", { name: "Apply" })).toBeNull();
});

it("saves the filters as a view, chooses it and deletes it", async () => {
  const view = {
    id: "v1",
    name: "Urgent",
    owner_id: cora.id,
    is_shared: true,
    version: 1,
    filters: { priority: "High" },
  };
  const views: unknown[] = [];
  const { server, user } = await open("/requests?priority=High", cora, {
    "GET /tickets/api/v1/views/": () => page(...views),
    "POST /tickets/api/v1/views/": () => {
      views.push(view);
      return json(view, 201);
    },
    "DELETE /tickets/api/v1/views/:id/": () => json(null, 204),
  });
  await user.click(await screen.findByRole("button", { name: "Save view" }));
  await user.type(screen.getByLabelText("Name of the view"), "Urgent");
  await user.click(screen.getByLabelText("Share with the desk"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>("Saved views").value).toBe("v1"));
  expect(server.last("POST /tickets/api/v1/views/").body).toEqual({
    name: "Urgent",
    is_shared: true,
    filters: { priority: "High" },
  });
  await user.selectOptions(screen.getByLabelText("Saved views"), "");
  await waitFor(() => expect(location.search).toBe(""));
  await user.selectOptions(screen.getByLabelText("Saved views"), "v1");
  await waitFor(() => expect(location.search).toBe("?priority=High"));
  await user.click(screen.getByRole("button", { name: "Delete view" }));
  expect(screen.getByText("Urgent is shared: everybody of the desk loses it.")).toBeTruthy();
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete view" }));
  await waitFor(() => expect(server.of("DELETE /tickets/api/v1/views/:id/")).toHaveLength(1));
});

it("gives a view another name and other filters, and tells of a colleague's change before it is overwritten", async () => {
  const own = { id: "v1", name: "Urgent", owner_id: cora.id, is_shared: false, filters: { priority: "High" } };
  let view = { ...own, version: 1 };
  const theirs = { ...view, id: "v2", name: "Of the desk", owner_id: ada.id, is_shared: true, filters: { tag: "vip" } };
  const { server, user } = await open("/requests?priority=High", cora, {
    "GET /tickets/api/v1/views/": () => page(view, theirs),
    "PATCH /tickets/api/v1/views/:id/": ({ headers, body }) => {
      if (headers.get("If-Match") !== `"${view.version}"`) return problem(412, "precondition_failed");
      view = { ...view, ...(body as object), version: view.version + 1 };
      return json(view);
    },
  });
  const select = await screen.findByLabelText<HTMLSelectElement>("Saved views");
  await waitFor(() => expect(select.value).toBe("v1"));
  await user.selectOptions(select, "v1");
  await user.selectOptions(screen.getByLabelText("Status"), "Open");
  expect(await screen.findByRole("option", { name: "Urgent (changed)", selected: true })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Edit view" }));
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByText("It shows: Priority High")).toBeTruthy();
  expect(dialog.getByLabelText<HTMLInputElement>("From now on: Status Open, Priority High").checked).toBe(true);
  const name = dialog.getByLabelText("Name of the view");
  await user.clear(name);
  await user.type(name, "Urgent and new");
  await user.click(dialog.getByLabelText("Share with the desk"));
  view = { ...view, name: "Urgent, by another window", version: 2 };
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText("Urgent, by another window: Priority High")).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Keep mine" }));
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(server.last("PATCH /tickets/api/v1/views/:id/").body).toEqual({
    name: "Urgent and new",
    is_shared: true,
    filters: { priority: "High", status: "Open" },
  });
  expect(await screen.findByRole("option", { name: "Urgent and new", selected: true })).toBeTruthy();
  // Another's is kept by coordinators too, but only its owner could have it back as their own.
  await user.selectOptions(select, "v2");
  await user.click(await screen.findByRole("button", { name: "Edit view" }));
  expect(screen.queryByLabelText("Share with the desk")).toBeNull();
});

it("keeps the search field in hand while it filters, and fills it with the words of a view", async () => {
  const view = { id: "v1", name: "Beeps", owner_id: cora.id, is_shared: false, version: 1, filters: { q: "beeps" } };
  const { user } = await open("/requests", cora, { "GET /tickets/api/v1/views/": () => page(view) });
  const field = await screen.findByRole<HTMLInputElement>("searchbox", { name: "Search tickets" });
  await user.type(field, "toner");
  await waitFor(() => expect(location.search).toBe("?q=toner"));
  expect(document.activeElement).toBe(field);
  await user.selectOptions(screen.getByLabelText("Saved views"), "v1");
  await waitFor(() => expect(location.search).toBe("?q=beeps"));
  expect(field.value).toBe("beeps");
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(field.value).toBe(""));
});

it("finds tickets and commands in the palette by the keyboard alone", async () => {
  const { user } = await open("/tasks", alan);
  await screen.findByRole("link", { name: "Printer beeps" });
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox", { name: /Type a command/ });
  await user.type(field, "beeps");
  const option = await screen.findByRole("option", { name: /Printer beeps/ });
  expect(option.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: "Printer beeps" })).toBeTruthy();
});

it("lists the keys, and opens a new request by one", async () => {
  const { user } = await open("/tasks", alan);
  await screen.findByRole("link", { name: "Printer beeps" });
  await user.keyboard("?");
  expect(await screen.findByText("Open the palette")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Close this dialog" }));
  await user.keyboard("c");
  expect(await screen.findByRole("heading", { name: "New request" })).toBeTruthy();
});
