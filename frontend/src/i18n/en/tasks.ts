/** Words of what is done with a task over the head of who works on it. */
export const tasks = {
  "task.move": "Move to a step",
  "task.move.step": "Step",
  "task.move.choose": "Choose a step",
  "task.move.again": "{step} (where it is now)",
  "task.move.warning":
    "The task leaves its step undone and is given to somebody of the step that you choose. The reason is recorded.",
  "task.cancel": "Cancel the task",
  "task.cancel.warning":
    "The work ends here without being completed, and cannot be taken up again. The ticket stays open: reject or merge it afterwards, or tell its requester.",
  "task.cancelled": "Cancelled: {reason}",
};
