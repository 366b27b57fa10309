import { useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { data, once, workflow } from "../../api/clients";
import { plural, t } from "../../i18n";
import { Dialog } from "../../ui/controls";
import { useOnce } from "../../ui/useOnce";
import { Foresight, migrate, Places, useForesight } from "./Migration";
import type { Version } from "./queries";
import { FormEnd } from "../../ui/FormEnd";

interface PublicationProps {
  version: Version;
  onClose: () => void;
  /** It was refused: what is wrong is shown behind. */
  onFaults: () => void;
}

/** Asks before a draft is published, with the tasks that run on other versions: they stay there, or are brought over. */
export function Publication({ version, onClose, onFaults }: PublicationProps) {
  const navigate = useNavigate();
  const { id, number } = version;
  const [brings, setBrings] = useState(false);
  const [steps, setSteps] = useState<Record<string, string>>({});
  const foresight = useForesight(id, number, steps);
  const names = new Map(version.steps.map((step) => [step.key, step.name]));
  const changes = foresight.data?.changes ?? [];
  const isLost = changes.some((change) => !change.step);
  const publish = useOnce(
    async (key: string) => {
      const params = { path: { id, number }, header: once(key) };
      await data(workflow.POST("/api/v1/workflows/{id}/versions/{number}/publication/", { params }));
      // It is published whatever becomes of this; who is left can be brought over from the workflow's own page.
      const isLeft =
        brings &&
        !(await migrate(id, number, steps).then(
          () => true,
          () => false,
        ));
      // Here and not once it is done: a version that is published is shown without this dialog.
      await navigate(`/admin/workflows/${id}`, { state: { isLeft } });
    },
    [["workflows"], ["tasks"], ["task"]],
  );

  function submit(event: SubmitEvent) {
    event.preventDefault();
    publish.mutate(undefined, { onError: onFaults });
  }

  return (
    <Dialog title={t("publish.named", { name: version.name, n: number })} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>{t("publish.text")}</p>
        {changes.length > 0 && <h3>{plural("publish.affected", changes.length)}</h3>}
        <Foresight query={foresight} none={t("publish.nobody")} names={names} />
        {changes.length > 0 && (
          <>
            <fieldset>
              <legend>{t("publish.question")}</legend>
              <label className="check">
                <input type="radio" name="tasks" checked={!brings} onChange={() => setBrings(false)} />
                {t("publish.stay")}
              </label>
              <label className="check">
                <input type="radio" name="tasks" checked={brings} onChange={() => setBrings(true)} />
                {t("publish.bring")}
              </label>
            </fieldset>
            {brings && <Places {...{ changes, steps, names }} onChange={setSteps} />}
          </>
        )}
        <FormEnd
          run={publish}
          action={t("publish.title")}
          disabled={foresight.isPending || (brings && isLost)}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
