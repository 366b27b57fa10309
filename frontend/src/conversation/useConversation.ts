import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { data, messaging, type Comment, type Person } from "../api/clients";
import { follow, type ServerEvent } from "../api/events";
import { ProblemError } from "../api/problem";

export interface Conversation {
  comments: Comment[];
  isPending: boolean;
  error: unknown;
  refetch: () => void;
  isLive: boolean;
  present: Person[];
  typing: string[];
  /** The own comment, as the answer to sending it has it; the stream brings it once more. */
  add: (comment: Comment) => void;
}

const TYPING_SHOWN = 6_000;
const PREPARING_TRIES = 20;

/** All of a ticket's conversation, by the ticket's number, which is known before the ticket is. */
export function conversationOf(number: string) {
  return queryOptions({
    queryKey: ["conversation", number],
    queryFn: ({ signal }) => allComments(number, signal),
    staleTime: Infinity,
    // Messaging hears of a new ticket a moment after it was filed.
    retry: (count, error) =>
      error instanceof ProblemError && error.status === 404 ? count < PREPARING_TRIES : count < 3,
    retryDelay: 700,
  });
}

/** A ticket's conversation: all of it, and then every change as it comes, from the last number that was seen. */
export function useConversation(number: string): Conversation {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const [present, setPresent] = useState<Person[]>([]);
  const [typing, setTyping] = useState<Record<string, { name: string; until: number }>>({});
  const talk = useQuery(conversationOf(number));
  const isLoaded = talk.data !== undefined;

  useEffect(() => {
    if (!isLoaded) return;
    const key = conversationOf(number).queryKey;
    const stop = new AbortController();
    const onEvent = (event: ServerEvent) => {
      if (event.name.startsWith("comment.")) {
        const change = JSON.parse(event.data) as { comment: Comment };
        queries.setQueryData<Comment[]>(key, (before) => merged(before ?? [], change.comment));
        setTyping((before) => without(before, change.comment.author_id));
        // A reply may change the ticket, for instance open it again.
        void queries.invalidateQueries({ queryKey: ["tickets", "one"] });
      } else if (event.name === "presence") {
        setPresent((JSON.parse(event.data) as { present: Person[] }).present);
      } else if (event.name === "typing") {
        const who = JSON.parse(event.data) as { user_id: string; name: string };
        setTyping((before) => ({ ...before, [who.user_id]: { name: who.name, until: Date.now() + TYPING_SHOWN } }));
      }
    };
    const after = Math.max(0, ...(queries.getQueryData<Comment[]>(key) ?? []).map((comment) => comment.seq));
    const url = `${location.origin}/messaging/api/v1/live/tickets/${number}/`;
    void follow({ url, after, onEvent, onState: setLive, signal: stop.signal });
    return () => stop.abort();
  }, [isLoaded, number, queries]);

  useEffect(() => {
    if (Object.keys(typing).length === 0) return;
    const timer = setTimeout(() => {
      const now = Date.now();
      setTyping((before) => Object.fromEntries(Object.entries(before).filter(([, who]) => who.until > now)));
    }, TYPING_SHOWN + 100);
    return () => clearTimeout(timer);
  }, [typing]);

  return {
    comments: talk.data ?? [],
    isPending: talk.isPending,
    error: talk.error,
    refetch: () => void talk.refetch(),
    isLive,
    present,
    typing: Object.values(typing).map((who) => who.name),
    add: (comment) =>
      queries.setQueryData<Comment[]>(conversationOf(number).queryKey, (before) => merged(before ?? [], comment)),
  };
}

async function allComments(ticketId: string, signal: AbortSignal): Promise<Comment[]> {
  const found: Comment[] = [];
  for (let after = 0; ;) {
    const params = { path: { ticket_id: ticketId }, query: { after, limit: 100 } };
    const page = await data(messaging.GET("/api/v1/tickets/{ticket_id}/comments/", { params, signal }));
    found.push(...page.results);
    if (page.next === null) return found;
    after = page.next;
  }
}

/** By place in the conversation, each once, the newest version of each. */
export function merged(comments: Comment[], comment: Comment): Comment[] {
  const others = comments.filter((other) => other.id !== comment.id);
  const known = comments.find((other) => other.id === comment.id);
  const newest = known && known.version > comment.version ? known : comment;
  return [...others, newest].sort((one, other) => one.seq - other.seq);
}

function without<T>(people: Record<string, T>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(people).filter(([key]) => key !== id));
}
