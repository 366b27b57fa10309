import { useMutation } from "@tanstack/react-query";
import type { TicketFilters } from "../api/clients";
import { send } from "../api/http";
import { t } from "../i18n";
import { Button } from "../ui/controls";
import { save } from "../ui/Download";
import { ErrorNotice } from "../ui/feedback";

/** The tickets that the filters leave, all of them, as a file for a spreadsheet. */
export function Export({ filters }: { filters: TicketFilters }) {
  const fetching = useMutation({
    mutationFn: async () => {
      const query = new URLSearchParams(
        Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value]] : [])),
      );
      const url = `${location.origin}/tickets/api/v1/tickets/export/?${query}`;
      save(await (await send(new Request(url, { headers: { Accept: "text/csv" } }))).blob(), "tickets.csv");
    },
  });
  return (
    <>
      <Button look="quiet" busy={fetching.isPending} onClick={() => fetching.mutate()}>
        {t("export.submit")}
      </Button>
      {fetching.error && <ErrorNotice error={fetching.error} />}
    </>
  );
}
