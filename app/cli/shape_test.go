package cli_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"regexp"
	"strconv"
	"strings"

	_ "github.com/glebarez/go-sqlite" // the driver of schemaCommand
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/sync/simulator"
)

// readJSON reads one JSON value, and nothing after it, from a file or "stdout".
func readJSON(ts *testscript.TestScript, file string) any {
	var value any
	if err := json.Unmarshal([]byte(ts.ReadFile(file)), &value); err != nil {
		ts.Fatalf("%s is not one JSON value: %v\n%s", file, err, ts.ReadFile(file))
	}
	return value
}

// jsonCommand checks a member of a JSON value, such as phases.contacts.created,
// 0.jid, or # for the length of a list. "! json" checks that there is none.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg && len(args) != 2 || !neg && len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE | ! json FILE PATH")
	}
	got, err := member(readJSON(ts, args[0]), args[1])
	if neg {
		if err == nil {
			ts.Fatalf("%s is %v", args[1], got)
		}
		return
	}
	ts.Check(err)
	if text := fmt.Sprint(got); text != args[2] {
		ts.Fatalf("%s is %q, want %q", args[1], text, args[2])
	}
}

func member(value any, path string) (any, error) {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[name]
			if !ok {
				return nil, fmt.Errorf("%s: no member %q", path, name)
			}
			value = next
		case []any:
			if name == "#" {
				value = len(v)
				continue
			}
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, fmt.Errorf("%s: no item %q of %d", path, name, len(v))
			}
			value = v[i]
		default:
			return nil, fmt.Errorf("%s: %v has no members", path, value)
		}
	}
	return value, nil
}

// entriesCommand checks that a file holds a JSON list of objects that all have
// the named members, and no name that is not in snake_case.
func entriesCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "entries FILE MEMBER...")
	list, ok := readJSON(ts, args[0]).([]any)
	if !ok || len(list) == 0 {
		ts.Fatalf("%s is no list with something in it", args[0])
	}
	ts.Check(snakeCase(list))
	for i, item := range list {
		for _, name := range args[1:] {
			if _, err := member(item, name); err != nil {
				ts.Fatalf("item %d: %v", i, err)
			}
		}
	}
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func snakeCase(value any) error {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if err := snakeCase(item); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, item := range v {
			if !snake.MatchString(name) {
				return fmt.Errorf("the name %q is not in snake_case", name)
			}
			if err := snakeCase(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// truthCommand holds a list that was printed against what the gateway has.
func truthCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "truth counts|contacts|conversations FILE | truth messages FILE CHAT")
	s := of(ts)
	list, _ := readJSON(ts, args[1]).([]any)
	switch args[0] {
	case "counts":
		var got any
		want, err := json.Marshal(s.server.Truth(sessionName))
		ts.Check(err)
		ts.Check(json.Unmarshal(want, &got))
		if a, b := fmt.Sprint(got), fmt.Sprint(readJSON(ts, args[1])); a != b {
			ts.Fatalf("the truth is %s, printed %s", a, b)
		}
	case "contacts":
		want := map[string]bool{}
		for id := range s.server.TruthContacts(sessionName) {
			want[id] = true
		}
		compare(ts, list, len(list), func(item map[string]any) error {
			if id := item["jid"].(string); !want[id] {
				return fmt.Errorf("%s is no contact, or is there twice", id)
			}
			for _, id := range item["ids"].([]any) {
				delete(want, id.(string)) // one person under several
			}
			return nil
		})
		if len(want) > 0 {
			ts.Fatalf("%d contacts are missing: %v", len(want), want)
		}
	case "conversations":
		want := map[string]simulator.TruthConversation{}
		for c := range s.server.TruthConversations(sessionName) {
			want[c.ID] = c
		}
		compare(ts, list, len(list), func(item map[string]any) error {
			unread, marked, pinned, archived, known := 0, false, false, true, false
			for _, id := range item["ids"].([]any) { // a person's are one
				c, ok := want[id.(string)]
				if !ok {
					continue
				}
				delete(want, id.(string))
				known = true
				unread += max(c.Unread, 0)
				marked, pinned, archived = marked || c.Unread < 0, pinned || c.Pinned, archived && c.Archived
			}
			got := fmt.Sprint(item["unread"], item["marked_unread"], item["pinned"], item["archived"])
			if told := fmt.Sprint(unread, marked, pinned, archived); got != told || !known {
				return fmt.Errorf("%v is %s, want %s", item["jid"], got, told)
			}
			return nil
		})
		if len(want) > 0 {
			ts.Fatalf("%d conversations are missing: %v", len(want), want)
		}
	case "messages":
		compareMessages(ts, list, args[2])
	}
}

func compareMessages(ts *testscript.TestScript, list []any, chat string) {
	want := map[string]string{}
	for m := range of(ts).server.TruthMessages(sessionName, chat) {
		text := ""
		if m.Type == string(model.TypeChat) {
			text, _ = model.CleanText(m.Body, model.MaxMessageText)
		}
		want[fmt.Sprint(m.FromMe, m.ID)] = fmt.Sprint(m.Type, m.Timestamp, text)
	}
	last := 0.0
	compare(ts, list, len(want), func(item map[string]any) error {
		id := fmt.Sprint(item["from_me"], item["id"])
		at := item["timestamp"].(float64)
		text := ""
		if item["type"] == string(model.TypeChat) {
			text = item["text"].(string)
		}
		if got := fmt.Sprint(item["type"], int64(at), text); got != want[id] {
			return fmt.Errorf("message %s is %q, want %q", id, got, want[id])
		}
		if at < last {
			return errors.New("the messages do not come oldest first")
		}
		last = at
		delete(want, id)
		return nil
	})
}

func compare(ts *testscript.TestScript, list []any, want int, check func(map[string]any) error) {
	if len(list) != want {
		ts.Fatalf("%d items, want %d", len(list), want)
	}
	for _, item := range list {
		ts.Check(check(item.(map[string]any)))
	}
}

// qrCommand decodes a picture: it must say what the phone is to scan.
func qrCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 1, "qr FILE")
	file, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	ts.Check(err)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	ts.Check(err)
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	ts.Check(err)
	if want := of(ts).server.Phone(sessionName).QRText(); want == "" || result.GetText() != want {
		ts.Fatalf("the QR says %q, the gateway %q", result.GetText(), want)
	}
}

// schemaCommand gives a store another schema version.
func schemaCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "schema FILE VERSION|current")
	version, err := store.SchemaVersion, error(nil)
	if args[1] != "current" {
		version, err = strconv.Atoi(args[1])
	}
	ts.Check(err)
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.ExecContext(context.Background(), fmt.Sprintf("PRAGMA user_version = %d", version))
	ts.Check(errors.Join(err, db.Close()))
}
