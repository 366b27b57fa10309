import type { Category, MacroActions, MacroChange } from "../api/clients";
import { label, t } from "../i18n";

export interface Line {
  what: string;
  how: string;
}

/** What a macro does, wherever it is applied; without the words of its reply. */
export function actionsInWords(actions: MacroActions, categories: Category[]): Line[] {
  const { category, sub_category, priority, add_tags, remove_tags, status, reason, reply } = actions;
  const name = label("status", status ?? "");
  return [
    ...(category ? [line("category", nameOf(category, categories))] : []),
    ...(sub_category ? [line("sub_category", nameOf(sub_category, subCategoriesOf(categories)))] : []),
    ...(priority ? [line("priority", label("priority", priority))] : []),
    ...(add_tags ? [line("add_tags", add_tags.join(", "))] : []),
    ...(remove_tags ? [line("remove_tags", remove_tags.join(", "))] : []),
    ...(status ? [line("status", reason ? t("macros.because", { status: name, reason }) : name)] : []),
    ...(reply ? [line("reply", t(`macros.visibility.${reply.visibility}`))] : []),
  ];
}

/** What it would change of one ticket; the reason goes with the status. */
export function changesInWords(changes: MacroChange[], { reason }: MacroActions, categories: Category[]): Line[] {
  return changes.map(({ field, old, new: now }) => {
    if (field === "tags") return line("tags", tagsInWords(old as string[], now as string[]));
    if (field === "custom_fields") return line(field, t("macros.dropped"));
    const names = field === "category" ? categories : subCategoriesOf(categories);
    const word = (value: unknown) =>
      field === "category" || field === "sub_category"
        ? nameOf(value as string, names) || "–"
        : label(field, value as string);
    const way = t("macros.fromTo", { old: word(old), new: word(now) });
    return line(field, field === "status" && reason ? t("macros.because", { status: way, reason }) : way);
  });
}

function line(action: string, how: string): Line {
  return { what: label("macros.action", action), how };
}

function tagsInWords(old: string[], now: string[]): string {
  const added = now.filter((tag) => !old.includes(tag));
  const removed = old.filter((tag) => !now.includes(tag));
  return [
    ...(added.length > 0 ? [t("macros.tagsAdded", { tags: added.join(", ") })] : []),
    ...(removed.length > 0 ? [t("macros.tagsRemoved", { tags: removed.join(", ") })] : []),
  ].join("; ");
}

function nameOf(slug: string, named: { slug: string; name: string }[]): string {
  return named.find((one) => one.slug === slug)?.name ?? slug;
}

function subCategoriesOf(categories: Category[]) {
  return categories.flatMap((category) => category.sub_categories);
}
