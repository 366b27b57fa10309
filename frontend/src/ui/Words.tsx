// Up to what ends a sentence around it.
const LINK = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])/;

/** What somebody typed, line by line as they typed it, with its links to follow. */
export function Words({ text }: { text: string }) {
  return (
    <p className="words">
      {text.split(LINK).map((part, at) =>
        at % 2 === 1 ? (
          <a key={at} href={part} target="_blank" rel="noopener noreferrer nofollow">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
