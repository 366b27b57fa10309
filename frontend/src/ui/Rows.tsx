import type { ReactNode } from "react";
import type { UseInfiniteQueryResult, InfiniteData } from "@tanstack/react-query";
import { t } from "../i18n";
import { Button } from "./controls";
import { ErrorNotice, Loading } from "./feedback";

interface Page<T> {
  results: T[];
  next: string | null;
}

interface RowsProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  none: string;
  children: (rows: T[]) => ReactNode;
}

/** A list of the API: loading, failed, empty, its rows, and more of them. */
export function Rows<T>({ query, none, children }: RowsProps<T>) {
  const rows = query.data?.pages.flatMap((page) => page.results) ?? [];
  if (query.isPending) return <Loading />;
  return (
    <>
      {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {rows.length > 0 && children(rows)}
      {rows.length === 0 && !query.error && <p className="empty">{none}</p>}
      {query.hasNextPage && (
        <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("action.more")}
        </Button>
      )}
    </>
  );
}

/** How TanStack Query goes on in a list with cursors. */
export const paged = {
  initialPageParam: "",
  getNextPageParam: (page: { next: string | null }) => page.next,
};

/** The query string of a page of a list. */
export function cursorOf(pageParam: string): { cursor?: string } {
  return pageParam ? { cursor: pageParam } : {};
}
