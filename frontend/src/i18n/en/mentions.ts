/** Words of the completion of @mentions. */
export const mentions = {
  "mention.label": "Whom to mention",
  "mention.found_one": "{n} person; Enter mentions them, Escape writes on",
  "mention.found_other": "{n} people; arrows choose, Enter mentions, Escape writes on",
};
