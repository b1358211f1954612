package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func row(t model.MessageType, text string, d model.MessageDetails) *model.MessageRow {
	return &model.MessageRow{Message: model.Message{Type: t, Text: text, Details: model.EncodeDetails(d), FromMe: true}}
}

func media(name string, size int64) model.MessageDetails {
	return model.MessageDetails{Media: &model.MediaInfo{FileName: name, Size: size}}
}

func TestCompareOutgoing(t *testing.T) {
	t.Parallel()
	file := func(mime, name string) model.OutboxPayload {
		return model.OutboxPayload{File: &model.OutgoingFile{MimeType: mime, FileName: name, Size: 100, SHA256: "f"}}
	}
	sticker := file("image/webp", "s.webp")
	sticker.FileOptions = &model.FileOptions{AsSticker: true}
	place := model.OutboxPayload{Location: &model.Location{Latitude: 41.3874, Longitude: 2.1686}}
	card := model.OutboxPayload{Contact: "34600111222@c.us"}
	vcard := func(tel string) model.MessageDetails {
		return model.MessageDetails{VCards: []string{"BEGIN:VCARD\nFN:Ana 34600111222\n" + tel + "\nEND:VCARD"}}
	}
	poll := model.OutboxPayload{Poll: &model.OutgoingPoll{Options: []string{"a", "b"}}}
	asked := func(options ...string) model.MessageDetails {
		return model.MessageDetails{Poll: &model.Poll{Name: "When?", Options: options}}
	}
	for name, c := range map[string]struct {
		item    model.OutboxItem
		payload model.OutboxPayload
		m       *model.MessageRow
		target  *model.MessageRow
		want    model.Likeness
	}{
		"text":                      {item: model.OutboxItem{Kind: "text", Text: "hola"}, m: row("chat", "hola", model.MessageDetails{}), want: model.Same},
		"text with control bytes":   {item: model.OutboxItem{Kind: "text", Text: "ho\x00la\n"}, m: row("chat", "hola", model.MessageDetails{}), want: model.Same},
		"another text":              {item: model.OutboxItem{Kind: "text", Text: "hola"}, m: row("chat", "hola!", model.MessageDetails{}), want: model.Different},
		"a place named like it":     {item: model.OutboxItem{Kind: "text", Text: "hola"}, m: row("location", "hola", model.MessageDetails{}), want: model.Different},
		"revoked":                   {item: model.OutboxItem{Kind: "text", Text: ""}, m: row("revoked", "", model.MessageDetails{}), want: model.Different},
		"document by its name":      {item: model.OutboxItem{Kind: "file"}, payload: file("application/pdf", "a.pdf"), m: row("document", "a.pdf", media("a.pdf", 100)), want: model.Same},
		"document of another size":  {item: model.OutboxItem{Kind: "file"}, payload: file("application/pdf", "a.pdf"), m: row("document", "a.pdf", media("a.pdf", 99)), want: model.Different},
		"document of another name":  {item: model.OutboxItem{Kind: "file"}, payload: file("application/pdf", "a.pdf"), m: row("document", "b.pdf", media("b.pdf", 100)), want: model.Different},
		"picture packed anew":       {item: model.OutboxItem{Kind: "file", Text: "look"}, payload: file("image/png", "p.png"), m: row("image", "look", media("", 77)), want: model.Similar},
		"picture":                   {item: model.OutboxItem{Kind: "file", Text: "look"}, payload: file("image/png", "p.png"), m: row("image", "look", media("", 100)), want: model.Same},
		"picture, other caption":    {item: model.OutboxItem{Kind: "file", Text: "look"}, payload: file("image/png", "p.png"), m: row("image", "", media("", 100)), want: model.Different},
		"sticker is no picture":     {item: model.OutboxItem{Kind: "file"}, payload: sticker, m: row("image", "", media("", 100)), want: model.Different},
		"file row without a file":   {item: model.OutboxItem{Kind: "file"}, m: row("image", "", media("", 100)), want: model.Different},
		"place":                     {item: model.OutboxItem{Kind: "location"}, payload: place, m: row("location", "x", model.MessageDetails{Location: &model.Location{Latitude: 41.38740000001, Longitude: 2.1686}}), want: model.Same},
		"another place":             {item: model.OutboxItem{Kind: "location"}, payload: place, m: row("location", "x", model.MessageDetails{Location: &model.Location{Latitude: 41.3884, Longitude: 2.1686}}), want: model.Different},
		"card":                      {item: model.OutboxItem{Kind: "contact"}, payload: card, m: row("vcard", "Ana", vcard("TEL;type=CELL;waid=34600111222:+34 600 11 12 22")), want: model.Same},
		"card with spaces only":     {item: model.OutboxItem{Kind: "contact"}, payload: card, m: row("vcard", "Ana", vcard("TEL:+34 600 11 12 22")), want: model.Same},
		"card of another":           {item: model.OutboxItem{Kind: "contact"}, payload: card, m: row("vcard", "Ana", vcard("TEL;waid=346001112229:+346001112229")), want: model.Different},
		"poll":                      {item: model.OutboxItem{Kind: "poll", Text: "When?"}, payload: poll, m: row("poll_creation", "When?", asked("a", "b")), want: model.Same},
		"poll with other choices":   {item: model.OutboxItem{Kind: "poll", Text: "When?"}, payload: poll, m: row("poll_creation", "When?", asked("a", "c")), want: model.Different},
		"forward":                   {item: model.OutboxItem{Kind: "forward"}, m: row("chat", "news", model.MessageDetails{}), target: row("chat", "news", model.MessageDetails{}), want: model.Same},
		"forward of what is gone":   {item: model.OutboxItem{Kind: "forward"}, m: row("chat", "news", model.MessageDetails{}), want: model.Different},
		"forward of another place":  {item: model.OutboxItem{Kind: "forward"}, m: row("location", "x", model.MessageDetails{Location: &model.Location{Latitude: 1}}), target: row("location", "x", model.MessageDetails{Location: &model.Location{Latitude: 2}}), want: model.Different},
		"an action is no message":   {item: model.OutboxItem{Kind: "star"}, m: row("chat", "", model.MessageDetails{}), want: model.Different},
		"details that are not read": {item: model.OutboxItem{Kind: "location"}, payload: place, m: &model.MessageRow{Message: model.Message{Type: "location", Details: "{"}}, want: model.Different},
	} {
		require.Equal(t, c.want, c.item.Compare(&c.payload, c.m, c.target), name)
	}
}

func TestIDsOfPhonesAreKnown(t *testing.T) {
	t.Parallel()
	for id, want := range map[model.ShortID]bool{
		"3A0123456789ABCDEF01":                 true,
		"0123456789abcdef0123456789ABCDEF":     true,
		"3EB00123456789ABCDEF01":               false,
		"3EB00123456789ABCDEF0123456789ABCDEF": false,
		"3EB0123456789ABCDEF0123456789ABC":     false, // 32 digits, as newer web clients give
		"3A0123456789ABCDEF0":                  false,
		"3A0123456789ABCDEFXY":                 false,
		"":                                     false,
	} {
		require.Equal(t, want, id.TypedOnPhone(), id)
	}
}
