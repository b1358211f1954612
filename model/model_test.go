package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestParseJID(t *testing.T) {
	for in, want := range map[string]model.JID{
		"34600111222@c.us":            "34600111222@c.us",
		"34600111222@s.whatsapp.net":  "34600111222@c.us",
		"102817356329071@lid":         "102817356329071@lid",
		"34600111222-1500000000@g.us": "34600111222-1500000000@g.us",
		"status@broadcast":            model.StatusJID,
	} {
		got, err := model.ParseJID(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got)
	}
	for _, in := range []string{"", "@", "a@", "@c.us", "a@b@c", "../x@c.us", "a b@c.us", "a\x00@c.us", "\u202e1@c.us", strings.Repeat("1", 200) + "@c.us"} {
		_, err := model.ParseJID(in)
		require.ErrorIs(t, err, model.ErrInvalidJID, "%q", in)
	}
}

func TestPhoneComesOnlyFromPhoneIDs(t *testing.T) {
	require.Equal(t, model.Phone("34600111222"), model.JID("34600111222@c.us").Phone())
	require.Equal(t, model.Phone("34600111222"), model.JID("34600111222:12@c.us").Phone())
	for _, jid := range []model.JID{"102817356329071@lid", "120363000000000000@g.us", "0@c.us", "status@broadcast", "abc@c.us"} {
		require.Empty(t, jid.Phone(), jid)
	}
}

func TestMessageIDFollowsTime(t *testing.T) {
	early, late := model.MessageIDAt(1_700_000_000), model.MessageIDAt(1_700_000_001)
	require.Less(t, early+1<<model.MessageIDBits-1, late)
	require.EqualValues(t, 1_700_000_000, (early + 5).Unix())
	require.Zero(t, model.MessageIDAt(-5))
	require.Positive(t, model.MessageIDAt(1<<62), "what no key can hold is clamped")
}

func TestAckOnlyRises(t *testing.T) {
	for _, c := range []struct{ held, heard, want model.Ack }{
		{model.AckPending, model.AckServer, model.AckServer},
		{model.AckRead, model.AckDevice, model.AckRead},
		{model.AckServer, model.AckError, model.AckError},
		{model.AckDevice, model.AckError, model.AckDevice},
		{model.AckError, model.AckDevice, model.AckDevice},
		{model.AckServer, 99, model.AckServer},
	} {
		require.Equal(t, c.want, c.held.Merge(c.heard), "%d then %d", c.held, c.heard)
	}
}

func TestMergeMessage(t *testing.T) {
	const now = model.Stamp(5000)
	text := model.Message{Type: model.TypeChat, Text: "first", Ack: model.AckServer, Serialized: "true_a_b"}
	edit := func(change func(*model.Message)) model.Message { m := text; change(&m); return m }
	for name, c := range map[string]struct {
		held, heard, want model.Message
		changed, keep     bool
	}{
		"the same":     {text, text, text, false, false},
		"an ack":       {text, edit(func(m *model.Message) { m.Ack = 3 }), edit(func(m *model.Message) { m.Ack = 3 }), true, false},
		"a fallen ack": {edit(func(m *model.Message) { m.Ack = 3 }), text, edit(func(m *model.Message) { m.Ack = 3 }), false, false},
		"an edit": {
			text, edit(func(m *model.Message) { m.Text, m.EditedAt = "second", 9 }),
			edit(func(m *model.Message) { m.Text, m.EditedAt = "second", 9 }), true, true,
		},
		"an answer from before the edit": {
			edit(func(m *model.Message) { m.Text, m.EditedAt = "second", 9 }), text,
			edit(func(m *model.Message) { m.Text, m.EditedAt = "second", 9 }), false, false,
		},
		"revoked": {
			text, edit(func(m *model.Message) { m.Type, m.Text = model.TypeRevoked, "" }),
			edit(func(m *model.Message) { m.Type, m.Text, m.RevokedAt = model.TypeRevoked, "", now }), true, true,
		},
		"an answer from before it was revoked": {
			edit(func(m *model.Message) { m.Type, m.Text, m.RevokedAt = model.TypeRevoked, "", 1 }), text,
			edit(func(m *model.Message) { m.Type, m.Text, m.RevokedAt = model.TypeRevoked, "", 1 }), false, false,
		},
		"decrypted": {
			edit(func(m *model.Message) { m.Type, m.Text = model.TypeCiphertext, "" }), text, text, true, false,
		},
		"an answer from before it was decrypted": {
			text, edit(func(m *model.Message) { m.Type, m.Text = model.TypeCiphertext, "" }), text, false, false,
		},
		"an answer without its type": {text, edit(func(m *model.Message) { m.Type, m.Text = model.TypeUnknown, "" }), text, false, false},
		"an answer without its text": {text, edit(func(m *model.Message) { m.Text = "" }), text, false, false},
		"an answer without its id":   {text, edit(func(m *model.Message) { m.Serialized = "" }), text, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, changed, keep := model.MergeMessage(c.held, c.heard, now)
			require.Equal(t, c.want, got)
			require.Equal(t, c.changed, changed)
			require.Equal(t, c.keep, keep)
		})
	}
}

func TestCleaning(t *testing.T) {
	for in, want := range map[string]string{
		"  Ana \t García\n":       "Ana García",
		"safe\u202egnp.exe":       "safegnp.exe",
		"a\x00b\x1b[31m\u2066c":   "ab[31mc",
		"👩‍💻 \u200dfamily":        "👩‍💻 \u200dfamily",
		"+34\u00a0600":            "+34\u00a0600",
		"bad\xff\xfe bytes\ufeff": "bad bytes",
		strings.Repeat("é", 300):  strings.Repeat("é", 20),
	} {
		require.Equal(t, want, model.CleanLine(in, 20), "%q", in)
	}
	got, cut := model.CleanText("one\r\ntwo\tthree\u202e\x00", 100)
	require.Equal(t, "one\ntwo\tthree", got)
	require.False(t, cut)
	got, cut = model.CleanText(strings.Repeat("ñ", 10), 7)
	require.Equal(t, "ñññ", got)
	require.True(t, cut)
}

func FuzzCleanText(f *testing.F) {
	f.Add("héllo\x00\u202e", 5)
	f.Add("\xff\xc3", 1)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = min(max(most, 0), 1<<16)
		got, _ := model.CleanText(s, most)
		require.LessOrEqual(t, len(got), most)
		again, cut := model.CleanText(got, most)
		require.Equal(t, got, again, "what is clean stays as it is")
		require.False(t, cut)
	})
}

func TestContactDisplayName(t *testing.T) {
	c := model.Contact{JID: "34600111222@c.us", PushName: "ana"}
	require.Equal(t, "ana", model.ContactDisplayName(&c, "+34 600 11 12 22"))
	c.VerifiedName, c.IsBusiness = "Ana's shop", true
	require.Equal(t, "Ana's shop", model.ContactDisplayName(&c, ""))
	c.Name = "Ana G."
	require.Equal(t, "Ana G.", model.ContactDisplayName(&c, ""))
	require.Equal(t, "+34 600 11 12 22", model.ContactDisplayName(&model.Contact{JID: c.JID}, "+34 600 11 12 22"))
	require.Equal(t, "~9071", model.ContactDisplayName(&model.Contact{JID: "102817356329071@lid"}, ""))
}

func TestFingerprintTellsChangesApart(t *testing.T) {
	c := model.Contact{JID: "1@c.us", Name: "ab", PushName: "c"}
	first := c.ComputeFingerprint()
	c.DetailsAt, c.AvatarHash, c.ID = 7, "x", 9
	require.Equal(t, first, c.ComputeFingerprint(), "what the list does not say does not count")
	c.Name, c.PushName = "a", "bc"
	require.NotEqual(t, first, c.ComputeFingerprint(), "values do not run into each other")

	chat := model.Conversation{JID: "1@g.us", Unread: 1}
	group := &model.Group{Participants: []model.Participant{{JID: "2@c.us"}}}
	was := chat.ComputeFingerprint(group)
	group.Participants[0].IsAdmin = true
	require.NotEqual(t, was, chat.ComputeFingerprint(group))
}

func TestSettings(t *testing.T) {
	s := model.DefaultSettings()
	require.Empty(t, s.Validate())
	for field, change := range map[string]func(*model.Settings){
		"base_url":              func(s *model.Settings) { s.BaseURL = "ftp://x" },
		"timeout_seconds":       func(s *model.Settings) { s.TimeoutSeconds = 0 },
		"retry_attempts":        func(s *model.Settings) { s.RetryAttempts = 11 },
		"sync_interval_minutes": func(s *model.Settings) { s.SyncIntervalMinutes = 0 },
		"limit_contacts":        func(s *model.Settings) { s.LimitContacts = -1 },
		"language":              func(s *model.Settings) { s.Language = "fr" },
		"theme":                 func(s *model.Settings) { s.Theme = "pink" },
		"country":               func(s *model.Settings) { s.Country = "spain" },
		"default_session":       func(s *model.Settings) { s.DefaultSession = "no spaces" },
	} {
		wrong := model.DefaultSettings()
		change(&wrong)
		errs := wrong.Validate()
		require.Len(t, errs, 1, field)
		require.Equal(t, field, errs[0].Field)
	}
	for _, address := range []string{"http://user:pass@host", "http://host?x=1", "host:3000", "http://", "http://ho st"} {
		s.BaseURL = address
		require.NotEmpty(t, s.Validate(), address)
	}
}

func TestPlainHTTPNeedsConsentOnlyFarAway(t *testing.T) {
	for address, asks := range map[string]bool{
		"http://127.0.0.1:3000": false, "http://localhost": false, "http://192.168.1.20:8084/api": false, "http://nas:3000": false,
		"http://[::1]:3000": false, "https://gw.example.com": false, "http://gw.example.com": true, "http://203.0.113.9:3000": true,
	} {
		s := model.Settings{BaseURL: address}
		require.Equal(t, asks, s.NeedsPlainHTTPConsent(), address)
		s.PlainHTTPAccepted = s.PlainHTTPHost()
		require.False(t, s.NeedsPlainHTTPConsent(), address)
	}
}

func TestStamps(t *testing.T) {
	require.True(t, model.StampOf(time.Time{}).IsZero())
	require.True(t, model.Stamp(0).Time().IsZero())
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("x", 3600))
	require.Equal(t, at.UTC(), model.StampOf(at).Time())
	require.Zero(t, model.StampUnix(-1))
	require.Zero(t, model.StampUnix(1<<50))
}
