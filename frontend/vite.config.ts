import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";
import { services } from "./scripts/topology.mjs";

const offset = Number(process.env["TTS_PORT_OFFSET"] ?? 0);
const port = Number(process.env["PORT"] ?? 8080);

/** One origin in front of the services, as the gateway has it: the prefix is taken off on the way. */
function proxy(): Record<string, ProxyOptions> {
  const routes: Record<string, ProxyOptions> = {};
  for (const { prefix, port: web, live_port: live } of services()) {
    const rewrite = (path: string) => path.slice(prefix.length - 1);
    const to = (number: number) => ({ target: `http://127.0.0.1:${number + offset}`, rewrite });
    if (live) routes[`${prefix}api/v1/live/`] = to(live);
    routes[prefix] = to(web);
  }
  return routes;
}

/** The same headers that nginx sends, so that what they forbid is found on this machine. */
function headers(): Record<string, string> {
  const lines = readFileSync(new URL("security-headers.conf", import.meta.url), "utf8");
  const found = [...lines.matchAll(/^add_header (\S+) "?(.*?)"? always;$/gm)];
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value] as const));
}

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port, proxy: proxy() },
  preview: { host: "127.0.0.1", port, strictPort: true, proxy: proxy(), headers: headers() },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    reporters: ["default", "./scripts/unittest-reporter.mjs"],
    restoreMocks: true,
    testTimeout: 60_000,
    coverage: {
      include: ["src/**/*.{ts,tsx}"],
      exclude: ["src/main.tsx", "src/api/generated/**"],
      thresholds: { lines: 80, statements: 80, functions: 80, branches: 75 },
      reporter: ["text-summary"],
    },
  },
});
