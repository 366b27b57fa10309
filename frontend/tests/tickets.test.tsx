import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, comment, cora, erin, open, ticket } from "./cast";
import { kept } from "./kept";
import { json, page, problem, stream } from "./server";

const FILED = "POST /tickets/api/v1/tickets/";

async function write(user: Awaited<ReturnType<typeof open>>["user"]) {
  await user.selectOptions(await screen.findByLabelText("What is it about?"), "it-support");
  await user.type(screen.getByLabelText("Subject"), "Printer beeps");
  await user.type(screen.getByLabelText("Room"), "4.12");
  await user.type(screen.getByLabelText(/Description/), "Since Monday");
}

it("files a ticket with what its category asks for, and files", async () => {
  const { server, user } = await open("/requests/new", erin, { [FILED]: () => json(ticket, 201) });
  await write(user);
  await user.selectOptions(screen.getByLabelText(/More precisely/), "printer");
  await user.selectOptions(screen.getByLabelText(/Kind/), "Laser");
  await user.type(screen.getByLabelText("Item 1"), "Toner");
  await user.type(screen.getByLabelText("Amount 1"), "12.50");
  await user.click(screen.getByRole("button", { name: "Add an item" }));
  await user.type(screen.getByLabelText("Item 2"), "Drum");
  await user.click(screen.getByRole("button", { name: "Remove item 2" }));
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-11-20" } });
  fireEvent.change(screen.getByLabelText("Until"), { target: { value: "2026-11-21" } });
  await user.upload(screen.getByLabelText("Attachments"), new File(["beep"], "beep.txt"));
  await user.click(screen.getByRole("button", { name: "File the request" }));
  expect(await screen.findByRole("heading", { name: "Printer beeps" })).toBeTruthy();
  const { body, headers } = server.last(FILED) as { body: Record<string, unknown>; headers: Headers };
  expect(body).toMatchObject({ category: "it-support", sub_category: "printer", subject: "Printer beeps" });
  expect(JSON.parse(String(body["custom_fields"]))).toEqual({
    room: "4.12",
    kind: "Laser",
    parts: [{ name: "Toner", amount: "12.50" }],
    loan: { start: "2026-11-20", end: "2026-11-21" },
  });
  expect((body["attachments"] as File).name).toBe("beep.txt");
  expect(headers.get("Idempotency-Key")).toBeTruthy();
  expect(Object.keys(localStorage).filter((key) => key.startsWith("tts.draft"))).toEqual([]);
});

it("keeps the draft and its key over a lost answer and a reload", async () => {
  const first = await open("/requests/new", erin, { [FILED]: () => Promise.reject(new Error("cut")) });
  await write(first.user);
  await first.user.click(screen.getByRole("button", { name: "File the request" }));
  expect((await screen.findByRole("alert")).textContent).toContain("could not be reached");
  document.body.replaceChildren();
  const again = await open("/requests/new", erin, { [FILED]: () => json(ticket, 201) });
  expect((await screen.findByLabelText<HTMLInputElement>("Subject")).value).toBe("Printer beeps");
  await again.user.click(screen.getByRole("button", { name: "File the request" }));
  await screen.findByRole("heading", { name: "Printer beeps" });
  const key = (server: typeof again.server) => server.last(FILED).headers.get("Idempotency-Key");
  expect(key(again.server)).toBe(key(first.server));
});

it("keeps the chosen files over a reload too, until the request is filed", async () => {
  const first = await open("/requests/new", erin, { [FILED]: () => Promise.reject(new Error("cut")) });
  await write(first.user);
  await first.user.upload(screen.getByLabelText("Attachments"), new File(["beep"], "beep.txt"));
  await waitFor(() => expect(kept.size).toBe(1));
  document.body.replaceChildren();
  const again = await open("/requests/new", erin, { [FILED]: () => json(ticket, 201) });
  expect(await screen.findByText("beep.txt", { exact: false })).toBeTruthy();
  await again.user.click(screen.getByRole("button", { name: "File the request" }));
  await screen.findByRole("heading", { name: "Printer beeps" });
  expect((again.server.last(FILED).body as Record<string, File>)["attachments"]?.name).toBe("beep.txt");
  await waitFor(() => expect(kept.size).toBe(0));
});

it("keeps a draft's files to its writer: another sees none, and signing out leaves none", async () => {
  const { user } = await open("/requests/new", erin);
  await user.upload(await screen.findByLabelText("Attachments"), new File(["beep"], "beep.txt"));
  await waitFor(() => expect(kept.size).toBe(1));
  document.body.replaceChildren();
  const other = await open("/requests/new", alan);
  await screen.findByLabelText("Attachments");
  expect(screen.queryByText("beep.txt", { exact: false })).toBeNull();
  await other.user.click(screen.getByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(kept.size).toBe(0));
});

it("keeps no more than fits: the oldest makes room, and what is too large says so and asks before one leaves", async () => {
  const large = (name: string, megabytes: number) => {
    const file = new File(["x"], name);
    Object.defineProperty(file, "size", { value: megabytes * 1024 * 1024 });
    return file;
  };
  const { user } = await open("/requests/new", erin);
  const chooser = await screen.findByLabelText("Attachments");
  kept.set("0190-erin.talk.of-yesterday.public", { files: [large("old.iso", 20)], at: Date.now() - 24 * 3600 * 1000 });
  kept.set("0190-erin.talk.of-today.public", { files: [large("new.iso", 20)], at: Date.now() - 1000 });
  await user.upload(chooser, large("a.iso", 20));
  await waitFor(() => expect([...kept.keys()]).toEqual(["0190-erin.talk.of-today.public", "0190-erin.ticket"]));
  const leave = () => {
    const event = new Event("beforeunload", { cancelable: true });
    dispatchEvent(event);
    return event.defaultPrevented;
  };
  await waitFor(() => expect(leave()).toBe(false));
  await user.upload(chooser, [large("b.iso", 20), large("c.iso", 20)]);
  expect(await screen.findByText("Together they are too large to be kept over a reload.")).toBeTruthy();
  await waitFor(() => expect([...kept.keys()]).toEqual(["0190-erin.talk.of-today.public"]));
  expect(leave()).toBe(true);
});

it("shows a fault at its field, and makes the next attempt another one", async () => {
  const errors = [{ field: "custom_fields.room", code: "invalid", detail: "No such room." }];
  const { server, user } = await open("/requests/new", erin, {
    [FILED]: () => problem(400, "custom_fields_invalid", { errors }),
  });
  await write(user);
  await user.click(screen.getByRole("button", { name: "File the request" }));
  await waitFor(() => expect(screen.getByLabelText("Room").getAttribute("aria-invalid")).toBe("true"));
  await user.click(screen.getByRole("button", { name: "File the request" }));
  await waitFor(() => expect(server.of(FILED)).toHaveLength(2));
  const keys = server.of(FILED).map((asked) => asked.headers.get("Idempotency-Key"));
  expect(new Set(keys).size).toBe(2);
});

it("warns when an earlier attempt has arrived with other words", async () => {
  const { server, user } = await open("/requests/new", erin, { [FILED]: () => problem(422, "idempotency_key_reused") });
  await write(user);
  await user.click(screen.getByRole("button", { name: "File the request" }));
  expect((await screen.findByRole("alert")).textContent).toContain("An earlier attempt");
  server.on({ [FILED]: () => json(ticket, 201) });
  await user.click(screen.getByRole("button", { name: "File it as another request" }));
  await screen.findByRole("heading", { name: "Printer beeps" });
});

it("refuses files that the desk would refuse, and takes those that are dropped or pasted", async () => {
  const { user } = await open("/requests/new", erin);
  const words = await screen.findByLabelText(/Description/);
  const big = new File(["x"], "big.iso");
  Object.defineProperty(big, "size", { value: 26 * 1024 * 1024 });
  fireEvent.drop(words, { dataTransfer: { files: [big, new File(["a"], "a.txt")] } });
  expect(screen.getByRole("alert").textContent).toContain("big.iso is larger than");
  fireEvent.paste(words, { clipboardData: { files: [new File(["p"], "screen.png")] } });
  expect(screen.getByText("screen.png", { exact: false })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Remove a.txt" }));
  expect(screen.queryByText("a.txt", { exact: false })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Discard the draft" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(screen.getByText("screen.png", { exact: false })).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Discard the draft" }));
  await waitFor(() => expect(screen.queryByText("screen.png", { exact: false })).toBeNull());
  expect(screen.queryByRole("button", { name: "Discard the draft" })).toBeNull();
});

it("lists one's own, with filters in the address and search as one types", async () => {
  const { server, user } = await open("/requests?status=Open", erin);
  expect(await screen.findByRole("link", { name: "Printer beeps" })).toBeTruthy();
  expect(server.last("GET /tickets/api/v1/tickets/").query.get("status")).toBe("Open");
  await user.type(screen.getByRole("searchbox"), "toner");
  await waitFor(() => expect(server.last("GET /tickets/api/v1/tickets/").query.get("q")).toBe("toner"));
  expect(location.search).toContain("q=toner");
  await user.selectOptions(screen.getByLabelText("Priority"), "High");
  await waitFor(() => expect(location.search).toContain("priority=High"));
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(location.search).toBe(""));
});

it("goes through the rows by j and k", async () => {
  const { user } = await open("/requests", erin, {
    "GET /tickets/api/v1/tickets/": () =>
      page(ticket, { ...ticket, id: "2", number: "TTS-2026-000002", subject: "Two" }),
  });
  await screen.findByRole("link", { name: "Two" });
  await user.keyboard("jjk");
  expect(document.activeElement?.textContent).toBe("Printer beeps");
});

it("shows more of a long list", async () => {
  const { server, user } = await open("/requests", erin, {
    "GET /tickets/api/v1/tickets/": ({ query }) =>
      query.get("cursor") ? page({ ...ticket, id: "2", subject: "Two" }) : json({ results: [ticket], next: "c2" }),
  });
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("link", { name: "Two" })).toBeTruthy();
  expect(server.last("GET /tickets/api/v1/tickets/").query.get("cursor")).toBe("c2");
});

it("follows the conversation live, from the last number seen, and again after a cut", async () => {
  const first = stream();
  const second = stream();
  const opened = [first, second];
  const { server, user } = await open("/requests/TTS-2026-000001", erin, {
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(comment(3, "We look into it.")),
    "GET /messaging/api/v1/live/tickets/:id/": () => (opened.shift() ?? stream()).response,
  });
  expect(await screen.findByText("We look into it.")).toBeTruthy();
  await screen.findByText("Live");
  first.send(`id: 5\nevent: comment.created\ndata: ${JSON.stringify({ comment: comment(5, "Fixed?") })}\n\n`);
  expect(await screen.findByText("Fixed?")).toBeTruthy();
  first.send(`event: typing\ndata: {"user_id": "${alan.id}", "name": "Alan", "visibility": "public"}\n\n`);
  expect(await screen.findByText("Alan is writing …")).toBeTruthy();
  first.send(`event: presence\ndata: {"present": [{"user_id": "${alan.id}", "name": "Alan", "is_staff": true}]}\n\n`);
  expect(await screen.findByText("Also here: Alan")).toBeTruthy();
  first.end();
  await waitFor(() => expect(server.of("GET /messaging/api/v1/live/tickets/:id/")).toHaveLength(2), { timeout: 3000 });
  const positions = server.of("GET /messaging/api/v1/live/tickets/:id/").map((one) => one.headers.get("Last-Event-ID"));
  expect(positions).toEqual(["3", "5"]);
  second.send(
    `id: 6\nevent: comment.updated\ndata: ${JSON.stringify({ comment: comment(5, "Fixed!", { version: 2 }) })}\n\n`,
  );
  expect(await screen.findByText("Fixed!")).toBeTruthy();
  expect(screen.queryByText("Fixed?")).toBeNull();
  expect(user).toBeTruthy();
});

it("sends a reply once, however often it is tried", async () => {
  const said = "POST /messaging/api/v1/tickets/:id/comments/";
  const { server, user } = await open("/requests/TTS-2026-000001", erin, {
    [said]: () => problem(503, "service_unavailable"),
  });
  await user.type(await screen.findByLabelText("Write to the desk"), "Still beeping");
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect((await screen.findByRole("alert")).textContent).toContain("is away for a moment");
  server.on({ [said]: () => json(comment(1, "Still beeping", { author_id: erin.id, author_name: "Erin" }), 201) });
  await user.type(screen.getByLabelText("Write to the desk"), "{Control>}{Enter}{/Control}");
  await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>("Write to the desk").value).toBe(""));
  expect(screen.getByText("Still beeping", { selector: "p" })).toBeTruthy();
  const [one, two] = server.of(said).map((asked) => (asked.body as { client_id: string }).client_id);
  expect(one).toBe(two);
});

it("makes links of the addresses in a description, and of nothing else", async () => {
  const description = "See https://kb.example.com/a_(b)?c=1, javascript:alert(1) and\nhttp://x.example.com.";
  await open("/requests/TTS-2026-000001", erin, {
    "GET /tickets/api/v1/tickets/:id/": () => json({ ...ticket, description }),
  });
  const words = await screen.findByText(/^See/);
  const links = within(words).getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "https://kb.example.com/a_(b)?c=1",
    "http://x.example.com",
  ]);
  expect(words.textContent).toBe(description);
});

it("withdraws after asking", async () => {
  const { server, user } = await open("/requests/TTS-2026-000001", erin, {
    "POST /tickets/api/v1/tickets/:id/withdrawal/": () => json({ ...ticket, status: "Withdrawn" }),
  });
  await user.click(await screen.findByRole("button", { name: "Withdraw" }));
  const dialog = screen.getByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Withdraw" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(server.last("POST /tickets/api/v1/tickets/:id/withdrawal/").headers.get("Idempotency-Key")).toBeTruthy();
});

it("rates and reopens what was resolved", async () => {
  const resolved = { ...ticket, status: "Resolved", resolution: "New drum.", allowed_statuses: ["Closed", "Open"] };
  const { server, user } = await open("/requests/TTS-2026-000001", erin, {
    "GET /tickets/api/v1/tickets/:id/": () => json(resolved),
    "POST /tickets/api/v1/tickets/:id/rating/": () => json({ ...resolved, rating: 4 }),
    "POST /tickets/api/v1/tickets/:id/reopening/": () => json(ticket),
    "POST /tickets/api/v1/tickets/:id/closure/": () => problem(409, "ticket_already_closed", { detail: "Closed." }),
  });
  expect(await screen.findByText("New drum.")).toBeTruthy();
  await user.click(screen.getByRole("radio", { name: "4 stars" }));
  await user.type(screen.getByLabelText(/What should we know/), "Quick");
  await user.click(screen.getByRole("button", { name: "Rate" }));
  await waitFor(() =>
    expect(server.last("POST /tickets/api/v1/tickets/:id/rating/").body).toEqual({ rating: 4, comment: "Quick" }),
  );
  await user.click(screen.getByRole("button", { name: "Reopen" }));
  await user.type(screen.getByLabelText("What is still missing?"), "It beeps again");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Reopen" }));
  await waitFor(() =>
    expect(server.last("POST /tickets/api/v1/tickets/:id/reopening/").body).toEqual({ reason: "It beeps again" }),
  );
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Accept and close" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
  expect(await screen.findByText("Closed.")).toBeTruthy();
});

it("shows the history when it is opened, and a rating that was given", async () => {
  const entry = {
    id: "h1",
    field: "priority",
    old: "Low",
    new: "High",
    actor: { id: cora.id, kind: "user", name: "Cora" },
    request_id: "r",
    at: "2026-11-20T10:00:00Z",
  };
  const { user } = await open("/requests/TTS-2026-000001", erin, {
    "GET /tickets/api/v1/tickets/:id/": () => json({ ...ticket, rating: 5, rating_comment: "Thanks" }),
    "GET /tickets/api/v1/tickets/:id/history/": () =>
      page(entry, { ...entry, id: "h2", field: "tags", old: [], new: ["a", { name: "b" }], actor: null }),
    "GET /tickets/api/v1/tickets/:id/attachments/:file/content/": () => new Response("beep"),
  });
  expect(await screen.findByText("You gave 5 of 5.")).toBeTruthy();
  await user.click(screen.getByText("History"));
  expect(await screen.findByText(/Priority: Low → High/)).toBeTruthy();
  expect(screen.getByText(/Tags: a, b/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /beep.mp3/ }));
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: /beep.mp3/ }).disabled).toBe(false));
});

it("says that there is no such ticket", async () => {
  await open("/requests/TTS-1", erin, { "GET /tickets/api/v1/tickets/:id/": () => problem(404, "not_found") });
  expect((await screen.findByRole("alert")).textContent).toContain("you may not see it");
});
