import type { Category } from "../api/clients";
import { t } from "../i18n";
import { Field } from "../ui/controls";
import { CustomFields, type FieldValues } from "./CustomFields";

interface Value {
  category: string;
  sub_category: string;
  custom_fields: FieldValues;
}

interface CategoryFieldsProps {
  categories: Category[];
  value: Value;
  errorOf: (field: string) => string | undefined;
  /** Nothing of it is needed: it is somebody else's to complete. */
  optional?: boolean;
  onChange: (change: Partial<Value>) => void;
}

/** The category, and what it decides: the sub-categories and the further fields. */
export function CategoryFields({ categories, value, errorOf, optional = false, onChange }: CategoryFieldsProps) {
  const category = categories.find((one) => one.slug === value.category);
  const fields = category?.custom_fields.map((field) => ({ ...field, required: field.required && !optional }));
  return (
    <>
      <Field label={t("new.category")} error={errorOf("category")} optional={optional}>
        {(props) => (
          <select
            {...props}
            required={!optional}
            value={value.category}
            onChange={(event) => onChange({ category: event.target.value, sub_category: "", custom_fields: {} })}
          >
            <option value="">{t("new.chooseCategory")}</option>
            {categories
              .filter((one) => one.is_active || one.slug === value.category)
              .map((one) => (
                <option key={one.slug} value={one.slug}>
                  {one.name}
                </option>
              ))}
          </select>
        )}
      </Field>
      {category && category.sub_categories.length > 0 && (
        <Field label={t("new.subCategory")} error={errorOf("sub_category")} optional>
          {(props) => (
            <select
              {...props}
              value={value.sub_category}
              onChange={(event) => onChange({ sub_category: event.target.value })}
            >
              <option value="" />
              {category.sub_categories.map((one) => (
                <option key={one.slug} value={one.slug}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {fields && (
        <CustomFields
          fields={fields}
          values={value.custom_fields}
          errorOf={(name) => errorOf(`custom_fields.${name}`) ?? errorOf(name)}
          onChange={(custom_fields) => onChange({ custom_fields })}
        />
      )}
    </>
  );
}
