import { useEffect, useRef, useState } from "react";
import type { TicketFilters } from "../api/clients";
import { label, t } from "../i18n";
import { Button } from "../ui/controls";
import { useDebounced } from "../ui/useDebounced";
import { PRIORITIES, STATUSES, useCategories } from "./queries";

interface FiltersProps {
  filters: TicketFilters;
  isStaff: boolean;
  onChange: (filters: TicketFilters) => void;
}

/** Search as you type, and the filters of the list. */
export function Filters({ filters, isStaff, onChange }: FiltersProps) {
  const categories = useCategories().data ?? [];
  const set = (name: keyof TicketFilters, value: string) => onChange({ ...filters, [name]: value || undefined });
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <div className="filters" role="search" aria-label={t("tickets.search")}>
      <SearchField value={filters.q ?? ""} onChange={(q) => set("q", q)} />
      <Choice
        name={t("tickets.status")}
        value={filters.status}
        options={STATUSES.map((status) => [status, label("status", status)])}
        onChange={(value) => set("status", value)}
      />
      <Choice
        name={t("tickets.priority")}
        value={filters.priority}
        options={PRIORITIES.map((priority) => [priority, label("priority", priority)])}
        onChange={(value) => set("priority", value)}
      />
      <Choice
        name={t("tickets.category")}
        value={filters.category}
        options={categories.map((category) => [category.slug, category.name])}
        onChange={(value) => set("category", value)}
      />
      {isStaff && (
        <Choice
          name={t("tickets.assignee")}
          value={filters.assignee}
          options={[
            ["me", t("tickets.mine")],
            ["none", t("tickets.nobody")],
          ]}
          onChange={(value) => set("assignee", value)}
        />
      )}
      {filters.tag && (
        <Button
          look="quiet"
          aria-label={t("action.remove", { name: t("tickets.tag", { tag: filters.tag }) })}
          onClick={() => set("tag", "")}
        >
          {t("tickets.tag", { tag: filters.tag })} ✕
        </Button>
      )}
      {isFiltered && (
        <Button look="quiet" onClick={() => onChange({})}>
          {t("tickets.clear")}
        </Button>
      )}
    </div>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (words: string) => void }) {
  const [words, setWords] = useState(value);
  const settled = useDebounced(words.trim(), 200);
  const known = useRef(value);
  useEffect(() => {
    if (value === known.current) return;
    // Not from here: a view that was chosen, the way back, or filters that were cleared.
    known.current = value;
    setWords(value);
  }, [value]);
  useEffect(() => {
    if (settled === known.current) return;
    known.current = settled;
    onChange(settled);
    // Only what was typed is told; the filters' own changes are not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return (
    <input
      type="search"
      aria-label={t("tickets.search")}
      placeholder={t("tickets.search")}
      value={words}
      onChange={(event) => setWords(event.target.value)}
    />
  );
}

interface ChoiceProps {
  name: string;
  value: string | undefined;
  options: (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ name, value = "", options, onChange }: ChoiceProps) {
  return (
    <select aria-label={name} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">
        {name}: {t("tickets.any")}
      </option>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
