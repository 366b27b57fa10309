import { useEffect, useState } from "react";
import { t } from "../i18n";
import { useUser } from "../session/session";
import { useFiles, type Chosen } from "../ui/Files";
import { isTooLarge, read, write } from "./kept";
import { useLeaveWarning } from "./store";

/** The files of the draft of that name. Where nothing can be kept they last as long as the page is open. */
export function useDraftFiles(name: string): Chosen {
  const user = useUser();
  const place = `${user.id}.${name}`;
  const chosen = useFiles();
  const [isReady, setReady] = useState(false);
  const [kept, setKept] = useState<File[] | null>(null);
  const { files, restore } = chosen;

  useEffect(() => {
    let isHere = true;
    void read(place).then((before) => {
      if (!isHere) return;
      restore(before);
      setReady(true);
    });
    return () => void (isHere = false);
  }, [place, restore]);
  useEffect(() => {
    if (!isReady) return;
    void write(place, files).then((isKept) => setKept(isKept ? files : null));
  }, [isReady, place, files]);

  useLeaveWarning(files.length > 0 && kept !== files);

  return {
    ...chosen,
    ...(isTooLarge(files) ? { note: t("files.notKept") } : {}),
    clear: () => {
      chosen.clear();
      void write(place, []); // also when the page is left at once
    },
  };
}
