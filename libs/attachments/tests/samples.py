"""Beginnings of real files."""

import io
import zipfile


def _docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
DOCX = _docx()
RTF = b"{\\rtf1\\ansi hello}"

ACCEPTED = [
    (PNG, "shot.png", "image/png"),
    (JPEG, "photo.jpg", "image/jpeg"),
    (GIF, "x.gif", "image/gif"),
    (PDF, "r.pdf", "application/pdf"),
    (PDF, "no extension", "application/pdf"),
    (DOCX, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (RTF, "a.rtf", "application/rtf"),
    (b"hello\n", "a.txt", "text/plain"),
    (b"hello\n", "a.png", "text/plain"),
    (b"a,b\n1,2\n", "a.csv", "text/csv"),
    (b'{"a": 1}', "a.json", "application/json"),
    ("Grüße, 你好".encode(), "a.txt", "text/plain"),
    ("Grüße".encode("utf-16"), "a.txt", "text/plain"),
    (b"\xef\xbb\xbfhello", "a.txt", "text/plain"),
    (b"", "empty.txt", "text/plain"),
    (b"if a < b and c > d: print('<html> in a log')\n", "a.log", "text/plain"),
    (b'<?xml version="1.0"?><order><line/></order>', "a.xml", "application/xml"),
    (bytes(range(128, 256)) * 40, "noise.bin", "application/octet-stream"),
]

REFUSED = [
    (b"MZ\x90\x00\x03", "setup.pdf"),
    (b"\x7fELF\x02\x01\x01", "a.txt"),
    (b"\xcf\xfa\xed\xfe\x07\x00", "a"),
    (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "A.class"),
    (b"#!/bin/sh\nrm -rf /\n", "a.txt"),
    (b"\0asm\x01\0\0\0", "a.bin"),
    (b"<!DOCTYPE html><html></html>", "page.txt"),
    (b"\n  <!-- c --><HTML>", "page.png"),
    (b"\xef\xbb\xbf<html>", "a.txt"),
    ("<html><script>alert(1)</script>".encode("utf-16"), "a.txt"),
    (b"<script>alert(1)</script>", "a.csv"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.png"),
    (b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', "a.xml"),
    (b'<?xml version="1.0"?><x:svg xmlns:x="http://www.w3.org/2000/svg"/>', "a.xml"),
    (b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><svg/>', "a.xml"),
    (b'<?xml version="1.0"?><a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>1</h:script></a>', "a.xml"),
    (b"@echo off\r\n", "run.BAT"),
    (b"Windows Registry Editor", "a.reg"),
    (b"hello", "a.html"),
    (PNG, "a.exe"),
]
