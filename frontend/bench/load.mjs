/**
 * How long people wait for the console, in a Chromium, on a suite with many tickets: `bash Scripts/drill.sh console`.
 * Prints each figure beside its promise (issue 9) and exits with 1 when one was not kept.
 */
import { loadavg } from "node:os";
import { arrive, launch, ORIGIN, signIn } from "../e2e/browser.mjs";

const ROUNDS = Number(process.env.CONSOLE_ROUNDS ?? 5);
// Milliseconds, bytes, and requests that waited for one another.
const PROMISED = { list: 1500, filter: 300, bytes: 200_000, deep: 2 };
const TYPIST = 200; // the page waits so long for the next letter
const LIST = "/requests";
const WORDS = ["printer", "invoice", "password", "slow", "laptop", "network", "access"];

const rows = [];
const broken = [];

function tell(name, values, unit, promise) {
  const sorted = [...values].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  const isKept = promise === undefined || median <= promise;
  rows.push({ name, median: Math.round(median), worst: Math.round(sorted.at(-1)), unit, of: sorted.length, promise });
  if (!isKept) broken.push(`${name}: ${Math.round(median)} ${unit}, promised ${promise}`);
}

/** When the selector's first match is on the page and its thread is free, in milliseconds since navigation began. */
async function shown(page, selector) {
  await page.locator(selector).first().waitFor();
  return page.evaluate(
    (wanted) =>
      new Promise((resolve) => {
        const isThere = () => document.querySelector(wanted) !== null;
        const look = () =>
          requestAnimationFrame(() => (isThere() ? setTimeout(() => resolve(performance.now())) : look()));
        look();
      }),
    selector,
  );
}

/** What was sent since the page came to be, in bytes; and every request with when it began and had its answer. */
async function fetched(page) {
  return page.evaluate(() => {
    const entries = performance.getEntriesByType("resource").filter((one) => one.responseEnd > 0);
    const path = (entry) => new URL(entry.name).pathname;
    const sent = (kind) =>
      entries.filter((one) => kind.test(path(one))).reduce((sum, one) => sum + one.encodedBodySize, 0);
    const [document] = performance.getEntriesByType("navigation");
    const times = (wanted) => entries.filter(wanted).map((one) => [path(one), one.startTime, one.responseEnd]);
    return {
      script: sent(/\.js$/),
      all: document.encodedBodySize + sent(/\.(js|css|svg)$/),
      files: times((one) => /\.(js|css)$/.test(path(one))),
      data: times((one) => one.initiatorType === "fetch" && !path(one).includes("/live/")),
    };
  });
}

/**
 * The longest chain of requests of which each waited for the one before. One that waits begins after the other's answer
 * in every round; one that only happened to be later does not.
 */
function waterfall(rounds) {
  const [first, ...others] = rounds.map((entries) => {
    const known = new Map();
    for (const [path, begun, answered] of entries) if (!known.has(path)) known.set(path, { begun, answered });
    return known;
  });
  const isAfter = (round, one, other) => round.get(one)?.begun >= round.get(other)?.answered;
  const chains = new Map();
  const paths = [...first.keys()].sort((one, other) => first.get(one).begun - first.get(other).begun);
  for (const path of paths) {
    const before = paths.filter((other) => [first, ...others].every((round) => isAfter(round, path, other)));
    const longest = before.map((other) => chains.get(other)).sort((one, other) => other.length - one.length)[0] ?? [];
    chains.set(path, [...longest, path]);
  }
  return [...chains.values()].sort((one, other) => other.length - one.length)[0] ?? [];
}

/** A browser that knows nothing comes to the door. */
async function firstVisit(browser) {
  const times = [];
  let sent;
  for (let round = 0; round < ROUNDS; round++) {
    const { page, context } = await arrive(browser);
    times.push(await shown(page, "form input[type=password]"));
    sent = await fetched(page);
    await context.close();
  }
  tell("first visit: the sign-in can be typed into", times, "ms");
  tell("first visit: script, compressed, as sent", [sent.script], "bytes", PROMISED.bytes);
  tell("first visit: page, script, styles, icon", [sent.all], "bytes", PROMISED.bytes);
}

/** Somebody who was here before opens the list, with nothing in the browser's cache, and then with all. */
async function list(browser, username) {
  const { page, context } = await arrive(browser);
  await signIn(page, username);
  const cdp = await context.newCDPSession(page);
  const times = { cold: [], warm: [] };
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    await cdp.send("Network.clearBrowserCache");
    for (const cache of ["cold", "warm"]) {
      await page.goto(ORIGIN + LIST, { waitUntil: "commit" });
      times[cache].push(await shown(page, "table.list tbody tr"));
      if (cache === "cold") rounds.push(await fetched(page));
    }
  }
  tell(`${username}: the list can be used, empty cache`, times.cold, "ms", PROMISED.list);
  tell(`${username}: the list can be used, again`, times.warm, "ms", PROMISED.list);
  tell(`${username}: list, script, compressed, as sent`, [rounds.at(-1).script], "bytes", PROMISED.bytes);
  for (const kind of ["files", "data"]) {
    const chain = waterfall(rounds.map((round) => round[kind]));
    tell(`${username}: list, ${kind}: ${chain.join(" > ")}`, [chain.length], "deep", PROMISED.deep);
  }
  return { page, context };
}

/** From the choice, or the last letter, to the rows that it leaves. */
async function until(page, label, value) {
  return page.evaluate(
    ([name, wanted]) =>
      new Promise((resolve) => {
        const field = document.querySelector(`[aria-label="${name}"]:is(select, input)`);
        const busy = () => document.querySelector("[aria-busy=true]") !== null;
        const prototype = Object.getPrototypeOf(field);
        const begun = performance.now();
        Object.getOwnPropertyDescriptor(prototype, "value").set.call(field, wanted);
        field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
        let wasBusy = false;
        const look = () => {
          if (busy()) wasBusy = true;
          else if (wasBusy) return requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
          requestAnimationFrame(look);
        };
        look();
      }),
    [label, value],
  );
}

async function filters(page, username) {
  const choices = {
    Status: ["Open", "Resolved"],
    Priority: ["High", "Low"],
    Category: ["it-support"],
    Assignee: ["me", "none"],
  };
  for (const [label, values] of Object.entries(choices)) {
    const times = [];
    for (const value of values) {
      await page.goto(ORIGIN + LIST);
      await page.locator("table.list tbody tr").first().waitFor();
      await page.locator(`select[aria-label="${label}"] option[value="${value}"]`).waitFor({ state: "attached" });
      times.push(await until(page, label, value));
    }
    tell(`${username}: filter by ${label.toLowerCase()}`, times, "ms", PROMISED.filter);
  }
  const times = [];
  await page.goto(ORIGIN + LIST);
  await page.locator("table.list tbody tr").first().waitFor();
  for (const word of WORDS.slice(0, ROUNDS)) times.push((await until(page, await searchLabel(page), word)) - TYPIST);
  tell(`${username}: search, after the ${TYPIST} ms for the next letter`, times, "ms", PROMISED.filter);
}

async function searchLabel(page) {
  return page.locator("input[type=search]").getAttribute("aria-label");
}

const before = loadavg()[0];
const browser = await launch();
try {
  await firstVisit(browser);
  for (const username of ["coordinator", "agent"]) {
    const { page, context } = await list(browser, username);
    await filters(page, username);
    await context.close();
  }
} finally {
  await browser.close();
}
for (const { name, median, worst, unit, of, promise } of rows) {
  const asked = promise === undefined ? "" : `  promised ${promise}`;
  console.log(
    `${String(median).padStart(7)} ${unit.padEnd(5)}  worst of ${of}: ${String(worst).padStart(7)}${asked.padEnd(18)}  ${name}`,
  );
}
console.log(`load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`);
for (const line of broken) console.log(`broken: ${line}`);
process.exitCode = broken.length ? 1 : 0;
