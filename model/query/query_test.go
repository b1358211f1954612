package query_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model/query"
)

// now is a Tuesday, in a zone that is ahead of UTC.
func now(t testing.TB) (time.Time, *time.Location) {
	t.Helper()
	loc := time.FixedZone("CET", 3600)
	return time.Date(2026, 11, 24, 18, 30, 0, 0, loc), loc
}

// show writes a query down in one line.
func show(q query.Query) string {
	var parts []string
	for _, w := range q.Words {
		s := w.Text
		if w.Phrase {
			s = "«" + s + "»"
		}
		if w.Prefix {
			s += "*"
		}
		if w.Not {
			s = "!" + s
		}
		parts = append(parts, s)
	}
	for _, f := range q.Filters {
		s := string(f.Field) + "=" + f.Value
		if f.Not {
			s = "!" + s
		}
		parts = append(parts, s)
	}
	day := func(name string, t time.Time) {
		if !t.IsZero() {
			parts = append(parts, name+t.Format("2006-01-02"))
		}
	}
	day(">=", q.Since)
	day("<", q.Until)
	for _, r := range q.Not {
		parts = append(parts, "!"+r.Since.Format("2006-01-02")+"/"+r.Until.Format("2006-01-02"))
	}
	return strings.Join(parts, " ")
}

func TestParse(t *testing.T) {
	at, loc := now(t)
	for text, want := range map[string]string{
		"": "", "   ": "", "***": "", "-": "", "( )": "", `""`: "", `"`: "",
		"hola": "hola*", "hola ": "hola", "hola mundo": "hola mundo*", "hol* mundo ": "hol* mundo", "camion*": "camion*",
		`"buenos días"`: "«buenos días»", `"sin cerrar`: "«sin cerrar»", `pan "de ayer" y`: "pan «de ayer» y*",
		"-pan": "!pan", `-"pan de"`: "!«pan de»", "e-mail": "e-mail*", "--x": "--x*", "- pan": "pan*", "pan -leche": "pan* !leche",
		"😀": "😀*", "明天": "明天*", "\x00pan\x00 ": "pan", "a\xffb ": "a b", `"a` + "\x00" + `b"`: "«a b»",

		"from:ana": "from=ana", `from:"Ana García" pan`: "pan* from=Ana García", "de:ana": "from=ana", `DE:Ana`: "from=Ana",
		"-from:ana": "!from=ana", "from:me": "is=mine", "de:mí": "is=mine", "de:yo": "is=mine", "in:obrador": "in=obrador", "en:obrador": "in=obrador",
		"from:": "", "hola from:": "hola*", "from: ana": "from: ana*", `from:""`: "", `in:"Ana`: "in=Ana", "from:34 ": "from=34",
		"has:image": "has=image", "has:Fotos": "has=image", "tiene:imagen": "has=image", "tiene:vídeo": "has=video", "has:video": "has=video",
		"tiene:voz": "has=audio", "has:file": "has=document", "tiene:enlace": "has=link", "tiene:ubicación": "has=location", "-has:link": "!has=link",
		"has:zebra": "has:zebra*", "tiene:x pan": "tiene:x pan*",
		"is:unread": "is=unread", "es:no-leído": "is=unread", `es:"no leído"`: "is=unread", "is:starred": "is=starred", "es:destacado": "is=starred",
		"is:mine": "is=mine", "es:mío": "is=mine", "is:group": "is=group", "es:grupo": "is=group", "is:archived": "is=archived", "es:archivado": "is=archived",
		"is:nothing": "is:nothing*", "http://x.y": "http://x.y*", "10:30": "10:30*", "nope:ana": "nope:ana*", "pan is:mine": "pan* is=mine", "pan  is:mine ": "pan* is=mine",

		"on:2026-11-24": ">=2026-11-24 <2026-11-25", "el:24/11/2026": ">=2026-11-24 <2026-11-25", "on:24.11.26": ">=2026-11-24 <2026-11-25",
		"on:24-11": ">=2026-11-24 <2026-11-25", "on:25-11": ">=2025-11-25 <2025-11-26", "on:11/25/2025": ">=2025-11-25 <2025-11-26",
		"on:today": ">=2026-11-24 <2026-11-25", "el:hoy": ">=2026-11-24 <2026-11-25", "on:yesterday": ">=2026-11-23 <2026-11-24", "el:ayer": ">=2026-11-23 <2026-11-24",
		"on:2025": ">=2025-01-01 <2026-01-01", "on:2025-02": ">=2025-02-01 <2025-03-01", "on:02/2025": ">=2025-02-01 <2025-03-01",
		"on:november": ">=2026-11-01 <2026-12-01", "el:diciembre": ">=2025-12-01 <2026-01-01", "on:3mar2024": ">=2024-03-03 <2024-03-04",
		`el:"24 de noviembre de 2025"`: ">=2025-11-24 <2025-11-25", `on:"nov 24, 2025"`: ">=2025-11-24 <2025-11-25", "on:29-02": ">=2024-02-29 <2024-03-01",
		"before:2026-11-24": "<2026-11-24", "antes:2025": "<2025-01-01", "after:2026-11-20": ">=2026-11-21", "después:ayer": ">=2026-11-24", "despues:2024": ">=2025-01-01",
		"after:2024 before:2026": ">=2025-01-01 <2026-01-01", "before:2024 before:2020": "<2020-01-01",
		"-on:today": "!2026-11-24/2026-11-25", "-before:2025": ">=2025-01-01", "-after:2025": "<2026-01-01",
		"on:2026-02-30": "on:2026-02-30*", "before:soon": "before:soon*", "on:32/13": "on:32/13*", "on:99999999999999999999": "on:99999999999999999999*", "on:1200": "on:1200*",
	} {
		require.Equal(t, want, show(query.Parse(text, at, loc)), "query %q", text)
	}
}

func TestParseIsCapped(t *testing.T) {
	at, loc := now(t)
	for _, text := range []string{strings.Repeat("a ", 50_000), strings.Repeat("x", 100_000), strings.Repeat(`"`, 100_000), strings.Repeat("from:a ", 20_000), strings.Repeat("ñ", 60_000)} {
		q := query.Parse(text, at, loc)
		require.LessOrEqual(t, len(q.Words)+len(q.Filters), query.MaxTerms)
		for _, w := range q.Words {
			require.LessOrEqual(t, len(w.Text), query.MaxBytes)
		}
	}
}

// inserted returns what the suggestions insert.
func inserted(text string, cursor int) string {
	var list []string
	for _, s := range query.Complete(text, cursor) {
		list = append(list, text[:s.From]+s.Insert+text[s.To:])
	}
	return strings.Join(list, "|")
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]string{
		"fr": "from:", "pan be": "pan before:", "desp": "después:", "-ha": "-has:", "a": "antes:|after:", "xyz": "",
		"has:i": "has:image ", "tiene:im": "tiene:imagen ", "is:": "is:unread |is:starred |is:mine |is:group |is:archived ",
		"es:dest": "es:destacado ", "from:an": "", `"from`: "", "has:image": "",
	} {
		require.Equal(t, want, inserted(text, len(text)), "text %q", text)
	}
	require.Len(t, query.Complete("", 0), 14)
	require.Equal(t, "has:image  pan", inserted("has:im pan", 6))
	for _, s := range query.Complete("", -5) {
		require.Contains(t, []string{"en", "es"}, s.Language)
		require.True(t, strings.HasPrefix(s.Key, "search.operator."))
	}
}

func TestCompletesName(t *testing.T) {
	text := `pan from:"Ana Gar" x`
	field, typed, from, to, ok := query.CompletesName(text, strings.Index(text, "Gar")+3)
	require.True(t, ok)
	require.Equal(t, query.From, field)
	require.Equal(t, "Ana Gar", typed)
	require.Equal(t, `pan from:"Ana García López" x`, text[:from]+query.Quote("Ana García López")+text[to:])
	_, _, _, _, ok = query.CompletesName(text, 2)
	require.False(t, ok)
	_, typed, _, _, ok = query.CompletesName("in:", 3)
	require.True(t, ok)
	require.Empty(t, typed)
	require.Equal(t, "Ana", query.Quote(`An"a`))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`"`, `from:"a`, "-", "--", "on:1/1", "has:", ":::", "is:\x00", "\xff:a", "before:２０２６", "a*", "de:de:de:", `-"`, "on:" + strings.Repeat("1", 50)} {
		f.Add(s, 3)
	}
	at, loc := now(f)
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		q := query.Parse(text, at, loc)
		for _, w := range q.Words {
			require.NotEmpty(t, w.Text)
			require.NotContains(t, w.Text, "\x00")
			require.NotContains(t, w.Text, `"`)
		}
		for _, s := range query.Complete(text, cursor) {
			require.True(t, 0 <= s.From && s.From <= s.To && s.To <= len(text))
		}
		if _, _, from, to, ok := query.CompletesName(text, cursor); ok {
			require.True(t, 0 <= from && from <= to && to <= len(text))
		}
	})
}
