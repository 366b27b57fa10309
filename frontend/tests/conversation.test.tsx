import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, comment, erin, open } from "./cast";
import { json, page, problem, stream } from "./server";

const PLACE = "/requests/TTS-2026-000001";

it("marks what is new since one was here, and tells that it has been read", async () => {
  const read = "PUT /messaging/api/v1/tickets/:id/read/";
  const { server } = await open(PLACE, erin, {
    "GET /messaging/api/v1/tickets/:id/comments/": () =>
      page(comment(1, "Seen"), comment(2, "Mine", { author_id: erin.id }), comment(3, "Unseen")),
    "GET /messaging/api/v1/tickets/:id/read/": () => json({ seq: 1, unread: 1 }),
  });
  const mark = await screen.findByText("New since you were here");
  expect(mark.nextElementSibling?.textContent).toContain("Unseen");
  expect(screen.getByRole("link", { name: "1 new message" })).toBeTruthy();
  await waitFor(() => expect(server.last(read).body).toEqual({ seq: 3 }));
});

it("answers and quotes a comment; what answers a note is a note", async () => {
  const said = "POST /messaging/api/v1/tickets/:id/comments/";
  const { server, user } = await open(PLACE, alan, {
    "GET /messaging/api/v1/tickets/:id/comments/": () =>
      page(
        comment(1, "It beeps\nand beeps", { author_id: erin.id, author_name: "Erin", author_is_staff: false }),
        comment(2, "Secret", { visibility: "internal" }),
      ),
    [said]: ({ body }) => {
      const { parent_id } = body as { parent_id: string };
      return json(comment(3, "Drum ordered", { parent_id }), 201);
    },
  });
  const ofErin = within(await screen.findByRole("group", { name: "Message of Erin" }));
  await user.click(ofErin.getByRole("button", { name: "Quote" }));
  const field = screen.getByLabelText<HTMLTextAreaElement>("Reply to the requester");
  await waitFor(() => expect(field.value).toBe("> It beeps\n> and beeps\n\n"));
  expect(screen.getByText("Answering Erin: It beeps and beeps")).toBeTruthy();
  await user.type(field, "Drum ordered");
  await user.click(screen.getByRole("button", { name: "Send reply" }));
  await waitFor(() =>
    expect(server.last(said).body).toMatchObject({ parent_id: "0190-comment-1", visibility: "public" }),
  );
  expect(await screen.findByRole("link", { name: /Answers Erin: It beeps/ })).toBeTruthy();
  const ofNote = within(screen.getAllByRole("group", { name: "Message of Alan" })[0] as HTMLElement);
  await user.click(ofNote.getByRole("button", { name: "Answer" }));
  await user.type(await screen.findByLabelText("Internal note: staff only"), "Agreed");
  await user.click(screen.getByRole("button", { name: "Add note" }));
  await waitFor(() =>
    expect(server.last(said).body).toMatchObject({ parent_id: "0190-comment-2", visibility: "internal" }),
  );
  // A note may be about what the requester has said.
  await user.click(ofErin.getByRole("button", { name: "Quote" }));
  const note = screen.getByLabelText<HTMLTextAreaElement>("Internal note: staff only");
  await waitFor(() => expect(note.value).toBe("> It beeps\n> and beeps\n\n"));
});

it("edits, deletes and reacts to a comment, and shows what it said before", async () => {
  const one = "/messaging/api/v1/tickets/:id/comments/:comment/";
  let now = comment(1, "Hallo Erin", { version: 2, edited_at: "2026-11-20T11:00:00Z" });
  const { server, user } = await open(PLACE, alan, {
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(now),
    [`GET ${one}`]: () => json(now),
    [`PATCH ${one}`]: ({ headers }) => {
      if (headers.get("If-Match") === '"2"') {
        now = { ...now, body: "Hello you", html: "<p>Hello you</p>", version: 3 };
        return problem(412, "precondition_failed");
      }
      now = { ...now, body: "Hello Erin", html: "<p>Hello Erin</p>", version: 4 };
      return json(now);
    },
    [`DELETE ${one}`]: () => {
      now = { ...now, body: "", html: "", deleted_at: "2026-11-20T12:00:00Z", version: 5 };
      return json(null, 204);
    },
    [`GET ${one}history/`]: () =>
      json({ results: [{ version: 1, body: "Halo", html: "<p>Halo</p>", written_at: now.created_at }] }),
    [`PUT ${one}reactions/:sign/`]: () => json(null, 204),
    [`DELETE ${one}reactions/:sign/`]: () => json(null, 204),
  });
  await user.click(await screen.findByRole("button", { name: "edited" }));
  expect(await screen.findByText("Halo")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Close this dialog" }));

  await user.click(screen.getByRole("button", { name: "React" }));
  await user.click(screen.getByRole("button", { name: "Heart, 0 people" }));
  expect(await screen.findByRole("button", { name: "Heart, 1 person", pressed: true })).toBeTruthy();
  expect(server.last(`PUT ${one}reactions/:sign/`).params[2]).toBe("heart");
  await user.click(screen.getByRole("button", { name: "Heart, 1 person" }));
  expect(await screen.findByRole("button", { name: "Heart, 0 people" })).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "Edit message" }));
  const field = screen.getByLabelText<HTMLTextAreaElement>("Your message");
  await user.clear(field);
  await user.type(field, "Hello Erin");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByText("Hello you")).closest("[role=alert]")).toBeTruthy();
  expect(screen.getByLabelText<HTMLTextAreaElement>("Your message").value).toBe("Hello Erin");
  await user.click(screen.getByRole("button", { name: "Keep mine" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Hello Erin")).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "Delete message" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete message" }));
  expect(await screen.findByText("This message was deleted.")).toBeTruthy();
});

it("offers after an @ whom the comment may mention, and takes the choice by the keyboard alone", async () => {
  const people = [person("erin", "Erin Employee"), person("alan.agent", "Alan Agent"), person("cora", "Cora Agent")];
  const candidates = "GET /messaging/api/v1/tickets/:id/mention-candidates/";
  const { server, user } = await open(PLACE, alan, { [candidates]: () => page(...people) });
  const field = await screen.findByLabelText<HTMLTextAreaElement>("Reply to the requester");
  await user.type(field, "mail@home, @");
  expect(await screen.findByRole("option", { name: "Erin Employee @erin" })).toBeTruthy();
  expect(screen.getByText("3 people; arrows choose, Enter mentions, Escape writes on")).toBeTruthy();
  await user.type(field, "ag"); // a word of the name
  await waitFor(() => expect(server.last(candidates).query.get("q")).toBe("ag"));
  expect(server.last(candidates).query.get("visibility")).toBe("public");
  expect(screen.queryByRole("option", { name: /erin/ })).toBeNull();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}"); // round
  const second = screen.getByRole("option", { name: "Cora Agent @cora", selected: true });
  expect(field.getAttribute("aria-activedescendant")).toBe(second.id);
  await user.keyboard("{ArrowUp}{Enter}");
  expect(field.value).toBe("mail@home, @alan.agent ");
  expect(screen.queryByRole("listbox")).toBeNull();
  await user.keyboard("see @");
  await screen.findByRole("listbox");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
  await user.keyboard("{Enter}");
  expect(field.value).toBe("mail@home, @alan.agent see @\n");
});

it("lets a click choose in the middle of a text, and asks for a note's readers in a note", async () => {
  const candidates = "GET /messaging/api/v1/tickets/:id/mention-candidates/";
  const { server, user } = await open(PLACE, alan, {
    [candidates]: () => page(person("cora", "Cora")),
  });
  await user.click(await screen.findByRole("button", { name: "Internal note" }));
  const field = screen.getByLabelText<HTMLTextAreaElement>("Internal note: staff only");
  await user.type(field, "Ask  about it");
  field.setSelectionRange(4, 4);
  await user.type(field, "@c", { initialSelectionStart: 4, initialSelectionEnd: 4 });
  await user.click(await screen.findByRole("option", { name: "Cora @cora" }));
  expect(field.value).toBe("Ask @cora about it");
  expect([document.activeElement, field.selectionEnd]).toEqual([field, 10]);
  expect(server.last(candidates).query.get("visibility")).toBe("internal");
});

function person(username: string, name: string) {
  return { user_id: `0190-${username}`, username, name };
}

it("shows the newest of a long conversation first, and all of it when asked", async () => {
  const many = Array.from({ length: 60 }, (_, at) => comment(at + 1, `Words ${at + 1}`));
  const { user } = await open(PLACE, erin, { "GET /messaging/api/v1/tickets/:id/comments/": () => page(...many) });
  expect(await screen.findByText("Words 60")).toBeTruthy();
  expect(screen.queryByText("Words 30")).toBeNull();
  expect(screen.getByRole("link", { name: "To the newest" }).getAttribute("href")).toBe("#comment-60");
  await user.click(screen.getByRole("button", { name: "Show 30 earlier messages" }));
  expect(screen.getByText("Words 1")).toBeTruthy();
});

it("hides nothing that is new, nothing in print, and not the message of the address", async () => {
  const many = Array.from({ length: 60 }, (_, at) => comment(at + 1, `Words ${at + 1}`));
  const answers = {
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(...many),
    "GET /messaging/api/v1/tickets/:id/read/": () => json({ seq: 5, unread: 55 }),
  };
  await open(PLACE, erin, answers);
  const mark = await screen.findByText("New since you were here");
  expect(mark.nextElementSibling?.textContent).toContain("Words 6");
  expect(screen.queryByText("Words 4")).toBeNull();
  fireEvent(window, new Event("beforeprint"));
  expect(await screen.findByText("Words 4")).toBeTruthy();
  cleanup();
  await open(`${PLACE}#comment-2`, erin, answers);
  const wanted = (await screen.findByText("Words 2")).closest("li");
  await waitFor(() => expect(document.activeElement).toBe(wanted));
});

it("tells who cannot see it of a message that arrives, and of that alone", async () => {
  const live = stream();
  await open(PLACE, erin, {
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(comment(1, "Old")),
    "GET /messaging/api/v1/live/tickets/:id/": () => live.response,
  });
  await screen.findByText("Live");
  expect(screen.queryByText("Alan wrote: Old")).toBeNull();
  live.send(`event: comment.created\nid: 2\ndata: ${JSON.stringify({ comment: comment(2, "**News**") })}\n\n`);
  expect((await screen.findByText("Alan wrote: News")).getAttribute("role")).toBe("status");
});
