// Fails when the script that a first visit loads is larger than the budget (gzip, as the gateway sends it).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 200_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const sizes = new Map();

/** Adds a chunk and what it imports before it runs; routes come later and count for themselves. */
function add(name) {
  const chunk = manifest[name];
  if (sizes.has(chunk.file)) return;
  sizes.set(chunk.file, gzipSync(readFileSync(new URL(chunk.file, dist)), { level: 6 }).length);
  for (const imported of chunk.imports ?? []) add(imported);
}

add("index.html");
const first = [...sizes.values()].reduce((sum, size) => sum + size, 0);
add("src/tickets/TicketsPage.tsx");
const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
console.log(
  `first load: ${(first / 1000).toFixed(1)} kB of compressed script, with the list ${(total / 1000).toFixed(1)}`,
);
if (total > BUDGET) {
  console.error(`error: more than the ${BUDGET / 1000} kB that a first load may have`);
  process.exit(1);
}
