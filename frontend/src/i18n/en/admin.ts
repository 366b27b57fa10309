/** Words of the frame around what is administered. */
export const admin = {
  "admin.title": "Administration",
  "admin.overview": "Overview",
  "admin.group.people": "People and access",
  "admin.group.work": "Work",
  "admin.group.operation": "Operation",
} as const;
