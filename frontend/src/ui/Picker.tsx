import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState, type KeyboardEvent } from "react";
import { t } from "../i18n";
import { Button, Field } from "./controls";
import { ErrorNotice } from "./feedback";
import { useDebounced } from "./useDebounced";

export interface Option {
  id: string;
  text: string;
  detail?: string;
}

interface PickerProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  optional?: boolean;
  /** The name of what is searched, for the cache. */
  kind: string;
  search: (words: string, signal: AbortSignal) => Promise<Option[]>;
  value: Option | null;
  onChange: (option: Option | null) => void;
}

/** One of very many, found by its words: a combobox with a list (WAI-ARIA 1.2), by arrows and Enter or by click. */
export function Picker({ label, hint, error, optional, kind, search, value, onChange }: PickerProps) {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const q = useDebounced(words.trim(), 200);
  const found = useQuery({
    queryKey: ["picker", kind, q],
    queryFn: ({ signal }) => search(q, signal),
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const options = words.trim().length > 1 ? (found.data ?? []) : [];
  const shown = Math.min(at, Math.max(options.length - 1, 0));

  function choose(option: Option | undefined) {
    if (!option) return;
    setWords("");
    onChange(option);
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter" && words.trim()) choose(options[shown]);
    else if (event.key === "ArrowDown") setAt(Math.min(shown + 1, options.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(shown - 1, 0));
    else return;
    event.preventDefault();
  }

  if (value) {
    return (
      <Field label={label} hint={hint} error={error} optional={optional}>
        {(props) => (
          <div className="row picked">
            <output id={props.id} aria-describedby={props["aria-describedby"]}>
              {value.text} {value.detail && <span className="muted">{value.detail}</span>}
            </output>
            <Button look="quiet" onClick={() => onChange(null)}>
              {t("picker.other")}
            </Button>
          </div>
        )}
      </Field>
    );
  }
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(props) => (
        <div className="picker">
          <input
            {...props}
            type="search"
            role="combobox"
            autoComplete="off"
            required={!optional}
            placeholder={t("picker.placeholder")}
            aria-expanded={options.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={options[shown] && `${list}-${options[shown].id}`}
            value={words}
            onKeyDown={onKey}
            onChange={(event) => {
              setWords(event.target.value);
              setAt(0);
            }}
          />
          <div id={list} role="listbox" aria-label={label} className={options.length > 0 ? "options" : undefined}>
            {options.map((option, number) => (
              // The keyboard is the field's: arrows and Enter there choose what a click chooses here.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={option.id}
                id={`${list}-${option.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={number === shown}
                onClick={() => choose(option)}
              >
                {option.text} {option.detail && <span className="muted">{option.detail}</span>}
              </div>
            ))}
          </div>
          {found.error && <ErrorNotice error={found.error} />}
          <p role="status" className="muted small">
            {found.data?.length === 0 && q.length > 1 && q === words.trim() && t("palette.none")}
          </p>
        </div>
      )}
    </Field>
  );
}
