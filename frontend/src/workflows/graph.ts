/** A workflow as it is drawn: steps, the ways between them, and, of a ticket, where it stands and what it has passed. */
import type { Schemas } from "../api/clients";

export interface GraphStep {
  key: string;
  name: string;
  role: string;
  isApproval: boolean;
  isStart: boolean;
  /** Its part of the time to resolution, in minutes; null where nothing is promised. */
  minutes: number | null;
  state?: "passed" | "here" | undefined;
  /** How much is wrong with it. */
  faults?: number;
}

export interface GraphWay {
  from: string;
  /** Null: the work is done. */
  to: string | null;
  key: string;
  label: string;
  isPassed?: boolean;
  /** It is open only for some tickets. */
  isGuarded?: boolean;
}

export interface Graph {
  steps: GraphStep[];
  ways: GraphWay[];
  /** The end has been reached. */
  isDone?: boolean;
}

type GraphOutput = Schemas["GraphOutput"];
type TaskDetail = Schemas["TaskDetailOutput"];

/** The drawing of workflow-api, with the times of one priority and the turns that a task has had. */
export function graphOf(drawn: GraphOutput, priority: string, task?: TaskDetail): Graph {
  const passed = new Set(task?.items.filter((turn) => turn.completed_at).map(wayOfTurn));
  const state = (key: string, visited: boolean) => {
    if (key === drawn.position) return "here" as const;
    return visited ? ("passed" as const) : undefined;
  };
  return {
    steps: drawn.nodes.map(({ key, name, role, kind, is_start, sla_minutes, visited }) => ({
      key,
      name,
      role,
      isApproval: kind === "approval",
      isStart: is_start,
      minutes: sla_minutes[priority] ?? null,
      state: state(key, visited),
    })),
    ways: drawn.edges.map((way) => ({ ...way, isPassed: passed.has(wayKey(way.from, way.key)) })),
    isDone: task?.status === "completed",
  };
}

function wayOfTurn(turn: TaskDetail["items"][number]): string {
  return wayKey(turn.step.key, turn.transition);
}

function wayKey(step: string, way: string): string {
  return `${step}\n${way}`;
}
