import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, comment, cora, open, ticket } from "./cast";
import { json, page, problem } from "./server";

const PLACE = "/requests/TTS-2026-000001";
const LIST = "GET /tickets/api/v1/macros/";
const ONE = "GET /tickets/api/v1/tickets/:id/";
const SEEN = "GET /tickets/api/v1/tickets/:id/macros/:macro/";
const APPLIED = "POST /tickets/api/v1/tickets/:id/macros/:macro/application/";
const SAID = "POST /messaging/api/v1/tickets/:id/comments/";

const waiting = {
  id: "m1",
  name: "Waiting for the supplier",
  owner_id: cora.id,
  is_shared: true,
  version: 2,
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  actions: {
    category: "it-support",
    sub_category: "printer",
    priority: "Low",
    add_tags: ["supplier"],
    remove_tags: ["new"],
    reply: { visibility: "internal", body: "{{requester.name}} waits." },
  },
};
const sorry = {
  ...waiting,
  id: "m2",
  name: "Not ours",
  owner_id: alan.id,
  is_shared: false,
  actions: { status: "Rejected", reason: "Ask the landlord.", reply: { visibility: "public", body: "Sorry." } },
};
const note = { visibility: "internal", body: "Erin waits." };
const preview = {
  changes: [
    { field: "category", old: "general", new: "it-support" },
    { field: "custom_fields", old: { room: "1" }, new: {} },
    { field: "priority", old: "High", new: "Low" },
    { field: "sub_category", old: "", new: "printer" },
    { field: "tags", old: ["new", "printer"], new: ["printer", "supplier"] },
  ],
  refused: [],
  reply: note,
};

/** What a macro would do, of a version of the ticket. */
function seen(version: number, more: object = {}) {
  const answer = json({ ...preview, ...more });
  answer.headers.set("ETag", `"${version}"`);
  return answer;
}

it("shows what a macro would do, does it once, and leaves its words to be sent after what was typed", async () => {
  const { server, user } = await open(PLACE, cora, {
    [LIST]: () => page(waiting, sorry),
    [SEEN]: () => seen(4),
    [APPLIED]: () => json({ ticket: { ...ticket, version: 5 }, reply: note }),
    [SAID]: () => json(comment(1, "x", { visibility: "internal" }), 201),
  });
  await user.click(await screen.findByRole("button", { name: "Internal note" }));
  await user.type(screen.getByLabelText("Internal note: staff only"), "I called them.");
  await user.click(screen.getByRole("button", { name: "Reply" }));
  await user.click(screen.getByRole("button", { name: "Macros" }));
  const dialog = within(screen.getByRole("dialog", { name: "Macros" }));
  await user.selectOptions(await dialog.findByLabelText("Which macro"), "Waiting for the supplier");
  const told = (await dialog.findByText("Priority")).closest("dl")?.textContent;
  expect(told).toContain("PriorityHigh → Low");
  expect(told).toContain("Categorygeneral → IT support");
  expect(told).toContain("Sub-category– → Printer");
  expect(told).toContain("Tagsadd supplier; remove new");
  expect(told).toContain("Further fieldsleft empty");
  expect(dialog.getByRole("region", { name: "Writes" }).textContent).toContain("Erin waits.");
  await user.click(dialog.getByRole("button", { name: "Apply" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const { headers, params } = server.last(APPLIED);
  expect(params[1]).toBe("m1");
  expect(headers.get("If-Match")).toBe('"4"');
  expect(headers.get("Idempotency-Key")).toBeTruthy();
  const field = await screen.findByLabelText<HTMLTextAreaElement>("Internal note: staff only");
  await waitFor(() => expect(field.value).toBe("I called them.\n\nErin waits."));
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect(screen.getByText("Waiting for the supplier is applied.")).toBeTruthy();
  // Between note and reply and back, they are there once.
  await user.click(screen.getByRole("button", { name: "Reply" }));
  expect(screen.getByLabelText<HTMLTextAreaElement>("Reply to the requester").value).toBe("");
  await user.click(screen.getByRole("button", { name: "Internal note" }));
  expect(screen.getByLabelText<HTMLTextAreaElement>("Internal note: staff only").value).toBe(
    "I called them.\n\nErin waits.",
  );
  expect(server.of(SAID)).toHaveLength(0);
  expect(screen.getByText(/The macro's words are at the end/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Add note" }));
  await waitFor(() => expect(server.last(SAID).body).toMatchObject({ visibility: "internal" }));
  await waitFor(() => expect(screen.queryByText(/The macro's words are at the end/)).toBeNull());
});

it("is chosen in the palette; what its user may not is told before, and not done", async () => {
  const { user } = await open(PLACE, alan, {
    [LIST]: () => page(waiting),
    [SEEN]: () => seen(4, { refused: ["priority", "add_tags"] }),
  });
  await screen.findByRole("button", { name: "Macros" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /Type a command/ }), "supplier");
  await screen.findByRole("option", { name: "Macro: Waiting for the supplier" });
  await user.keyboard("{Enter}");
  const told = await screen.findByText(/You may not do this/);
  expect(told.textContent).toContain("Priority, Add tags");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Apply" }).disabled).toBe(true);
});

it("looks again when the ticket has changed meanwhile, and names what is refused", async () => {
  let version = 4;
  const { server, user } = await open(PLACE, cora, {
    [LIST]: () => page(waiting),
    [ONE]: () => json({ ...ticket, version }),
    [SEEN]: () => seen(version),
    [APPLIED]: ({ headers }) => {
      if (headers.get("If-Match") === '"5"')
        return problem(409, "macro_refused", { detail: "Add tags: The ticket has as many tags as it can have" });
      version = 5;
      return problem(412, "precondition_failed");
    },
  });
  await screen.findByRole("heading", { name: "Printer beeps" });
  await screen.findByRole("button", { name: "Macros" });
  await user.keyboard("m");
  await user.selectOptions(await screen.findByLabelText("Which macro"), "m1");
  await user.click(await screen.findByRole("button", { name: "Apply" }));
  await screen.findByText(/Somebody else changed it meanwhile/);
  await waitFor(() => expect(server.of(SEEN).length).toBeGreaterThan(1));
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Apply" }).disabled).toBe(false));
  await user.click(screen.getByRole("button", { name: "Apply" }));
  expect(await screen.findByText(/Add tags: The ticket has as many tags/)).toBeTruthy();
  const [one, two] = server.of(APPLIED).map(({ headers }) => headers.get("Idempotency-Key"));
  expect(one).not.toBe(two);
});

it("keeps the field of a ticket that the macro has ended until its words are sent", async () => {
  let status = "Open";
  const { server, user } = await open(PLACE, cora, {
    [LIST]: () => page(sorry),
    [ONE]: () => json({ ...ticket, status }),
    [SEEN]: () => seen(4, { changes: [{ field: "status", old: "Open", new: "Rejected" }], reply: sorry.actions.reply }),
    [APPLIED]: () => {
      status = "Rejected";
      return json({ ticket: { ...ticket, status }, reply: sorry.actions.reply });
    },
    [SAID]: () => json(comment(1, "Sorry."), 201),
  });
  await user.click(await screen.findByRole("button", { name: "Macros" }));
  await user.selectOptions(await screen.findByLabelText("Which macro"), "m2");
  await screen.findByText("Open → Rejected: Ask the landlord.");
  await user.click(screen.getByRole("button", { name: "Apply" }));
  await waitFor(() => expect(document.querySelector(".ticket-head .status-rejected")).toBeTruthy());
  expect(screen.getByLabelText<HTMLTextAreaElement>("Reply to the requester").value).toBe("Sorry.");
  await user.click(screen.getByRole("button", { name: "Send reply" }));
  await waitFor(() => expect(server.of(SAID)).toHaveLength(1));
  await waitFor(() => expect(screen.queryByLabelText("Reply to the requester")).toBeNull());
});

it("is made, changed and deleted; those of the desk by coordinators", async () => {
  const { server, user } = await open("/macros", alan, {
    [LIST]: () => page(waiting, sorry),
    "POST /tickets/api/v1/macros/": () => json(sorry, 201),
    "PATCH /tickets/api/v1/macros/:id/": () =>
      problem(400, "validation_error", {
        errors: [{ field: "actions.add_tags.0", code: "invalid", detail: "No spaces." }],
      }),
    "DELETE /tickets/api/v1/macros/:id/": () => json(null, 204),
  });
  await screen.findByRole("heading", { name: "Waiting for the supplier" });
  expect(screen.getByText("Rejected: Ask the landlord.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Edit Waiting for the supplier" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "New macro" }));
  expect(screen.queryByLabelText("Share with the desk")).toBeNull();
  await user.type(screen.getByLabelText("Name"), "All");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  await user.selectOptions(screen.getByLabelText(/^Priority/), "Critical");
  await user.selectOptions(screen.getByLabelText(/^Category/), "it-support");
  await user.selectOptions(await screen.findByLabelText(/^Sub-category/), "printer");
  await user.type(screen.getByLabelText(/^Add tags/), "a, b c");
  await user.type(screen.getByLabelText(/^Remove tags/), "d");
  await user.selectOptions(screen.getByLabelText(/^Status/), "Reject");
  await user.type(screen.getByLabelText("Reason"), "No.");
  await user.selectOptions(screen.getByLabelText("Writes"), "Public reply");
  await user.type(screen.getByLabelText("Text"), "Sorry");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const made = server.last("POST /tickets/api/v1/macros/");
  expect(made.headers.get("Idempotency-Key")).toBeTruthy();
  expect(made.body).toEqual({
    name: "All",
    is_shared: false,
    actions: {
      category: "it-support",
      sub_category: "printer",
      priority: "Critical",
      add_tags: ["a", "b", "c"],
      remove_tags: ["d"],
      status: "Rejected",
      reason: "No.",
      reply: { visibility: "public", body: "Sorry" },
    },
  });
  await user.click(screen.getByRole("button", { name: "Edit Not ours" }));
  await user.selectOptions(screen.getByLabelText(/^Status/), "Close");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("No spaces.", { selector: ".field-error" })).toBeTruthy();
  const changed = server.last("PATCH /tickets/api/v1/macros/:id/");
  expect(changed.headers.get("If-Match")).toBe('"2"');
  expect(changed.body).toMatchObject({ actions: { status: "Closed", reply: sorry.actions.reply } });
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(screen.getByRole("button", { name: "Delete Not ours" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(server.of("DELETE /tickets/api/v1/macros/:id/")).toHaveLength(1));
});

it("shows both when a colleague has changed it meanwhile", async () => {
  let version = 2;
  const { server, user } = await open("/macros", cora, {
    [LIST]: () => page({ ...waiting, version }),
    "PATCH /tickets/api/v1/macros/:id/": ({ headers }) => {
      if (headers.get("If-Match") === '"3"') return json(waiting);
      version = 3;
      return problem(412, "precondition_failed");
    },
  });
  await user.click(await screen.findByRole("button", { name: "Edit Waiting for the supplier" }));
  await user.type(screen.getByLabelText("Name"), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Keep mine" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(server.last("PATCH /tickets/api/v1/macros/:id/").body).toMatchObject({ name: "Waiting for the supplier!" });
});

it("is applied to many tickets without its words, after a question where it ends them", async () => {
  const bulk = "POST /tickets/api/v1/tickets/bulk/";
  const words = { ...waiting, id: "m3", name: "Hello", actions: { reply: note } };
  const { server, user } = await open("/requests", cora, {
    [LIST]: () => page(waiting, sorry, words),
    [bulk]: () => json({ results: [] }),
  });
  await user.click(await screen.findByLabelText("Select all shown"));
  await screen.findByRole("option", { name: "Apply a macro" });
  await user.selectOptions(screen.getByLabelText("Action"), "macro");
  expect(screen.queryByRole("option", { name: "Hello" })).toBeNull();
  await user.selectOptions(screen.getByLabelText("Which macro"), "m2");
  expect(screen.getByText(/Its words are left out/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Apply" }));
  expect(server.of(bulk)).toHaveLength(0);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Apply a macro" }));
  await waitFor(() => expect(server.of(bulk)).toHaveLength(1));
  expect(server.last(bulk).body).toEqual({
    action: "macro",
    macro_id: "m2",
    tickets: [{ id: ticket.id, version: 4 }],
  });
});
