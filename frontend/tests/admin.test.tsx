import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, alan, open } from "./cast";
import { page } from "./server";

it("lists what one administers, and nothing to others", async () => {
  const { user } = await open("/admin", ada);
  const content = await screen.findByRole("main");
  await within(content).findByRole("heading", { name: "Administration" });
  await user.click(within(content).getAllByRole("link", { name: "Audit log" }).at(-1) as HTMLElement);
  expect(await screen.findByRole("heading", { name: "Audit log" })).toBeTruthy();
});

it("has nothing for who administers nothing", async () => {
  await open("/admin", alan);
  expect(await screen.findByRole("heading", { name: "There is nothing at this address." })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Administration" })).toBeNull();
});

it("filters the audit log by what stands in the address", async () => {
  const entry = {
    id: "a1",
    at: "2026-11-20T10:00:00Z",
    event: "sign_in_refused",
    user_id: alan.id,
    actor: null,
    address: "192.0.2.1",
    user_agent: "Firefox",
    request_id: "request-9",
    detail: { reason: "password" },
  };
  const { server, user } = await open("/admin/audit", ada, { "GET /auth/api/v1/audit-log/": () => page(entry) });
  expect(await screen.findByText("reason: password · Request request-9")).toBeTruthy();
  await user.type(screen.getByLabelText("Request"), "request-9");
  await waitFor(() => expect(server.last("GET /auth/api/v1/audit-log/").query.get("request_id")).toBe("request-9"));
  expect(location.search).toBe("?request_id=request-9");
});
