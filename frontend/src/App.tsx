import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState, type ComponentType } from "react";
import { BrowserRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { ProblemError } from "./api/problem";
import { isStaff } from "./session/roles";
import { useSession, useUser } from "./session/session";
import { SignInPage, UnreachablePage } from "./session/SignInPage";
import { ErrorBoundary } from "./shell/ErrorBoundary";
import { Shell } from "./shell/Shell";
import { eraseTrail } from "./shell/trail";
import { Loading } from "./ui/feedback";
import { NotFound } from "./ui/NotFound";

const TicketsPage = page(/^\/requests\/?$/, () => import("./tickets/TicketsPage"));
const NewTicketPage = page(/^\/requests\/new$/, () => import("./tickets/NewTicketPage"));
const TicketPage = page(/^\/requests\/(?!new$)./, () => import("./tickets/TicketPage"));
const RepliesPage = page(/^\/replies/, () => import("./replies/RepliesPage"));
const MacrosPage = lazy(() => import("./macros/MacrosPage"));
const RequestTemplatesPage = lazy(() => import("./requestTemplates/RequestTemplatesPage"));
const TasksPage = page(/^\/tasks/, () => import("./tasks/TasksPage"));
const AbsencesPage = lazy(() => import("./absences/AbsencesPage"));
const ReportsPage = lazy(() => import("./reports/ReportsPage"));
const InboxPage = page(/^\/inbox/, () => import("./inbox/InboxPage"));
const AccountPage = page(/^\/account/, () => import("./account/AccountPage"));
const AdminPages = page(/^\/admin/, () => import("./admin/AdminPages"));
const links = () => import("./session/LinkPages");
const PasswordResetPage = lazy(async () => ({ default: (await links()).PasswordResetPage }));
const InvitationPage = lazy(async () => ({ default: (await links()).InvitationPage }));
const RegisterPage = lazy(async () => ({ default: (await links()).RegisterPage }));
const RegistrationPage = lazy(async () => ({ default: (await links()).RegistrationPage }));
const EmailChangePage = lazy(async () => ({ default: (await links()).EmailChangePage }));

/** A page's script comes with its first visit; that of the address one comes to, while auth says who one is. */
function page(path: RegExp, load: () => Promise<{ default: ComponentType }>) {
  const Later = lazy(load);
  let Loaded: ComponentType | undefined;
  const keep = (script: { default: ComponentType }) => (Loaded = script.default);
  if (path.test(location.pathname)) load().then(keep, () => undefined); // a failure is told when it is shown
  return function Page() {
    // A script that is there is drawn at once: what waits is drawn a third of a second later by React's throttle.
    const [Shown] = useState(() => Loaded ?? Later);
    return <Shown />;
  };
}

export function App() {
  const [queries] = useState(newQueryClient);
  const { phase } = useSession();
  // The next person at this machine sees nothing of what the one before had on the page.
  useEffect(() => {
    if (phase !== "signed-out") return;
    queries.clear();
    eraseTrail();
  }, [phase, queries]);
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <ErrorBoundary>
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/password-reset" element={<PasswordResetPage />} />
              <Route path="/invitation" element={<InvitationPage />} />
              <Route path="/register" element={<RegisterPage />} />
              <Route path="/registration" element={<RegistrationPage />} />
              <Route path="/email-change" element={<EmailChangePage />} />
              <Route path="/sign-in" element={<Door />} />
              <Route path="*" element={<Inside />} />
            </Routes>
          </Suspense>
        </ErrorBoundary>
      </BrowserRouter>
    </QueryClientProvider>
  );
}

/** Asks again where that may help, and never where the answer is an answer. */
export function newQueryClient(): QueryClient {
  const worthAnother = (count: number, error: unknown) =>
    count < 2 && (!(error instanceof ProblemError) || (error.isUncertain && error.code !== "slow_answer"));
  return new QueryClient({ defaultOptions: { queries: { retry: worthAnother, staleTime: 5_000 } } });
}

function Door() {
  const session = useSession();
  const from = (useLocation().state as { from?: string } | null)?.from ?? "/";
  if (session.phase === "starting") return <Loading />;
  if (session.phase === "unreachable") return <UnreachablePage />;
  return session.phase === "signed-out" ? <SignInPage /> : <Navigate to={from} replace />;
}

function Inside() {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session.phase === "starting") return <Loading />;
  if (session.phase === "unreachable") return <UnreachablePage />;
  if (session.phase === "signed-out") return <Navigate to="/sign-in" replace state={{ from: pathname + search }} />;
  return (
    <Shell>
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/" element={<Start />} />
          <Route path="/requests" element={<TicketsPage />} />
          <Route path="/requests/new" element={<NewTicketPage />} />
          <Route path="/requests/:id" element={<TicketPage />} />
          <Route path="/replies" element={<RepliesPage />} />
          <Route path="/macros" element={<MacrosPage />} />
          <Route path="/request-templates/*" element={<RequestTemplatesPage />} />
          <Route path="/tasks" element={<TasksPage />} />
          <Route path="/absences" element={<AbsencesPage />} />
          <Route path="/reports" element={<ReportsPage />} />
          <Route path="/inbox" element={<InboxPage />} />
          <Route path="/account" element={<AccountPage />} />
          <Route path="/admin/*" element={<AdminPages />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

function Start() {
  return <Navigate to={isStaff(useUser()) ? "/tasks" : "/requests"} replace />;
}
