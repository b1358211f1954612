package widgets_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/widgets"
)

const wrapSize = 14

// newWrapper measures with the fonts that the program brings along.
func newWrapper(t testing.TB) *widgets.Wrapper {
	test.NewTempApp(t).Settings().SetTheme(apptheme.New(apptheme.VariantLight))
	return widgets.NewWrapper()
}

// text joins the spans of a line as they stand on the screen.
func lineText(l widgets.WrappedLine) string {
	var b strings.Builder
	for i, s := range l.Spans {
		if i > 0 && s.X > l.Spans[i-1].X+l.Spans[i-1].Width+1 {
			b.WriteByte(' ')
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

func lineTexts(w widgets.Wrapped) []string {
	var list []string
	for _, l := range w.Lines {
		list = append(list, lineText(l))
	}
	return list
}

func TestWrapCorpus(t *testing.T) {
	w := newWrapper(t)
	width := func(s string) float32 { return w.Width(s, wrapSize, fyne.TextStyle{}) }
	tests := map[string]struct {
		text  string
		limit float32
		want  []string
	}{
		"empty":               {"", 100, []string{""}},
		"one word":            {"hola", 100, []string{"hola"}},
		"only spaces":         {"   ", 100, []string{""}},
		"breaks at spaces":    {"uno dos tres", width("uno dos") + 2, []string{"uno dos", "tres"}},
		"exactly fits":        {"uno dos", width("uno dos") + 0.5, []string{"uno dos"}},
		"keeps line breaks":   {"uno\n\ndos\n", 100, []string{"uno", "", "dos", ""}},
		"many spaces":         {"uno    dos", width("uno") + 5, []string{"uno", "dos"}},
		"windows line breaks": {"uno\r\ndos", 100, []string{"uno", "dos"}},
		"no-break space":      {"10\u00a0€ y más", width("10\u00a0€") + 3, []string{"10\u00a0€", "y", "más"}},
		"long word":           {"aaaaaaaaaa", width("aaaa") + 1, []string{"aaaa", "aaaa", "aa"}},
		"word after long":     {"aaaaaa bb", width("aaaa bb") + 1, []string{"aaaaaa", "bb"}},
		"zero width space":    {"abc\u200bdef", width("abc") + 1, []string{"abc", "def"}},
		"chinese":             {"中文字符换行", width("中文") + 1, []string{"中文", "字符", "换行"}},
		"chinese punctuation": {"中文，字符", width("中文") + 1, []string{"中", "文，", "字符"}},
		"japanese brackets":   {"あい「う」", width("あい「") + 1, []string{"あい", "「う」"}},
		"chinese and latin":   {"使用API吧", width("使用") + width("API") + 1, []string{"使用API", "吧"}},
		"korean":              {"안녕 하세요", width("안녕") + 2, []string{"안녕", "하세", "요"}},
		"flags stay whole":    {"🇪🇸🇪🇸🇪🇸", width("🇪🇸") + 1, []string{"🇪🇸", "🇪🇸", "🇪🇸"}},
		"families stay whole": {"👨‍👩‍👧👨‍👩‍👧", width("👨‍👩‍👧") + 1, []string{"👨‍👩‍👧", "👨‍👩‍👧"}},
		"marks stay":          {"e\u0301e\u0301e\u0301", width("e\u0301") * 1.5, []string{"e\u0301", "e\u0301", "e\u0301"}},
		"hebrew words":        {"שלום עולם", 400, []string{"עולם שלום"}},
		"number in arabic":    {"رقم الطلب 4512", 400, []string{"4512 الطلب رقم"}},
		"latin in arabic":     {"مرحبا hello world عالم", 400, []string{"عالم hello world مرحبا"}},
		"arabic in latin":     {"Hello مرحبا 123 end", 400, []string{"Hello 123 مرحبا end"}},
		"full stop in arabic": {"شكرا.", 400, []string{".شكرا"}},
		"brackets in hebrew":  {"(שלום)", 400, []string{"(שלום)"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := w.Wrap(tt.text, wrapSize, fyne.TextStyle{}, tt.limit, 0)
			require.Equal(t, tt.want, lineTexts(got))
			require.False(t, got.Cut)
		})
	}
}

func TestWrapNeverLosesOrOverflows(t *testing.T) {
	w := newWrapper(t)
	texts := []string{
		"https://example.com/" + strings.Repeat("path/", 60) + "?q=1 end",
		strings.Repeat("palabra ", 300),
		strings.Repeat("😀", 300),
		strings.Repeat("中文。", 100),
		"Factura nº 4512: 1.250,00 €\nGracias por su compra, ¡hasta pronto! 👍🏽",
		"z" + strings.Repeat("\u0301", 8),
	}
	for _, text := range texts {
		for _, limit := range []float32{40, 120, 333, 700} {
			got := w.Wrap(text, wrapSize, fyne.TextStyle{}, limit, 0)
			var all strings.Builder
			for _, l := range got.Lines {
				require.LessOrEqual(t, l.Width, limit, "%q", lineText(l))
				for _, s := range l.Spans {
					require.LessOrEqual(t, s.X+s.Width, limit+0.01)
					all.WriteString(s.Text)
				}
			}
			require.Equal(t, strings.Join(strings.Fields(text), ""), all.String())
		}
	}
}

func TestWrapRightToLeftParagraphs(t *testing.T) {
	w := newWrapper(t)
	got := w.Wrap("مرحبا\nhello\n123 שלום", wrapSize, fyne.TextStyle{}, 300, 0)
	require.Len(t, got.Lines, 3)
	require.True(t, got.Lines[0].RTL)
	require.False(t, got.Lines[1].RTL)
	require.True(t, got.Lines[2].RTL, "digits do not decide the direction")
}

func TestWrapStopsAtTheCap(t *testing.T) {
	w := newWrapper(t)
	text := strings.Repeat("una palabra tras otra ", 20_000)
	got := w.Wrap(text, wrapSize, fyne.TextStyle{}, 200, 30)
	require.Len(t, got.Lines, 30)
	require.True(t, got.Cut)

	require.False(t, w.Wrap("a\nb", wrapSize, fyne.TextStyle{}, 200, 2).Cut)
	require.True(t, w.Wrap("a\nb\nc", wrapSize, fyne.TextStyle{}, 200, 2).Cut)
	require.True(t, w.Wrap("uno dos", wrapSize, fyne.TextStyle{}, w.Width("uno", wrapSize, fyne.TextStyle{})+1, 1).Cut)
}

func TestFitEndsWithAnEllipsis(t *testing.T) {
	w := newWrapper(t)
	limit := w.Width("Panadería", wrapSize, fyne.TextStyle{})
	got := w.Fit("Panadería La Espiga", wrapSize, fyne.TextStyle{}, limit+20)
	require.LessOrEqual(t, got.Width, limit+20)
	require.True(t, strings.HasSuffix(lineText(got), "…"))
	require.Equal(t, "Ana García", lineText(w.Fit("Ana\nGarcía", wrapSize, fyne.TextStyle{}, 400)))
	require.Equal(t, "", lineText(w.Fit("", wrapSize, fyne.TextStyle{}, 400)))
}

func FuzzWrap(f *testing.F) {
	for _, s := range []string{"hola", "مرحبا 123 (abc)", "中文, abc", "\u202e\u0000\xff", "a\u200db", "🇪🇸🇪", "\u2029א\u2029ב"} {
		f.Add(s, 100.0)
	}
	test.NewApp().Settings().SetTheme(apptheme.New(apptheme.VariantLight))
	w := widgets.NewWrapper()
	f.Fuzz(func(t *testing.T, text string, limit float64) {
		if len(text) > 2000 {
			return
		}
		got := w.Wrap(text, wrapSize, fyne.TextStyle{}, float32(limit), 50)
		require.NotEmpty(t, got.Lines)
		require.LessOrEqual(t, len(got.Lines), 50)
		for _, l := range got.Lines {
			for _, s := range l.Spans {
				require.NotEmpty(t, s.Text)
				if utf8.ValidString(text) {
					require.True(t, utf8.ValidString(s.Text))
				}
			}
		}
	})
}

func BenchmarkWrap(b *testing.B) {
	w := newWrapper(b)
	text := strings.Repeat("Buenos días, ¿tienen pan de centeno para mañana? ", 6)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Wrap(text, wrapSize, fyne.TextStyle{}, 300+float32(i%100), 0)
	}
}
