/** A definition under somebody's hands: plain data and what one may do to it. Nothing here talks to anybody. */
import type { Schemas } from "../api/clients";
import type { Graph } from "./graph";

type Output = Schemas["DefinitionOutput"];
export type Fault = Schemas["FaultOutput"];
export type Definition = Omit<Required<Schemas["DefinitionChangeInputRequest"]>, "steps"> & { steps: Step[] };
export type Step = Omit<Required<Schemas["StepInputRequest"]>, "transitions"> & { transitions: Way[] };
export type Way = Required<Schemas["WayInputRequest"]>;
export type Guard = NonNullable<Way["guard"]>;

/** The shortest time first: each has to have more than the one before. */
export const PRIORITIES = ["Critical", "High", "Medium", "Low"] as const;
export const PROMISES = ["sla_minutes", "first_response_minutes", "next_response_minutes"] as const;
export type Promised = (typeof PROMISES)[number];

export const EMPTY_STEP: Omit<Step, "key"> = {
  name: "",
  role: "",
  escalation_role: "",
  instructions: "",
  weight: 1,
  gives_resolution: false,
  approval_rule: "",
  approvals_needed: 0,
  strategy: "round_robin",
  transitions: [],
};

/** What a new workflow begins with: one step that ends. */
export function beginning(name: string, step: string, way: string): Definition {
  return {
    name,
    description: "",
    category: "",
    sub_category: "",
    department: "",
    is_catch_all: false,
    calendar: "",
    sla_minutes: { Critical: 240, High: 480, Medium: 1440, Low: 4320 },
    first_response_minutes: {},
    next_response_minutes: {},
    steps: [
      {
        ...EMPTY_STEP,
        key: slug(step),
        name: step,
        gives_resolution: true,
        transitions: [{ key: slug(way), label: way, to: null, guard: null }],
      },
    ],
  };
}

export function definitionOf(output: Output): Definition {
  const { name, description, category, sub_category, department, is_catch_all, calendar } = output;
  const { sla_minutes, first_response_minutes, next_response_minutes } = output;
  return {
    ...{ name, description, category, sub_category, department, is_catch_all, calendar },
    ...{ sla_minutes, first_response_minutes, next_response_minutes },
    steps: output.steps.map((step) => ({
      key: step.key,
      name: step.name,
      role: step.role,
      escalation_role: step.escalation_role,
      instructions: step.instructions,
      weight: step.weight,
      gives_resolution: step.gives_resolution,
      approval_rule: step.approval_rule as Step["approval_rule"],
      approvals_needed: step.approvals_needed,
      strategy: step.strategy,
      transitions: step.transitions.map(({ key, label, to, guard }) => ({ key, label, to: to ?? null, guard })),
    })),
  };
}

/** As it is drawn; `faults` are counted at their steps. The time of a step is its part by weight. */
export function drawingOf({ steps, sla_minutes }: Definition, faults: Fault[], priority: string): Graph {
  const weights = steps.reduce((sum, step) => sum + step.weight, 0);
  const minutes = sla_minutes[priority];
  return {
    steps: steps.map((step, at) => ({
      key: step.key,
      name: step.name || step.key,
      role: step.role,
      isApproval: step.approval_rule !== "",
      isStart: at === 0,
      minutes: minutes && weights ? Math.round((minutes * step.weight) / weights) : null,
      faults: faultsOfStep(faults, step.key).length,
    })),
    ways: steps.flatMap((step) =>
      step.transitions.map(({ key, label, to, guard }) => ({
        from: step.key,
        key,
        label,
        to,
        isGuarded: guard !== null,
      })),
    ),
  };
}

/** What the service knows it by: the keys of its steps, and of their ways as `step.way`. */
export function keysOf({ steps }: Definition): Set<string> {
  return new Set(steps.flatMap((step) => [step.key, ...step.transitions.map((way) => `${step.key}.${way.key}`)]));
}

export function faultsOfStep(faults: Fault[], key: string): Fault[] {
  return faults.filter(({ field }) => field === `steps.${key}` || field.startsWith(`steps.${key}.`));
}

export function faultAt(faults: Fault[], field: string): string | undefined {
  const found = faults.filter((fault) => fault.field === field).map((fault) => fault.detail);
  return found.length > 0 ? found.join(" ") : undefined;
}

/** A refusal counts steps and ways (`steps.0.transitions.1.label`); here they go by their keys. */
export function faultsOfRefusal(errors: Fault[], { steps }: Definition): Fault[] {
  return errors.map((error) => {
    const [list, at, part, of] = error.field.split(".");
    const step = steps[Number(at)];
    if (list !== "steps" || !step || Number.isNaN(Number(at))) return error;
    const way = part === "transitions" ? step.transitions[Number(of)] : undefined;
    return { ...error, field: way ? `steps.${step.key}.${way.key}` : `steps.${step.key}` };
  });
}

export function stepChanged(definition: Definition, at: number, change: Partial<Step>): Definition {
  return {
    ...definition,
    steps: definition.steps.map((step, number) => (number === at ? { ...step, ...change } : step)),
  };
}

/** A name, and while nobody knows the step by its key yet, the key from it, with the ways that lead to it. */
export function stepNamed(definition: Definition, at: number, name: string, isNew: boolean): Definition {
  const before = definition.steps[at];
  const named = stepChanged(definition, at, { name });
  if (!before || !isNew) return named;
  const taken = definition.steps.filter((_, number) => number !== at).map((step) => step.key);
  const key = freeKey(slug(name) || before.key, taken);
  const follow = (way: Way) => (way.to === before.key ? { ...way, to: key } : way);
  const steps = named.steps.map((step) => ({ ...step, transitions: step.transitions.map(follow) }));
  return stepChanged({ ...named, steps }, at, { key });
}

/** After `at`, with a way on that leads to where the step before it led; that one now leads here. */
export function stepAdded(definition: Definition, at: number, way: string): Definition {
  const before = definition.steps[at];
  const key = freeKey(
    "step",
    definition.steps.map((step) => step.key),
  );
  const [first, ...others] = before?.transitions ?? [];
  const step: Step = {
    ...EMPTY_STEP,
    key,
    transitions: [{ key: slug(way), label: way, to: first?.to ?? null, guard: null }],
  };
  const steps = definition.steps.map((one, number) =>
    number === at && first ? { ...one, transitions: [{ ...first, to: key }, ...others] } : one,
  );
  return { ...definition, steps: [...steps.slice(0, at + 1), step, ...steps.slice(at + 1)] };
}

/** With the ways that led to it: what then leads nowhere is shown as a fault. */
export function stepRemoved(definition: Definition, at: number): Definition {
  const gone = definition.steps[at]?.key;
  const steps = definition.steps
    .filter((_, number) => number !== at)
    .map((step) => ({ ...step, transitions: step.transitions.filter((way) => way.to !== gone) }));
  return { ...definition, steps };
}

export function stepMoved(definition: Definition, at: number, by: 1 | -1): Definition {
  const steps = [...definition.steps];
  const [step] = steps.splice(at, 1);
  if (step) steps.splice(at + by, 0, step);
  return { ...definition, steps };
}

/** An approval leads on by two ways of fixed keys (workflow-api, `approval_ways`); they go where the first two went. */
export function ruleChosen(step: Step, rule: Step["approval_rule"], words: { approve: string; reject: string }): Step {
  if (rule === "" || step.approval_rule !== "") return { ...step, approval_rule: rule };
  const [on, back] = step.transitions;
  return {
    ...step,
    approval_rule: rule,
    transitions: [
      { key: "approve", label: words.approve, to: on?.to ?? null, guard: null },
      { key: "reject", label: words.reject, to: back?.to ?? null, guard: null },
    ],
  };
}

export function wayChanged(step: Step, at: number, change: Partial<Way>): Step {
  return { ...step, transitions: step.transitions.map((way, n) => (n === at ? { ...way, ...change } : way)) };
}

export function wayNamed(step: Step, at: number, label: string, isNew: boolean): Step {
  const before = step.transitions[at];
  if (!before || !isNew || step.approval_rule !== "") return wayChanged(step, at, { label });
  const taken = step.transitions.filter((_, number) => number !== at).map((way) => way.key);
  return wayChanged(step, at, { label, key: freeKey(slug(label) || before.key, taken) });
}

export function wayAdded(step: Step): Step {
  const key = freeKey(
    "way",
    step.transitions.map((way) => way.key),
  );
  return { ...step, transitions: [...step.transitions, { key, label: "", to: null, guard: null }] };
}

export function slug(words: string): string {
  const plain = words.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
}

function freeKey(wanted: string, taken: string[]): string {
  for (let number = 1; ; number++) {
    const key = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(key)) return key;
  }
}
