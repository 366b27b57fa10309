import { useMutation } from "@tanstack/react-query";
import { send } from "../api/http";
import { fileSize } from "../i18n";
import { Button } from "./controls";
import { ErrorNotice } from "./feedback";

/** A file behind the token, which a plain link cannot send. */
export function Download({ url, name, size }: { url: string; name: string; size: number }) {
  const fetching = useMutation({
    mutationFn: async () => save(await (await send(new Request(location.origin + url))).blob(), name),
  });
  return (
    <>
      <Button look="quiet" className="download" busy={fetching.isPending} onClick={() => fetching.mutate()}>
        {name} <span className="muted small">{fileSize(size)}</span>
      </Button>
      {fetching.error && <ErrorNotice error={fetching.error} />}
    </>
  );
}

/** Gives a file to the browser's downloads. */
export function save(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
