import { useEffect, useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { auth, data } from "../api/clients";
import { ProblemError } from "../api/problem";
import { t } from "../i18n";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice, useCountdown } from "../ui/feedback";
import { answerChallenge, signIn, signInWithPasskey, type Challenge } from "./session";
import { canUsePasskeys } from "./webauthn";

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
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const [over, setOver] = useState(false);
  if (challenge !== null) {
    const back = (isOver: boolean) => {
      setOver(isOver);
      setChallenge(null);
    };
    return <SecondStep challenge={challenge} onBack={back} />;
  }
  return <PasswordStep fixed={fixed} isOver={over} onChallenge={setChallenge} />;
}

interface PasswordStepProps {
  fixed: string | undefined;
  isOver: boolean;
  onChallenge: (challenge: Challenge | null) => void;
}

function PasswordStep({ fixed, isOver, onChallenge }: PasswordStepProps) {
  const [username, setUsername] = useState(fixed ?? "");
  const [password, setPassword] = useState("");
  const { busy, error, wait, run } = useAttempt();
  const isWrong = error instanceof ProblemError && error.code === "invalid_credentials";

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
      {canUsePasskeys() && (
        <>
          <p className="or muted small">{t("signIn.or")}</p>
          <Button disabled={busy || wait > 0} onClick={() => void run(() => signInWithPasskey())}>
            {t("signIn.passkey")}
          </Button>
        </>
      )}
      {fixed === undefined && (
        <p className="row apart">
          <Link to="/password-reset">{t("signIn.forgot")}</Link>
          <Registration />
        </p>
      )}
    </form>
  );
}

/** How the second step can be taken, here. An auth from before passkeys says nothing of methods. */
function ways(challenge: Partial<Challenge>) {
  const methods = challenge.methods ?? ["totp"];
  return { hasCodes: methods.includes("totp"), isOffered: methods.includes("passkey") && canUsePasskeys() };
}

function SecondStep({ challenge, onBack }: { challenge: Challenge; onBack: (isOver: boolean) => void }) {
  const [code, setCode] = useState("");
  const { busy, error, wait, run } = useAttempt();
  const { hasCodes, isOffered } = ways(challenge);

  function answer(send: () => Promise<void>) {
    void run(async () => {
      try {
        await send();
      } catch (failure) {
        if (!(failure instanceof ProblemError) || failure.code !== "challenge_invalid") throw failure;
        onBack(true);
      }
    });
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    answer(() => answerChallenge(challenge.challenge, code.trim()));
  }

  const isWrong = error instanceof ProblemError && ["code_wrong", "validation_error"].includes(error.code);
  return (
    <form onSubmit={submit} className="stack">
      <h2>{t("signIn.codeTitle")}</h2>
      {isOffered && (
        <>
          <Button
            look="primary"
            disabled={busy || wait > 0}
            onClick={() => answer(() => signInWithPasskey(challenge.challenge))}
          >
            {t("signIn.passkeyNext")}
          </Button>
          <p className="or muted small">{t("signIn.or")}</p>
        </>
      )}
      <TextField
        label={t("signIn.code")}
        hint={hasCodes ? t("signIn.codeHint") : t("signIn.recoveryHint")}
        error={isWrong ? t("signIn.codeWrong") : undefined}
        name="code"
        autoComplete="one-time-code"
        required
        value={code}
        onChange={setCode}
      />
      {wait > 0 && <p role="alert">{t("signIn.wait", { seconds: wait })}</p>}
      {error !== null && !isWrong && <ErrorNotice error={error} />}
      <Button type="submit" look={isOffered ? undefined : "primary"} busy={busy} disabled={busy || wait > 0}>
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
