import { auth, messaging, notifications, tickets, workflow } from "../../api/clients";

const CLIENTS = {
  "auth-service": auth,
  "ticket-service": tickets,
  "workflow-api": workflow,
  messaging,
  "notification-service": notifications,
} as const;

export type Service = keyof typeof CLIENTS;
export const SERVICES = Object.keys(CLIENTS) as Service[];

/** For the routes that libs/eventbus gives to every service that mounts them; one client stands for the types of all. */
export function clientOf(service: Service): typeof workflow {
  return CLIENTS[service] as unknown as typeof workflow;
}
