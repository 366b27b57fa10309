import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { data, notifications, type Notice } from "../api/clients";
import { dayOf, instantOf, t } from "../i18n";
import { useUser } from "../session/session";
import { useRowKeys } from "../shell/keys";
import { Button } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { Time } from "../ui/Time";

const FOLDERS = ["inbox", "snoozed", "archived"] as const;
type Folder = (typeof FOLDERS)[number];
type Deed = "read" | "archive" | "restore" | "snooze" | "wake";

/** What happened that concerns one, newest first. */
export default function InboxPage() {
  const queries = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const folder = FOLDERS.find((name) => name === parameters.get("folder")) ?? "inbox";
  const list = useInfiniteQuery({
    queryKey: ["inbox", "list", folder],
    queryFn: ({ pageParam, signal }) =>
      data(
        notifications.GET("/api/v1/inbox/", {
          params: { query: { folder, limit: 50, ...cursorOf(pageParam) } },
          signal,
        }),
      ),
    ...paged,
    refetchInterval: 20_000,
  });
  const onSettled = () => queries.invalidateQueries({ queryKey: ["inbox"] });
  const zone = useUser().time_zone;
  const act = useMutation({
    mutationFn: ({ id, deed }: { id: string; deed: Deed }) => perform(id, deed, zone),
    onSettled,
  });
  const all = useMutation({
    mutationFn: (what: "read" | "archive"): Promise<unknown> =>
      what === "read" ? notifications.POST("/api/v1/inbox/read/") : notifications.POST("/api/v1/inbox/archival/"),
    onSettled,
  });
  useRowKeys();
  const error = act.error ?? all.error;
  return (
    <>
      <title>{`${t("inbox.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("inbox.title")}</h1>
        {folder === "inbox" && (
          <div className="row">
            <Button look="quiet" busy={all.isPending} onClick={() => all.mutate("read")}>
              {t("inbox.readAll")}
            </Button>
            <Button look="quiet" busy={all.isPending} onClick={() => all.mutate("archive")}>
              {t("inbox.archiveRead")}
            </Button>
          </div>
        )}
      </div>
      <div className="switch" role="group" aria-label={t("inbox.title")}>
        {FOLDERS.map((name) => (
          <Button
            key={name}
            look="quiet"
            aria-pressed={name === folder}
            onClick={() => setParameters({ folder: name })}
          >
            {t(`inbox.folder.${name}`)}
          </Button>
        ))}
      </div>
      {error && <ErrorNotice error={error} />}
      <Rows query={list} none={t("inbox.none")}>
        {(notices) => (
          <ul className="notices">
            {notices.map((notice) => (
              <Line
                key={notice.id}
                notice={notice}
                folder={folder}
                onAct={(deed) => act.mutate({ id: notice.id, deed })}
              />
            ))}
          </ul>
        )}
      </Rows>
    </>
  );
}

interface LineProps {
  notice: Notice;
  folder: Folder;
  onAct: (deed: Deed) => void;
}

function Line({ notice, folder, onAct }: LineProps) {
  const isUnread = !notice.read_at;
  return (
    <li className={isUnread ? "unread" : undefined}>
      <div>
        {isUnread && <span className="sr">{t("inbox.unread")}: </span>}
        <Link data-row to={`/requests/${notice.ticket_number}`} onClick={() => isUnread && onAct("read")}>
          {notice.title}
        </Link>
        <p className="muted small words">{notice.body}</p>
      </div>
      <div className="row end">
        <Time at={notice.created_at} />
        {folder === "inbox" && (
          <>
            <Button look="quiet" onClick={() => onAct("snooze")}>
              {t("inbox.snooze")}
            </Button>
            <Button look="quiet" onClick={() => onAct("archive")}>
              {t("inbox.archive")}
            </Button>
          </>
        )}
        {folder === "snoozed" && (
          <Button look="quiet" onClick={() => onAct("wake")}>
            {t("inbox.wake")}
          </Button>
        )}
        {folder === "archived" && (
          <Button look="quiet" onClick={() => onAct("restore")}>
            {t("inbox.restore")}
          </Button>
        )}
      </div>
    </li>
  );
}

function perform(id: string, deed: Deed, zone: string): Promise<unknown> {
  const params = { path: { id } };
  switch (deed) {
    case "read":
      return notifications.POST("/api/v1/inbox/{id}/read/", { params });
    case "archive":
      return notifications.POST("/api/v1/inbox/{id}/archival/", { params });
    case "restore":
      return notifications.DELETE("/api/v1/inbox/{id}/archival/", { params });
    case "snooze":
      return notifications.PUT("/api/v1/inbox/{id}/snooze/", { params, body: { until: tomorrowMorning(zone) } });
    case "wake":
      return notifications.DELETE("/api/v1/inbox/{id}/snooze/", { params });
  }
}

/** Eight o'clock tomorrow, in the user's zone. */
export function tomorrowMorning(zone?: string, now = Date.now()): string {
  const tomorrow = new Date(Date.parse(dayOf(now, zone)) + 24 * 3600_000).toISOString().slice(0, 10);
  return instantOf(`${tomorrow}T08:00`, zone);
}
