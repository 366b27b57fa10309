/** A custom field's value: a text, a period, or a list of items with their amounts. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) {
    return (value as { name: string; amount: string }[]).map((item) => `${item.name} (${item.amount})`).join(", ");
  }
  if (typeof value === "object" && value !== null && "start" in value && "end" in value) {
    return `${String(value.start)} – ${String(value.end)}`;
  }
  return String(value);
}
