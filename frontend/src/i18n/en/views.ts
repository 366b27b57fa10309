/** Words of saved views. */
export const views = {
  "views.label": "Saved views",
  "views.choose": "Choose a view",
  "views.changed": "{name} (changed)",
  "views.save": "Save view",
  "views.edit": "Edit view",
  "views.name": "Name of the view",
  "views.shows": "It shows: {filters}",
  "views.everything": "all tickets",
  "views.takeFilters": "From now on: {filters}",
  "views.shared": "Share with the desk",
  "views.delete": "Delete view",
  "views.deleteShared": "{name} is shared: everybody of the desk loses it.",
  "views.deleteOwn": "{name} is deleted; the tickets stay.",
};
