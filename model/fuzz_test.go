package model_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// FuzzJID holds that whatever is taken for an identifier can stand in a line, in a
// file's name and in a key, and stays what it is.
func FuzzJID(f *testing.F) {
	for _, s := range []string{
		"34600111222@c.us", "34600111222:12@c.us", "102817356329071@lid", "34600111222-1612345678@g.us", "status@broadcast", "1@newsletter", "ana@s.whatsapp.net", "0@c.us",
		"@", "a@", "@c.us", "a@b@c", "a/b@c.us", "a\\b@c.us", "a b@c.us", "a\u00a0b@c.us", "a\u0085b@c.us", "a\u2028b@c.us", "a\u202eb@c.us", "\xff@c.us", strings.Repeat("1", 200) + "@c.us", "٣٤٦@c.us", "000000@c.us",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		jid, err := model.ParseJID(s)
		if err != nil {
			require.ErrorIs(t, err, model.ErrInvalidJID)
			require.Empty(t, jid)
			return
		}
		require.True(t, utf8.ValidString(string(jid)))
		require.LessOrEqual(t, len(jid), model.MaxJID)
		for _, r := range string(jid) {
			require.False(t, unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '/' || r == '\\', "%q in %q", r, jid)
		}
		require.Equal(t, string(jid), jid.User()+"@"+jid.Server())
		again, err := model.ParseJID(string(jid))
		require.NoError(t, err)
		require.Equal(t, jid, again)
		if phone := jid.Phone(); phone != "" {
			require.True(t, phone.Valid())
			require.Equal(t, model.ServerPhone, jid.Server())
			require.Equal(t, string(phone), model.Digits(string(phone)))
		}
		require.NotEmpty(t, jid.Kind())
	})
}

// FuzzMessageKey holds that keys of messages are in the order of their seconds,
// whatever the gateway says these are.
func FuzzMessageKey(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 1_700_000_000, 1_700_000_000_000, 1 << 53, 1<<63 - 1, -1 << 63, 253402300799, 253402300800} {
		f.Add(n, n+1)
	}
	f.Fuzz(func(t *testing.T, a, b int64) {
		first, second := model.MessageIDAt(min(a, b)), model.MessageIDAt(max(a, b))
		require.LessOrEqual(t, first, second)
		require.GreaterOrEqual(t, first, model.MessageID(0))
		require.Equal(t, first, model.MessageIDAt(first.Unix()), "a second that fits comes back")
		require.False(t, second.Stamp().Time().Year() > 9999)
		_ = model.StampUnix(a).Time()
	})
}

// FuzzPlace holds that a text is taken for a place on the earth only.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{"40.4,-3.7", "geo:40.4,-3.7", "https://maps.google.com/?q=40.4,-3.7", "https://www.google.com/maps/@40.4,-3.7,17z", "91,181", "1e400,0", "NaN,NaN", ",", "40º 24' N"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if latitude, longitude, ok := model.ParsePlace(s); ok {
			require.True(t, latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180, "%v, %v", latitude, longitude)
		}
	})
}

// FuzzSniff holds that nothing that could run is opened as what it says it is.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{"\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n", "%PDF-1.7", "#!/bin/sh", "MZ\x90", "\x7fELF", "<html>", "PK\x03\x04", "OggS", "RIFFxxxxWEBP", "\x00\x00\x00\x18ftypmp42", "BM", "{\\rtf1"} {
		f.Add([]byte(s), "image/png", "photo.png")
	}
	f.Fuzz(func(t *testing.T, head []byte, told, name string) {
		extension, _ := model.OpenAs(model.SniffMedia(head), name)
		for _, mime := range []string{model.SniffMedia(head), told} {
			extension, safe := model.OpenAs(mime, name)
			for _, runs := range []string{".exe", ".bat", ".cmd", ".com", ".scr", ".js", ".vbs", ".sh", ".html", ".svg", ".desktop", ".lnk", ".jar", ".msi", ".ps1"} {
				require.False(t, safe && strings.EqualFold(extension, runs), "%q of %q is opened as %q", head, name, extension)
			}
		}
		file := model.CleanFileName(name, extension, "document")
		require.NotEmpty(t, file)
		require.NotContains(t, file, "/")
		require.NotContains(t, file, "\x00")
		require.LessOrEqual(t, len(file), 255)
	})
}
