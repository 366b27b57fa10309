import { useId } from "react";
import { TextField } from "./controls";

const ZONES = Intl.supportedValuesOf("timeZone");

interface ZoneFieldProps {
  label: string;
  hint?: string;
  error?: string;
  value: string;
  onChange: (zone: string) => void;
}

/** A time zone by its name in the IANA's database; a few letters find it. */
export function ZoneField(props: ZoneFieldProps) {
  const zones = useId();
  return (
    <>
      <TextField required list={zones} {...props} />
      <datalist id={zones}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
