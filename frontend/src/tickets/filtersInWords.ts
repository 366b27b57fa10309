import type { TicketFilters } from "../api/clients";
import { label, t } from "../i18n";
import { useCategories } from "./queries";

/** What a list is filtered by, as one reads it: "Status Open, Priority High". */
export function useFiltersInWords(): (filters: TicketFilters) => string {
  const categories = useCategories().data ?? [];
  const words = {
    q: (value: string) => `“${value}”`,
    status: (value: string) => `${t("tickets.status")} ${label("status", value)}`,
    priority: (value: string) => `${t("tickets.priority")} ${label("priority", value)}`,
    category: (value: string) =>
      `${t("tickets.category")} ${categories.find(({ slug }) => slug === value)?.name ?? value}`,
    assignee: (value: string) => `${t("tickets.assignee")} ${NAMED[value] ?? value}`,
    tag: (value: string) => t("tickets.tag", { tag: value }),
  };
  return (filters) => {
    const given = Object.entries(filters).filter((one): one is [string, string] => Boolean(one[1]));
    const said = given.map(([name, value]) => (name in words ? words[name as keyof typeof words](value) : value));
    return said.join(", ") || t("views.everything");
  };
}

const NAMED: Record<string, string> = { me: t("tickets.mine"), none: t("tickets.nobody") };

export function isSame(one: TicketFilters, other: TicketFilters): boolean {
  const text = (filters: TicketFilters) =>
    JSON.stringify(
      Object.entries(filters)
        .filter(([, value]) => Boolean(value))
        .sort(),
    );
  return text(one) === text(other);
}
