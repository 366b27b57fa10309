/** Erin is an Employee, Alan an Agent, Cora coordinates; one ticket of Erin's, its task and its conversation. */
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createElement } from "react";
import { vi } from "vitest";
import type { Category, Comment, TaskDetail, Ticket, User } from "../src/api/clients";
import { json, page, problem, Server, stream, type Answer } from "./server";

function person(id: string, name: string, role: string): User {
  return {
    id,
    name,
    username: name.toLowerCase(),
    email: `${name.toLowerCase()}@example.com`,
    department: "IT",
    time_zone: "Europe/Berlin",
    is_active: true,
    state: "active",
    has_password: true,
    is_superuser: false,
    roles: [role],
    version: 3,
  };
}

export const erin = person("0190-erin", "Erin", "hdts:employee");
export const alan = person("0190-alan", "Alan", "tts:agent");
export const cora = person("0190-cora", "Cora", "tts:ticket-coordinator");
export const ada = person("0190-ada", "Ada", "tts:admin");

export const ticket: Ticket = {
  id: "0190-ticket",
  number: "TTS-2026-000001",
  subject: "Printer beeps",
  description: "It beeps since Monday.",
  category: "it-support",
  sub_category: "",
  priority: "High",
  department: "Sales",
  status: "Open",
  tags: ["printer"],
  requester_id: erin.id,
  requester_name: "Erin",
  assignee_id: alan.id,
  assignee_name: "Alan",
  created_at: "2026-11-20T09:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  custom_fields: { room: "4.12", loan: { start: "2026-11-20", end: "2026-11-21" } },
  watcher_ids: [],
  attachments: [
    {
      id: "0190-file",
      filename: "beep.mp3",
      content_type: "audio/mpeg",
      size: 12_345,
      sha256: "",
      uploaded_by: erin.id,
      created_at: "2026-11-20T09:00:00Z",
    },
  ],
  merged_into_id: null,
  resolution: "",
  rejection_reason: "",
  rating: null,
  rating_comment: "",
  version: 4,
  allowed_statuses: ["Withdrawn"],
  is_editable: false,
  resolved_at: null,
  closed_at: null,
  last_public_reply_at: null,
};

export const category: Category = {
  slug: "it-support",
  name: "IT support",
  sub_categories: [{ slug: "printer", name: "Printer" }],
  custom_fields: [
    { name: "room", label: "Room", type: "text", required: true },
    { name: "kind", label: "Kind", type: "choice", required: false, choices: ["Laser", "Ink"] },
    { name: "since", label: "Since", type: "date", required: false },
    { name: "cost", label: "Cost", type: "amount", required: false },
    { name: "parts", label: "Parts", type: "items", required: false },
    { name: "loan", label: "Loan", type: "period", required: false },
  ],
  is_active: true,
};

export function comment(seq: number, body: string, more: Partial<Comment> = {}): Comment {
  return {
    id: `0190-comment-${seq}`,
    ticket_id: ticket.id,
    ticket_number: ticket.number,
    seq,
    client_id: `client-${seq}`,
    author_id: alan.id,
    author_name: "Alan",
    author_is_staff: true,
    visibility: "public",
    body,
    html: `<p>${body}</p>`,
    parent_id: null,
    mentions: [],
    version: 1,
    attachments: [],
    reactions: [],
    created_at: "2026-11-20T10:00:00Z",
    edited_at: null,
    deleted_at: null,
    ...more,
  };
}

export const task: TaskDetail = {
  id: "0190-task",
  ticket: { id: ticket.id, number: ticket.number, subject: ticket.subject, priority: "High", status: "Open" },
  status: "in_progress",
  workflow: { id: "0190-workflow", key: "it", name: "IT support", version: 1 },
  step: { key: "resolve", name: "Resolve", role: "tts:agent" },
  assignee: { id: alan.id, name: "Alan" },
  step_due_at: "2026-11-20T12:00:00Z",
  resolution_due_at: "2026-11-21T12:00:00Z",
  owner_id: alan.id,
  unrouted_reason: "",
  version: 2,
  created_at: "2026-11-20T09:00:00Z",
  started_at: null,
  completed_at: null,
  resolution: "",
  hold_reason: "",
  cancel_reason: "",
  first_reply_at: null,
  instructions: "Turn it off and on.",
  items: [],
  transitions: [{ key: "resolve", label: "Resolve it", to: null }],
  actions: ["completion", "hold", "release", "transfer", "escalation"],
  approval: null,
};

/** The workflow of the task, drawn. */
export const drawing = {
  nodes: [
    node("triage", "Triage", "tts:ticket-coordinator", 96, true),
    node("resolve", "Resolve", "tts:agent", 288),
    { ...node("agree", "Agree", "tts:budget-manager", 96), kind: "approval" },
  ],
  edges: [
    { from: "triage", key: "accept", label: "Accept", to: "resolve" },
    { from: "resolve", key: "resolved", label: "Resolved", to: "agree" },
    { from: "resolve", key: "return", label: "Return to triage", to: "triage" },
    { from: "agree", key: "approve", label: "Approve", to: null },
    { from: "agree", key: "reject", label: "Send back", to: "resolve" },
  ],
  position: "resolve",
  mermaid: "",
};

function node(key: string, name: string, role: string, minutes: number, visited = false) {
  const sla_minutes = { Critical: 1, High: minutes, Medium: 1, Low: 1 };
  return { key, name, role, kind: "task", is_start: key === "triage", sla_minutes, visited };
}

/** An access token that is good for so many seconds; nothing here verifies it. */
export function token(seconds = 600): string {
  return `h.${btoa(JSON.stringify({ exp: Date.now() / 1000 + seconds }))}.s`;
}

/** What every page asks for. */
export function routes(user: User, more: Record<string, Answer> = {}): Record<string, Answer> {
  return {
    "POST /auth/api/v1/token/refresh/": () => json({ access: token(), user }),
    "DELETE /auth/api/v1/token/refresh/": () => json(null, 204),
    "GET /auth/api/v1/me/": () => json(user),
    "GET /auth/api/v1/registrations/availability/": () => json({ open: true }),
    "GET /notifications/api/v1/inbox/unread-count/": () => json({ unread: 2, seq: 7 }),
    "GET /notifications/api/v1/live/inbox/": () => stream().response,
    "GET /tickets/api/v1/categories/": () => page(category),
    "GET /tickets/api/v1/tickets/": () => page(ticket),
    "GET /tickets/api/v1/views/": () => page(),
    "GET /tickets/api/v1/canned-replies/": () => page(),
    "GET /tickets/api/v1/macros/": () => page(),
    "GET /tickets/api/v1/ticket-templates/": () => page(),
    [`GET /tickets/api/v1/tickets/:id/`]: () => json(ticket),
    "GET /messaging/api/v1/tickets/:id/comments/": () => page(),
    "GET /messaging/api/v1/live/tickets/:id/": () => stream().response,
    "GET /messaging/api/v1/tickets/:id/read/": () => json({ seq: 0, unread: 0 }),
    "PUT /messaging/api/v1/tickets/:id/read/": () => json({ seq: 0, unread: 0 }),
    "GET /tickets/api/v1/tickets/:id/links/": () => page(),
    "POST /messaging/api/v1/tickets/:id/typing/": () => json(null, 204),
    "GET /workflow/api/v1/tasks/": () => page(task),
    "GET /workflow/api/v1/tasks/:id/": () => json(task),
    "GET /workflow/api/v1/tasks/:id/graph/": () => json(drawing),
    "GET /workflow/api/v1/tasks/:id/sla/explain/": () => problem(404, "not_found"),
    ...more,
  };
}

/** The console in a browser that was signed in as `user` before, at an address. Modules are new: so is the session. */
export async function open(path: string, user: User | null, more: Record<string, Answer> = {}) {
  vi.resetModules();
  const server = new Server(routes(user ?? erin, more));
  history.replaceState(null, "", path);
  if (user) localStorage.setItem("tts.signed-in", "1");
  const { App } = await import("../src/App");
  const session = await import("../src/session/session");
  void session.start();
  render(createElement(App));
  return { server, user: userEvent.setup({ delay: null }) };
}
