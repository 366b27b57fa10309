import { auth, data } from "../api/clients";
import { Picker, type Option } from "../ui/Picker";

interface PersonPickerProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  optional?: boolean;
  value: Option | null;
  onChange: (person: Option | null) => void;
}

/** Somebody with an account, by a part of the name, the address or the department. For staff, who may look people up. */
export function PersonPicker(props: PersonPickerProps) {
  return <Picker {...props} kind="people" search={people} />;
}

async function people(q: string, signal: AbortSignal): Promise<Option[]> {
  const query = { q, state: "active" as const, limit: 8 };
  const page = await data(auth.GET("/api/v1/users/", { params: { query }, signal }));
  return page.results.map((user) => ({ id: user.id, text: user.name, detail: user.email }));
}
