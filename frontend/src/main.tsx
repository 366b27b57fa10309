import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { start } from "./session/session";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/lists.css";
import "./styles/ticket.css";
import "./styles/account.css";
import "./styles/narrow.css";
import "./styles/passkeys.css";
import "./styles/admin.css";
import "./styles/desk.css";
import "./styles/macros.css";
import "./styles/operations.css";
import "./styles/recurring.css";
import "./styles/reports.css";
import "./styles/workflows.css";

void start();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
