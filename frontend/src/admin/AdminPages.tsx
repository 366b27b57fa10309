import { Suspense } from "react";
import { Link, NavLink, Route, Routes } from "react-router";
import { t } from "../i18n";
import { useUser } from "../session/session";
import { useCurrentInSight } from "../ui/useCurrentInSight";
import { Loading } from "../ui/feedback";
import { NotFound } from "../ui/NotFound";
import { adminPagesFor, GROUPS, type AdminPage } from "./pages";

/** Everything below /admin: the list of what one administers beside the page itself. */
export default function AdminPages() {
  const pages = adminPagesFor(useUser());
  const nav = useCurrentInSight();
  if (pages.length === 0) return <NotFound />;
  return (
    <div className="admin">
      <nav aria-label={t("admin.title")} className="admin-nav" ref={nav}>
        <NavLink to="/admin" end>
          {t("admin.overview")}
        </NavLink>
        {grouped(pages).map(([group, its]) => (
          <div key={group} role="group" aria-labelledby={`nav-${group}`}>
            <span id={`nav-${group}`} className="muted small">
              {t(`admin.group.${group}`)}
            </span>
            {its.map((page) => (
              <NavLink key={page.path} to={`/admin/${page.path}`}>
                {t(page.title)}
              </NavLink>
            ))}
          </div>
        ))}
      </nav>
      <div className="admin-page">
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route index element={<Overview pages={pages} />} />
            {pages.map(({ path, page: Page }) => (
              <Route key={path} path={`${path}/*`} element={<Page />} />
            ))}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </div>
    </div>
  );
}

function Overview({ pages }: { pages: AdminPage[] }) {
  return (
    <>
      <title>{`${t("admin.title")} · ${t("app.name")}`}</title>
      <h1>{t("admin.title")}</h1>
      {grouped(pages).map(([group, its]) => (
        <section key={group} aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>{t(`admin.group.${group}`)}</h2>
          <ul className="cards">
            {its.map((page) => (
              <li key={page.path} className="card">
                <Link to={`/admin/${page.path}`}>{t(page.title)}</Link>
                <p className="muted">{t(page.text)}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Group by group, those of which one administers something. */
function grouped(pages: AdminPage[]) {
  return GROUPS.map((group) => [group, pages.filter((page) => page.group === group)] as const).filter(
    ([, its]) => its.length > 0,
  );
}
