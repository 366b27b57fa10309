/** What there is to administer. A page is one line here: its address, its card and its link follow from it. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { User } from "../api/clients";
import type { MessageKey } from "../i18n";
import { administers, isAdmin, isCoordinator, isTtsAdmin } from "../session/roles";

export const GROUPS = ["people", "work", "operation"] as const;

export interface AdminPage {
  /** Below /admin/; the page may have addresses of its own below that. */
  path: string;
  group: (typeof GROUPS)[number];
  title: MessageKey;
  text: MessageKey;
  /** Who is shown it; the services decide who may use it. */
  isFor: (user: User) => boolean;
  page: LazyExoticComponent<ComponentType>;
}

export const ADMIN_PAGES: readonly AdminPage[] = [
  {
    path: "users",
    group: "people",
    title: "users.title",
    text: "users.text",
    isFor: isAdmin,
    page: lazy(() => import("./users/UsersPage")),
  },
  {
    path: "registrations",
    group: "people",
    title: "registrations.title",
    text: "registrations.text",
    isFor: (user) => administers(user, "hdts"),
    page: lazy(() => import("./registrations/RegistrationsPage")),
  },
  {
    path: "roles",
    group: "people",
    title: "roles.title",
    text: "roles.text",
    isFor: isAdmin,
    page: lazy(() => import("./roles/RolesPage")),
  },
  {
    path: "systems",
    group: "people",
    title: "systems.title",
    text: "systems.text",
    isFor: (user) => user.is_superuser,
    page: lazy(() => import("./systems/SystemsPage")),
  },
  {
    path: "audit",
    group: "people",
    title: "audit.title",
    text: "audit.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./audit/AuditPage")),
  },
  {
    path: "clients",
    group: "people",
    title: "clients.title",
    text: "clients.text",
    isFor: (user) => user.is_superuser,
    page: lazy(() => import("./clients/ClientsPage")),
  },
  {
    path: "categories",
    group: "work",
    title: "categories.title",
    text: "categories.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./categories/CategoriesPage")),
  },
  {
    path: "workflows",
    group: "work",
    title: "workflows.title",
    text: "workflows.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./workflows/WorkflowsPage")),
  },
  {
    path: "calendars",
    group: "work",
    title: "calendars.title",
    text: "calendars.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./calendars/CalendarsPage")),
  },
  {
    path: "schedules",
    group: "work",
    title: "schedules.title",
    text: "schedules.text",
    isFor: isCoordinator,
    page: lazy(() => import("./schedules/SchedulesPage")),
  },
  {
    path: "imports",
    group: "work",
    title: "imports.title",
    text: "imports.text",
    isFor: isCoordinator,
    page: lazy(() => import("./imports/ImportsPage")),
  },
  {
    path: "health",
    group: "operation",
    title: "health.title",
    text: "health.text",
    isFor: isCoordinator,
    page: lazy(() => import("./operations/HealthPage")),
  },
  {
    path: "dead-letters",
    group: "operation",
    title: "dead.title",
    text: "dead.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./operations/DeadLettersPage")),
  },
  {
    path: "failed-jobs",
    group: "operation",
    title: "jobs.title",
    text: "jobs.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./operations/FailedJobsPage")),
  },
  {
    path: "templates",
    group: "operation",
    title: "templates.title",
    text: "templates.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./templates/TemplatesPage")),
  },
  {
    path: "channels",
    group: "operation",
    title: "channels.title",
    text: "channels.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./delivery/ChannelsPage")),
  },
  {
    path: "deliveries",
    group: "operation",
    title: "deliveries.title",
    text: "deliveries.text",
    isFor: isCoordinator,
    page: lazy(() => import("./delivery/DeliveriesPage")),
  },
  {
    path: "suppressions",
    group: "operation",
    title: "suppressions.title",
    text: "suppressions.text",
    isFor: isCoordinator,
    page: lazy(() => import("./delivery/SuppressionsPage")),
  },
];

export function adminPagesFor(user: User): AdminPage[] {
  return ADMIN_PAGES.filter((page) => page.isFor(user));
}
