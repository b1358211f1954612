package desktop_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/desktop"
)

func TestPlainTextHasNothingForAShell(t *testing.T) {
	for text, want := range map[string]string{
		"3 mensajes nuevos en 2 conversaciones": "3 mensajes nuevos en 2 conversaciones",
		"Mañana: ¿vienes? A las 8, no.":         "Mañana: vienes? A las 8, no.",
		"Привет 你好 مرحبا":                       "Привет 你好 مرحبا",
		"$(calc.exe)":                           "calc.exe",
		"${env:PATH} $env:PATH":                 "env:PATH env:PATH",
		"`n`$(1)":                               "n1",
		`"; calc; "`:                            "calc",
		"”; calc; “":                            "calc",
		"„ ‟ ″ ‘ ’ ‚ ‛":                         "",
		"'; rm -rf ~ #":                         "rm -rf",
		"a|b>c<d&e;f":                           "abcdef",
		"%PATH% ^& \\\\host\\x":                 "PATH hostx",
		"line\r\nGet-Process\x00\u2028x\u0085y": "line Get-Process x y",
		"@(1)[0]{2}":                            "102",
		"<script>":                              "script",
		"\u202egnp.exe\u2066":                   "gnp.exe",
		"\xff\xfe":                              "",
		"a\u0300":                               "a",
	} {
		require.Equal(t, want, desktop.Plain(text), "%q", text)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"$(x)", "`\"”", "á 1", "\xff", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := desktop.Plain(text)
		for _, r := range got {
			require.True(t, unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:!?-", r), "%q in %q", r, got)
		}
		require.Equal(t, got, desktop.Plain(got))
	})
}
