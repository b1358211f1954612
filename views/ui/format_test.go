package ui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// at returns an instant by its UTC date; the test's zone is an hour east.
func at(year int, month time.Month, day, hour, minute int) model.Stamp {
	return model.StampOf(time.Date(year, month, day, hour, minute, 0, 0, time.UTC))
}

func TestFormatTimes(t *testing.T) {
	en := viewtest.NewTestContext(t) // Monday, 23 November 2026, 11:42 in the test's zone
	es := viewtest.NewTestContext(t, viewtest.Spanish())
	for _, c := range []struct {
		at                                               model.Stamp
		time, whenEN, whenES, dayEN, dayES, fullEN, full string
	}{
		{at(2026, 11, 23, 9, 5), "10:05", "10:05", "10:05", "Today", "Hoy", "23 Nov 2026, 10:05", "23 nov 2026, 10:05"},
		{at(2026, 11, 22, 23, 30), "00:30", "00:30", "00:30", "Today", "Hoy", "23 Nov 2026, 00:30", "23 nov 2026, 00:30"},
		{at(2026, 11, 22, 22, 30), "23:30", "Yesterday", "Ayer", "Yesterday", "Ayer", "22 Nov 2026, 23:30", "22 nov 2026, 23:30"},
		{at(2026, 11, 18, 12, 0), "13:00", "Wednesday", "miércoles", "Wednesday, 18 November 2026", "miércoles, 18 de noviembre de 2026", "18 Nov 2026, 13:00", "18 nov 2026, 13:00"},
		{at(2026, 11, 16, 12, 0), "13:00", "16 Nov", "16 nov", "Monday, 16 November 2026", "lunes, 16 de noviembre de 2026", "16 Nov 2026, 13:00", "16 nov 2026, 13:00"},
		{at(2025, 1, 1, 12, 0), "13:00", "1 Jan 2025", "1 ene 2025", "Wednesday, 1 January 2025", "miércoles, 1 de enero de 2025", "1 Jan 2025, 13:00", "1 ene 2025, 13:00"},
		{at(2026, 11, 24, 12, 0), "13:00", "24 Nov", "24 nov", "Tuesday, 24 November 2026", "martes, 24 de noviembre de 2026", "24 Nov 2026, 13:00", "24 nov 2026, 13:00"},
		{0, "", "", "", "", "", "never", "nunca"},
	} {
		require.Equal(t, c.time, en.FormatTime(c.at))
		require.Equal(t, c.whenEN, en.FormatWhen(c.at))
		require.Equal(t, c.whenES, es.FormatWhen(c.at))
		require.Equal(t, c.dayEN, en.FormatDay(c.at))
		require.Equal(t, c.dayES, es.FormatDay(c.at))
		require.Equal(t, c.fullEN, en.FormatDateTime(c.at))
		require.Equal(t, c.full, es.FormatDateTime(c.at))
	}
}

func TestFormatAgo(t *testing.T) {
	en := viewtest.NewTestContext(t)
	es := viewtest.NewTestContext(t, viewtest.Spanish())
	for _, c := range []struct {
		ago    time.Duration
		en, es string
	}{
		{-time.Hour, "just now", "ahora mismo"},
		{59 * time.Second, "just now", "ahora mismo"},
		{2 * time.Minute, "2 min ago", "hace 2 min"},
		{time.Hour, "1 hour ago", "hace 1 hora"},
		{5*time.Hour + 59*time.Minute, "5 hours ago", "hace 5 horas"},
		{24 * time.Hour, "1 day ago", "hace 1 día"},
		{72 * time.Hour, "3 days ago", "hace 3 días"},
		{40 * 24 * time.Hour, "14 Oct 2026", "14 oct 2026"},
	} {
		when := model.StampOf(viewtest.Start().Add(-c.ago))
		require.Equal(t, c.en, en.FormatAgo(when))
		require.Equal(t, c.es, es.FormatAgo(when))
	}
	require.Equal(t, "nunca", es.FormatAgo(0))
}

func TestFormatNumbers(t *testing.T) {
	en := viewtest.NewTestContext(t)
	es := viewtest.NewTestContext(t, viewtest.Spanish())
	require.Equal(t, "1,234,567", en.FormatNumber(1234567))
	require.Equal(t, "1.234.567", es.FormatNumber(1234567))
	require.Equal(t, "12", es.FormatNumber(12))
	for n, want := range map[int64]string{0: "", 999: "999 B", 1400: "1,4 kB", 12_345_678: "12 MB", 999_999: "1,0 MB", 3_000_000_000: "3,0 GB"} {
		require.Equal(t, want, es.FormatBytes(n))
	}
	require.Equal(t, "1.4 MB", en.FormatBytes(1_400_000))
	for n, want := range map[int]string{0: "", 12: "0:12", 75: "1:15", 3723: "1:02:03"} {
		require.Equal(t, want, en.FormatSeconds(n))
	}
	for ms, want := range map[int64]string{-5: "0 ms", 350: "350 ms", 2400: "2,4 s", 205_000: "3:25"} {
		require.Equal(t, want, es.FormatMillis(ms))
	}
}

func TestFormatPhone(t *testing.T) {
	b := viewtest.NewTestContext(t)
	require.Equal(t, "+34 600 11 12 22", b.FormatPhone("34600111222"))
	require.Equal(t, "+34 600 11 12 22", b.FormatPhone("34600111222"))
	require.Equal(t, "+1 202-555-0123", b.FormatPhone("12025550123"))
	require.Equal(t, "+99999999999", b.FormatPhone("99999999999"))
	require.Empty(t, b.FormatPhone(""))
}

func TestMessagePreview(t *testing.T) {
	en := viewtest.NewTestContext(t)
	es := viewtest.NewTestContext(t, viewtest.Spanish())
	row := func(kind model.ConversationKind, typ model.MessageType, text string) model.ConversationRow {
		return model.ConversationRow{Kind: kind, LastType: typ, LastText: text, LastAuthor: "Juan"}
	}
	mine := row(model.KindGroup, model.TypeChat, "hello")
	mine.LastFromMe = true
	for _, c := range []struct {
		row    model.ConversationRow
		en, es string
	}{
		{row(model.KindPerson, model.TypeChat, "hello\n\tthere"), "hello there", "hello there"},
		{row(model.KindPerson, "", ""), "", ""},
		{row(model.KindPerson, model.TypeImage, ""), "Photo", "Foto"},
		{row(model.KindPerson, model.TypeImage, "the cake"), "Photo: the cake", "Foto: the cake"},
		{row(model.KindPerson, model.TypeVoice, ""), "Voice message", "Mensaje de voz"},
		{row(model.KindPerson, model.TypeLocation, ""), "Location", "Ubicación"},
		{row(model.KindPerson, model.TypeRevoked, "secret"), "This message was deleted", "Este mensaje se eliminó"},
		{row(model.KindPerson, model.TypeRemoved, "secret"), "You deleted this message for yourself", "Has eliminado este mensaje para ti"},
		{row(model.KindPerson, "brand_new_type", ""), "A kind of message that Buzón cannot show yet", "Un tipo de mensaje que Buzón todavía no puede mostrar"},
		{row(model.KindPerson, "brand_new_type", "still readable"), "still readable", "still readable"},
		{row(model.KindGroup, model.TypeChat, "hello"), "Juan: hello", "Juan: hello"},
		{row(model.KindGroup, model.TypeDocument, "a.pdf"), "Juan: Document: a.pdf", "Juan: Documento: a.pdf"},
		{row(model.KindGroup, model.TypeGroupNotice, ""), "Group notice", "Aviso del grupo"},
		{row(model.KindPerson, "list", ""), "List of options", "Lista de opciones"},
		{row(model.KindPerson, "list_response", "12 croissants"), "12 croissants", "12 croissants"},
		{row(model.KindGroup, "scheduled_event_creation", ""), "Juan: Event", "Juan: Evento"},
		{mine, "hello", "hello"},
	} {
		require.Equal(t, c.en, en.MessagePreview(c.row))
		require.Equal(t, c.es, es.MessagePreview(c.row))
	}
	voice := model.MessageRow{Message: model.Message{Type: model.TypeVoice, Details: model.EncodeDetails(model.MessageDetails{Media: &model.MediaInfo{Seconds: 12}})}}
	require.Equal(t, "Voice message 0:12", en.MessageSummary(voice))
	require.Equal(t, "Mensaje de voz 0:12", es.MessageSummary(voice))
}

// The kinds that the contract names (§9.4) all have a name that people understand.
func TestEveryKindOfTheGatewayHasAPlainName(t *testing.T) {
	for _, lang := range translations.Languages() {
		b := viewtest.NewTestContext(t, viewtest.Language(lang))
		sentence := b.MessageTypeText("brand_new_type")
		for _, typ := range []model.MessageType{
			"image", "video", "audio", "ptt", "document", "sticker", "location", "vcard", "multi_vcard", "poll_creation", "revoked", "call_log", "ciphertext",
			"e2e_notification", "gp2", "notification_template", "groups_v4_invite", "album", "interactive", "native_flow", "list", "list_response", "buttons",
			"buttons_response", "template_button_reply", "order", "product", "payment", "reaction", "protocol", "broadcast_notification", "group_notification",
			"notification", "hsm", "oversized", "debug", "scheduled_event_creation", "event_creation", "poll_update", "pinned_message",
			"newsletter_notification", "newsletter_admin_invite",
		} {
			word := b.MessageTypeText(typ)
			require.NotEmpty(t, word, typ)
			require.NotEqual(t, sentence, word, typ)
			require.NotContains(t, word, "_", typ)
			require.False(t, ui.MessageTypeUnknown(typ), typ)
			require.Equal(t, word, b.MessagePreview(model.ConversationRow{LastType: typ}), typ)
			require.Equal(t, word, b.MessageSummary(model.MessageRow{Message: model.Message{Type: typ}}), typ)
		}
		for _, typ := range []model.MessageType{"brand_new_type", model.TypeUnknown} {
			require.Equal(t, sentence, b.MessageTypeText(typ))
			require.True(t, ui.MessageTypeUnknown(typ))
		}
		require.NotContains(t, sentence, "brand_new_type")
	}
}

func TestEveryMessageTypeAndAckHasWords(t *testing.T) {
	for _, lang := range translations.Languages() {
		b := viewtest.NewTestContext(t, viewtest.Language(lang))
		for _, typ := range []model.MessageType{
			model.TypeImage, model.TypeVideo, model.TypeAudio, model.TypeVoice, model.TypeDocument, model.TypeSticker,
			model.TypeLocation, model.TypeContact, model.TypeContacts, model.TypePoll, model.TypeRevoked, model.TypeRemoved, model.TypeCall,
			model.TypeCiphertext, model.TypeGroupInvite, model.TypeAlbum, model.TypeOrder, model.TypeProduct,
			model.TypeGroupNotice, model.TypeE2ENotice, "notification", "x",
		} {
			word := b.MessageTypeText(typ)
			require.NotEmpty(t, word, typ)
			require.NotContains(t, word, "format.", typ)
		}
		require.Empty(t, b.MessageTypeText(model.TypeChat))
		seen := map[string]bool{}
		for a := model.AckError; a <= model.AckPlayed; a++ {
			word := b.FormatAck(a)
			require.NotContains(t, word, "format.")
			require.False(t, seen[word], word)
			seen[word] = true
		}
	}
}

func TestEveryProblemSaysWhyAndWhatToDo(t *testing.T) {
	for _, lang := range translations.Languages() {
		b := viewtest.NewTestContext(t, viewtest.Language(lang))
		for _, kind := range model.ProblemKinds() {
			require.True(t, b.Text.Has("problem."+string(kind)+".why"), "%s: %s", lang, kind)
			require.True(t, b.Text.Has("problem."+string(kind)+".do"), "%s: %s", lang, kind)
		}
		why, do := b.ProblemText(model.Problem{Kind: "no_such_kind"})
		internalWhy, internalDo := b.ProblemText(model.Problem{Kind: model.ProblemInternal})
		require.Equal(t, internalWhy, why)
		require.Equal(t, internalDo, do)
	}
	b := viewtest.NewTestContext(t)
	why, _ := b.ProblemText(model.Problem{Kind: model.ProblemServer, Said: "Session\nclosed."})
	require.True(t, strings.HasSuffix(why, " The gateway says: “Session closed”."), why)
}

func BenchmarkFormatWhen(b *testing.B) {
	c := viewtest.NewTestContext(b, viewtest.Spanish())
	for b.Loop() {
		c.FormatWhen(at(2025, 1, 1, 12, 0))
	}
}

func BenchmarkFormatPhone(b *testing.B) {
	c := viewtest.NewTestContext(b)
	for b.Loop() {
		c.FormatPhone("34600111222")
	}
}

func TestStatusUpdatesAreCalledByTheirKind(t *testing.T) {
	require.Equal(t, "Estados", viewtest.NewTestContext(t, viewtest.Spanish()).NameOf(model.StatusJID, "status"))
	require.Equal(t, "Ana", viewtest.NewTestContext(t).NameOf("34600111222@c.us", "Ana"))
}
