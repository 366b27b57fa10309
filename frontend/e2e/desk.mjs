/** The desk by its API: what a story needs to be there before it begins, and whose turn it is. */
import assert from "node:assert/strict";
import { ORIGIN } from "./browser.mjs";

const PASSWORD = process.env.CONSOLE_PASSWORD;
const STAFF = {
  "Cora Coordinator": "coordinator",
  "Carl Coordinator": "coordinator2",
  "Alan Agent": "agent",
  "Alma Agent": "agent2",
};
const tokens = new Map();

/** A request as somebody; the answer's JSON, or null where there is none. Fails on any other status than 2xx. */
export async function ask(username, method, path, body, headers = {}) {
  const response = await fetch(ORIGIN + path, {
    method,
    headers: {
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...(username ? { Authorization: `Bearer ${await tokenOf(username)}` } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} as ${username}: ${response.status} ${text.slice(0, 300)}`);
  return text ? JSON.parse(text) : null;
}

async function tokenOf(username) {
  if (!tokens.has(username)) {
    const { access } = await ask(null, "POST", "/auth/api/v1/token/", { username, password: PASSWORD });
    tokens.set(username, access);
  }
  return tokens.get(username);
}

export function fileTicket(username, fields) {
  const body = { subject: "s", description: "d", category: "it-support", ...fields };
  return ask(username, "POST", "/tickets/api/v1/tickets/", body);
}

/** A reply; messaging hears of a new ticket a moment after it was filed. */
export async function say(username, ticket, body) {
  const path = `/messaging/api/v1/tickets/${ticket}/comments/`;
  const client_id = crypto.randomUUID();
  for (let tries = 0; ; tries++) {
    try {
      return await ask(username, "POST", path, { client_id, body });
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((next) => setTimeout(next, 250));
    }
  }
}

/** The ticket's newest task, once it is as the story needs it. */
export async function taskOf(ticket, isReady) {
  for (const until = Date.now() + 60_000; Date.now() < until; await new Promise((next) => setTimeout(next, 250))) {
    const { results } = await ask("coordinator", "GET", `/workflow/api/v1/tasks/?ticket=${ticket}&limit=1`);
    if (results[0] && isReady(results[0])) return results[0];
  }
  throw new Error(`the task of ${ticket} did not come to it`);
}

/** The user name of whose turn it is. */
export async function whoseTurn(ticket, isReady = (task) => task.assignee !== null) {
  const task = await taskOf(ticket, isReady);
  return STAFF[task.assignee.name] ?? accountOf(task.assignee.id);
}

async function accountOf(id) {
  return (await ask("coordinator", "GET", `/auth/api/v1/users/${id}/`)).username;
}

/** A kind of request whose one step is claimed from the queue by whoever of the asset managers is first; once. */
export async function queueOfAssetManagers() {
  const category = { slug: "e2e-loan", name: "Loan of a tool" };
  const { results } = await ask("admin", "GET", "/tickets/api/v1/categories/?limit=100");
  if (results.some(({ slug }) => slug === category.slug)) return category.slug;
  await ask("admin", "POST", "/tickets/api/v1/categories/", category);
  const draft = await ask("admin", "POST", "/workflow/api/v1/workflows/", {
    key: category.slug,
    name: category.name,
    category: category.slug,
    sla_minutes: { Critical: 60, High: 120, Medium: 240, Low: 480 },
    steps: [
      {
        key: "hand-out",
        name: "Hand out",
        role: "tts:asset-manager",
        instructions: "Take it from the shelf.",
        gives_resolution: true,
        approvals_needed: 1,
        strategy: "claim",
        transitions: [{ key: "handed-out", label: "Handed out", to: null }],
      },
    ],
  });
  const version = `/workflow/api/v1/workflows/${draft.id}/versions/${draft.number ?? 1}/publication/`;
  await ask("admin", "POST", version, undefined, { "If-Match": `"${draft.version ?? 1}"` });
  return category.slug;
}

let made = 0;

/** A kind of request whose one step is the coordinators', with a workflow of its own: its id, category and name. */
export async function workflowOfOneStep() {
  const slug = `e2e-change-${Date.now()}-${++made}`;
  const name = `Purchases ${slug}`;
  await ask("admin", "POST", "/tickets/api/v1/categories/", { slug, name: `Change ${slug}` });
  const draft = await ask("admin", "POST", "/workflow/api/v1/workflows/", {
    key: slug,
    name,
    category: slug,
    sla_minutes: { Critical: 60, High: 120, Medium: 240, Low: 480 },
    steps: [
      {
        key: "look",
        name: "Look at it",
        role: "tts:ticket-coordinator",
        transitions: [{ key: "done", label: "Done", to: null }],
      },
    ],
  });
  await ask("admin", "POST", `/workflow/api/v1/workflows/${draft.id}/versions/1/publication/`);
  return { id: draft.id, slug, name };
}
