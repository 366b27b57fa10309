import { useState } from "react";
import { tickets, type Macro } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { useCategories } from "../tickets/queries";
import { Confirm } from "../ui/Confirm";
import { Button } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { useOnce } from "../ui/useOnce";
import { actionsInWords } from "./inWords";
import { Lines } from "./Lines";
import { MacroEditor } from "./MacroEditor";
import { useMacros } from "./queries";

/** What one does to tickets again and again, each with a name: one's own, and those that coordinators keep for all. */
export default function MacrosPage() {
  const user = useUser();
  const macros = useMacros();
  const categories = useCategories().data ?? [];
  const [asked, setAsked] = useState<{ macro: Macro | null; isDeletion: boolean } | null>(null);
  const mayChange = (macro: Macro) => (macro.is_shared ? isCoordinator(user) : macro.owner_id === user.id);
  return (
    <>
      <title>{`${t("macros.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("macros.title")}</h1>
        <Button look="primary" className="push" onClick={() => setAsked({ macro: null, isDeletion: false })}>
          {t("macros.new")}
        </Button>
      </div>
      <p className="muted">{t("macros.hint")}</p>
      {macros.isPending && <Loading />}
      {macros.error && <ErrorNotice error={macros.error} onRetry={() => void macros.refetch()} />}
      {macros.data?.length === 0 && <p className="empty">{t("macros.none")}</p>}
      <ul className="replies">
        {macros.data?.map((macro) => (
          <li key={macro.id} className="card stack">
            <div className="heading">
              <h2>{macro.name}</h2>
              <span className="tag">{macro.is_shared ? t("replies.shared") : t("replies.own")}</span>
              {mayChange(macro) && (
                <div className="row push">
                  <Button
                    look="quiet"
                    aria-label={t("action.editNamed", { name: macro.name })}
                    onClick={() => setAsked({ macro, isDeletion: false })}
                  >
                    {t("action.edit")}
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={t("action.deleteNamed", { name: macro.name })}
                    onClick={() => setAsked({ macro, isDeletion: true })}
                  >
                    {t("action.delete")}
                  </Button>
                </div>
              )}
            </div>
            <Lines lines={actionsInWords(macro.actions, categories)} />
            {macro.actions.reply && <p className="words muted">{macro.actions.reply.body}</p>}
          </li>
        ))}
      </ul>
      {asked?.isDeletion && asked.macro && <Deletion macro={asked.macro} onClose={() => setAsked(null)} />}
      {asked && !asked.isDeletion && <MacroEditor macro={asked.macro} onClose={() => setAsked(null)} />}
    </>
  );
}

function Deletion({ macro, onClose }: { macro: Macro; onClose: () => void }) {
  const remove = useOnce(
    () => tickets.DELETE("/api/v1/macros/{id}/", { params: { path: { id: macro.id } } }),
    [["macros"]],
  );
  return (
    <Confirm
      title={t("replies.delete", { name: macro.name })}
      action={t("action.delete")}
      run={remove}
      body={undefined}
      onClose={onClose}
    >
      <p>{macro.is_shared ? t("macros.deleteShared") : t("macros.deleteOwn")}</p>
    </Confirm>
  );
}
