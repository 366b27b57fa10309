import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState, type ComponentProps, type KeyboardEvent, type RefObject } from "react";
import { flushSync } from "react-dom";
import { data, messaging, type Candidate, type Visibility } from "../api/clients";
import { plural, t } from "../i18n";
import { useDebounced } from "../ui/useDebounced";

interface MentionFieldProps extends Omit<ComponentProps<"textarea">, "ref" | "value" | "onChange"> {
  ticketId: string;
  visibility: Visibility;
  field: RefObject<HTMLTextAreaElement | null>;
  value: string;
  onWrite: (body: string) => void;
}

/**
 * A field for a comment, in which `@` offers whom it may mention: arrows and Enter or Tab, or a click; Escape writes on.
 * A textarea may not have the role of a combobox (ARIA in HTML); it has the combobox's properties that a textbox may.
 */
export function MentionField({ ticketId, visibility, field, value, onWrite, ...props }: MentionFieldProps) {
  const list = useId();
  const { begun, options, shown, setCaret, setAt, dismiss } = useCandidates(ticketId, visibility, value);

  function choose(person: Candidate) {
    if (!begun) return;
    const before = `${value.slice(0, begun.at)}@${person.username} `;
    flushSync(() => onWrite(before + value.slice(begun.at + 1 + begun.letters.length).replace(/^ /, "")));
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  }

  const count = options.length;
  const person = options[shown];
  const keys: Record<string, () => void> = person
    ? {
        ArrowDown: () => setAt((shown + 1) % count),
        ArrowUp: () => setAt((shown + count - 1) % count),
        Enter: () => choose(person),
        Tab: () => choose(person),
        Escape: dismiss,
      }
    : {};

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const run = isPlain(event) ? keys[event.key] : undefined;
    if (!run) return props.onKeyDown?.(event);
    run();
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="picker">
      <textarea
        {...props}
        ref={field}
        value={value}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={options.length > 0 ? list : undefined}
        aria-activedescendant={person && `${list}-${person.user_id}`}
        onKeyDown={onKeyDown}
        onBlur={dismiss}
        onSelect={(event) => setCaret(event.currentTarget.selectionEnd)}
        onChange={(event) => {
          onWrite(event.target.value);
          setCaret(event.target.selectionEnd);
        }}
      />
      {options.length > 0 && (
        <div id={list} role="listbox" aria-label={t("mention.label")} className="options">
          {options.map((option, number) => (
            // The keyboard is the field's: arrows and Enter there choose what a click chooses here.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={option.user_id}
              id={`${list}-${option.user_id}`}
              role="option"
              tabIndex={-1}
              aria-selected={number === shown}
              onMouseDown={(event) => event.preventDefault()} // the focus stays where one writes
              onClick={() => choose(option)}
            >
              {option.name} <span className="muted">@{option.username}</span>
            </div>
          ))}
        </div>
      )}
      <p role="status" className="hidden">
        {options.length > 0 && plural("mention.found", options.length)}
      </p>
    </div>
  );
}

/** Neither with Ctrl or the like, nor of an input method that composes a letter. */
function isPlain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.nativeEvent.isComposing;
}

/** What is offered for the `@…` before the caret: of whom a name or the user name begins with its letters. */
function useCandidates(ticketId: string, visibility: Visibility, value: string) {
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const begun = mentionAt(value.slice(0, caret));
  const place = begun && `${begun.at} ${begun.letters}`;
  const isOpen = begun !== null && place !== dismissed;
  const q = useDebounced(begun?.letters ?? "", 150);
  const found = useQuery({
    queryKey: ["mention-candidates", ticketId, visibility, q],
    queryFn: async ({ signal }) => {
      const params = { path: { ticket_id: ticketId }, query: { visibility, ...(q ? { q } : {}) } };
      return (await data(messaging.GET("/api/v1/tickets/{ticket_id}/mention-candidates/", { params, signal }))).results;
    },
    enabled: isOpen,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false, // one can write on without it
  });
  // Of an earlier answer stays what still fits, so that Enter never names whom the letters no longer mean.
  const options = isOpen ? (found.data ?? []).filter((person) => isMeant(person, begun.letters)) : [];
  return {
    begun,
    options,
    shown: Math.min(at, Math.max(options.length - 1, 0)),
    setAt,
    setCaret: (next: number) => {
      if (next !== caret) setAt(0);
      setCaret(next);
    },
    dismiss: () => setDismissed(place),
  };
}

/** As messaging reads it: an @ that no word and no address goes before. */
export function mentionAt(before: string): { at: number; letters: string } | null {
  const match = /(?<![\p{L}\p{N}_@.])@([\p{L}\p{N}_.+-]*)$/u.exec(before);
  return match && { at: match.index, letters: match[1] ?? "" };
}

function isMeant({ username, name }: Candidate, letters: string): boolean {
  const wanted = letters.toLowerCase();
  return [username, ...name.split(" ")].some((word) => word.toLowerCase().startsWith(wanted));
}
