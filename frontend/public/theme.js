// Before the first paint, so that no page flashes in the other theme.
try {
  const theme = localStorage.getItem("tts.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's theme it is.
}
