import encodeQR from "qr";
import { t } from "../i18n";

/** Dark modules as one path: drawn by the page itself, as the policy lets no foreign markup in. */
export default function QrCode({ text }: { text: string }) {
  const rows = encodeQR(text, "raw", { border: 2 });
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg className="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={t("totp.qr")}>
      <path d={path} />
    </svg>
  );
}
