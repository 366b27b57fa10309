import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { NavLink, useLocation, useNavigate } from "react-router";
import { adminPagesFor } from "../admin/pages";
import { plural, t } from "../i18n";
import { useUnread } from "../inbox/useUnread";
import { ExpiredDialog } from "../session/ExpiredDialog";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { Button } from "../ui/controls";
import { useCurrentInSight } from "../ui/useCurrentInSight";
import { useKeys, useLeaveField } from "./keys";
import { UserMenu } from "./UserMenu";

const Palette = lazy(() => import("./Palette"));
const KeyHelp = lazy(() => import("./KeyHelp"));

/** What is around every page: where one can go, who one is, and what the page shows of the connection. */
export function Shell({ children }: { children: ReactNode }) {
  const user = useUser();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const main = useFocusOnPageChange();
  const nav = useCurrentInSight();
  useLeaveField();
  useKeys({
    "mod+k": () => setOpen("palette"),
    "?": () => setOpen("keys"),
    c: () => void navigate("/requests/new"),
  });

  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="bar">
        <NavLink to="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" /> <span>{t("app.name")}</span>
        </NavLink>
        <nav aria-label={t("nav.label")} ref={nav}>
          {isStaff(user) && <NavLink to="/tasks">{t("nav.tasks")}</NavLink>}
          <NavLink to="/requests" end>
            {isStaff(user) ? t("nav.tickets") : t("nav.requests")}
          </NavLink>
          <InboxLink />
          {isStaff(user) && <NavLink to="/reports">{t("reports.title")}</NavLink>}
          {adminPagesFor(user).length > 0 && <NavLink to="/admin">{t("admin.title")}</NavLink>}
        </nav>
        <div className="tools">
          <Button look="quiet" className="search" onClick={() => setOpen("palette")}>
            {t("palette.open")} <kbd>Ctrl K</kbd>
          </Button>
          <NavLink to="/requests/new" className="button primary">
            {t("nav.new")}
          </NavLink>
          <UserMenu onKeys={() => setOpen("keys")} />
        </div>
      </header>
      <Offline />
      <main id="content" tabIndex={-1} ref={main}>
        {children}
      </main>
      <Suspense>
        {open === "palette" && <Palette onClose={() => setOpen(null)} />}
        {open === "keys" && <KeyHelp onClose={() => setOpen(null)} />}
      </Suspense>
      <ExpiredDialog />
    </div>
  );
}

/** Who reads by ear or keyboard is taken to the new page, as a page load would do. */
function useFocusOnPageChange() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current !== pathname) main.current?.focus({ preventScroll: true });
    before.current = pathname;
  }, [pathname]);
  return main;
}

const MOST = 99;

function InboxLink() {
  const unread = useUnread();
  return (
    <NavLink to="/inbox">
      {t("nav.inbox")}
      {unread > 0 && (
        <span className="count" aria-label={plural("nav.unread", unread)}>
          {unread > MOST ? `${MOST}+` : unread}
        </span>
      )}
    </NavLink>
  );
}

function Offline() {
  const isOnline = useSyncExternalStore(subscribeToConnection, () => navigator.onLine);
  return isOnline ? null : (
    <p className="notice offline" role="status">
      {t("app.offline")}
    </p>
  );
}

function subscribeToConnection(listener: () => void) {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}
