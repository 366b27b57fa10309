import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode, SubmitEvent } from "react";
import { Dialog } from "./controls";
import { FormEnd } from "./FormEnd";

interface ConfirmProps<Body> {
  title: string;
  /** The verb on the button, not "OK". */
  action: string;
  look?: "primary" | "danger";
  run: Pick<UseMutationResult<unknown, Error, Body>, "mutate" | "error" | "isPending">;
  /** What it is done with, read when it is confirmed. */
  body: Body;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something that is not easily undone, or for what it needs to be told; closes once it is done. */
export function Confirm<Body>({ title, action, look = "danger", run, body, onClose, children }: ConfirmProps<Body>) {
  function submit(event: SubmitEvent) {
    event.preventDefault();
    run.mutate(body, { onSuccess: onClose });
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {children}
        <FormEnd run={run} action={action} look={look} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
