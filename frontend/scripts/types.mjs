// The types of every service's API, from the OpenAPI files that the services commit: src/api/generated/*.d.ts.
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";
import { services } from "./topology.mjs";

const target = new URL("../src/api/generated/", import.meta.url);
await mkdir(target, { recursive: true });
for (const { folder } of services()) {
  const source = new URL(`../../${folder}/openapi.yaml`, import.meta.url);
  const file = new URL(`${folder}.d.ts`, target);
  if (await isNewer(file, source)) continue;
  const text = astToString(await openapi(await readFile(source, "utf8")));
  // Whole or not at all: lint, tests and build may run side by side.
  const draft = new URL(`${file}.${process.pid}`);
  await writeFile(draft, `// Made by \`npm run types\`. Do not edit.\n${text}`);
  await rename(draft, file);
}

/** Whether `file` is there and was made after the last change of `source` and of this script. */
async function isNewer(file, source) {
  try {
    const made = (await stat(file)).mtimeMs;
    return made > (await stat(source)).mtimeMs && made > (await stat(new URL(import.meta.url))).mtimeMs;
  } catch {
    return false;
  }
}
