package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// seeds are shapes that the gateway was seen to give, and broken ones.
var seeds = []string{
	`{"id":{"fromMe":true,"remote":"c@c.us","id":"3EB0","_serialized":"true_c@c.us_3EB0"},"body":"hola \ud83e\udd50","ack":1,"_data":{"quotedMsg":{"body":"x"},"size":"5"}}`,
	`{"id":{"fromMe":false,"remote":{"server":"g.us","user":"1","_serialized":"1@g.us"},"id":"3A","participant":"2@lid","$1":"false_1@g.us_3A_2@lid"},"mentionedIds":["1@c.us",{"user":"2"}]}`,
	`{"id":"true_1@c.us_3A_out","pollOptions":[{"name":"a","localId":0}],"location":{"latitude":1e9,"longitude":null}}`,
	`{"id":{"server":"c.us","user":"1","_serialized":"1@c.us"},"name":null,"labels":[],"businessProfile":{"categories":[{"localized_display_name":"x"}]}}`,
	`{"groupMetadata":{"participants":[{"id":"1@c.us","isAdmin":true}]},"id":"1@g.us","lastMessage":{"id":{"id":"5"}},"unreadCount":-1}`,
	`{"id":"\ud800","body":"\u0000","x":[[[[{"]":"}"}]]]]}`,
	`{"a":"\\\"","b":"\\\\","id":1.5e3}`,
	`null`, `[]`, `""`, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":"\`, `{"a":"\u12`, `[1,,2}`, `{,}`, `nul`, `-`, " \t\r\n",
}

// fuzzItem feeds a decoder: it must end, take valid JSON without a syntax error,
// and give only well-formed text.
func fuzzItem[T any](f *testing.F, decode func(*dec) (*T, error), texts func(*T) []string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		item, err := decode(newDec(b))
		if (item == nil) == (err == nil) {
			t.Fatalf("item %v with error %v", item, err)
		}
		if err != nil && !errors.Is(err, errNoID) && json.Valid(b) {
			t.Fatalf("valid JSON refused: %v", err)
		}
		if item == nil {
			return
		}
		for _, s := range texts(item) {
			if !utf8.ValidString(s) {
				t.Fatalf("malformed text %q", s)
			}
		}
	})
}

func FuzzMessage(f *testing.F) {
	fuzzItem(f, decodeMessageItem, func(m *Message) []string {
		out := []string{m.Body, m.Type, m.From, m.To, m.Author, m.ID.Serialized, m.ID.Short, m.NotifyName, m.Filename, m.Caption}
		return append(append(out, m.VCards...), m.MentionedIDs...)
	})
}

func FuzzContact(f *testing.F) {
	fuzzItem(f, decodeContactItem, func(c *Contact) []string {
		return append([]string{c.ID.Serialized, c.Name, c.PushName, c.ShortName, c.VerifiedName, c.Number}, c.Labels...)
	})
}

func FuzzChat(f *testing.F) {
	fuzzItem(f, decodeChatItem, func(c *Chat) []string { return []string{c.ID.Serialized, c.Name, c.Description} })
}

// FuzzText holds the reader of strings against encoding/json.
func FuzzText(f *testing.F) {
	for _, s := range []string{`"a"`, `"\ud83e\udd50"`, `"\ud83e"`, `"\ud83e\u0041"`, `"\udd50\ud83e"`, `"\/\b\f\n\r\t\\\""`, `"ñ 🥐"`, "\"\xff\"", `"\u00f1\uFFFD"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want string
		if json.Unmarshal(b, &want) != nil || bytes.ContainsRune([]byte(want), 0) || bytes.TrimSpace(b)[0] != '"' {
			return
		}
		d := newDec(b)
		got := d.str()
		if d.err != nil {
			t.Fatalf("refused: %v", d.err)
		}
		// How many U+FFFD stand for broken bytes is free.
		if utf8.Valid(b) && got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// FuzzStream cuts valid JSON, arriving a byte at a time, just as encoding/json
// would, and never fails to end on anything else.
func FuzzStream(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 {
			return
		}
		text := append(append([]byte("["), b...), ']')
		s := newStream(iotest.OneByteReader(bytes.NewReader(text)), 1<<20)
		if err := s.expect('['); err != nil {
			t.Fatal(err)
		}
		raw, err := s.value(maxItem)
		if !json.Valid(b) {
			return
		}
		if err != nil {
			t.Fatalf("valid JSON refused: %v", err)
		}
		if want := bytes.Trim(b, " \t\r\n"); !bytes.Equal(raw, want) {
			t.Fatalf("got %q, want %q", raw, want)
		}
		if err := s.expect(']'); err != nil {
			t.Fatalf("behind the value: %v", err)
		}
		// Jumped over, with a cap, it must end at the same place.
		s = newStream(iotest.OneByteReader(bytes.NewReader(text)), 1<<20)
		_ = s.expect('[')
		if err := s.skip(); err != nil {
			t.Fatalf("skip: %v", err)
		}
		if err := s.expect(']'); err != nil {
			t.Fatalf("behind what was skipped: %v", err)
		}
		if _, err := s.peek(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("at the end: %v", err)
		}
	})
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"dataType":"message_ack","data":{"message":{"id":{"id":"3A"}},"ack":2},"sessionId":"s1"}`))
	f.Add([]byte(`{"data":{"chat":{"id":"c@c.us"}},"dataType":"unread_count"}`))
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, ok := decodeEvent(b); ok && e.Type == "" {
			t.Fatal("an event without a type")
		}
	})
}

// TestStreamCaps holds that no shape of an endless answer passes the cap or
// grows the buffer beyond one item.
func TestStreamCaps(t *testing.T) {
	for name, unit := range map[string]string{"nesting": `[`, "one string": `\"`, "numbers": `1`, "items": `{"a":1},`, "white space": ` `} {
		t.Run(name, func(t *testing.T) {
			start := "["
			if name == "one string" {
				start = `["`
			}
			s := newStream(io.MultiReader(strings.NewReader(start), &repeat{chunk: strings.Repeat(unit, 10000)}), 2*maxItem)
			var report ListReport
			err := readItems(s, &report, func(*dec) (*int, error) { return new(int), nil }, func(*int) error { return nil })
			require.ErrorIs(t, err, errOverCap)
			require.LessOrEqual(t, len(s.buf), 2*maxItem)
		})
	}
}

// repeat gives a text over and over, for ever.
type repeat struct {
	chunk string
	at    int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.chunk[r.at:])
	r.at = (r.at + n) % len(r.chunk)
	return n, nil
}

// FuzzID reads ids of people, chats and messages in all their shapes: what comes out
// holds no white space and no control character, and the text of a message's id that
// was built from its parts gives the same parts.
func FuzzID(f *testing.F) {
	for _, s := range append(seeds, `"34600111222@c.us"`, `{"server":"lid","user":"1","_serialized":null}`, `{"$1":"true_1@g.us_3EB0_2@lid"}`, `"true_1@c.us_3EB0_out"`, `"false__"`,
		`{"fromMe":"true","remote":{"user":"1","server":"c.us"},"id":"3A","participant":{"_serialized":"2@lid"},"self":"in"}`, `{"id":7}`, `{"remote":"a b","id":"c\td"}`) {
		f.Add([]byte(s))
	}
	clean := func(t *testing.T, s string) {
		if s != "" && !cleanID(s) || len(s) > 4*maxIDLength || !utf8.ValidString(s) {
			t.Fatalf("an id %q", s)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		id := newDec(b).id()
		clean(t, id.Serialized)
		clean(t, id.User)
		clean(t, id.Server)
		if id.IsZero() != (id.Serialized == "") {
			t.Fatalf("half an id: %+v", id)
		}
		m := newDec(b).messageID()
		clean(t, m.Remote)
		clean(t, m.Short)
		clean(t, m.Participant)
		if m.Remote == "" || m.Short == "" || strings.Contains(m.Remote+m.Short, "_") {
			return
		}
		if told := messageIDFromText(m.build()); cleanID(m.build()) && (told.Remote != m.Remote || told.Short != m.Short || told.FromMe != m.FromMe) {
			t.Fatalf("%+v was built to %q, which is %+v", m, m.build(), told)
		}
	})
}
