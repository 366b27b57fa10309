/** One typed client for each service. The types come from the committed OpenAPI files, so a breaking change fails `tsc`. */
import createClient from "openapi-fetch";
import type { paths as Auth, components as AuthComponents } from "./generated/auth";
import type { paths as Messaging, components as MessagingComponents } from "./generated/messaging";
import type { paths as Notifications, components as NotificationComponents } from "./generated/notification_service";
import type { paths as Tickets, components as TicketComponents } from "./generated/ticket_service";
import type { paths as Workflow, components as WorkflowComponents } from "./generated/workflow_api";
import { send } from "./http";

const origin = location.origin;

export const auth = createClient<Auth>({ baseUrl: `${origin}/auth`, fetch: send });
export const tickets = createClient<Tickets>({ baseUrl: `${origin}/tickets`, fetch: send });
export const workflow = createClient<Workflow>({ baseUrl: `${origin}/workflow`, fetch: send });
export const messaging = createClient<Messaging>({ baseUrl: `${origin}/messaging`, fetch: send });
export const notifications = createClient<Notifications>({ baseUrl: `${origin}/notifications`, fetch: send });

/** Every shape of auth, for what is handed on as it is. */
export type AuthSchemas = AuthComponents["schemas"];
export type User = AuthComponents["schemas"]["User"];
export type Session = AuthComponents["schemas"]["Session"];
export type System = AuthComponents["schemas"]["System"];
export type RoleDetail = AuthComponents["schemas"]["RoleDetail"];
export type Registration = AuthComponents["schemas"]["Registration"];
export type Passkey = AuthComponents["schemas"]["Passkey"];
export type PersonalToken = AuthComponents["schemas"]["PersonalToken"];
export type PersonalScope = AuthComponents["schemas"]["PersonalScopeEnum"];
export type ServiceClient = AuthComponents["schemas"]["ServiceClient"];
export type ServiceScope = AuthComponents["schemas"]["ServiceScopeEnum"];
export type AuditEntry = AuthComponents["schemas"]["AuditEntry"];
export type Ticket = TicketComponents["schemas"]["TicketOutput"];
export type TicketSummary = TicketComponents["schemas"]["TicketSummaryOutput"];
export type TicketFilters = TicketComponents["schemas"]["TicketFilters"];
export type TicketStatus = TicketComponents["schemas"]["StatusEnum"];
export type Priority = TicketComponents["schemas"]["PriorityEnum"];
export type Category = TicketComponents["schemas"]["CategoryOutput"];
export type CategoryDetail = TicketComponents["schemas"]["CategoryDetailOutput"];
export type TicketImport = TicketComponents["schemas"]["ImportOutput"];
export type CustomField = TicketComponents["schemas"]["CustomFieldOutput"];
export type SavedView = TicketComponents["schemas"]["SavedViewOutput"];
export type TicketLink = TicketComponents["schemas"]["LinkOutput"];
export type CannedReply = TicketComponents["schemas"]["CannedReplyOutput"];
export type Macro = TicketComponents["schemas"]["MacroOutput"];
export type MacroActions = TicketComponents["schemas"]["MacroActions"];
export type MacroPreview = TicketComponents["schemas"]["MacroPreviewOutput"];
export type MacroChange = TicketComponents["schemas"]["MacroChangeOutput"];
export type MacroReply = TicketComponents["schemas"]["MacroReplyOutput"];
export type RequestTemplate = TicketComponents["schemas"]["TicketTemplateOutput"];
export type TicketSchedule = TicketComponents["schemas"]["ScheduleOutput"];
export type HistoryEntry = TicketComponents["schemas"]["HistoryEntryOutput"];
export type Comment = MessagingComponents["schemas"]["CommentOut"];
export type Reaction = MessagingComponents["schemas"]["ReactionOut"];
export type Visibility = MessagingComponents["schemas"]["VisibilityEnum"];
export type Person = MessagingComponents["schemas"]["PresentOut"];
export type Candidate = MessagingComponents["schemas"]["CandidateOut"];
export type Task = WorkflowComponents["schemas"]["TaskOutput"];
export type TaskDetail = WorkflowComponents["schemas"]["TaskDetailOutput"];
export type Clock = WorkflowComponents["schemas"]["ClockOutput"];
/** Every shape of workflow-api, for the pages that show whole definitions. */
export type Schemas = WorkflowComponents["schemas"];
export type Notice = NotificationComponents["schemas"]["NoticeOut"];
export type NoticeKind = NotificationComponents["schemas"]["KindsEnum"];
export type Template = NotificationComponents["schemas"]["TemplateOut"];
export type Words = NotificationComponents["schemas"]["WordsInRequest"];
export type Endpoint = NotificationComponents["schemas"]["EndpointOut"];
export type Delivery = NotificationComponents["schemas"]["DeliveryOut"];
export type Suppression = NotificationComponents["schemas"]["SuppressionOut"];
export type Preference = NotificationComponents["schemas"]["PreferenceOut"];

/** The data of an answer; `send` has raised for every other. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Headers of a create or an action: a repetition with the same key is answered and not done again. */
export function once(key: string) {
  return { "Idempotency-Key": key };
}
