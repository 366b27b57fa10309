import { readFileSync } from "node:fs";
import { parse } from "smol-toml";

/** The services of topology.toml, as `{name, folder, prefix, port, live_port}`. */
export function services() {
  const text = readFileSync(new URL("../../topology.toml", import.meta.url), "utf8");
  return Object.entries(parse(text).services).map(([name, service]) => ({ name, ...service }));
}
