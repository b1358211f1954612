package widgets_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/emoji"
	"github.com/xappiens/buzon/views/widgets"
)

var plainStyle = fyne.TextStyle{}

// rich writes what a text is formatted as: the marks of each word before it.
func rich(w widgets.Wrapped) string {
	var lines []string
	for _, l := range w.Lines {
		var words []string
		for _, s := range l.Spans {
			mark := ""
			for _, m := range []struct {
				set bool
				as  string
			}{{s.Style.Bold, "B"}, {s.Style.Italic, "I"}, {s.Style.Monospace, "M"}, {s.Strike, "S"}, {s.Emoji != "", "E"}} {
				if m.set {
					mark += m.as
				}
			}
			if s.Link != "" {
				mark += "<" + s.Link + ">"
			}
			if mark != "" {
				mark += ":"
			}
			words = append(words, mark+s.Text)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, "\n")
}

func TestWrapRich(t *testing.T) {
	w := newWrapper(t)
	o := widgets.RichOptions{Mentions: map[string]widgets.Mention{"34600111222": {JID: "34600111222@c.us", Name: "Ana 🥖"}, "1": {JID: "1@lid"}}}
	tests := map[string]struct{ text, want string }{
		"plain":                    {"hola", "hola"},
		"bold":                     {"*hola*", "B:hola"},
		"bold words":               {"*hola mundo*", "B:hola B:mundo"},
		"italic":                   {"_hola_", "I:hola"},
		"strike":                   {"~hola~", "S:hola"},
		"code":                     {"`a*b*`", "M:a*b*"},
		"block":                    {"```uno\n  *dos*```", "M:uno\nM:*dos*"},
		"nested":                   {"*a _b ~c~_*", "B:a BI:b BIS:c"},
		"in a sentence":            {"(*a*), *b*.", "( B:a ), B:b ."},
		"inside a word":            {"snake_case_name 2*3*4", "snake_case_name 2*3*4"},
		"space after the mark":     {"* a * b", "* a * b"},
		"never closed":             {"*a b", "*a b"},
		"over a line break":        {"*a\nb*", "*a\nb*"},
		"empty":                    {"** __ ``", "** __ ``"},
		"closes at a word's end":   {"*a*b*", "B:a*b"},
		"only the first":           {"*a* *b", "B:a *b"},
		"around an emoji":          {"*a 😀*", "B:a BE:😀"},
		"other letters":            {"*日本* ñ*a*", "日本 ñ*a*"},
		"link":                     {"ve https://a.es/x_y_z?q=1&r=2#f.", "ve <https://a.es/x_y_z?q=1&r=2#f>:https://a.es/x_y_z?q=1&r=2#f ."},
		"bare":                     {"www.a.es, ya", "<https://www.a.es>:www.a.es , ya"},
		"in brackets":              {"(http://a.es/b_(c))", "( <http://a.es/b_(c)>:http://a.es/b_(c) )"},
		"in bold":                  {"*https://a.es*", "B<https://a.es>:https://a.es"},
		"upper case":               {"HTTPS://A.ES/B", "<https://a.es/B>:HTTPS://A.ES/B"},
		"another alphabet":         {"https://münchen.de", "<https://xn--mnchen-3ya.de>:https://münchen.de"},
		"other schemes":            {"javascript:alert(1) file:///etc/passwd ftp://a.es", "javascript:alert(1) file:///etc/passwd ftp://a.es"},
		"a user in front":          {"https://bank.es@evil.example/x", "https://bank.es@evil.example/x"},
		"no host":                  {"https:// http://localhost https://.", "https:// http://localhost https://."},
		"within a word":            {"xhttps://a.es", "xhttps://a.es"},
		"mention":                  {"hola @34600111222!", "hola <mention:34600111222@c.us>:@Ana E<mention:34600111222@c.us>:🥖 !"},
		"unknown mention":          {"@34999 @1 @", "@34999 @1 @"},
		"an address is no mention": {"a@34600111222", "a@34600111222"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, rich(w.WrapRich(tt.text, o, wrapSize, plainStyle, 4000, 0)))
		})
	}
}

func TestWrapPlainHasNoFormatting(t *testing.T) {
	w := newWrapper(t)
	require.Equal(t, "*a* https://a.es", rich(w.Wrap("*a* https://a.es", wrapSize, plainStyle, 4000, 0)))
}

func TestWrapOrdersByLevels(t *testing.T) {
	w := newWrapper(t)
	tests := map[string]struct{ text, want string }{
		"number after arabic":      {"Hello مرحبا 123 end", "Hello 123 مرحبا end"},
		"price in arabic":          {"السعر 4,50 € الآن", "الآن € 4,50 السعر"},
		"time in hebrew":           {"ב 15:30 היום", "היום 15:30 ב"},
		"arabic digits":            {"رقم ١٢٣", "١٢٣ رقم"},
		"emoji at the end":         {"شكرا 😀", "😀 شكرا"},
		"emoji between":            {"شكرا 😀 جزيلا", "جزيلا 😀 شكرا"},
		"emoji in latin":           {"abc 😀 שלום", "abc 😀 שלום"},
		"link in arabic":           {"من https://a.es/x?y=1 شكرا", "شكرا https://a.es/x?y=1 من"},
		"brackets around latin":    {"אבג (abc) דהו", "דהו (abc) אבג"},
		"brackets around hebrew":   {"see (שלום) now", "see (שלום) now"},
		"sign after a number":      {"عدد 5%", "%5 عدد"},
		"arabic name in a list":    {"for أحمد: ok", "for أحمد: ok"},
		"question mark at the end": {"מה?", "?מה"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := w.Wrap(tt.text, wrapSize, plainStyle, 4000, 0)
			require.Equal(t, []string{tt.want}, lineTexts(got))
		})
	}
}

func TestWrapReplacesWhatMisleadsOrCannotBeDrawn(t *testing.T) {
	w := newWrapper(t)
	tests := map[string]struct{ text, want string }{
		"control characters": {"a\x00b\x1bc\x7fd\u009be", "abcde"},
		"overrides":          {"\u202eabc\u202c \u2066x\u2069", "abc x"},
		"soft hyphen, BOM":   {"a\u00adb\ufeffc", "abc"},
		"private use":        {"a\ue000b", "a▯b"},
		"replacement":        {"a\ufffdb\xffc", "a▯b▯c"},
		"alike":              {"\U0002f800", "丽"},
		"lone selector":      {"a\ufe0fb", "ab"},
		"tags":               {"a\U000e0041b", "ab"},
		"text heart":         {"❤\ufe0e a", "❤ a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{tt.want}, lineTexts(w.Wrap(tt.text, wrapSize, plainStyle, 4000, 0)))
		})
	}
	marks := lineTexts(w.Wrap("z"+strings.Repeat("\u0301", 500)+"a", wrapSize, plainStyle, 4000, 0))[0]
	require.Equal(t, "z"+strings.Repeat("\u0301", 8)+"a", marks)
}

// TestWrapKeepsEveryScript holds the conversation of the gallery, and every
// emoji, against what must be true of any text.
func TestWrapKeepsEveryScript(t *testing.T) {
	w := newWrapper(t)
	texts := append(strings.Split(strings.Join(scripts[:11], "\n"), "\n"), strings.Join(emoji.Sequences()[:2000], ""), strings.Join(emoji.Sequences()[2000:], " "))
	for _, text := range texts {
		for _, limit := range []float32{30, 90, 300, 900} {
			got := w.WrapRich(text, widgets.RichOptions{}, wrapSize, plainStyle, limit, 0)
			for _, l := range got.Lines {
				require.True(t, l.Width <= limit || len(l.Spans) == 1, "%q at %v: %q", text, limit, lineText(l))
				x := float32(0)
				for _, s := range l.Spans {
					require.GreaterOrEqual(t, s.X, x-0.01, "spans do not overlap")
					x = s.X + s.Width
					require.NotContains(t, s.Text, "▯", "%.80q", text)
					require.NotContains(t, s.Text, "�")
					require.Equal(t, s.Emoji != "", emoji.Match(s.Text) == len(s.Text))
				}
			}
		}
	}
}

func TestTextsOfTheSimulatorCanBeDrawn(t *testing.T) {
	w := newWrapper(t)
	files, err := filepath.Glob("../../sync/simulator/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || strings.HasSuffix(file, "_test.go") {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			require.NoError(t, err)
			if !utf8.ValidString(text) || text == "\ufffd" {
				return true // a file, or what json.go looks for
			}
			for _, l := range w.Wrap(text, wrapSize, plainStyle, 400, 0).Lines {
				for _, s := range l.Spans {
					require.NotContains(t, s.Text, "▯", "%s: %q", file, text)
				}
			}
			return true
		})
	}
}

// TestWrapOfHostileTexts ends at all; how fast it does is measured by a benchmark.
func TestWrapOfHostileTexts(t *testing.T) {
	w := newWrapper(t)
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			got := w.WrapRich(text, widgets.RichOptions{}, wrapSize, plainStyle, 300, 30)
			require.LessOrEqual(t, len(got.Lines), 30)
			require.True(t, got.Cut)
		})
	}
}

func hostile() map[string]string {
	return map[string]string{
		"one word":    strings.Repeat("x", 1<<20),
		"words":       strings.Repeat("palabra ", 1<<17),
		"emoji":       strings.Repeat("👩🏾‍💻😀🇪🇸", 4_000),
		"stars":       strings.Repeat("*a ", 1<<18),
		"marks":       strings.Repeat("*_~`", 1<<18),
		"brackets":    strings.Repeat("(א", 1<<18),
		"links":       strings.Repeat("http://", 1<<17),
		"long link":   "https://a.es/" + strings.Repeat(")", 1<<20),
		"arabic":      strings.Repeat("مرحبا 12 (abc) ", 1<<15),
		"chinese":     strings.Repeat("中文，", 1<<17),
		"zalgo":       strings.Repeat("z"+strings.Repeat("\u0301", 50), 1<<13),
		"unknown":     strings.Repeat("\U00020000\ue000", 1<<16),
		"line breaks": strings.Repeat("\n", 1<<20),
	}
}

func BenchmarkWrapHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			w := newWrapper(b)
			for b.Loop() {
				w.WrapRich(text, widgets.RichOptions{}, wrapSize, plainStyle, 300, 30)
			}
		})
	}
}

// BenchmarkWrapRich5000 wraps a message of 5,000 characters with formatting,
// links and emoji: for the first time with known words, and the same again at
// other widths.
func BenchmarkWrapRich5000(b *testing.B) {
	text := strings.Repeat("Buenos días, ¿tienen *pan de centeno* para mañana? 🥖 https://example.com/a ", 66)
	for name, text := range map[string]string{"rich": text, "plain": strings.Repeat("Buenos días, ¿tienen pan de centeno para mañana? ", 102)} {
		b.Run(name, func(b *testing.B) {
			w := newWrapper(b)
			w.WrapRich(text, widgets.RichOptions{}, wrapSize, plainStyle, 300, 0)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				w.WrapRich(text, widgets.RichOptions{}, wrapSize, plainStyle, 300+float32(i%100), 0)
			}
		})
	}
}

func FuzzWrapRich(f *testing.F) {
	for i, s := range scripts {
		f.Add(s, float64(20+i*60))
	}
	f.Add("*a _b* c_ ```d", 10.0)
	w := newWrapper(f)
	f.Fuzz(func(t *testing.T, text string, limit float64) {
		if len(text) > 4000 {
			return
		}
		o := widgets.RichOptions{Mentions: map[string]widgets.Mention{"1": {JID: "1@c.us", Name: "x\ny"}}}
		got := w.WrapRich(text, o, wrapSize, plainStyle, float32(limit), 50)
		require.NotEmpty(t, got.Lines)
		for _, l := range got.Lines {
			for _, s := range l.Spans {
				require.NotEmpty(t, s.Text)
				require.NotContains(t, s.Text, "\ufffd", fmt.Sprintf("%q", text))
			}
		}
	})
}

// BenchmarkNewWord measures a word that never came before, which is what
// opening a conversation costs, by the font that it needs.
func BenchmarkNewWord(b *testing.B) {
	for name, alphabet := range map[string]string{"latin": "abcdefghijklmnop", "arabic": "ابتثجحخدذرزسشصضط", "hindi": "कखगघचछजझटठडढणतथद", "chinese": "的一是在不了有和人这中大为上个国"} {
		b.Run(name, func(b *testing.B) {
			w := newWrapper(b)
			letters := []rune(alphabet)
			w.Width(alphabet, wrapSize, plainStyle)
			for i := 0; b.Loop(); i++ {
				word := []rune{letters[i&15], letters[i>>4&15], letters[i>>8&15], letters[i>>12&15], letters[i>>16&15]}
				w.Width(string(word), wrapSize, plainStyle)
			}
		})
	}
}
