/** How a template fills in a new request. */
import type { Category, Priority, RequestTemplate } from "../api/clients";
import type { FieldValues } from "../tickets/CustomFields";

export interface Fillable {
  category: string;
  sub_category: string;
  subject: string;
  description: string;
  priority: Priority;
  custom_fields: FieldValues;
  department: string;
  tags: string[];
  /** What it was filled in from before. */
  template: RequestTemplate | null;
}

/**
 * The request with what the template says. What was typed is kept: subject and description give way only where they are
 * empty or the earlier template's. A category that is no longer offered is left to whoever files.
 */
export function filledFrom(template: RequestTemplate, typed: Fillable, categories: Category[]): Fillable {
  const words = (field: "subject" | "description") =>
    typed[field] === "" || typed[field] === (typed.template?.[field] ?? "") ? template[field] : typed[field];
  return {
    ...typed,
    ...classification(template, typed, categories),
    subject: words("subject"),
    description: words("description"),
    priority: template.priority || typed.priority,
    department: template.department,
    tags: template.tags,
    template,
  };
}

function classification(template: RequestTemplate, typed: Fillable, categories: Category[]) {
  const isOffered = categories.some((one) => one.is_active && one.slug === template.category);
  if (!isOffered) return {};
  const { category, sub_category } = template;
  const values = template.custom_fields as FieldValues;
  const isSame = typed.category === category;
  return { category, sub_category, custom_fields: isSame ? { ...values, ...typed.custom_fields } : values };
}
