import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { data, tickets, workflow } from "../api/clients";

export interface Asked {
  days: number;
  /** Key of one workflow; empty: all of them. */
  workflow: string;
  zone: string;
}

const often = { placeholderData: keepPreviousData, refetchInterval: 60_000 };

/** Of the tickets that the caller may see; workflows are none of ticket-service's business. */
export function useStatistics({ days, zone }: Asked) {
  return useQuery({
    queryKey: ["reports", "tickets", days, zone],
    queryFn: ({ signal }) =>
      data(tickets.GET("/api/v1/statistics/", { params: { query: { days, time_zone: zone } }, signal })),
    ...often,
  });
}

export function useThroughput({ days, zone, workflow: key }: Asked, isLead: boolean) {
  return useQuery({
    queryKey: ["reports", "throughput", days, zone, key],
    queryFn: ({ signal }) =>
      data(
        workflow.GET("/api/v1/reports/throughput/", {
          params: { query: { days, time_zone: zone, ...of(key) } },
          signal,
        }),
      ),
    enabled: isLead,
    ...often,
  });
}

export function useCompliance({ days, workflow: key }: Asked) {
  return useQuery({
    queryKey: ["reports", "sla", days, key],
    queryFn: ({ signal }) =>
      data(workflow.GET("/api/v1/reports/sla/", { params: { query: { days, ...of(key) } }, signal })),
    ...often,
  });
}

export function useStepTimes({ days, workflow: key }: Asked) {
  return useQuery({
    queryKey: ["reports", "steps", days, key],
    queryFn: ({ signal }) =>
      data(workflow.GET("/api/v1/reports/steps/", { params: { query: { days, ...of(key) } }, signal })),
    ...often,
  });
}

export function useLoad({ workflow: key }: Asked) {
  return useQuery({
    queryKey: ["reports", "load", key],
    queryFn: ({ signal }) => data(workflow.GET("/api/v1/reports/load/", { params: { query: of(key) }, signal })),
    ...often,
  });
}

export function useRoleLoad({ workflow: key }: Asked) {
  return useQuery({
    queryKey: ["reports", "roles", key],
    queryFn: ({ signal }) => data(workflow.GET("/api/v1/reports/roles/", { params: { query: of(key) }, signal })),
    ...often,
  });
}

function of(key: string): { workflow?: string } {
  return key ? { workflow: key } : {};
}
