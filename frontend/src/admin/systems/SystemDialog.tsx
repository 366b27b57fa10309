import { useState } from "react";
import { auth, data, once, type System } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { TextField } from "../../ui/controls";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";

const CHANGES = [["systems"], ["roles"]];

export type Asked = { what: "create" } | { what: "rename" | "delete"; system: System };

/** What one does to a system, each in a dialog of its own. */
export function SystemDialog({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  if (asked.what === "create") return <Creation onClose={onClose} />;
  if (asked.what === "rename") return <Renaming system={asked.system} onClose={onClose} />;
  return <Deletion system={asked.system} onClose={onClose} />;
}

function Creation({ onClose }: { onClose: () => void }) {
  const [slug, setSlug] = useState("");
  const [name, setName] = useState("");
  const run = useOnce(
    (key, body: { slug: string; name: string }) =>
      auth.POST("/api/v1/systems/", { params: { header: once(key) }, body }),
    CHANGES,
  );
  return (
    <Confirm
      title={t("systems.new")}
      action={t("systems.create")}
      look="primary"
      run={run}
      body={{ slug, name }}
      onClose={onClose}
    >
      <TextField label={t("systems.name")} required maxLength={100} value={name} onChange={setName} />
      <TextField
        label={t("systems.slug")}
        hint={t("systems.slugHint")}
        required
        pattern="[a-z]+"
        maxLength={30}
        value={slug}
        error={run.error instanceof ProblemError ? run.error.of("slug") : undefined}
        onChange={setSlug}
      />
    </Confirm>
  );
}

function Renaming({ system, onClose }: { system: System; onClose: () => void }) {
  const [name, setName] = useState(system.name);
  const [version, setVersion] = useState(system.version);
  const [theirs, setTheirs] = useState<System | null>(null);
  const path = { id: system.id };
  const run = useOnce(async (_, body: { name: string }) => {
    try {
      await auth.PATCH("/api/v1/systems/{id}/", { params: { path, header: { "If-Match": `"${version}"` } }, body });
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412)
        setTheirs(await data(auth.GET("/api/v1/systems/{id}/", { params: { path } })));
      throw error;
    }
  }, CHANGES);

  function settle(stored: System, kept: string) {
    setVersion(stored.version);
    setName(kept);
    setTheirs(null);
    run.reset();
  }

  return (
    <Confirm
      title={t("systems.renameOne", { name: system.name })}
      action={t("action.save")}
      look="primary"
      run={run}
      body={{ name }}
      onClose={onClose}
    >
      <TextField label={t("systems.name")} required maxLength={100} value={name} onChange={setName} />
      {theirs && (
        <Stale
          theirs={theirs.name}
          onKeepMine={() => settle(theirs, name)}
          onTakeTheirs={() => settle(theirs, theirs.name)}
        />
      )}
    </Confirm>
  );
}

function Deletion({ system, onClose }: { system: System; onClose: () => void }) {
  const path = { id: system.id };
  const run = useOnce(() => auth.DELETE("/api/v1/systems/{id}/", { params: { path } }), CHANGES);
  return (
    <Confirm
      title={t("systems.deleteOne", { name: system.name })}
      action={t("systems.delete")}
      run={run}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("systems.deleteText")}</p>
    </Confirm>
  );
}
