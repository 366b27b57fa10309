/** What there is to administer. A page is one line here: its address, its card and its link follow from it. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { User } from "../api/clients";
import type { MessageKey } from "../i18n";
import { isTtsAdmin } from "../session/roles";

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
    path: "audit",
    group: "people",
    title: "audit.title",
    text: "audit.text",
    isFor: isTtsAdmin,
    page: lazy(() => import("./audit/AuditPage")),
  },
];

export function adminPagesFor(user: User): AdminPage[] {
  return ADMIN_PAGES.filter((page) => page.isFor(user));
}
