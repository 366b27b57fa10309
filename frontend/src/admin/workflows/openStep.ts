/** Goes to the form of a step. */
export function openStep(key: string) {
  const form = document.getElementById(`step-${key}`);
  if (form instanceof HTMLDetailsElement) form.open = true;
  form?.querySelector("input")?.focus();
}

/** The same, once it is there. */
export function openSoon(step: { key: string } | undefined) {
  if (step) setTimeout(() => openStep(step.key));
}
