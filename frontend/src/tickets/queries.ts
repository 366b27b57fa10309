import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { data, tickets, type Category, type TicketFilters } from "../api/clients";
import { cursorOf, paged } from "../ui/Rows";

export const STATUSES = [
  "New",
  "Open",
  "In Progress",
  "On Hold",
  "Resolved",
  "Closed",
  "Rejected",
  "Withdrawn",
  "Merged",
] as const;
export const PRIORITIES = ["Low", "Medium", "High", "Critical"] as const;

export function useTicketList(filters: TicketFilters) {
  return useInfiniteQuery({
    queryKey: ["tickets", "list", filters],
    queryFn: ({ pageParam, signal }) =>
      data(
        tickets.GET("/api/v1/tickets/", {
          params: { query: { ...filters, limit: 50, ...cursorOf(pageParam) } },
          signal,
        }),
      ),
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

/** `id` may be its number. It is asked for again now and then: its status is changed by others. */
export function useTicket(id: string) {
  return useQuery({
    queryKey: ["tickets", "one", id],
    queryFn: ({ signal }) => data(tickets.GET("/api/v1/tickets/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: 10_000,
  });
}

/** Those that are offered, and for staff the others too: their tickets are still there. */
export function useCategories() {
  return useQuery({
    queryKey: ["categories", "list"],
    queryFn: async () => (await allCategories()).sort((one, other) => one.name.localeCompare(other.name)),
    staleTime: 5 * 60_000,
  });
}

/** Filters with a name: one's own, and those that are shared. */
export function useViews() {
  return useQuery({
    queryKey: ["views"],
    queryFn: async () => (await data(tickets.GET("/api/v1/views/", { params: { query: { limit: 100 } } }))).results,
    staleTime: 60_000,
  });
}

async function allCategories(): Promise<Category[]> {
  const found: Category[] = [];
  for (let cursor = ""; ;) {
    const query = { include_inactive: true, limit: 100, ...cursorOf(cursor) };
    const page = await data(tickets.GET("/api/v1/categories/", { params: { query } }));
    found.push(...page.results);
    if (!page.next) return found;
    cursor = page.next;
  }
}

export function useCategoryName(slug: string): string {
  return useCategories().data?.find((category) => category.slug === slug)?.name ?? slug;
}
