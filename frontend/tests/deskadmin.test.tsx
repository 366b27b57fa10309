import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { alan, category, cora, erin, open, ticket } from "./cast";
import { json, page, problem } from "./server";

const adam = { ...cora, id: "0190-adam", name: "Adam", roles: ["tts:admin"] };
const CATEGORY = "/tickets/api/v1/categories/:slug/";
const TEMPLATE = "/notifications/api/v1/templates/:key/:channel/";

it("shows each its own administration", async () => {
  await open("/admin", cora);
  expect(await screen.findAllByRole("link", { name: "Import of tickets" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Categories" })).toBeNull();
  document.body.replaceChildren();
  await open("/admin/categories", alan);
  expect(await screen.findByRole("heading", { name: /nothing at this address/ })).toBeTruthy();
});

it("makes a category with fields of every kind, and shows the form that they make", async () => {
  const made = "POST /tickets/api/v1/categories/";
  const { server, user } = await open("/admin/categories/new", adam, {
    [made]: () => json({ ...category, version: 1 }, 201),
  });
  await user.type(await screen.findByLabelText("Name"), "Büro & Räume");
  expect(screen.getByLabelText<HTMLInputElement>("Short name").value).toBe("buro-raume");
  await user.click(screen.getByRole("button", { name: "Add a sub-category" }));
  await user.type(screen.getByLabelText("Name of sub-category 1"), "Keys");
  await user.click(screen.getByRole("button", { name: "Add a field" }));
  await user.type(screen.getByLabelText("Label"), "Room number");
  await user.click(screen.getByLabelText("Needed"));
  await user.click(screen.getByRole("button", { name: "Add a field" }));
  const second = within(screen.getByRole("group", { name: "Field 2" }));
  await user.type(second.getByLabelText("Label"), "Colour");
  await user.selectOptions(second.getByLabelText("Type"), "choice");
  await user.type(second.getByLabelText("Choices, one a line"), "Red{Enter} Blue {Enter}");
  const preview = within(screen.getByRole("region", { name: "Preview of the form" }));
  expect(preview.getByLabelText<HTMLInputElement>("Room number").required).toBe(true);
  expect(preview.getByRole("option", { name: "Blue" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Move Colour up" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(location.pathname).toBe("/admin/categories"));
  expect(server.last(made).body).toEqual({
    slug: "buro-raume",
    name: "Büro & Räume",
    is_active: true,
    sub_categories: [{ slug: "keys", name: "Keys" }],
    custom_fields: [
      { name: "colour", label: "Colour", type: "choice", required: false, choices: ["Red", "Blue"] },
      { name: "room_number", label: "Room number", type: "text", required: true },
    ],
  });
});

it("changes a category, and shows what somebody else made of it meanwhile", async () => {
  let now = { ...category, version: 2 };
  const { server, user } = await open("/admin/categories", adam, {
    [`GET ${CATEGORY}`]: () => json(now),
    [`PATCH ${CATEGORY}`]: ({ headers, body }) => {
      if (headers.get("If-Match") === '"2"') {
        now = { ...now, name: "IT help", version: 3 };
        return problem(412, "precondition_failed");
      }
      now = { ...now, ...(body as object), version: 4 };
      return json(now);
    },
  });
  await user.click(await screen.findByRole("link", { name: "IT support" }));
  await user.click(await screen.findByLabelText("Offered for new requests"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  const both = await screen.findByText("IT help", { selector: "dd" });
  expect(both.closest("[role=alert]")?.textContent).toContain("Somebody else changed it meanwhile");
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("IT support");
  await user.click(screen.getByRole("button", { name: "Keep mine" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Saved. Tickets that are there/)).toBeTruthy();
  const { headers, body } = server.last(`PATCH ${CATEGORY}`);
  expect(headers.get("If-Match")).toBe('"3"');
  expect(body).toMatchObject({ is_active: false, custom_fields: category.custom_fields });
});

it("changes the words of an e-mail beside a preview, sends a test, and goes back to earlier words", async () => {
  let now = { key: "task_assigned", channel: "email", version: 1, subject: "Yours", text: "Hi", html: "<p>Hi</p>" };
  const { server, user } = await open("/admin/templates", adam, {
    "GET /notifications/api/v1/templates/": () => json({ results: [{ ...now, version: 0 }], next: null }),
    [`GET ${TEMPLATE}`]: () => json(now),
    [`POST ${TEMPLATE}preview/`]: ({ body }) => {
      const words = body as { subject: string; text: string };
      if (words.text.endsWith("{%")) return problem(400, "template_invalid");
      return json({
        subject: words.subject,
        text: words.text,
        html: `<p>${words.text}</p><img src=x onerror=alert(1)>`,
      });
    },
    [`PUT ${TEMPLATE}`]: ({ body }) => {
      now = { ...now, ...(body as object), version: 2 };
      return json(now);
    },
    "POST /notifications/api/v1/templates/:key/email/test-message/": () =>
      json({ to_address: "adam@example.com" }, 202),
    [`GET ${TEMPLATE}versions/`]: () =>
      page({ version: 1, subject: "Old", text: "Ho", html: "", replaced_at: ticket.created_at }),
  });
  await user.click(await screen.findByRole("link", { name: "Task assigned" }));
  const text = await screen.findByLabelText<HTMLTextAreaElement>("Text");
  const preview = within(await screen.findByRole("region", { name: "Preview with an example" }));
  await user.type(text, " Erin {{%");
  expect(await preview.findByText("These words cannot be filled in yet.")).toBeTruthy();
  await user.type(text, "{Backspace}{Backspace}{Backspace}");
  expect(await preview.findAllByText("Hi Erin")).toHaveLength(2);
  expect(document.querySelector("img[src=x]")).toBeNull();
  expect(screen.getByText(/The test has the words that are saved/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved as version 2.")).toBeTruthy();
  expect(server.last(`PUT ${TEMPLATE}`).headers.get("If-Match")).toBe('"1"');
  await user.click(screen.getByRole("button", { name: "Send me a test e-mail" }));
  expect(await screen.findByText("On its way to adam@example.com.")).toBeTruthy();
  await user.click(screen.getByText("Earlier versions"));
  await user.click(await screen.findByRole("button", { name: "Use these words again" }));
  expect(text.value).toBe("Ho");
});

it("makes a webhook and shows its secret once, pauses it, and deletes it after asking", async () => {
  const endpoint = {
    id: "0190-hook",
    channel: "webhook",
    name: "Pager",
    url: "https://pager.example.com/",
    kinds: ["task_sla_breached"],
    is_active: true,
    created_at: ticket.created_at,
  };
  const rows: unknown[] = [];
  const { server, user } = await open("/admin/channels", adam, {
    "GET /notifications/api/v1/endpoints/": () => page(...rows),
    "POST /notifications/api/v1/endpoints/": () => {
      rows.push(endpoint);
      return json({ ...endpoint, secret: "whsec_1" }, 201);
    },
    "PATCH /notifications/api/v1/endpoints/:id/": () => json(endpoint),
    "DELETE /notifications/api/v1/endpoints/:id/": () => {
      rows.pop();
      return json(null, 204);
    },
  });
  await user.click(await screen.findByRole("button", { name: "New channel" }));
  await user.type(screen.getByLabelText("Name"), "Pager");
  await user.type(screen.getByLabelText("Address"), endpoint.url);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  await user.click(screen.getByLabelText("Task SLA breached"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("whsec_1")).toBeTruthy();
  expect(server.last("POST /notifications/api/v1/endpoints/").body).toEqual({
    channel: "webhook",
    name: "Pager",
    url: endpoint.url,
    kinds: ["task_sla_breached"],
    is_active: true,
  });
  await user.click(screen.getByRole("button", { name: "Close this dialog" }));
  await user.click(await screen.findByRole("button", { name: "Edit Pager" }));
  await user.click(screen.getByLabelText("Active"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(server.last("PATCH /notifications/api/v1/endpoints/:id/").body).toMatchObject({ is_active: false }),
  );
  await user.click(await screen.findByRole("button", { name: "Delete Pager" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
  expect(await screen.findByText(/No program and no room/)).toBeTruthy();
});

it("finds a failed delivery, shows its attempts, and sends it again once", async () => {
  const delivery = {
    id: "0190-delivery",
    channel: "email",
    event_id: "e",
    user_id: erin.id,
    endpoint_id: null,
    kind: "comment_added",
    ticket_id: ticket.id,
    ticket_number: ticket.number,
    to_address: "erin@example.com",
    message_id: "m",
    state: "failed",
    attempts: 2,
    unknown_outcomes: 0,
    created_at: ticket.created_at,
  };
  const attempt = { number: 1, outcome: "retry", answer: "451", milliseconds: 12, at: ticket.created_at };
  const { server, user } = await open("/admin/deliveries", cora, {
    "GET /notifications/api/v1/deliveries/": () => page(delivery),
    "GET /notifications/api/v1/deliveries/:id/": () => json({ ...delivery, log: [attempt] }),
    "POST /notifications/api/v1/deliveries/:id/resending/": () => json(delivery, 202),
  });
  await user.selectOptions(await screen.findByLabelText("State"), "failed");
  await waitFor(() => expect(server.last("GET /notifications/api/v1/deliveries/").query.get("state")).toBe("failed"));
  await user.click(await screen.findByRole("button", { name: "2: Show attempts" }));
  expect(await screen.findByText(/1. retry: 451 \(12 ms\)/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Send again" }));
  expect(await screen.findByText("It is on its way once more.")).toBeTruthy();
  const sent = server.last("POST /notifications/api/v1/deliveries/:id/resending/");
  expect(sent.headers.get("Idempotency-Key")).toBeTruthy();
});

it("lifts a suppression after asking", async () => {
  const row = { id: "0190-s", address: "erin@example.com", reason: "550", created_at: ticket.created_at };
  const { server, user } = await open("/admin/suppressions", cora, {
    "GET /notifications/api/v1/suppressions/": () => page(row),
    "DELETE /notifications/api/v1/suppressions/:id/": () => json(null, 204),
  });
  await user.click(await screen.findByRole("button", { name: "Send to erin@example.com again" }));
  expect(server.of("DELETE /notifications/api/v1/suppressions/:id/")).toHaveLength(0);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Send there again" }));
  await waitFor(() => expect(server.of("DELETE /notifications/api/v1/suppressions/:id/")).toHaveLength(1));
});

it("tries a file, shows what is wrong with which line, imports it, and stops an import", async () => {
  const row = {
    id: "0190-import",
    filename: "tickets.csv",
    size: 10,
    sha256: "",
    is_dry_run: true,
    state: "completed",
    position: 3,
    filed: 2,
    refused: 1,
    failure: "",
    created_by: cora.id,
    created_at: ticket.created_at,
    finished_at: ticket.created_at as string | null,
  };
  const rows: (typeof row)[] = [];
  const { server, user } = await open("/admin/imports", cora, {
    "GET /tickets/api/v1/imports/": () => page(...rows),
    "POST /tickets/api/v1/imports/": ({ body }) => {
      const isTrial = (body as { is_dry_run: string }).is_dry_run === "true";
      const made = { ...row, id: `0190-${rows.length}`, is_dry_run: isTrial };
      rows.unshift(
        isTrial ? made : { ...made, state: "running", position: 1, filed: 1, refused: 0, finished_at: null },
      );
      return json(rows[0], 202);
    },
    "GET /tickets/api/v1/imports/:id/refusals/": () =>
      page({ line: 3, errors: [{ field: "category", code: "category_unknown", detail: "There is none." }] }),
    "POST /tickets/api/v1/imports/:id/cancellation/": () => json(rows[0]),
  });
  const file = new File(["subject\r\n"], "tickets.csv", { type: "text/csv" });
  await user.upload(await screen.findByLabelText("CSV file"), file);
  await user.click(screen.getByRole("button", { name: "Check the file" }));
  expect(await screen.findByText("3 rows checked, 2 would be filed, 1 refused")).toBeTruthy();
  await user.click(screen.getByText("Refused rows (1)"));
  expect((await screen.findByText("Line 3")).closest("li")?.textContent).toContain("category: There is none.");
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByText("1 rows done, 1 filed, 0 refused")).toBeTruthy();
  const keys = server.of("POST /tickets/api/v1/imports/").map(({ headers }) => headers.get("Idempotency-Key"));
  expect(new Set(keys).size).toBe(2);
  await user.click(screen.getByRole("button", { name: "Stop it" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Stop it" }));
  await waitFor(() => expect(server.of("POST /tickets/api/v1/imports/:id/cancellation/")).toHaveLength(1));
});
