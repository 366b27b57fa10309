import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useSearchParams } from "react-router";
import { data, once, workflow, type Schemas } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { dateTime, instantOf, t } from "../i18n";
import { PersonPicker } from "../people/PersonPicker";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import type { Option } from "../ui/Picker";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { useOnce } from "../ui/useOnce";

type Absence = Schemas["AbsenceOutput"];

/** Who is away and who stands in: one's own absences, and for leads everybody's. */
export default function AbsencesPage() {
  const isLead = isCoordinator(useUser());
  const [parameters, setParameters] = useSearchParams();
  const scope = isLead && parameters.get("scope") === "all" ? "all" : "mine";
  const list = useInfiniteQuery({
    queryKey: ["absences", scope],
    queryFn: ({ pageParam, signal }) =>
      data(
        workflow.GET("/api/v1/absences/", { params: { query: { scope, limit: 50, ...cursorOf(pageParam) } }, signal }),
      ),
    ...paged,
  });
  return (
    <>
      <title>{`${t("absences.title")} · ${t("app.name")}`}</title>
      <h1>{t("absences.title")}</h1>
      <p className="muted">{t("absences.text")}</p>
      <Announcement isLead={isLead} />
      {isLead && (
        <div className="switch" role="group" aria-label={t("absences.whose")}>
          {(["mine", "all"] as const).map((one) => (
            <button
              key={one}
              type="button"
              className="button quiet"
              aria-pressed={one === scope}
              onClick={() => setParameters({ scope: one }, { replace: true })}
            >
              {t(`absences.${one}`)}
            </button>
          ))}
        </div>
      )}
      <Rows query={list} none={t("absences.none")}>
        {(rows) => <Table rows={rows} />}
      </Rows>
    </>
  );
}

const EMPTY = { person: null as Option | null, substitute: null as Option | null, begins: "", ends: "", note: "" };

function Announcement({ isLead }: { isLead: boolean }) {
  const zone = useUser().time_zone;
  const draft = useDraft("absence", EMPTY);
  const { person, substitute, begins, ends, note } = draft.value;
  const announce = useOnce(
    (key: string) =>
      data(
        workflow.POST("/api/v1/absences/", {
          params: { header: once(key) },
          body: {
            person_id: person?.id ?? null,
            substitute_id: substitute?.id ?? null,
            begins_at: instantOf(begins, zone),
            ends_at: instantOf(ends, zone),
            note,
          },
        }),
      ),
    [["absences"]],
    "absence",
  );
  const errorOf = (field: string) => (announce.error instanceof ProblemError ? announce.error.of(field) : undefined);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    announce.mutate(undefined, { onSuccess: draft.clear });
  }

  return (
    <form className="card stack" aria-label={t("absences.new")} onSubmit={submit}>
      <h2>{t("absences.new")}</h2>
      <div className="pair">
        <TextField
          label={t("absences.from")}
          type="datetime-local"
          required
          value={begins}
          error={errorOf("begins_at")}
          onChange={(value) => draft.set({ begins: value })}
        />
        <TextField
          label={t("absences.until")}
          type="datetime-local"
          required
          min={begins}
          value={ends}
          error={errorOf("ends_at")}
          onChange={(value) => draft.set({ ends: value })}
        />
        {isLead && (
          <PersonPicker
            label={t("absences.person")}
            hint={t("absences.personHint")}
            optional
            value={person}
            error={errorOf("person_id")}
            onChange={(value) => draft.set({ person: value })}
          />
        )}
        <PersonPicker
          label={t("absences.substitute")}
          hint={t("absences.substituteHint")}
          optional
          value={substitute}
          error={errorOf("substitute_id")}
          onChange={(value) => draft.set({ substitute: value })}
        />
      </div>
      <TextField
        label={t("absences.note")}
        optional
        maxLength={200}
        value={note}
        error={errorOf("note")}
        onChange={(value) => draft.set({ note: value })}
      />
      {announce.error && <ErrorNotice error={announce.error} />}
      <div role="status" className="row end">
        {announce.isSuccess && <span className="muted">{t("absences.done")}</span>}
        <Button type="submit" look="primary" busy={announce.isPending}>
          {t("absences.announce")}
        </Button>
      </div>
    </form>
  );
}

function Table({ rows }: { rows: Absence[] }) {
  const zone = useUser().time_zone;
  const [asked, setAsked] = useState<Absence | null>(null);
  const end = useOnce(
    (key: string, { id }: Absence) =>
      data(workflow.POST("/api/v1/absences/{id}/ending/", { params: { path: { id }, header: once(key) } })),
    [["absences"]],
  );
  const isOver = (row: Absence) => row.ended_at !== null || new Date(row.ends_at).getTime() < Date.now();
  return (
    <div className="scroll">
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{t("absences.who")}</th>
            <th scope="col">{t("absences.from")}</th>
            <th scope="col">{t("absences.until")}</th>
            <th scope="col">{t("absences.substitute")}</th>
            <th scope="col">{t("absences.note")}</th>
            <th scope="col">{t("absences.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>{row.person.name}</td>
              <td>{dateTime(row.begins_at, zone)}</td>
              <td>{dateTime(row.ended_at ?? row.ends_at, zone)}</td>
              <td>{row.substitute?.name ?? <span className="muted">{t("absences.nextOfRole")}</span>}</td>
              <td>{row.note}</td>
              <td>
                {isOver(row) ? (
                  <span className="muted">{t("absences.over")}</span>
                ) : (
                  <Button
                    look="quiet"
                    aria-label={t("absences.endNamed", { name: row.person.name })}
                    onClick={() => setAsked(row)}
                  >
                    {t("absences.end")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked && (
        <Confirm
          title={t("absences.endNamed", { name: asked.person.name })}
          action={t("absences.end")}
          look="primary"
          run={end}
          body={asked}
          onClose={() => setAsked(null)}
        >
          <p>{t("absences.endText")}</p>
        </Confirm>
      )}
    </div>
  );
}
