/** What a request that was refused tells: RFC 9457, with a stable `code` and the id under which it is logged. */
export interface Problem {
  title: string;
  status: number;
  code: string;
  request_id: string;
  detail?: string;
  errors?: { field: string; code: string; detail: string }[];
}

/** A refused or failed request. `status` 0: no answer came, so it may or may not have been done. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds after which to ask again, where the answer says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }

  /** Whether it may have been done all the same: then only a repetition with the same key is safe. */
  get isUncertain() {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }

  /** What is wrong with one field. */
  of(field: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === field)?.detail;
  }
}

export function noAnswer(requestId: string): ProblemError {
  return new ProblemError({ title: "No answer", status: 0, code: "no_answer", request_id: requestId });
}

/** It was given up: whether it will be done is as open as without any answer, but asking again at once helps nobody. */
export function slowAnswer(requestId: string): ProblemError {
  return new ProblemError({ title: "No answer in time", status: 0, code: "slow_answer", request_id: requestId });
}

/** The problem that an answer of another status than 2xx carries. */
export function problemOf(status: number, body: string, header: (name: string) => string | null): ProblemError {
  const problem = parsed(body) ?? {
    title: `HTTP ${status}`,
    status,
    code: "unreadable_answer",
    request_id: header("X-Request-ID") ?? "",
  };
  const seconds = Number(header("Retry-After"));
  return new ProblemError(problem, header("Retry-After") && Number.isFinite(seconds) ? seconds : null);
}

function parsed(body: string): Problem | null {
  try {
    const value: unknown = JSON.parse(body);
    const isProblem = typeof value === "object" && value !== null && "code" in value && "status" in value;
    return isProblem ? (value as Problem) : null;
  } catch {
    return null;
  }
}
