import { useQuery, keepPreviousData } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { adminPagesFor } from "../admin/pages";
import { data, tickets } from "../api/clients";
import { t } from "../i18n";
import { isStaff } from "../session/roles";
import { signOut, useUser } from "../session/session";
import { Dialog } from "../ui/controls";
import { useOfferedCommands } from "./commands";
import { useDebounced } from "../ui/useDebounced";

interface Entry {
  id: string;
  text: string;
  detail?: string;
  run: () => void;
}

/** Commands and tickets by their words: one field, arrows and Enter. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const entries = useEntries(words);
  const shown = Math.min(at, Math.max(entries.length - 1, 0));

  function run(entry: Entry | undefined) {
    if (!entry) return;
    onClose();
    entry.run();
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter") run(entries[shown]);
    else if (event.key === "ArrowDown") setAt(Math.min(shown + 1, entries.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(shown - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t("palette.title")} onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-label={t("palette.placeholder")}
        placeholder={t("palette.placeholder")}
        aria-expanded={entries.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={entries[shown] && `${id}-${entries[shown].id}`}
        value={words}
        onKeyDown={onKey}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t("palette.title")} className="palette">
        {entries.map((entry, number) => (
          // The keyboard is the field's: arrows and Enter there choose what a click chooses here.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={entry.id}
            id={`${id}-${entry.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={number === shown}
            onClick={() => run(entry)}
          >
            {entry.text} {entry.detail && <span className="muted">{entry.detail}</span>}
          </div>
        ))}
      </div>
      {entries.length === 0 && <p className="muted">{t("palette.none")}</p>}
    </Dialog>
  );
}

function useEntries(words: string): Entry[] {
  const navigate = useNavigate();
  const user = useUser();
  const q = useDeferredValue(useDebounced(words.trim(), 150));
  const found = useQuery({
    queryKey: ["tickets", "palette", q],
    queryFn: ({ signal }) => data(tickets.GET("/api/v1/tickets/", { params: { query: { q, limit: 8 } }, signal })),
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
  });
  const go = (path: string) => () => void navigate(path);
  const offered = useOfferedCommands();
  const pages = adminPagesFor(user);
  const commands: Entry[] = [
    ...offered.map(({ id, text, key, run }) => ({ id: `page-${id}`, text, ...(key ? { detail: key } : {}), run })),
    ...(isStaff(user) ? [{ id: "tasks", text: t("nav.tasks"), run: go("/tasks") }] : []),
    { id: "requests", text: isStaff(user) ? t("nav.tickets") : t("nav.requests"), run: go("/requests") },
    { id: "new", text: t("nav.new"), run: go("/requests/new") },
    ...(isStaff(user) ? [{ id: "replies", text: t("replies.title"), run: go("/replies") }] : []),
    ...(isStaff(user) ? [{ id: "macros", text: t("macros.manage"), run: go("/macros") }] : []),
    ...(isStaff(user)
      ? [{ id: "request-templates", text: t("requestTemplates.title"), run: go("/request-templates") }]
      : []),
    ...(isStaff(user) ? [{ id: "absences", text: t("absences.title"), run: go("/absences") }] : []),
    ...(isStaff(user) ? [{ id: "reports", text: t("reports.title"), run: go("/reports") }] : []),
    { id: "inbox", text: t("nav.inbox"), run: go("/inbox") },
    { id: "account", text: t("app.account"), run: go("/account") },
    ...(pages.length > 0 ? [{ id: "admin", text: t("admin.title"), run: go("/admin") }] : []),
    ...pages.map(({ path, title }) => ({ id: path, text: t(title), run: go(`/admin/${path}`) })),
    { id: "out", text: t("signIn.out"), run: () => void signOut() },
  ];
  const wanted = words.trim().toLowerCase();
  const rows = wanted.length > 1 ? (found.data?.results ?? []) : [];
  return [
    ...commands.filter((command) => command.text.toLowerCase().includes(wanted)),
    ...rows.map((ticket) => ({
      id: ticket.id,
      text: ticket.subject,
      detail: ticket.number,
      run: go(`/requests/${ticket.number}`),
    })),
  ];
}
