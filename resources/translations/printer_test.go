package translations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/translations"
)

func printer(t *testing.T, lang string) *translations.Printer {
	t.Helper()
	p, err := translations.New(lang)
	require.NoError(t, err)
	return p
}

func TestPrinterSpeaksBothLanguages(t *testing.T) {
	en, es := printer(t, "en"), printer(t, "es")
	require.Equal(t, "Cancel", en.T("common.cancel"))
	require.Equal(t, "Cancelar", es.T("common.cancel"))
	require.Equal(t, "en", en.Lang())
	require.Equal(t, "es", es.Lang())
	require.Equal(t, "en", printer(t, "fr").Lang())
}

func TestPrinterFillsInValuesAndPlurals(t *testing.T) {
	es := printer(t, "es")
	require.Equal(t, "hace 1 hora", es.N("format.ago.hours", 1))
	require.Equal(t, "hace 5 horas", es.N("format.ago.hours", 5))
	require.Equal(t, "hace 1.000 días", es.N("format.ago.days", 1000, translations.Data{"Count": "1.000"}))
	require.Equal(t, "Ana: hola & <adiós>", es.T("format.preview.author", translations.Data{"Author": "Ana", "Text": "hola & <adiós>"}))
	require.Equal(t, "Cancelar", es.N("common.cancel", 3))
}

func TestPrinterTreatsValuesAsText(t *testing.T) {
	got := printer(t, "en").T("format.preview.author", translations.Data{"Author": "{{.Text}}", "Text": "{{nonsense"})
	require.Equal(t, "{{.Text}}: {{nonsense", got)
}

func TestPrinterReturnsAKeyThatHasNoText(t *testing.T) {
	p := printer(t, "en")
	require.Equal(t, "no.such.key", p.T("no.such.key"))
	require.Equal(t, "no.such.key", p.N("no.such.key", 2))
	require.False(t, p.Has("no.such.key"))
	require.True(t, p.Has("common.cancel"))
	require.True(t, p.Has("format.ago.hours"))
}

func TestFromEnvironment(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", "en"},
		{"", "", "es_ES.UTF-8", "es"},
		{"", "", "de_DE.UTF-8", "en"},
		{"", "es_MX", "en_US", "es"},
		{"en_GB", "es_MX", "es_ES", "en"},
		{"ES", "", "", "es"},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		require.Equal(t, c.want, translations.FromEnvironment(), "%+v", c)
	}
}

func BenchmarkPlainText(b *testing.B) {
	p, err := translations.New("es")
	require.NoError(b, err)
	for b.Loop() {
		p.T("common.cancel")
	}
}

func BenchmarkTextWithValues(b *testing.B) {
	p, err := translations.New("es")
	require.NoError(b, err)
	for b.Loop() {
		p.T("format.preview.author", translations.Data{"Author": "Ana", "Text": "hola"})
	}
}
