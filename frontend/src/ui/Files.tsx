import { useCallback, useRef, useState, type ClipboardEvent, type DragEvent } from "react";
import { fileSize, t } from "../i18n";
import { Button } from "./controls";

const MOST = 10;
const LARGEST = 25 * 1024 * 1024;

export interface Chosen {
  files: File[];
  refused: string[];
  /** What else is to be known of them. */
  note?: string;
  add: (more: Iterable<File>) => void;
  remove: (file: File) => void;
  clear: () => void;
  /** Puts those before the others that were chosen earlier, and checked then. */
  restore: (earlier: File[]) => void;
  /** For the element into which files may be dropped or pasted. */
  target: {
    onDrop: (event: DragEvent) => void;
    onDragOver: (event: DragEvent) => void;
    onPaste: (event: ClipboardEvent) => void;
  };
}

/** Files by picker, drag and paste, held to what the services take. */
export function useFiles(): Chosen {
  const [files, setFiles] = useState<File[]>([]);
  const [refused, setRefused] = useState<string[]>([]);

  const restore = useCallback((earlier: File[]) => {
    if (earlier.length > 0) setFiles((now) => [...earlier, ...now].slice(0, MOST));
  }, []);

  function add(more: Iterable<File>) {
    const all = [...more];
    const tooLarge = all.filter((file) => file.size > LARGEST);
    const wanted = [...files, ...all.filter((file) => file.size <= LARGEST)];
    const reasons = tooLarge.map((file) => t("files.tooLarge", { name: file.name, size: fileSize(LARGEST) }));
    if (wanted.length > MOST) reasons.push(t("files.tooMany", { n: MOST }));
    setFiles(wanted.slice(0, MOST));
    setRefused(reasons);
  }

  return {
    files,
    refused,
    restore,
    add,
    remove: (file) => setFiles(files.filter((other) => other !== file)),
    clear: () => {
      setFiles([]);
      setRefused([]);
    },
    target: {
      onDragOver: (event) => event.preventDefault(),
      onDrop: (event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        add(event.dataTransfer.files);
      },
      onPaste: (event) => {
        if (event.clipboardData.files.length === 0) return;
        event.preventDefault();
        add(event.clipboardData.files);
      },
    },
  };
}

export function FileList({ chosen, progress }: { chosen: Chosen; progress: number | null }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className="files">
      <input
        ref={picker}
        type="file"
        multiple
        className="hidden"
        aria-label={t("files.label")}
        tabIndex={-1}
        onChange={(event) => {
          chosen.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <Button look="quiet" onClick={() => picker.current?.click()}>
        {t("files.choose")}
      </Button>{" "}
      <span className="muted small">{t("files.drop")}</span>
      {chosen.files.length > 0 && (
        <ul>
          {chosen.files.map((file, at) => (
            <li key={`${file.name}-${at}`}>
              {file.name} <span className="muted">{fileSize(file.size)}</span>
              <Button
                look="quiet"
                aria-label={t("action.remove", { name: file.name })}
                onClick={() => chosen.remove(file)}
              >
                ✕
              </Button>
            </li>
          ))}
        </ul>
      )}
      {chosen.note && <p className="muted small">{chosen.note}</p>}
      {chosen.refused.map((reason) => (
        <p key={reason} className="field-error" role="alert">
          {reason}
        </p>
      ))}
      {progress !== null && (
        <p role="status">
          <progress value={progress} max={1} aria-label={t("files.label")} />{" "}
          {t("files.progress", { percent: Math.round(progress * 100) })}
        </p>
      )}
    </div>
  );
}
