import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Route, Routes, useNavigate } from "react-router";
import { auth, data, once, type User } from "../../api/clients";
import { label, t } from "../../i18n";
import { useRowKeys } from "../../shell/keys";
import { Confirm } from "../../ui/Confirm";
import { Button, TextField } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { useDebounced } from "../../ui/useDebounced";
import { useOnce } from "../../ui/useOnce";
import { STATES, useRoles } from "./queries";
import { RoleChoice } from "./RoleChoice";
import UserPage from "./UserPage";
import { useAddress } from "../../ui/useAddress";
import { fullRoleName } from "../../session/roles";

/** Who may sign in; each person has a page of their own. */
export default function UsersPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<UserPage />} />
    </Routes>
  );
}

function List() {
  const { values, set } = useAddress(["q", "role", "state"]);
  const [words, setWords] = useState(values.q ?? "");
  const [isInviting, setInviting] = useState(false);
  const q = useDebounced(words.trim(), 200);
  const roles = useRoles().data ?? [];
  const role = values.role ?? "";
  const state = STATES.find((one) => one === values.state);
  const users = useInfiniteQuery({
    queryKey: ["users", "list", q, role, state],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: 50,
        ...(q && { q }),
        ...(role && { role }),
        ...(state && { state }),
        ...cursorOf(pageParam),
      };
      return data(auth.GET("/api/v1/users/", { params: { query }, signal }));
    },
    ...paged,
    placeholderData: keepPreviousData,
  });
  useRowKeys();

  return (
    <>
      <title>{`${t("users.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("users.title")}</h1>
        <Button look="primary" className="push" onClick={() => setInviting(true)}>
          {t("users.invite")}
        </Button>
      </div>
      <div className="filters" role="search" aria-label={t("users.search")}>
        <input
          type="search"
          aria-label={t("users.search")}
          placeholder={t("users.search")}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <select aria-label={t("users.role")} value={role} onChange={(event) => set("role", event.target.value)}>
          <option value="">{t("users.anyRole")}</option>
          {roles.map((one) => (
            <option key={one.id} value={`${one.system}:${one.slug}`}>
              {one.system}: {one.name}
            </option>
          ))}
        </select>
        <select
          aria-label={t("users.state")}
          value={state ?? ""}
          onChange={(event) => set("state", event.target.value)}
        >
          <option value="">{t("users.anyState")}</option>
          {STATES.map((one) => (
            <option key={one} value={one}>
              {label("users.state", one)}
            </option>
          ))}
        </select>
      </div>
      <div aria-busy={users.isFetching && users.isPlaceholderData}>
        <Rows query={users} none={t("users.none")}>
          {(rows) => <UserTable rows={rows} />}
        </Rows>
      </div>
      {isInviting && <Invitation onClose={() => setInviting(false)} />}
    </>
  );
}

function UserTable({ rows }: { rows: User[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("users.name")}</th>
          <th scope="col">{t("users.username")}</th>
          <th scope="col">{t("users.department")}</th>
          <th scope="col">{t("users.roles")}</th>
          <th scope="col">{t("users.state")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((user) => (
          <tr key={user.id}>
            <td className="subject">
              <Link data-row to={`/admin/users/${user.id}`}>
                {user.name}
              </Link>
            </td>
            <td>{user.username}</td>
            <td>{user.department}</td>
            <td>{user.roles.map(fullRoleName).join(", ")}</td>
            <td>
              <span className={`badge account-${user.state}`}>{label("users.state", user.state)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A new account, whose owner chooses the password by the link that is mailed. */
function Invitation({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [email, setEmail] = useState("");
  const [department, setDepartment] = useState("");
  const [role, setRole] = useState("");
  const run = useOnce(
    async (key, body: { name: string; username: string; email: string; department: string; roles: string[] }) => {
      const user = await data(auth.POST("/api/v1/users/", { params: { header: once(key) }, body }));
      void navigate(`/admin/users/${user.id}`);
    },
    [["users"]],
  );
  const body = { name, username, email, department, roles: role ? [role] : [] };
  return (
    <Confirm title={t("users.invite")} action={t("users.send")} look="primary" run={run} body={body} onClose={onClose}>
      <TextField label={t("users.name")} required maxLength={200} value={name} onChange={setName} />
      <TextField label={t("users.username")} required maxLength={150} value={username} onChange={setUsername} />
      <TextField label={t("users.email")} type="email" required value={email} onChange={setEmail} />
      <TextField label={t("users.department")} optional maxLength={100} value={department} onChange={setDepartment} />
      <RoleChoice required value={role} onChange={setRole} />
    </Confirm>
  );
}
