import { Link, Route, Routes } from "react-router";
import { t } from "../../i18n";
import { useCategories } from "../../tickets/queries";
import { ErrorNotice, Loading } from "../../ui/feedback";
import CategoryPage from "./CategoryPage";

/** The kinds of requests; each has a page of its own. */
export default function CategoriesPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="new" element={<CategoryPage />} />
      <Route path="of/:slug" element={<CategoryPage />} />
    </Routes>
  );
}

function List() {
  const categories = useCategories();
  return (
    <>
      <title>{`${t("categories.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("categories.title")}</h1>
        <Link to="/admin/categories/new" className="button primary push">
          {t("categories.new")}
        </Link>
      </div>
      {categories.isPending && <Loading />}
      {categories.error && <ErrorNotice error={categories.error} onRetry={() => void categories.refetch()} />}
      {categories.data?.length === 0 && <p className="empty">{t("categories.none")}</p>}
      {categories.data && categories.data.length > 0 && (
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t("categories.name")}</th>
              <th scope="col">{t("categories.slug")}</th>
              <th scope="col">{t("categories.subs")}</th>
              <th scope="col">{t("categories.fields")}</th>
              <th scope="col">{t("categories.state")}</th>
            </tr>
          </thead>
          <tbody>
            {categories.data.map((category) => (
              <tr key={category.slug}>
                <td className="subject">
                  <Link data-row to={`/admin/categories/of/${category.slug}`}>
                    {category.name}
                  </Link>
                </td>
                <td className="muted">{category.slug}</td>
                <td>{category.sub_categories.length}</td>
                <td>{category.custom_fields.length}</td>
                <td>{category.is_active ? t("categories.offered") : t("categories.inactive")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
