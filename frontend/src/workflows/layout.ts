/** Where everything of a drawing stands. Layers by dagre; sizes by the number of letters, so that nothing is measured. */
import { graphlib, layout as place } from "@dagrejs/dagre";
import type { Graph, GraphStep, GraphWay } from "./graph";

const WIDTH = 190;
const LINE = 17;
const LETTERS = 24;
const LETTER = 6.6;
const DOT = 22;

export interface Box {
  step: GraphStep;
  x: number;
  y: number;
  width: number;
  height: number;
  title: string[];
}

export interface Line {
  way: GraphWay | null;
  path: string;
  /** Where it arrives, and from which direction in degrees. */
  tip: { x: number; y: number; angle: number };
  /** Where its words stand, in the middle of it. */
  x: number;
  y: number;
  words: string;
  width: number;
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
  start: { x: number; y: number } | null;
  end: { x: number; y: number } | null;
}

interface Point {
  x: number;
  y: number;
}

// No step's key has a blank in it.
const START = "the start";
const END = "the end";

export function layoutOf({ steps, ways }: Graph): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 36, ranksep: 34, edgesep: 18, marginx: 8, marginy: 8 });
  const known = new Set(steps.map((step) => step.key));
  const titles = new Map(steps.map((step) => [step.key, wrapped(step.name)]));
  for (const step of steps) {
    const lines = (titles.get(step.key)?.length ?? 1) + 1 + (step.minutes === null ? 0 : 1) + (step.state ? 1 : 0);
    graph.setNode(step.key, { width: WIDTH, height: 18 + lines * LINE });
    if (step.isStart) {
      graph.setNode(START, { width: DOT, height: DOT });
      graph.setEdge(START, step.key, { weight: 4 }, "start");
    }
  }
  const drawn = ways.filter((way) => known.has(way.from) && (way.to === null || known.has(way.to)));
  if (drawn.some((way) => way.to === null)) graph.setNode(END, { width: DOT, height: DOT });
  // The first way out of a step is the usual one, and goes straight on.
  const seen = new Set<string>();
  for (const way of drawn) {
    const words = wordsOf(way);
    const label = { width: words.length * LETTER + 8, height: LINE, labelpos: "c", weight: seen.has(way.from) ? 1 : 3 };
    graph.setEdge(way.from, way.to ?? END, label, way.key);
    seen.add(way.from);
  }
  place(graph);
  return read(graph, steps, drawn, titles);
}

function read(graph: graphlib.Graph, steps: GraphStep[], ways: GraphWay[], titles: Map<string, string[]>): Layout {
  const at = (key: string) => graph.node(key) as Point & { width: number; height: number };
  const line = (from: string, to: string, name: string, way: GraphWay | null): Line => {
    const { points, x = 0, y = 0 } = graph.edge(from, to, name) as { points: Point[]; x?: number; y?: number };
    const words = way ? wordsOf(way) : "";
    return { way, path: smooth(points), tip: tipOf(points), x, y, words, width: words.length * LETTER + 8 };
  };
  const lines = ways.map((way) => line(way.from, way.to ?? END, way.key, way));
  const first = steps.find((step) => step.isStart);
  if (first) lines.unshift(line(START, first.key, "start", null));
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: steps.map((step) => ({ step, ...pick(at(step.key)), title: titles.get(step.key) ?? [] })),
    lines,
    start: graph.hasNode(START) ? pick(at(START)) : null,
    end: graph.hasNode(END) ? pick(at(END)) : null,
  };
}

function pick({ x, y, width, height }: Point & { width: number; height: number }) {
  return { x, y, width, height };
}

function wordsOf(way: GraphWay): string {
  const short = way.label.length > LETTERS ? `${way.label.slice(0, LETTERS - 1)}…` : way.label;
  return way.isGuarded ? `◇ ${short}` : short;
}

/** A name on two lines at most. */
function wrapped(name: string): string[] {
  if (name.length <= LETTERS) return [name];
  const at = name.lastIndexOf(" ", LETTERS);
  const cut = at > 0 ? at : LETTERS;
  const rest = name.slice(cut).trim();
  return [name.slice(0, cut), rest.length > LETTERS ? `${rest.slice(0, LETTERS - 1)}…` : rest];
}

/** A line through the points with round corners: from the middle of each stretch to that of the next. */
function smooth(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first || rest.length === 0) return "";
  const bends = rest.slice(0, -1).map((point, at) => {
    const isLast = at === rest.length - 2;
    const next = rest[at + 1] ?? point;
    return `Q ${pair(point)} ${pair(isLast ? next : middle(point, next))}`;
  });
  const straight = rest.length === 1 ? [`L ${pair(rest[0] ?? first)}`] : bends;
  return [`M ${pair(first)}`, ...straight].join(" ");
}

function tipOf(points: Point[]) {
  const last = points.at(-1) ?? { x: 0, y: 0 };
  const before = points.at(-2) ?? last;
  return { ...last, angle: round((Math.atan2(last.y - before.y, last.x - before.x) * 180) / Math.PI) };
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
