package model_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestCleanFileName(t *testing.T) {
	for _, c := range []struct{ name, extension, want string }{
		{"Factura.pdf", ".pdf", "Factura.pdf"},
		{"Factura.PDF", ".pdf", "Factura.pdf"},
		{"../../etc/passwd", "", "passwd"},
		{`..\..\Windows\system32\evil`, "", "evil"},
		{"../../x", ".jpg", "x.jpg"},
		{"C:\\a\\b.txt", ".txt", "b.txt"},
		{"CON", "", "_CON"},
		{"con.pdf", ".pdf", "_con.pdf"},
		{"Lpt1", ".txt", "_Lpt1.txt"},
		{"COM¹.txt", ".txt", "_COM¹.txt"},
		{"CONSUELO.pdf", ".pdf", "CONSUELO.pdf"},
		{"NUL .txt", ".txt", "_NUL.txt"},
		{"file. . .", "", "file"},
		{"...", ".pdf", "document.pdf"},
		{"", ".pdf", "document.pdf"},
		{".bashrc", "", "bashrc"},
		{"foto\u202egpj.exe", "", "fotogpj.exe"},
		{"a\x00b\x07.txt", ".txt", "ab.txt"},
		{"a\nb\tc.txt", ".txt", "abc.txt"},
		{"zero\u200bwidth\ufeff.pdf", ".pdf", "zerowidth.pdf"},
		{"a<b>:c|d?*\".txt", ".txt", "a_b__c_d___.txt"},
		{"informe.v2.docx", ".docx", "informe.v2.docx"},
		{"foto.png", ".jpg", "foto.jpg"},
		{"factura.pdf.exe", "", "factura.pdf.exe"},
		{"a\xffb.txt", ".txt", "a_b.txt"},
		{"Año — señal 🥐.pdf", ".pdf", "Año — señal 🥐.pdf"},
		{"ملف.pdf", ".pdf", "ملف.pdf"},
		{"~$tmp.docx", ".docx", "~$tmp.docx"},
	} {
		require.Equal(t, c.want, model.CleanFileName(c.name, c.extension, "document"), "%q", c.name)
	}
	for _, name := range []string{strings.Repeat("x", 4096) + ".pdf", strings.Repeat("ñ", 4096), strings.Repeat("a.", 2048), "x." + strings.Repeat("y", 4096)} {
		clean := model.CleanFileName(name, ".pdf", "document")
		require.LessOrEqual(t, len(clean), 180)
		require.True(t, utf8.ValidString(clean))
		require.True(t, strings.HasSuffix(clean, ".pdf"), clean)
	}
}

func FuzzCleanFileName(f *testing.F) {
	f.Add("../../x", ".pdf")
	f.Add("CON", "")
	f.Add("\u202e\x00", ".txt")
	f.Fuzz(func(t *testing.T, name, extension string) {
		if len(extension) > 8 || strings.Trim(extension, ".abcdefghijklmnopqrstuvwxyz") != "" || extension != "" && extension[0] != '.' || extension == "." {
			return
		}
		clean := model.CleanFileName(name, extension, "document")
		require.NotEmpty(t, clean)
		require.True(t, utf8.ValidString(clean))
		require.False(t, strings.ContainsAny(clean, "/\\:<>\"|?*\x00\n\r\u202e"), "%q", clean)
		require.False(t, strings.HasPrefix(clean, "."), "%q", clean)
		require.LessOrEqual(t, len(clean), 200)
		require.Equal(t, clean, strings.TrimSpace(clean))
	})
}

func TestSniffMedia(t *testing.T) {
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0":             "image/jpeg",
		"\x89PNG\r\n\x1a\n":            "image/png",
		"GIF89a":                       "image/gif",
		"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
		"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
		"\x00\x00\x00\x18ftypmp42":     "video/mp4",
		"\x00\x00\x00\x18ftypM4A ":     "audio/mp4",
		"\x00\x00\x00\x18ftypheic":     "image/heic",
		"OggS\x00\x02":                 "audio/ogg",
		"\xff\xfb\x90\x00":             "audio/mpeg",
		"\xff\xf1\x50\x80":             "audio/aac",
		"%PDF-1.7":                     "application/pdf",
		"MZ\x90\x00":                   "application/x-msdownload",
		"\x7fELF\x02":                  "application/x-executable",
		"#!/bin/sh\nrm -rf /":          "text/x-shellscript",
		"PK\x03\x04....META-INF/":      "application/zip",
		"PK\x03\x04....[Content_Types].xmlword/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"PK\x03\x04....word/vbaProject.bin":                  "application/zip",
		"  <!DOCTYPE HTML><html>":                            "text/html",
		"\xef\xbb\xbf<svg xmlns=":                            "image/svg+xml",
		"<?xml version=\"1.0\"?><x/>":                        "text/xml",
		"hello <script>alert(1)</script>":                    "text/html",
		"[Desktop Entry]\nExec=x":                            "application/x-desktop",
		"Lista:\r\n- pan\n":                                  "text/plain",
		"ñandú 🥐":                                            "text/plain",
		"\x01\x02\x03":                                       model.UnknownMedia,
		"":                                                   model.UnknownMedia,
		"RIFF":                                               "text/plain",
	} {
		require.Equal(t, want, model.SniffMedia([]byte(head)), "%q", head)
	}
}

func TestOpenAs(t *testing.T) {
	for _, c := range []struct {
		mime, name, extension string
	}{
		{"image/jpeg", "foto.jpg", ".jpg"},
		{"image/jpeg", "foto", ".jpg"},
		{"application/pdf", "Factura 12.v2.pdf", ".pdf"},
		{"application/pdf", "factura.pdf.exe", ""},
		{"application/pdf", "factura.EXE . ", ""},
		{"application/pdf", "factura.e\u200bxe", ""},
		{"application/pdf", "fdp\u202efdp.exe", ""},
		{"application/pdf", "x.exe.pdf", ""},
		{"text/plain", "run.bat", ""},
		{"text/plain", "lista.txt", ".txt"},
		{"text/plain", "inicio.desktop", ""},
		{"text/html", "foto.jpg", ""},
		{"image/svg+xml", "dibujo.svg", ""},
		{"application/zip", "todo.zip", ""},
		{"application/x-msdownload", "foto.jpg", ""},
		{"application/x-ole-storage", "carta.doc", ".doc"},
		{"application/x-ole-storage", "instalar.msi", ""},
		{"application/x-ole-storage", "", ""},
		{model.UnknownMedia, "datos.bin", ""},
		{"video/mp4", "", ".mp4"},
	} {
		extension, ok := model.OpenAs(c.mime, c.name)
		require.Equal(t, c.extension, extension, "%s %q", c.mime, c.name)
		require.Equal(t, c.extension != "", ok)
	}
}
