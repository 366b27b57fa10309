import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useParams } from "react-router";
import { data, notifications, once, type Template, type Words } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { RichText } from "../../conversation/RichText";
import { useDraft } from "../../drafts/store";
import { label, t } from "../../i18n";
import { useUser } from "../../session/session";
import { Button, Field, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Stale } from "../../ui/Stale";
import { Time } from "../../ui/Time";
import { useDebounced } from "../../ui/useDebounced";
import { useOnce } from "../../ui/useOnce";

/** The words of one notice on one channel, beside what somebody would get. */
export default function TemplatePage() {
  const { key = "", channel = "" } = useParams();
  const template = useQuery({
    queryKey: ["templates", key, channel],
    queryFn: ({ signal }) =>
      data(notifications.GET("/api/v1/templates/{key}/{channel}/", { params: { path: { key, channel } }, signal })),
  });
  if (template.isPending) return <Loading />;
  if (!template.data) return <ErrorNotice error={template.error} onRetry={() => void template.refetch()} />;
  return <Editor key={key + channel} template={template.data} />;
}

function wordsOf({ subject, text, html = "", version }: Template): Words & { version: number } {
  return { subject, text, html, version };
}

function Editor({ template }: { template: Template }) {
  const queries = useQueryClient();
  const path = { key: template.key, channel: template.channel };
  const draft = useDraft(`template.${path.key}.${path.channel}`, wordsOf(template));
  const { version, ...words } = draft.value;
  const isStale = version !== template.version;
  const hasHtml = path.channel === "email";
  const [saved, setSaved] = useState(0);
  const save = useOnce(() => {
    const params = { path, header: { "If-Match": `"${version}"` } };
    return data(notifications.PUT("/api/v1/templates/{key}/{channel}/", { params, body: words }));
  }, [["templates"]]);
  const errorOf = (field: string) => (save.error instanceof ProblemError ? save.error.of(field) : undefined);
  const set = (change: Partial<Words>) => {
    setSaved(0);
    draft.set(change);
  };

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: (stored) => {
        queries.setQueryData(["templates", path.key, path.channel], stored);
        draft.clear();
        draft.set(wordsOf(stored));
        setSaved(stored.version);
      },
    });
  }

  const title = `${label("kind", path.key)}, ${label("channel", path.channel)}`;
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <p className="small">
        <Link to="/admin/templates">{t("templates.title")}</Link>
      </p>
      <h1>{title}</h1>
      <div className="halves">
        <form className="card stack" onSubmit={submit}>
          {isStale && (
            <Stale
              theirs={[template.subject, template.text, template.html].filter(Boolean).join("\n\n")}
              onKeepMine={() => draft.set({ version: template.version })}
              onTakeTheirs={() => draft.set(wordsOf(template))}
            />
          )}
          <TextField
            label={t("templates.subject")}
            required
            maxLength={1000}
            value={words.subject}
            error={errorOf("subject")}
            onChange={(subject) => set({ subject })}
          />
          <Part name="text" label={t("templates.plain")} value={words.text} error={errorOf("text")} onChange={set} />
          {hasHtml && (
            <Part name="html" label={t("templates.html")} value={words.html} error={errorOf("html")} onChange={set} />
          )}
          <p className="muted small">{t("templates.placeholders")}</p>
          {save.error && <ErrorNotice error={save.error} />}
          <p role="status">{saved > 0 && t("templates.saved", { n: saved })}</p>
          <div className="row end">
            <Button look="quiet" onClick={() => set(wordsOf(template))}>
              {t("edit.discard")}
            </Button>
            <Button type="submit" look="primary" busy={save.isPending} disabled={isStale}>
              {t("action.save")}
            </Button>
          </div>
        </form>
        <div className="stack">
          <Preview path={path} words={words} />
          {hasHtml && <TestMail kind={path.key} isUnsaved={differs(words, template)} />}
          <Earlier path={path} version={template.version} onRestore={set} />
        </div>
      </div>
    </>
  );
}

function differs(words: Words, template: Template): boolean {
  return words.subject !== template.subject || words.text !== template.text || words.html !== (template.html ?? "");
}

interface PartProps {
  name: "text" | "html";
  label: string;
  value: string;
  error: string | undefined;
  onChange: (change: Partial<Words>) => void;
}

function Part({ name, label: words, value, error, onChange }: PartProps) {
  return (
    <Field label={words} error={error}>
      {(props) => (
        <textarea
          {...props}
          className="code"
          required={name === "text"}
          rows={name === "html" ? 10 : 8}
          maxLength={20_000}
          spellCheck={name === "text"}
          value={value}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

interface Path {
  key: string;
  channel: string;
}

/** What somebody would get, as the words stand now. */
function Preview({ path, words }: { path: Path; words: Words }) {
  const settled = useDebounced(JSON.stringify(words), 400);
  const preview = useQuery({
    queryKey: ["templates", path.key, path.channel, "preview", settled],
    queryFn: ({ signal }) =>
      data(
        notifications.POST("/api/v1/templates/{key}/{channel}/preview/", {
          params: { path },
          body: JSON.parse(settled) as Words,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
  });
  return (
    <section className="card stack" aria-labelledby="preview" aria-busy={preview.isFetching}>
      <h2 id="preview">{t("templates.preview")}</h2>
      {preview.error && (
        <>
          <p>{t("templates.preview.fault")}</p>
          <ErrorNotice error={preview.error} />
        </>
      )}
      {preview.data && !preview.error && (
        <>
          <p>
            <strong>{preview.data.subject}</strong>
          </p>
          <h3>{t("templates.preview.text")}</h3>
          <p className="words">{preview.data.text}</p>
          {preview.data.html && (
            <>
              <h3>{t("templates.preview.html")}</h3>
              <RichText html={withoutStyle(preview.data.html)} />
            </>
          )}
        </>
      )}
    </section>
  );
}

/** The page's policy allows no inline style, and would complain of each. */
function withoutStyle(html: string): string {
  return html.replaceAll(/\sstyle\s*=\s*("[^"]*"|'[^']*')/gi, "").replaceAll(/<style[\s\S]*?<\/style>/gi, "");
}

function TestMail({ kind, isUnsaved }: { kind: string; isUnsaved: boolean }) {
  const user = useUser();
  const send = useOnce((key: string) => {
    const params = { path: { key: kind }, header: once(key) };
    return data(notifications.POST("/api/v1/templates/{key}/email/test-message/", { params }));
  });
  return (
    <section className="card stack">
      {isUnsaved && <p className="muted small">{t("templates.test.unsaved")}</p>}
      <div className="row">
        <Button busy={send.isPending} onClick={() => send.mutate(undefined)}>
          {t("templates.test")}
        </Button>
        <span role="status">{send.data && t("templates.tested", { address: send.data.to_address || user.email })}</span>
      </div>
      {send.error && <ErrorNotice error={send.error} />}
    </section>
  );
}

interface EarlierProps {
  path: Path;
  version: number;
  onRestore: (words: Words) => void;
}

function Earlier({ path, version, onRestore }: EarlierProps) {
  const [isOpen, setOpen] = useState(false);
  const earlier = useInfiniteQuery({
    queryKey: ["templates", path.key, path.channel, "versions", version],
    queryFn: ({ pageParam }) => {
      const params = { path, query: cursorOf(pageParam) };
      return data(notifications.GET("/api/v1/templates/{key}/{channel}/versions/", { params }));
    },
    ...paged,
    enabled: isOpen,
  });
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("templates.earlier")}</summary>
      {isOpen && (
        <Rows query={earlier} none={t("templates.earlier.none")}>
          {(rows) => (
            <ul className="lines">
              {rows.map(({ version: number, replaced_at, subject, text, html = "" }) => (
                <li key={number}>
                  <span>
                    {number}: {subject} <Time at={replaced_at} />
                  </span>
                  <Button look="quiet" onClick={() => onRestore({ subject, text, html })}>
                    {t("templates.restore")}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Rows>
      )}
    </details>
  );
}
