import { useState } from "react";
import type { MacroReply, Ticket } from "../api/clients";
import { t } from "../i18n";
import { useCommands } from "../shell/commands";
import { Button } from "../ui/controls";
import { ApplyMacro } from "./ApplyMacro";
import { useMacros } from "./queries";

interface MacroMenuProps {
  ticket: Ticket;
  /** With the words of a macro that was applied, for the composer. */
  onReply: (reply: MacroReply) => void;
}

/** The macros on a ticket's page: a button, a key, and each of them in the palette. */
export function MacroMenu({ ticket, onReply }: MacroMenuProps) {
  const macros = useMacros();
  const [chosen, setChosen] = useState<string | null>(null);
  const [applied, setApplied] = useState("");
  const open = (id: string) => {
    setApplied("");
    setChosen(id);
  };
  useCommands([
    { id: "macros", text: t("macros.title"), key: "m", run: () => open("") },
    ...(macros.data ?? []).map(({ id, name }) => ({
      id: `macro-${id}`,
      text: t("macros.named", { name }),
      run: () => open(id),
    })),
  ]);
  return (
    <>
      <Button onClick={() => open("")}>{t("macros.title")}</Button>
      <span role="status" className="muted small">
        {applied && t("macros.applied", { name: applied })}
      </span>
      {chosen !== null && (
        <ApplyMacro
          ticket={ticket}
          macros={macros}
          chosen={chosen}
          onChoose={setChosen}
          onApplied={({ id, name }, reply) => {
            // Closed before the words come: a dialog that closes gives the focus back, and it is the field's.
            setChosen((now) => (now === id ? null : now));
            setApplied(name);
            if (reply) onReply(reply);
          }}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}
