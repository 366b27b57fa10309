import { useEffect, useId, useRef, type ComponentProps, type ReactNode } from "react";
import { t } from "../i18n";

export function Button({ look = "plain", busy, className = "", ...props }: ComponentProps<"button"> & ButtonLook) {
  const disabled = props.disabled ?? busy;
  return (
    <button type="button" {...props} disabled={disabled} aria-busy={busy} className={`button ${look} ${className}`} />
  );
}

interface ButtonLook {
  look?: "primary" | "plain" | "quiet" | "danger";
  busy?: boolean;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  optional?: boolean | undefined;
  children: (props: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ReactNode;
}

/** A labelled control with its hint and its error, tied to it for who cannot see them side by side. */
export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="muted">({t("new.optional")})</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": Boolean(error) })}
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<FieldProps, "children">, Omit<ComponentProps<"input">, "onChange" | "value"> {
  value: string;
  onChange: (value: string) => void;
}

/** A `Field` with one line of text; what `input` takes is passed on to it. */
export function TextField({ label, hint, error, optional, onChange, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(props) => <input {...props} {...input} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

interface DialogProps {
  title: string;
  onClose?: () => void;
  children: ReactNode;
}

// The browser would take the ✕. What is asked for comes first; without a question, what was wanted is one Enter away,
// unless it destroys something.
const FIRST = ["form input, form select, form textarea, input", ".button.primary", "form .button"];

function firstOf(dialog: HTMLElement): HTMLElement | null {
  const found = FIRST.map((selector) => dialog.querySelector<HTMLElement>(selector));
  return found.find((element) => element !== null) ?? null;
}

/** A modal dialog; the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    if (element) firstOf(element)?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {onClose && (
          <Button look="quiet" aria-label={t("action.dismiss")} onClick={onClose}>
            ✕
          </Button>
        )}
      </header>
      {children}
    </dialog>
  );
}
