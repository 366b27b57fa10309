import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, cora, erin, open, ticket } from "./cast";
import { json, page, problem } from "./server";

const PLACE = "/requests/TTS-2026-000001";
const ONE = "GET /tickets/api/v1/tickets/:id/";
const PATCHED = "PATCH /tickets/api/v1/tickets/:id/";
const editable = { ...ticket, is_editable: true };
const other = { ...ticket, id: "0190-two", number: "TTS-2026-000002", subject: "Printer hums" };

it("edits in place what was changed, and nothing else", async () => {
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json(editable),
    [PATCHED]: () => json({ ...editable, priority: "Low", version: 5 }),
  });
  await screen.findByRole("heading", { name: "Printer beeps" });
  await user.keyboard("e");
  await user.selectOptions(await screen.findByLabelText("Priority"), "Low");
  await user.type(screen.getByLabelText("Room"), "b");
  await user.type(screen.getByLabelText(/Department/), "x");
  await user.type(screen.getByLabelText(/Department/), "{Backspace}");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("form", { name: "Edit" })).toBeNull());
  const { body, headers } = server.last(PATCHED);
  expect(body).toEqual({ priority: "Low", custom_fields: { ...ticket.custom_fields, room: "4.12b" } });
  expect(headers.get("If-Match")).toBe('"4"');
  expect(Object.keys(localStorage).filter((key) => key.startsWith("tts.draft"))).toEqual([]);
});

it("shows both where somebody else changed the same field, and loses neither", async () => {
  let now = editable;
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json(now),
    [PATCHED]: ({ headers }) => {
      if (headers.get("If-Match") === '"4"') {
        now = { ...editable, subject: "Printer beeps loudly", department: "Legal", version: 5 };
        return problem(412, "precondition_failed");
      }
      now = { ...now, subject: "Printer beeps at night", version: 6 };
      return json(now);
    },
  });
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const subject = screen.getByLabelText<HTMLInputElement>("Subject");
  await user.clear(subject);
  await user.type(subject, "Printer beeps at night");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const conflict = (await screen.findByText(/Subject was changed by somebody else/)).closest("[role=alert]");
  expect(conflict?.textContent).toContain("Printer beeps at night");
  expect(conflict?.textContent).toContain("Printer beeps loudly");
  expect(subject.value).toBe("Printer beeps at night");
  expect(screen.getByLabelText<HTMLInputElement>(/Department/).value).toBe("Legal");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  await user.click(screen.getByRole("button", { name: "Keep mine" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByRole("heading", { name: "Printer beeps at night" });
  const { body, headers } = server.last(PATCHED);
  expect(body).toEqual({ subject: "Printer beeps at night" });
  expect(headers.get("If-Match")).toBe('"5"');
});

it("takes theirs where that is wanted, and keeps an unfinished edit over a reload", async () => {
  let now = editable;
  const first = await open(PLACE, cora, { [ONE]: () => json(now) });
  await first.user.click(await screen.findByRole("button", { name: "Edit" }));
  await first.user.type(screen.getByLabelText("Subject"), "!");
  document.body.replaceChildren();
  now = { ...editable, subject: "Printer is silent", version: 5 };
  const { user } = await open(PLACE, cora, { [ONE]: () => json(now) });
  expect((await screen.findByLabelText<HTMLInputElement>("Subject")).value).toBe("Printer beeps!");
  await user.click(screen.getByRole("button", { name: "Take theirs" }));
  expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("Printer is silent");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("form", { name: "Edit" })).toBeNull());
});

it("lets the same edits go on top of what somebody else changed elsewhere", async () => {
  let now = editable;
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json(now),
    [PATCHED]: ({ headers }) => {
      if (headers.get("If-Match") === '"5"') return json({ ...now, priority: "Low", version: 6 });
      now = { ...editable, department: "Legal", version: 5 };
      return problem(412, "precondition_failed");
    },
  });
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  await user.selectOptions(screen.getByLabelText("Priority"), "Low");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(/nothing that you have changed/);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("form", { name: "Edit" })).toBeNull());
  expect(server.last(PATCHED).body).toEqual({ priority: "Low" });
});

it("offers no editing to who may not", async () => {
  await open(PLACE, alan);
  await screen.findByRole("heading", { name: "Printer beeps" });
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
  expect(screen.queryByLabelText("Add a tag")).toBeNull();
});

it("puts tags on and takes them off", async () => {
  const put = "PUT /tickets/api/v1/tickets/:id/tags/:tag/";
  const gone = "DELETE /tickets/api/v1/tickets/:id/tags/:tag/";
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json(editable),
    [put]: () => json(editable),
    [gone]: () => json(null, 204),
  });
  await user.type(await screen.findByLabelText("Add a tag"), "toner{Enter}");
  await waitFor(() => expect(server.last(put).params[1]).toBe("toner"));
  await user.click(await screen.findByRole("button", { name: "Remove the tag printer" }));
  await waitFor(() => expect(server.last(gone).params[1]).toBe("printer"));
  expect(screen.getByRole("link", { name: "printer" }).getAttribute("href")).toBe("/requests?tag=printer");
});

it("follows by a key, and lets somebody else follow", async () => {
  const watchers = "POST /tickets/api/v1/tickets/:id/watchers/";
  let now = editable;
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json(now),
    "GET /tickets/api/v1/tickets/:id/watchers/": () =>
      page(...now.watcher_ids.map((user_id) => ({ user_id, name: user_id === cora.id ? "Cora" : "Alan" }))),
    "GET /auth/api/v1/users/": () => page(alan),
    [watchers]: ({ body }) => {
      now = { ...now, watcher_ids: [...now.watcher_ids, (body as { user_id: string }).user_id] };
      return json(now);
    },
    "DELETE /tickets/api/v1/tickets/:id/watchers/:who/": ({ params }) => {
      now = { ...now, watcher_ids: now.watcher_ids.filter((id) => id !== params[1]) };
      return json(null, 204);
    },
  });
  await screen.findByRole("button", { name: "Follow" });
  await user.keyboard("f");
  await screen.findByRole("button", { name: "Unfollow" });
  expect(server.last(watchers).body).toEqual({ user_id: cora.id });
  await user.click(screen.getByText("Who follows"));
  await user.type(await screen.findByRole("combobox", { name: /Let somebody follow/ }), "ala");
  await screen.findByRole("option", { name: /Alan/ });
  expect(server.last("GET /auth/api/v1/users/").query.get("q")).toBe("ala");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(server.last(watchers).body).toEqual({ user_id: alan.id }));
  await user.click(await screen.findByRole("button", { name: "Remove Alan" }));
  await waitFor(() => expect(now.watcher_ids).toEqual([cora.id]));
});

it("links a ticket as a child, from the parent's side, and unlinks it", async () => {
  const made = "POST /tickets/api/v1/tickets/:id/links/";
  const links: unknown[] = [];
  const { server, user } = await open(PLACE, alan, {
    "GET /tickets/api/v1/tickets/": () => page(ticket, other),
    "GET /tickets/api/v1/tickets/:id/links/": () => page(...links),
    [ONE]: () => json({ ...ticket, version: 4 + links.length }),
    [made]: () => {
      links.push({
        id: "0190-link",
        relation: "parent",
        direction: "inward",
        ticket: { id: other.id, number: other.number, subject: other.subject, status: "Open" },
        created_by: alan.id,
        created_at: ticket.created_at,
      });
      return json(links[0], 201);
    },
    "DELETE /tickets/api/v1/tickets/:id/links/:link/": () => {
      links.pop();
      return json(null, 204);
    },
  });
  await user.click(await screen.findByRole("button", { name: "Link a ticket" }));
  await user.selectOptions(screen.getByLabelText("This ticket"), "child");
  await user.type(screen.getByRole("combobox", { name: "Which ticket" }), "hums");
  await user.click(await screen.findByRole("option", { name: /TTS-2026-000002 Printer hums/ }));
  await user.click(screen.getByRole("button", { name: "Link" }));
  expect(await screen.findByRole("link", { name: "TTS-2026-000002 Printer hums" })).toBeTruthy();
  expect(server.last(made).params[0]).toBe(other.id);
  expect(server.last(made).body).toEqual({ relation: "parent", to: ticket.id });
  expect(screen.getByText("is a child of", { selector: "span" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Remove the link to TTS-2026-000002" }));
  await waitFor(() => expect(links).toEqual([]));
});

it("merges after a search and a word of warning", async () => {
  const merged = "POST /tickets/api/v1/tickets/:id/merger/";
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json({ ...ticket, allowed_statuses: ["Rejected", "Merged"] }),
    "GET /tickets/api/v1/tickets/": () => page(ticket, other),
    [merged]: () => json({ ...ticket, status: "Merged" }),
  });
  await user.click(await screen.findByRole("button", { name: "Merge" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.type(dialog.getByRole("combobox", { name: "Into which ticket" }), "printer");
  await dialog.findByRole("option", { name: /TTS-2026-000002/ });
  expect(dialog.queryByRole("option", { name: /TTS-2026-000001/ })).toBeNull();
  await user.keyboard("{Enter}");
  expect(dialog.getByText(/ends as a part of TTS-2026-000002 Printer hums/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Merge" }));
  await waitFor(() => expect(server.last(merged).body).toEqual({ into: other.id }));
});

it("keeps an action's key and words when its dialog is closed after a lost answer", async () => {
  const rejected = "POST /tickets/api/v1/tickets/:id/rejection/";
  const { server, user } = await open(PLACE, cora, {
    [ONE]: () => json({ ...ticket, allowed_statuses: ["Rejected"] }),
    [rejected]: () => Promise.reject(new Error("cut")),
  });
  await user.click(await screen.findByRole("button", { name: "Reject" }));
  await user.type(screen.getByLabelText(/Why is it rejected/), "Duplicate");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Reject" }));
  await screen.findByText(/could not be reached/);
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  server.on({ [rejected]: () => json({ ...ticket, status: "Rejected" }) });
  await user.click(screen.getByRole("button", { name: "Reject" }));
  expect(screen.getByLabelText<HTMLTextAreaElement>(/Why is it rejected/).value).toBe("Duplicate");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Reject" }));
  await waitFor(() => expect(server.of(rejected)).toHaveLength(2));
  const keys = server.of(rejected).map(({ headers }) => headers.get("Idempotency-Key"));
  expect(keys[0]).toBe(keys[1]);
  await waitFor(() => expect(Object.keys(localStorage).filter((key) => key.startsWith("tts.attempt"))).toEqual([]));
});

it("files for somebody else", async () => {
  const filed = "POST /tickets/api/v1/tickets/";
  const { server, user } = await open("/requests/new", alan, {
    [filed]: () => json(ticket, 201),
    "GET /auth/api/v1/users/": () => page(erin),
  });
  await user.type(await screen.findByRole("combobox", { name: /For whom/ }), "eri");
  await user.click(await screen.findByRole("option", { name: /Erin/ }));
  await user.selectOptions(screen.getByLabelText("What is it about?"), "it-support");
  await user.type(screen.getByLabelText("Subject"), "Printer beeps");
  await user.type(screen.getByLabelText("Room"), "4.12");
  await user.type(screen.getByLabelText(/Description/), "Since Monday");
  await user.click(screen.getByRole("button", { name: "File the request" }));
  await screen.findByRole("heading", { name: "Printer beeps" });
  expect(server.last(filed).body).toMatchObject({ requester_id: erin.id });
});

it("makes, changes and deletes canned replies; those of the desk are the coordinators'", async () => {
  const shared = { id: "r1", name: "Thanks", owner_id: cora.id, is_shared: true, version: 1, body: "Thank you." };
  const own = { id: "r2", name: "Hello", owner_id: alan.id, is_shared: false, version: 3, body: "Hello {{me.name}}" };
  const { server, user } = await open("/replies", alan, {
    "GET /tickets/api/v1/canned-replies/": () => page(shared, own),
    "POST /tickets/api/v1/canned-replies/": () => json(own, 201),
    "PATCH /tickets/api/v1/canned-replies/:id/": () => json(own),
    "DELETE /tickets/api/v1/canned-replies/:id/": () => json(null, 204),
  });
  await screen.findByRole("heading", { name: "Thanks" });
  expect(screen.queryByRole("button", { name: "Edit Thanks" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "New canned reply" }));
  expect(screen.queryByLabelText("Share with the desk")).toBeNull();
  await user.type(screen.getByLabelText("Name"), "Bye");
  await user.type(screen.getByLabelText("Text"), "Bye");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const made = server.last("POST /tickets/api/v1/canned-replies/");
  expect(made.body).toEqual({ name: "Bye", body: "Bye", is_shared: false });
  expect(made.headers.get("Idempotency-Key")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Edit Hello" }));
  await user.type(screen.getByLabelText("Text"), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const changed = server.last("PATCH /tickets/api/v1/canned-replies/:id/");
  expect(changed.headers.get("If-Match")).toBe('"3"');
  expect(changed.body).toMatchObject({ body: "Hello {{me.name}}!" });
  await user.click(screen.getByRole("button", { name: "Delete Hello" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(server.of("DELETE /tickets/api/v1/canned-replies/:id/")).toHaveLength(1));
});

it("goes to the next ticket of the list, and back to it, by keys", async () => {
  const { user } = await open("/requests?priority=High", cora, {
    "GET /tickets/api/v1/tickets/": () => page(ticket, other),
    [ONE]: ({ params }) => json(params[0] === other.number ? other : ticket),
  });
  await screen.findByRole("link", { name: "Printer hums" });
  await user.keyboard("jx");
  expect(screen.getByText("1 ticket selected")).toBeTruthy();
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { name: "Printer beeps" });
  await user.keyboard("j");
  await screen.findByRole("heading", { name: "Printer hums" });
  expect(screen.getByRole("link", { name: "Previous (k)" })).toBeTruthy();
  await user.keyboard("k");
  await screen.findByRole("heading", { name: "Printer beeps" });
  await user.keyboard("u");
  await waitFor(() => expect(location.search).toBe("?priority=High"));
  await user.keyboard("/");
  const search = await screen.findByRole<HTMLInputElement>("searchbox", { name: "Search tickets" });
  expect(document.activeElement).toBe(search);
  await user.keyboard("hum{Escape}");
  expect(document.activeElement).toBe(document.body);
  expect(search.value).toBe("hum");
});

it("has the page's own actions in the palette", async () => {
  const { user } = await open(PLACE, alan);
  await screen.findByRole("button", { name: "Resolve it" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /Type a command/ }), "resolve it{Enter}");
  expect(await screen.findByRole("dialog", { name: "Resolve it" })).toBeTruthy();
});

it("exports what the filters leave, a tag of a ticket's page among them", async () => {
  const exported = "GET /tickets/api/v1/tickets/export/";
  const { server, user } = await open("/requests?tag=printer&priority=High", cora, {
    [exported]: () => new Response("number\r\n"),
  });
  await user.click(await screen.findByRole("button", { name: "Export as CSV" }));
  await waitFor(() => expect(server.of(exported)).toHaveLength(1));
  expect(Object.fromEntries(server.last(exported).query)).toEqual({ tag: "printer", priority: "High" });
  await user.click(screen.getByRole("button", { name: "Remove Tag: printer" }));
  await waitFor(() => expect(location.search).toBe("?priority=High"));
});

it("asks before it ends many tickets, and repeats a lost attempt as the same one", async () => {
  const bulk = "POST /tickets/api/v1/tickets/bulk/";
  const { server, user } = await open("/requests", cora, {
    "GET /tickets/api/v1/tickets/": () => page(ticket, other),
    [bulk]: () => Promise.reject(new Error("cut")),
  });
  await user.click(await screen.findByLabelText("Select all shown"));
  await user.selectOptions(screen.getByLabelText("Action"), "close");
  await user.click(screen.getByRole("button", { name: "Apply" }));
  expect(screen.getByText("This ends 2 tickets, and their requesters are told.")).toBeTruthy();
  expect(server.of(bulk)).toHaveLength(0);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
  await screen.findAllByText(/could not be reached/);
  server.on({ [bulk]: () => json({ results: [] }) });
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const [one, two] = server.of(bulk).map(({ headers }) => headers.get("Idempotency-Key"));
  expect(one).toBe(two);
});

it("asks for what stands beside a ticket with it, not after it", async () => {
  let answer: (response: Response) => void = () => undefined;
  const { server } = await open(`/requests/${ticket.number}`, alan, {
    [ONE]: () => new Promise<Response>((resolve) => (answer = resolve)),
  });
  await waitFor(() => {
    expect(server.last("GET /messaging/api/v1/tickets/:id/comments/").params).toEqual([ticket.number]);
    expect(server.last("GET /workflow/api/v1/tasks/").query.get("ticket")).toBe(ticket.number);
  });
  expect(screen.queryByRole("heading", { name: ticket.subject })).toBeNull();
  answer(json(ticket));
  expect(await screen.findByRole("heading", { name: ticket.subject })).toBeTruthy();
});
