import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { workflow } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { useDraft } from "../../drafts/store";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { ErrorNotice } from "../../ui/feedback";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";
import {
  definitionOf,
  drawingOf,
  faultAt,
  faultsOfRefusal,
  keysOf,
  stepAdded,
  type Definition,
  type Fault,
} from "../../workflows/definition";
import WorkflowGraph from "../../workflows/WorkflowGraph";
import { FaultList } from "./FaultList";
import { Heading } from "./Heading";
import { openSoon, openStep } from "./openStep";
import { Promises } from "./Promises";
import { Publication } from "./Publication";
import { loaded, type Loaded, type Version } from "./queries";
import { StepForm } from "./StepForm";

interface Begun {
  /** Null: nothing was changed here. */
  mine: Definition | null;
  /** The ETag of what it was changed from. */
  base: string;
}

/** What is under one's hands, what stands at the service, and the way from one to the other. */
function useEditing(server: Loaded) {
  const queries = useQueryClient();
  const { id, number } = server.version;
  const draft = useDraft<Begun>(`workflow.${id}.${number}`, { mine: null, base: "" });
  const { mine, base } = draft.value;
  const theirs = useMemo(() => definitionOf(server.version), [server]);
  const definition = mine ?? theirs;
  const isStale = mine !== null && base !== server.etag;

  const save = useMutation({
    mutationFn: async (body: Definition) => {
      const params = { path: { id, number }, header: { "If-Match": base || server.etag } };
      return loaded(await workflow.PUT("/api/v1/workflows/{id}/versions/{number}/", { params, body }));
    },
    onSuccess: (saved, body) => {
      queries.setQueryData(["workflows", id, "version", number], saved);
      // What was typed while it was on its way is a change of what has arrived.
      if (mine === body) draft.clear();
      else draft.set({ base: saved.etag });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["workflows"] }),
  });

  const refusal = save.error instanceof ProblemError ? (save.error.problem.errors ?? []) : [];
  const faults: Fault[] = [...(isStale ? [] : server.version.faults), ...faultsOfRefusal(refusal, definition)];
  return {
    ...{ draft, theirs, definition, isStale, save, faults },
    isChanged: mine !== null,
    /** An error that has no place in the form. */
    error: refusal.length === 0 ? save.error : null,
    set: (next: Definition) => draft.set({ mine: next, base: mine ? base : server.etag }),
    keepMine: () => draft.set({ base: server.etag }),
  };
}

type Editing = ReturnType<typeof useEditing>;

/** A draft: a form for each step beside its picture. What is typed is kept on this device until it is saved. */
export function Editor({ server }: { server: Loaded }) {
  const editing = useEditing(server);
  const { draft, definition, isStale, save, faults, isChanged } = editing;
  const [asked, setAsked] = useState<"publish" | "discard" | null>(null);
  const faultList = useRef<HTMLDivElement>(null);
  const graph = useMemo(() => drawingOf(definition, server.version.faults, "High"), [definition, server]);
  const toFaults = () => setTimeout(() => faultList.current?.focus());

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(definition, { onError: toFaults });
  }

  /** Saved first, so that what is published is what is seen; its faults are shown instead of the question. */
  function publish() {
    const ask = (found: Fault[]) => {
      if (found.length > 0) toFaults();
      else setAsked("publish");
    };
    if (isChanged) save.mutate(definition, { onSuccess: ({ version }) => ask(version.faults), onError: toFaults });
    else ask(server.version.faults);
  }

  return (
    <>
      <form className="workflow-editor" aria-label={t("edit.workflow")} onSubmit={submit}>
        <div className="stack">
          {isStale && (
            <Stale
              theirs={t("edit.theirSteps", { steps: editing.theirs.steps.map((step) => step.name).join(", ") })}
              onKeepMine={editing.keepMine}
              onTakeTheirs={draft.clear}
            />
          )}
          <FaultList ref={faultList} faults={faults} definition={definition} isSaved={!isChanged} />
          <Fields editing={editing} />
          {editing.error && <ErrorNotice error={editing.error} />}
          <div className="row bar-of-editor">
            <span className="muted small" role="status">
              {isChanged ? t("edit.unsaved") : t("edit.saved")}
            </span>
            <Button look="danger" onClick={() => setAsked("discard")}>
              {t("edit.dropDraft")}
            </Button>
            <Button type="submit" busy={save.isPending} disabled={isStale || !isChanged}>
              {t("edit.save")}
            </Button>
            <Button look="primary" busy={save.isPending} disabled={isStale} onClick={publish}>
              {t("publish.title")}
            </Button>
          </div>
        </div>
        <aside className="stack" aria-label={t("graph.picture")}>
          <WorkflowGraph graph={graph} name={definition.name} onStep={openStep} />
          <p className="muted small">{t("workflows.timesOfHigh")}</p>
        </aside>
      </form>
      {asked === "publish" && (
        <Publication version={server.version} onClose={() => setAsked(null)} onFaults={toFaults} />
      )}
      {asked === "discard" && (
        <Discarding version={server.version} onDone={draft.clear} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

function Fields({ editing: { theirs, definition, faults, set } }: { editing: Editing }) {
  const known = useMemo(() => keysOf(theirs), [theirs]);

  function add() {
    const next = stepAdded(definition, definition.steps.length - 1, t("edit.firstWay"));
    set(next);
    openSoon(next.steps.at(-1));
  }

  return (
    <>
      <Heading definition={definition} faults={faults} onChange={set} />
      <Promises definition={definition} faults={faults} onChange={set} />
      <h2>{t("edit.steps")}</h2>
      {faultAt(faults, "steps") && <p className="field-error">⚠ {faultAt(faults, "steps")}</p>}
      {definition.steps.map((step, at) => (
        // The place and not the key: that follows the name while it is typed.
        <StepForm key={at} {...{ definition, step, at, faults, known, onChange: set }} />
      ))}
      <div>
        <Button onClick={() => add()}>{t("edit.addStep")}</Button>
      </div>
    </>
  );
}

interface DiscardingProps {
  version: Version;
  onDone: () => void;
  onClose: () => void;
}

function Discarding({ version: { id, number }, onDone, onClose }: DiscardingProps) {
  const navigate = useNavigate();
  const discard = useOnce(async () => {
    await workflow.DELETE("/api/v1/workflows/{id}/versions/{number}/", { params: { path: { id, number } } });
    onDone();
    await navigate(number === 1 ? "/admin/workflows" : `/admin/workflows/${id}`);
  }, [["workflows", "list"]]);
  return (
    <Confirm title={t("edit.dropDraft")} action={t("edit.dropDraft")} run={discard} body={undefined} onClose={onClose}>
      <p>{number === 1 ? t("edit.dropAll") : t("edit.dropText")}</p>
    </Confirm>
  );
}
