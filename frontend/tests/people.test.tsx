import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ada, alan, open } from "./cast";
import { json, page, problem } from "./server";

const role = (system: string, slug: string, name: string, is_active = true) => ({
  id: `${system}-${slug}`,
  system,
  slug,
  name,
  is_active,
  version: 3,
});
const system = (slug: string, roles: object[], name = slug.toUpperCase()) => ({
  id: `s-${slug}`,
  slug,
  name,
  roles: roles.map((one) => ({ id: "r", name: "Administrator", ...one })),
  version: 1,
});
const routes = {
  "GET /auth/api/v1/users/": () => page(alan),
  "GET /auth/api/v1/users/:id/": () => json(alan),
  "GET /auth/api/v1/roles/": () =>
    page(
      role("tts", "agent", "Agent"),
      role("tts", "asset-manager", "Asset Manager"),
      role("tts", "old", "Old", false),
      role("ams", "admin", "Admin"),
    ),
  "GET /auth/api/v1/systems/": () => page(system("tts", [{ slug: "admin" }]), system("ams", []), system("bms", [])),
  "GET /auth/api/v1/role-assignments/": () => page({ id: "as1", user: alan.id, role: "tts:agent" }),
};

it("finds people by words, role and state, which stand in the address", async () => {
  const { server, user } = await open("/admin/users", ada, routes);
  expect(await screen.findByRole("link", { name: "Alan" })).toBeTruthy();
  await screen.findByRole("option", { name: "tts: Asset Manager" });
  await user.selectOptions(screen.getByLabelText("Role"), "tts:asset-manager");
  await user.selectOptions(screen.getByLabelText("State"), "suspended");
  await user.type(screen.getByRole("searchbox"), "al");
  await waitFor(() => {
    const { query } = server.last("GET /auth/api/v1/users/");
    expect([query.get("q"), query.get("role"), query.get("state")]).toEqual(["al", "tts:asset-manager", "suspended"]);
  });
  expect(location.search).toBe("?role=tts%3Aasset-manager&state=suspended");
});

it("invites somebody once, with a role that one may grant", async () => {
  let tries = 0;
  const { server, user } = await open("/admin/users", ada, {
    ...routes,
    "POST /auth/api/v1/users/": () => (++tries === 1 ? problem(503, "service_unavailable") : json(alan, 201)),
  });
  await user.click(await screen.findByRole("button", { name: "Invite somebody" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.type(dialog.getByLabelText("Name"), "Alan");
  await user.type(dialog.getByLabelText("User name"), "alan");
  await user.type(dialog.getByLabelText("E-mail address"), "alan@example.org");
  expect(dialog.queryByRole("option", { name: "ams: Admin" })).toBeNull();
  expect(dialog.queryByRole("option", { name: "tts: Old" })).toBeNull();
  await user.selectOptions(dialog.getByLabelText("Role"), "tts:agent");
  await user.click(dialog.getByRole("button", { name: "Send the invitation" }));
  await dialog.findByRole("alert");
  await user.click(dialog.getByRole("button", { name: "Send the invitation" }));
  expect(await screen.findByRole("heading", { name: "Alan" })).toBeTruthy();
  const sent = server.of("POST /auth/api/v1/users/");
  expect(sent.map((one) => one.headers.get("Idempotency-Key"))).toEqual([
    sent[0]?.headers.get("Idempotency-Key"),
    sent[0]?.headers.get("Idempotency-Key"),
  ]);
  expect(sent[1]?.body).toEqual({
    name: "Alan",
    username: "alan",
    email: "alan@example.org",
    department: "",
    roles: ["tts:agent"],
  });
});

it("grants and revokes roles, suspends with a reason, and says why somebody may", async () => {
  const { server, user } = await open(`/admin/users/${alan.id}`, ada, {
    ...routes,
    "POST /auth/api/v1/role-assignments/": () => json({ id: "as2", user: alan.id, role: "tts:asset-manager" }, 201),
    "DELETE /auth/api/v1/role-assignments/:id/": () => json(null, 204),
    "POST /auth/api/v1/users/:id/suspension/": () => json({ ...alan, state: "suspended" }),
    "POST /auth/api/v1/users/:id/sessions/revocation/": () => json({}),
    "GET /auth/api/v1/access/explain/": () =>
      json({
        user: alan.id,
        role: "tts:asset-manager",
        allowed: false,
        reasons: [{ code: "not_held", detail: "Alan does not hold the role.", at: null, by: null }],
      }),
  });
  const roles = within(await screen.findByRole("region", { name: "Roles" }));
  await roles.findByRole("option", { name: "tts: Asset Manager" });
  expect(roles.queryByRole("option", { name: "tts: Agent" })).toBeNull();
  await user.selectOptions(roles.getByLabelText("Role"), "tts:asset-manager");
  await user.click(roles.getByRole("button", { name: "Grant" }));
  await waitFor(() =>
    expect(server.last("POST /auth/api/v1/role-assignments/").body).toEqual({
      user: alan.id,
      role: "tts:asset-manager",
    }),
  );
  await user.click(await roles.findByRole("button", { name: "Revoke tts:agent" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(server.of("DELETE /auth/api/v1/role-assignments/as1/")).toHaveLength(1));

  const signIn = within(screen.getByRole("region", { name: "Signing in" }));
  expect(signIn.queryByRole("button", { name: "Let in again" })).toBeNull();
  expect(signIn.queryByRole("button", { name: "Send the invitation again" })).toBeNull();
  await user.click(signIn.getByRole("button", { name: "End all sessions" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "End all sessions" }));
  expect(await screen.findByText("Every session has ended.")).toBeTruthy();
  await user.click(signIn.getByRole("button", { name: "Suspend" }));
  await user.type(screen.getByLabelText("Reason"), "Lost laptop");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Suspend" }));
  expect(await screen.findByText("Suspended.")).toBeTruthy();
  expect(server.last("POST /auth/api/v1/users/:id/suspension/").body).toEqual({ reason: "Lost laptop" });

  const explain = within(screen.getByRole("region", { name: "May they?" }));
  await user.selectOptions(explain.getByLabelText("Role"), "tts:asset-manager");
  expect(await explain.findByText("Alan does not hold the role.")).toBeTruthy();
});

it("keeps what was typed when somebody else was faster, and saves it over their version", async () => {
  let version = alan.version;
  const { server, user } = await open(`/admin/users/${alan.id}`, ada, {
    ...routes,
    "GET /auth/api/v1/users/:id/": () => json({ ...alan, version }),
    "PATCH /auth/api/v1/users/:id/": ({ headers }) => {
      if (headers.get("If-Match") === `"${alan.version}"`) {
        version = alan.version + 1;
        return problem(412, "precondition_failed");
      }
      return json({ ...alan, version });
    },
  });
  const form = within(await screen.findByRole("form", { name: "Profile" }));
  await user.clear(form.getByLabelText("Name"));
  await user.type(form.getByLabelText("Name"), "Alan A.");
  await user.click(form.getByRole("button", { name: "Save" }));
  expect((await form.findByRole("alert")).textContent).toContain("Somebody else changed it meanwhile");
  await user.click(form.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(form.queryByRole("alert")).toBeNull());
  expect(server.last("PATCH /auth/api/v1/users/:id/").body).toMatchObject({ name: "Alan A." });
});

it("takes in who asked for an account, and turns another down", async () => {
  const asked = {
    id: "r1",
    username: "nina",
    email: "nina@example.org",
    name: "Nina",
    department: "Sales",
    time_zone: "Europe/Berlin",
    state: "pending",
    created_at: "2026-11-20T10:00:00Z",
    decided_at: null,
  };
  const { server, user } = await open(
    "/admin/registrations",
    { ...ada, roles: ["hdts:admin"] },
    {
      "GET /auth/api/v1/registrations/": () => page(asked, { ...asked, id: "r2", name: "Mallory" }),
      "POST /auth/api/v1/registrations/:id/approval/": () => json(alan, 201),
      "POST /auth/api/v1/registrations/:id/refusal/": () => json(null),
    },
  );
  await user.click((await screen.findAllByRole("button", { name: "Take in" }))[0] as HTMLElement);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Take in" }));
  await waitFor(() => expect(server.of("POST /auth/api/v1/registrations/r1/approval/")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getAllByRole("button", { name: "Turn down" })[1] as HTMLElement);
  await user.type(screen.getByLabelText("Reason"), "Unknown here");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Turn down" }));
  await waitFor(() =>
    expect(server.last("POST /auth/api/v1/registrations/r2/refusal/").body).toEqual({ reason: "Unknown here" }),
  );
});

it("makes a role and retires one, of one's own system alone", async () => {
  const { server, user } = await open("/admin/roles", ada, {
    ...routes,
    "POST /auth/api/v1/roles/": () => json(role("tts", "night", "Night"), 201),
    "PATCH /auth/api/v1/roles/:id/": () => json(role("tts", "agent", "Agent", false)),
  });
  await waitFor(() => expect(screen.queryByRole("link", { name: "Systems" })).toBeNull()); // a superuser's
  await user.click(await screen.findByRole("button", { name: "Change Agent" }));
  expect(screen.queryByRole("button", { name: "Change Admin" })).toBeNull();
  await user.click(screen.getByLabelText("Can be granted"));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.of("PATCH /auth/api/v1/roles/:id/")).toHaveLength(1));
  const { headers, body } = server.last("PATCH /auth/api/v1/roles/:id/");
  expect([headers.get("If-Match"), body]).toEqual(['"3"', { name: "Agent", is_active: false }]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "New role" }));
  await user.type(screen.getByLabelText("Name"), "Night");
  await user.type(screen.getByLabelText("In tokens"), "night");
  await user.click(screen.getByRole("button", { name: "Make the role" }));
  await waitFor(() =>
    expect(server.last("POST /auth/api/v1/roles/").body).toEqual({ system: "tts", slug: "night", name: "Night" }),
  );
});

it("makes a system, renames one over somebody else's name, deletes one without roles; for a superuser alone", async () => {
  const root = { ...ada, is_superuser: true };
  let name = "AMS";
  let rows = [system("tts", [{ slug: "admin" }]), system("ams", [])];
  const { server, user } = await open("/admin/systems", root, {
    "GET /auth/api/v1/systems/": () => page(...rows),
    "POST /auth/api/v1/systems/": () => {
      rows = [...rows, system("bms", [])];
      return json(rows[2], 201);
    },
    "GET /auth/api/v1/systems/:id/": () => json({ ...system("ams", [], name), version: 2 }),
    "PATCH /auth/api/v1/systems/:id/": ({ headers, body }) => {
      if (headers.get("If-Match") === '"1"') {
        name = "Assets (by somebody else)";
        return problem(412, "precondition_failed");
      }
      name = (body as { name: string }).name;
      return json({ ...system("ams", [], name), version: 3 });
    },
    "DELETE /auth/api/v1/systems/:id/": () => problem(409, "system_in_use"),
  });
  await user.click(await screen.findByRole("button", { name: "New system" }));
  const dialog = () => within(screen.getByRole("dialog"));
  await user.type(dialog().getByLabelText("Name"), "Buildings");
  await user.type(dialog().getByLabelText("In tokens"), "bms");
  await user.click(dialog().getByRole("button", { name: "Make the system" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const made = server.last("POST /auth/api/v1/systems/");
  expect([made.body, Boolean(made.headers.get("Idempotency-Key"))]).toEqual([{ slug: "bms", name: "Buildings" }, true]);
  expect(await screen.findByText("bms")).toBeTruthy();
  // One with roles stays, and one without an admin says so.
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Delete TTS" }).disabled).toBe(true);
  expect(screen.getAllByText(/so only a superuser administers it/)).toHaveLength(2);

  await user.click(screen.getByRole("button", { name: "Rename AMS" }));
  await user.clear(dialog().getByLabelText("Name"));
  await user.type(dialog().getByLabelText("Name"), "Assets");
  await user.click(dialog().getByRole("button", { name: "Save" }));
  expect(await dialog().findByText("Assets (by somebody else)")).toBeTruthy();
  await user.click(dialog().getByRole("button", { name: "Keep mine" }));
  await user.click(dialog().getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(name).toBe("Assets");

  await user.click(screen.getByRole("button", { name: "Delete AMS" }));
  await user.click(dialog().getByRole("button", { name: "Delete" }));
  expect((await dialog().findByRole("alert")).textContent).toContain("perhaps retired ones");
});
