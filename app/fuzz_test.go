package app_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// FuzzSettings opens files that hold anything: either they are refused, and then they
// are left alone, or they give settings that are valid, and that come back after they
// were saved, with the members that this program does not know.
func FuzzSettings(f *testing.F) {
	whole, err := json.Marshal(model.DefaultSettings())
	require.NoError(f, err)
	for _, s := range []string{
		string(whole), "", "{}", "null", "[]", `"x"`, "{", "\xef\xbb\xbf{}", `{"version":2}`, `{"version":-1}`, `{"timeout_seconds":"30"}`, `{"timeout_seconds":1e400}`, `{"timeout_seconds":30.5}`,
		`{"base_url":"http://user:pw@h"}`, `{"base_url":" http://h:1/x/ "}`, `{"surprise":{"a":[1,2,{"b":null}]}}`, `{"theme":"dark","theme":"light"}`, `{"Enabled":false}`, `{} {}`, `{"country":"\u0000"}`, `{"base_url":"\ud800"}`,
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "settings.json")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		open := func() *app.SettingsStore {
			s, err := app.OpenSettings(context.Background(), path, &event.Bus{}, nil)
			require.NoError(t, err)
			return s
		}
		s := open()
		defer func() { require.NoError(t, s.Close()) }()
		if s.Problem() != nil {
			require.ErrorIs(t, s.Problem(), app.ErrSettingsInvalid)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, left, "a file that cannot be read is left alone")
			return
		}
		settings := s.Current()
		require.Empty(t, settings.Validate())
		settings.Enabled, settings.EnterSends = !settings.Enabled, !settings.EnterSends
		require.NoError(t, s.Save(context.Background(), settings))
		again := open()
		defer func() { require.NoError(t, again.Close()) }()
		require.NoError(t, again.Problem())
		require.Equal(t, settings, again.Current())
		var before, after map[string]json.RawMessage
		_ = json.Unmarshal(content, &before)
		saved, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(saved, &after))
		for name := range before {
			if !slices.ContainsFunc(app.SettingKeys(), func(known string) bool { return strings.EqualFold(known, name) }) {
				require.Contains(t, after, name)
			}
		}
	})
}

// FuzzPhone reads numbers as people write them: what is taken is a number in
// international form, which is read as itself.
func FuzzPhone(f *testing.F) {
	for _, s := range []string{"600 111 222", "+34 600-111-222", "0034600111222", "(91) 555.12.34", "+549 11 1234-5678", "tel:+34600111222;ext=5", "1-800-FLOWERS", "٣٤٦٠٠١١١٢٢٢", "＋３４６００１１１２２２", "+", "00", "", "112", "+999999999999999999", "34600111222@c.us", "\x00600111222"} {
		f.Add(s, "ES")
	}
	f.Add("11 5555 1234", "AR")
	f.Add("600111222", "")
	f.Add("600111222", "zz")
	f.Fuzz(func(t *testing.T, text, country string) {
		phone, err := app.ReadPhone(text, country)
		if err != nil {
			require.Empty(t, phone)
			return
		}
		require.True(t, phone.Valid(), "%q is %q", text, phone)
		again, err := app.ReadPhone(phone.Plus(), "ES")
		require.NoError(t, err, "%q is %q", text, phone)
		require.Equal(t, phone, again)
		jid, err := model.ParseJID(string(phone) + "@" + model.ServerPhone)
		require.NoError(t, err)
		require.Equal(t, phone, jid.Phone())
	})
}
