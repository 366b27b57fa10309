import { useEffect, useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { auth, data } from "../api/clients";
import { ProblemError } from "../api/problem";
import { t } from "../i18n";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice, useCountdown } from "../ui/feedback";
import { answerChallenge, signIn } from "./session";

interface Attempt {
  busy: boolean;
  error: unknown;
  wait: number;
  run: (work: () => Promise<void>) => Promise<void>;
}

/** One attempt at a time; after too many, the form counts down until auth looks at the next. */
function useAttempt(): Attempt {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [wait, startWait] = useCountdown();
  async function run(work: () => Promise<void>) {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      if (failure instanceof ProblemError && failure.status === 429) startWait(failure.retryAfter ?? 1);
      else setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, wait, run };
}

/** User name and password, then the second factor where the account has one. `username` fixes who may go on. */
export function SignInForm({ username: fixed }: { username?: string }) {
  const [challenge, setChallenge] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  if (challenge !== null) {
    const back = (isOver: boolean) => {
      setOver(isOver);
      setChallenge(null);
    };
    return <CodeStep challenge={challenge} onBack={back} />;
  }
  return <PasswordStep fixed={fixed} isOver={over} onChallenge={setChallenge} />;
}

interface PasswordStepProps {
  fixed: string | undefined;
  isOver: boolean;
  onChallenge: (challenge: string | null) => void;
}

function PasswordStep({ fixed, isOver, onChallenge }: PasswordStepProps) {
  const [username, setUsername] = useState(fixed ?? "");
  const [password, setPassword] = useState("");
  const { busy, error, wait, run } = useAttempt();
  const isWrong = error instanceof ProblemError && error.status === 401;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    void run(async () => onChallenge(await signIn(username, password)));
  }

  return (
    <form onSubmit={submit} className="stack">
      {isOver && <p role="alert">{t("signIn.codeOver")}</p>}
      <TextField
        label={t("signIn.username")}
        name="username"
        autoComplete="username"
        required
        readOnly={fixed !== undefined}
        value={username}
        onChange={setUsername}
      />
      <TextField
        label={t("signIn.password")}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      {wait > 0 && <p role="alert">{t("signIn.wait", { seconds: wait })}</p>}
      {isWrong && (
        <p role="alert" className="notice error">
          {t("signIn.wrong")}
        </p>
      )}
      {error !== null && !isWrong && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" busy={busy} disabled={busy || wait > 0}>
        {t("signIn.submit")}
      </Button>
      {fixed === undefined && (
        <p className="row apart">
          <Link to="/password-reset">{t("signIn.forgot")}</Link>
          <Registration />
        </p>
      )}
    </form>
  );
}

function CodeStep({ challenge, onBack }: { challenge: string; onBack: (isOver: boolean) => void }) {
  const [code, setCode] = useState("");
  const { busy, error, wait, run } = useAttempt();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    void run(async () => {
      try {
        await answerChallenge(challenge, code.trim());
      } catch (failure) {
        if (!(failure instanceof ProblemError) || failure.code !== "challenge_invalid") throw failure;
        onBack(true);
      }
    });
  }

  const isWrong = error instanceof ProblemError && (error.status === 401 || error.status === 400);
  return (
    <form onSubmit={submit} className="stack">
      <h2>{t("signIn.codeTitle")}</h2>
      <TextField
        label={t("signIn.code")}
        hint={t("signIn.codeHint")}
        error={isWrong ? t("signIn.codeWrong") : undefined}
        name="code"
        autoComplete="one-time-code"
        required
        value={code}
        onChange={setCode}
      />
      {wait > 0 && <p role="alert">{t("signIn.wait", { seconds: wait })}</p>}
      {error !== null && !isWrong && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" busy={busy} disabled={busy || wait > 0}>
        {t("signIn.submit")}
      </Button>
      <Button look="quiet" onClick={() => onBack(false)}>
        {t("signIn.back")}
      </Button>
    </form>
  );
}

/** The way in for who has no account, where the desk takes in strangers. No query: sign-out forgets all of those. */
function Registration() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    void data(auth.GET("/api/v1/registrations/availability/")).then(
      ({ open }) => setOpen(open),
      () => setOpen(false),
    );
  }, []);
  return isOpen ? <Link to="/register">{t("register.ask")}</Link> : null;
}
