import { useId, useMemo } from "react";
import { duration, plural, t } from "../i18n";
import type { Graph, GraphStep } from "./graph";
import { layoutOf, type Box, type Layout, type Line } from "./layout";
import { roleName } from "../session/roles";

interface WorkflowGraphProps {
  graph: Graph;
  /** What it is a picture of. */
  name: string;
  /** In the editor: a click on a step goes to its form. */
  onStep?: (key: string) => void;
}

/** A picture of a workflow in a box that scrolls, and the same as a list for who cannot see it. */
export default function WorkflowGraph({ graph, name, onStep }: WorkflowGraphProps) {
  const layout = useMemo(() => layoutOf(graph), [graph]);
  const id = useId();
  return (
    <figure className="workflow" aria-labelledby={`${id}-name`}>
      <figcaption id={`${id}-name`} className="sr">
        {t("graph.of", { name })}
      </figcaption>
      {/* It scrolls, so the keyboard must reach it (WCAG 2.1.1). */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="workflow-scroll" tabIndex={0} role="group" aria-label={t("graph.picture")}>
        <Picture layout={layout} label={summaryOf(graph, name)} isDone={graph.isDone ?? false} {...{ onStep }} />
      </div>
      <details>
        <summary>{t("graph.asList")}</summary>
        <AsList graph={graph} />
      </details>
    </figure>
  );
}

interface PictureProps {
  layout: Layout;
  label: string;
  isDone: boolean;
  onStep: ((key: string) => void) | undefined;
}

function Picture({ layout, label: words, isDone, onStep }: PictureProps) {
  const { width, height, boxes, lines, start, end } = layout;
  return (
    <svg role="img" aria-label={words} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {lines.map((line) => (
        <Way key={line.path} line={line} />
      ))}
      {start && <circle className="start" cx={start.x} cy={start.y} r={8} />}
      {end && (
        <g className={isDone ? "end reached" : "end"}>
          <circle cx={end.x} cy={end.y} r={10} />
          <circle className="inner" cx={end.x} cy={end.y} r={5.5} />
        </g>
      )}
      {boxes.map((box) => (
        <StepBox key={box.step.key} box={box} onStep={onStep} />
      ))}
      {lines.map((line) => (
        <Words key={line.path} line={line} />
      ))}
    </svg>
  );
}

function StepBox({ box, onStep }: { box: Box; onStep: ((key: string) => void) | undefined }) {
  const { step, x, y, width, height, title } = box;
  const looks = ["step", step.state, step.isApproval && "approval", step.faults && "faulty"].filter(Boolean);
  const left = x - width / 2;
  const top = y - height / 2;
  const rest = [
    roleName(step.role) || t("graph.noRole"),
    step.minutes === null ? null : t("graph.time", { time: duration(step.minutes) }),
    stateOf(step),
  ].filter((text) => text !== null);
  return (
    // The keyboard has the list of steps beside the picture.

    <g className={looks.join(" ")} {...(onStep ? { onClick: () => onStep(step.key) } : {})}>
      <rect x={left} y={top} width={width} height={height} rx={step.isApproval ? 18 : 7} />
      {step.isApproval && (
        <rect className="second" x={left + 4} y={top + 4} width={width - 8} height={height - 8} rx={15} />
      )}
      <text x={x} y={top + 7}>
        {title.map((line) => (
          <tspan key={line} className="title" x={x} dy={17}>
            {line}
          </tspan>
        ))}
        {rest.map((line) => (
          <tspan key={line} x={x} dy={17}>
            {line}
          </tspan>
        ))}
      </text>
      {step.faults ? (
        <g className="fault-mark">
          <circle cx={left + width - 4} cy={top + 4} r={9} />
          <text x={left + width - 4} y={top + 8}>
            {step.faults}
          </text>
        </g>
      ) : null}
    </g>
  );
}

function Way({ line: { way, path, tip } }: { line: Line }) {
  return (
    <g className={way?.isPassed ? "way passed" : "way"}>
      <path d={path} />
      <path
        className="tip"
        d="M 0 0 L -8 -4 L -8 4 Z"
        transform={`translate(${tip.x} ${tip.y}) rotate(${tip.angle})`}
      />
    </g>
  );
}

function Words({ line: { words, x, y, width } }: { line: Line }) {
  if (!words) return null;
  return (
    <g className="words-of-way">
      <rect x={x - width / 2} y={y - 8} width={width} height={16} />
      <text x={x} y={y + 4}>
        {words}
      </text>
    </g>
  );
}

function AsList({ graph: { steps, ways } }: { graph: Graph }) {
  const names = new Map(steps.map((step) => [step.key, step.name]));
  return (
    <ol className="workflow-list">
      {steps.map((step) => (
        <li key={step.key}>
          <strong>{step.name}</strong>
          {stateOf(step) && <> · {stateOf(step)}</>}
          <br />
          <span className="muted">
            {[
              step.isStart && t("graph.start"),
              step.isApproval && t("graph.approval"),
              roleName(step.role) || t("graph.noRole"),
              step.minutes !== null && t("graph.time", { time: duration(step.minutes) }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          <ul>
            {ways
              .filter((way) => way.from === step.key)
              .map((way) => (
                <li key={way.key}>
                  {way.label} → {way.to === null ? t("graph.end") : (names.get(way.to) ?? way.to)}
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function stateOf(step: GraphStep): string | null {
  return step.state ? t(`graph.${step.state}`) : null;
}

function summaryOf({ steps, isDone }: Graph, name: string): string {
  const here = steps.find((step) => step.state === "here");
  const passed = steps.filter((step) => step.state === "passed").map((step) => step.name);
  return [
    `${name}: ${plural("graph.steps", steps.length)}.`,
    here && t("graph.standsAt", { step: here.name }),
    isDone && t("graph.isDone"),
    passed.length > 0 && t("graph.hasPassed", { steps: passed.join(", ") }),
  ]
    .filter(Boolean)
    .join(" ");
}
