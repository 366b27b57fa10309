import { useEffect, useRef } from "react";
import { NavLink, useLocation } from "react-router";
import { t } from "../i18n";
import { signOut, useUser } from "../session/session";
import { Button } from "../ui/controls";
import { ThemeChoice } from "./ThemeChoice";

/** Who one is, and what one does rarely: a popover, which the browser closes by Escape or a click beside it. */
export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const user = useUser();
  const menu = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  const close = () => menu.current?.hidePopover();
  useEffect(() => {
    if (menu.current?.matches(":popover-open")) menu.current.hidePopover();
  }, [pathname]);
  return (
    <>
      <button type="button" className="button quiet who" popoverTarget="user-menu">
        <span className="avatar" aria-hidden="true">
          {initials(user.name)}
        </span>
        <span className="name">{user.name}</span>
      </button>
      <div id="user-menu" popover="auto" ref={menu} className="menu" role="group" aria-label={t("menu.label")}>
        <p>
          <strong>{user.name}</strong>
          <span className="muted small">{user.email}</span>
        </p>
        <NavLink to="/account">{t("app.account")}</NavLink>
        <Button
          look="quiet"
          onClick={() => {
            close();
            onKeys();
          }}
        >
          {t("keys.title")} <kbd>?</kbd>
        </Button>
        <ThemeChoice />
        <Button look="quiet" onClick={() => void signOut()}>
          {t("signIn.out")}
        </Button>
      </div>
    </>
  );
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word = "") => String.fromCodePoint(word.codePointAt(0) ?? 0x20))
    .join("")
    .toLocaleUpperCase();
}
