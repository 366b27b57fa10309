import { Link } from "react-router";
import type { Category } from "../api/clients";
import { t } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Field } from "../ui/controls";
import { filledFrom, type Fillable } from "./filling";
import { useRequestTemplates } from "./queries";

interface TemplateChoiceProps {
  value: Fillable;
  categories: Category[];
  onChange: (value: Fillable) => void;
}

/** What the request may begin with; where there is nothing, or it cannot be had, one begins with an empty one. */
export function TemplateChoice({ value, categories, onChange }: TemplateChoiceProps) {
  const user = useUser();
  const templates = useRequestTemplates().data ?? [];
  const along = [value.department, ...value.tags.map((tag) => `#${tag}`)].filter(Boolean).join(", ");

  function choose(id: string) {
    const template = templates.find((one) => one.id === id);
    onChange(
      template ? filledFrom(template, value, categories) : { ...value, template: null, department: "", tags: [] },
    );
  }

  if (templates.length === 0 && !isStaff(user)) return null;
  return (
    <div className="template-choice">
      {templates.length > 0 && (
        <Field label={t("requestTemplates.choose")}>
          {(props) => (
            <select {...props} value={value.template?.id ?? ""} onChange={(event) => choose(event.target.value)}>
              <option value="">{t("requestTemplates.without")}</option>
              {templates.map((template) => (
                <option key={template.id} value={template.id}>
                  {template.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {isStaff(user) && (
        <Link to="/request-templates" className="small">
          {t("requestTemplates.keep")}
        </Link>
      )}
      <p className="hint" role="status">
        {value.template && t("requestTemplates.chosen", { name: value.template.name })}{" "}
        {value.template && along && t("requestTemplates.goesAlong", { what: along })}
      </p>
    </div>
  );
}
