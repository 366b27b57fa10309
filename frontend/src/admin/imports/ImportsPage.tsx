import { useInfiniteQuery } from "@tanstack/react-query";
import { useRef, useState, type SubmitEvent } from "react";
import { data, once, tickets, type TicketImport } from "../../api/clients";
import { upload } from "../../api/http";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button, Field } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { FormEnd } from "../../ui/FormEnd";

const IMPORTS = ["imports"];

/** Tickets from a CSV file: tried first if one likes, with how far it is and what is wrong with which line. */
export default function ImportsPage() {
  const list = useInfiniteQuery({
    queryKey: IMPORTS,
    queryFn: ({ pageParam, signal }) =>
      data(tickets.GET("/api/v1/imports/", { params: { query: cursorOf(pageParam) }, signal })),
    ...paged,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.results.some((row) => !isOver(row))) ? 1_500 : 30_000,
  });
  return (
    <>
      <title>{`${t("imports.title")} · ${t("app.name")}`}</title>
      <h1>{t("imports.title")}</h1>
      <UploadForm />
      <Rows query={list} none={t("imports.none")}>
        {(rows) => (
          <ul className="replies">
            {rows.map((row) => (
              <Line key={row.id} row={row} />
            ))}
          </ul>
        )}
      </Rows>
    </>
  );
}

function isOver(row: TicketImport): boolean {
  return row.finished_at !== null;
}

function UploadForm() {
  const [file, setFile] = useState<File | null>(null);
  const [isDryRun, setDryRun] = useState(true);
  const [progress, setProgress] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  // Another file or another wish is another attempt.
  const name = file && `import.${isDryRun ? "try" : "do"}.${file.name}.${file.size}.${file.lastModified}`;
  const start = useOnce(
    (key: string, chosen: File) => {
      const form = new FormData();
      form.set("file", chosen);
      form.set("is_dry_run", String(isDryRun));
      return upload<TicketImport>({
        url: "/tickets/api/v1/imports/",
        form,
        idempotencyKey: key,
        onProgress: setProgress,
      });
    },
    [IMPORTS],
    name ?? "import",
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!file) return;
    start.mutate(file, {
      onSuccess: () => {
        // What was only tried is at hand for the import itself.
        if (isDryRun) setDryRun(false);
        else if (field.current) {
          field.current.value = "";
          setFile(null);
        }
      },
    });
  }

  return (
    <form className="card stack narrow" onSubmit={submit}>
      <Field label={t("imports.file")} hint={t("imports.hint")}>
        {(props) => (
          <input
            {...props}
            ref={field}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        )}
      </Field>
      <label className="check">
        <input type="checkbox" checked={isDryRun} onChange={(event) => setDryRun(event.target.checked)} />
        {t("imports.dry")}
      </label>
      {start.isPending && <progress value={progress} max={1} aria-label={t("imports.file")} />}
      <FormEnd run={start} action={isDryRun ? t("imports.try") : t("imports.submit")} disabled={!file} />
    </form>
  );
}

function Line({ row }: { row: TicketImport }) {
  const [isAsked, setAsked] = useState(false);
  const cancel = useOnce(
    (key: string) =>
      tickets.POST("/api/v1/imports/{id}/cancellation/", { params: { path: { id: row.id }, header: once(key) } }),
    [IMPORTS],
    `import.cancel.${row.id}`,
  );
  const words = row.is_dry_run ? "imports.progressDry" : "imports.progress";
  return (
    <li className="card stack">
      <div className="heading">
        <h2>{row.filename}</h2>
        {row.is_dry_run && <span className="tag">{t("imports.trial")}</span>}
        <span className={`badge import-${row.state}`}>{t(`imports.state.${row.state}`)}</span>
        <Time at={row.created_at} />
        {!isOver(row) && (
          <Button look="quiet" className="push" onClick={() => setAsked(true)}>
            {t("imports.cancel")}
          </Button>
        )}
      </div>
      <p role="status">{t(words, { n: row.position, filed: row.filed, refused: row.refused })}</p>
      {!isOver(row) && <progress aria-label={t("imports.state.running")} />}
      {row.failure && <p className="field-error">{t("imports.failure", { why: row.failure })}</p>}
      {row.refused > 0 && <Refusals row={row} />}
      {isAsked && (
        <Confirm
          title={t("imports.cancel")}
          action={t("imports.cancel")}
          run={cancel}
          body={undefined}
          onClose={() => setAsked(false)}
        >
          <p>{t("imports.cancel.confirm")}</p>
        </Confirm>
      )}
    </li>
  );
}

/** What is wrong with which line of the file. */
function Refusals({ row }: { row: TicketImport }) {
  const [isOpen, setOpen] = useState(false);
  const refusals = useInfiniteQuery({
    queryKey: ["imports", row.id, "refusals", row.refused],
    queryFn: ({ pageParam }) => {
      const params = { path: { id: row.id }, query: cursorOf(pageParam) };
      return data(tickets.GET("/api/v1/imports/{id}/refusals/", { params }));
    },
    ...paged,
    enabled: isOpen,
    placeholderData: (before) => before,
  });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {t("imports.refusals")} ({row.refused})
      </summary>
      {isOpen && (
        <Rows query={refusals} none={t("imports.none")}>
          {(rows) => (
            <ul className="lines">
              {rows.map(({ line, errors }) => (
                <li key={line}>
                  <strong>{t("imports.line", { n: line })}</strong>
                  <span>
                    {errors.map((fault) => (
                      <span key={fault.field + fault.code} className="fault">
                        <strong>{fault.field}</strong>: {fault.detail}
                      </span>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Rows>
      )}
    </details>
  );
}
