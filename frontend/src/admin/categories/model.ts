import type { CategoryDetail, CustomField } from "../../api/clients";

export type FieldType = CustomField["type"];
export const FIELD_TYPES: FieldType[] = ["text", "choice", "date", "amount", "items", "period"];

/** A category under somebody's hands: choices are lines of text until it is saved. */
export interface Form {
  slug: string;
  name: string;
  is_active: boolean;
  sub_categories: { slug: string; name: string }[];
  custom_fields: FormField[];
  /** The version that it is based on; 0: there is none yet. */
  version: number;
}

export interface FormField {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  choices: string;
}

export const NEW_FIELD: FormField = { name: "", label: "", type: "text", required: false, choices: "" };
export const NEW_CATEGORY: Form = {
  slug: "",
  name: "",
  is_active: true,
  sub_categories: [],
  custom_fields: [],
  version: 0,
};

export function formOf(category: CategoryDetail): Form {
  const { slug, name, is_active, version } = category;
  return {
    slug,
    name,
    is_active,
    version,
    sub_categories: category.sub_categories,
    custom_fields: category.custom_fields.map(({ choices = [], ...field }) => ({
      ...field,
      choices: choices.join("\n"),
    })),
  };
}

/** The fields as the service keeps them, and as the form of a request shows them. */
export function fieldsOf(form: Form): CustomField[] {
  return form.custom_fields.map(({ choices, ...field }) => {
    const lines = choices
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    return field.type === "choice" ? { ...field, choices: lines } : field;
  });
}

/** A key from a label: "Asset name" becomes `asset_name`. */
export function keyOf(label: string, separator: "_" | "-"): string {
  const plain = label.normalize("NFKD").replaceAll(/\p{Mark}/gu, "");
  const words = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, separator)
    .replaceAll(/^[_-]+|[_-]+$/g, "");
  return words.slice(0, separator === "_" ? 40 : 64);
}

export function moved<T>(items: T[], from: number, by: number): T[] {
  const to = from + by;
  const [item] = items.slice(from, from + 1);
  if (item === undefined || to < 0 || to >= items.length) return items;
  const rest = items.filter((_, at) => at !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function replaced<T>(items: T[], at: number, change: Partial<T>): T[] {
  return items.map((item, number) => (number === at ? { ...item, ...change } : item));
}
