/** Root, who may do all, looks after what the services sign in with. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, open } from "./cast";
import { json, page, problem } from "./server";

const root = { ...ada, name: "Root", is_superuser: true, roles: [] };
const feeds = {
  id: "c1",
  client_id: "reports",
  scopes: ["events:read"],
  is_active: true,
  created_at: "2026-11-20T10:00:00Z",
  last_used_at: null,
  version: 4,
};
const routes = {
  "GET /auth/api/v1/service-clients/": () => page(feeds),
  "GET /auth/api/v1/me/totp/": () => json({ enabled: true, recovery_codes_left: 5 }),
  "GET /auth/api/v1/me/passkeys/": () => page(),
};

it("registers a program and shows its secret once", async () => {
  const { server, user } = await open("/admin/clients", root, {
    ...routes,
    "POST /auth/api/v1/service-clients/": () => json({ ...feeds, client_id: "mailer", client_secret: "s3cret" }, 201),
  });
  await user.click(await screen.findByRole("button", { name: "New credentials …" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Client id"), "mailer");
  await user.click(within(dialog).getByLabelText("File tickets for people"));
  await user.type(within(dialog).getByLabelText("Current password"), "hers");
  await user.type(await within(dialog).findByLabelText("Code of the app, or a recovery code"), "123 456");
  await user.click(within(dialog).getByRole("button", { name: "Create" }));
  expect(await screen.findByText("s3cret")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/service-clients/").body).toEqual({
    client_id: "mailer",
    scopes: ["tickets:file"],
    password: "hers",
    code: "123456",
  });
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByText("s3cret")).toBeNull();
});

it("closes one of the version that was seen, and shows both when somebody else was quicker", async () => {
  const { server, user } = await open("/admin/clients", root, {
    ...routes,
    "GET /auth/api/v1/service-clients/:id/": () => json({ ...feeds, version: 5, scopes: ["tickets:file"] }),
    "PATCH /auth/api/v1/service-clients/:id/": ({ headers }) =>
      headers.get("If-Match") === '"5"' ? json(feeds) : problem(412, "precondition_failed"),
  });
  await user.click(await screen.findByRole("button", { name: "Edit reports" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByLabelText("It may have tokens"));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText("Open, File tickets for people")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Keep mine" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const { headers, body } = server.last("PATCH /auth/api/v1/service-clients/c1/");
  expect([headers.get("If-Match"), body]).toEqual(['"5"', { scopes: ["events:read"], is_active: false }]);
});

it("gives another secret, and deletes, each only when confirmed", async () => {
  const { server, user } = await open("/admin/clients", root, {
    ...routes,
    "POST /auth/api/v1/service-clients/:id/secret/": () => json({ client_secret: "an0ther" }),
    "DELETE /auth/api/v1/service-clients/:id/": () => json(null, 204),
  });
  await user.click(await screen.findByRole("button", { name: "New secret for reports" }));
  expect(server.of("POST /auth/api/v1/service-clients/c1/secret/")).toHaveLength(0);
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText("Current password"), "hers");
  await user.type(await dialog.findByLabelText("Code of the app, or a recovery code"), "654321");
  await user.click(dialog.getByRole("button", { name: "New secret" }));
  expect(await screen.findByText("an0ther")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  await user.click(screen.getByRole("button", { name: "Delete reports" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(server.of("DELETE /auth/api/v1/service-clients/c1/")).toHaveLength(1));
});

it("is not for the admin of one system", async () => {
  await open("/admin/clients", ada);
  expect(await screen.findByRole("heading", { name: "There is nothing at this address." })).toBeTruthy();
});
