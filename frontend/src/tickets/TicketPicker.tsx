import { data, tickets } from "../api/clients";
import { label } from "../i18n";
import { Picker, type Option } from "../ui/Picker";

interface TicketPickerProps {
  label: string;
  /** The ticket that is not among them: the one it is chosen for. */
  but: string;
  value: Option | null;
  onChange: (ticket: Option | null) => void;
}

/** Another ticket, by its number or its words. */
export function TicketPicker({ but, ...props }: TicketPickerProps) {
  return <Picker {...props} kind={`tickets but ${but}`} search={(words, signal) => others(words, but, signal)} />;
}

async function others(q: string, but: string, signal: AbortSignal): Promise<Option[]> {
  const page = await data(tickets.GET("/api/v1/tickets/", { params: { query: { q, limit: 8 } }, signal }));
  return page.results
    .filter((ticket) => ticket.id !== but)
    .map((ticket) => ({
      id: ticket.id,
      text: `${ticket.number} ${ticket.subject}`,
      detail: label("status", ticket.status),
    }));
}
