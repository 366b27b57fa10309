import { useQueries } from "@tanstack/react-query";

/** The services by their prefixes at this origin, as the gateway has them (topology.toml). */
export const SERVICES = [
  { name: "auth-service", prefix: "/auth" },
  { name: "ticket-service", prefix: "/tickets" },
  { name: "workflow-api", prefix: "/workflow" },
  { name: "messaging", prefix: "/messaging" },
  { name: "notification-service", prefix: "/notifications" },
] as const;

export interface Health {
  status: "pass" | "warn" | "fail";
  version: string;
  checks: Record<string, { status: string; age?: number }[]>;
  notes?: string[];
}

/** What each service says of itself. It is public and asked without a token, so that it answers while auth does not. */
export function useHealth() {
  return useQueries({
    queries: SERVICES.map(({ name, prefix }) => ({
      queryKey: ["health", name],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(`${prefix}/readyz`, signal),
      refetchInterval: 10_000,
      retry: false,
    })),
  });
}

/** A 503 is an answer too: it says which check fails. Null: there was no answer of the service's own. */
async function ask(url: string, signal: AbortSignal): Promise<Health | null> {
  try {
    const answer = await fetch(url, { signal, cache: "no-store" });
    const said: unknown = await answer.json();
    return isHealth(said) ? said : null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

function isHealth(said: unknown): said is Health {
  return typeof said === "object" && said !== null && "serviceId" in said && "status" in said;
}
