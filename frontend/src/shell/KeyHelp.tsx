import { t, type MessageKey } from "../i18n";
import { Dialog } from "../ui/controls";

const KEYS: [string, MessageKey][] = [
  ["Ctrl K", "keys.palette"],
  ["/", "keys.search"],
  ["j", "keys.next"],
  ["k", "keys.previous"],
  ["Enter", "keys.open"],
  ["x", "keys.select"],
  ["u", "keys.back"],
  ["r", "keys.reply"],
  ["n", "keys.note"],
  ["a", "keys.assign"],
  ["e", "keys.edit"],
  ["f", "keys.follow"],
  ["m", "keys.macros"],
  ["c", "keys.new"],
  ["Esc", "keys.leave"],
  ["?", "keys.help"],
];

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, message]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(message)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
