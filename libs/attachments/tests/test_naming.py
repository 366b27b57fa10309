"""File names."""

from django.test import SimpleTestCase

from attachments.naming import MAX_LENGTH, safe_filename


class NamingTests(SimpleTestCase):
    def test_names(self):
        table = {
            "report.pdf": "report.pdf",
            "Größe 你好.txt": "Größe 你好.txt",
            "../../etc/passwd": "passwd",
            "C:\\Users\\x\\a.doc": "a.doc",
            "..": "file",
            "": "file",
            ".bashrc": "bashrc",
            "a\r\nSet-Cookie: x.txt": "a Set-Cookie_ x.txt",
            'say "hi".txt': "say _hi_.txt",
            "a\0b.txt": "ab.txt",
            "invoice\u202efdp.exe": "invoicefdp.exe",
            "a\u200bb.txt": "ab.txt",
            "lone\ud800.txt": "lone.txt",
            "trailing. . ": "trailing",
            "e\u0301.txt": "é.txt",
        }
        for given, expected in table.items():
            with self.subTest(given=ascii(given)):
                self.assertEqual(safe_filename(given), expected)

    def test_a_long_name_keeps_its_extension(self):
        name = safe_filename("x" * 500 + ".pdf")
        self.assertEqual((len(name), name[-5:]), (MAX_LENGTH, "x.pdf"))

    def test_a_long_extension_is_no_way_around_the_limit(self):
        self.assertLessEqual(len(safe_filename("x." + "y" * 500)), MAX_LENGTH)
