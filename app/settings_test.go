package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

const patience = 3 * time.Minute // for what comes within a second, where nobody else works

type settingsFixture struct {
	*app.SettingsStore
	path string
	box  *event.Mailbox
	bus  *event.Bus
}

func openSettings(t *testing.T, content string) *settingsFixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.json")
	if content != "" {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return openSettingsAt(t, path)
}

func openSettingsAt(t *testing.T, path string) *settingsFixture {
	t.Helper()
	bus := &event.Bus{}
	box := bus.Subscribe()
	s, err := app.OpenSettings(t.Context(), path, bus, nil)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		bus.Close()
	})
	return &settingsFixture{SettingsStore: s, path: path, box: box, bus: bus}
}

// wait takes batches until one is as wanted.
func (f *settingsFixture) wait(t *testing.T, want func(event.Batch) bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case <-f.box.Ready():
			if b := f.box.Take(); want(b) {
				return
			}
		case <-limit:
			t.Fatal("the news did not come")
		}
	}
}

func isChange(b event.Batch) bool { return b.Settings }
func isError(b event.Batch) bool  { return b.SettingsError == string(model.ProblemSettingsInvalid) }

func TestMissingSettingsAreTheDefaults(t *testing.T) {
	s := openSettings(t, "")
	require.Equal(t, model.DefaultSettings(), s.Current())
	require.NoError(t, s.Problem())
	require.NoFileExists(t, s.path, "defaults are not written by themselves")
}

func TestSavedSettingsComeBack(t *testing.T) {
	s := openSettings(t, "")
	want := s.Current()
	want.BaseURL, want.Country, want.LimitContacts = " http://gateway:3000/wa/ ", "mx", 0
	require.NoError(t, s.Save(t.Context(), want))
	want.BaseURL, want.Country = "http://gateway:3000/wa", "MX"
	require.Equal(t, want, s.Current())
	require.Equal(t, want, openSettingsAt(t, s.path).Current())
	if runtime.GOOS != "windows" {
		info, err := os.Stat(s.path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(s.path), ".*"))
	require.NoError(t, err)
	require.Empty(t, left, "temporary files stay behind")
}

func TestSaveRefusesWhatIsNotValid(t *testing.T) {
	s := openSettings(t, "")
	bad := s.Current()
	bad.BaseURL, bad.TimeoutSeconds = "ftp://x", 0
	err := s.Save(t.Context(), bad)
	var fields *model.SettingsError
	require.ErrorAs(t, err, &fields)
	require.Len(t, fields.Fields, 2)
	require.Equal(t, model.DefaultSettings(), s.Current())
	require.NoFileExists(t, s.path)
}

func TestSaveKeepsMembersThatItDoesNotKnow(t *testing.T) {
	s := openSettings(t, `{"base_url": "http://a:1", "future": {"a": [1, 2]}, "TIMEOUT_SECONDS": 12}`)
	require.NoError(t, s.Problem())
	require.Equal(t, 12, s.Current().TimeoutSeconds)
	require.NoError(t, s.Set(t.Context(), "timeout_seconds", "15"))
	data, err := os.ReadFile(s.path)
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(data, &members))
	require.Equal(t, map[string]any{"a": []any{1.0, 2.0}}, members["future"])
	require.NotContains(t, members, "TIMEOUT_SECONDS", "the same setting twice")
	require.Equal(t, 15, openSettingsAt(t, s.path).Current().TimeoutSeconds)
}

func TestBrokenSettingsAreLeftAlone(t *testing.T) {
	for name, content := range map[string]string{
		"not JSON": `{"base_url": "http://a:1",`, "empty": " ", "a list": `[1]`, "null": `null`, "two objects": `{} {}`,
		"wrong type": `{"timeout_seconds": "30"}`, "not valid": `{"sync_interval_minutes": 0}`, "newer": `{"version": 99}`,
		"binary": "\x00\x01\x02", "huge": `{"x": "` + strings.Repeat("a", 2<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := openSettings(t, content)
			require.ErrorIs(t, s.Problem(), app.ErrSettingsInvalid)
			require.Equal(t, model.DefaultSettings(), s.Current())
			s.wait(t, isError)
			data, err := os.ReadFile(s.path)
			require.NoError(t, err)
			require.Equal(t, content, string(data))

			next := s.Current()
			next.BaseURL = "http://b:2"
			require.NoError(t, s.Save(t.Context(), next))
			require.NoError(t, s.Problem())
			aside, err := filepath.Glob(s.path + ".broken-*")
			require.NoError(t, err)
			require.Len(t, aside, 1, "the broken file is kept")
			data, err = os.ReadFile(aside[0])
			require.NoError(t, err)
			require.Equal(t, content, string(data))
			require.Equal(t, "http://b:2", openSettingsAt(t, s.path).Current().BaseURL)
		})
	}
}

func TestBOMIsTolerated(t *testing.T) {
	s := openSettings(t, "\xef\xbb\xbf{\"timeout_seconds\": 7}")
	require.NoError(t, s.Problem())
	require.Equal(t, 7, s.Current().TimeoutSeconds)
}

func TestSaveThatCannotWriteChangesNothing(t *testing.T) {
	s := openSettings(t, "")
	require.NoError(t, os.RemoveAll(filepath.Dir(s.path)))
	next := s.Current()
	next.TimeoutSeconds = 99
	require.ErrorIs(t, s.Save(t.Context(), next), app.ErrSettingsWrite)
	require.Equal(t, model.DefaultSettings(), s.Current())
}

func TestSaveHonoursItsContext(t *testing.T) {
	s := openSettings(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Save(ctx, s.Current()), context.Canceled)
	require.NoFileExists(t, s.path)
}

// The ways in which programs write a file.
var writers = map[string]func(t *testing.T, path, content string){
	"rename over it": func(t *testing.T, path, content string) {
		require.NoError(t, os.WriteFile(path+".new", []byte(content), 0o600))
		require.NoError(t, os.Rename(path+".new", path))
	},
	"truncate and write": func(t *testing.T, path, content string) {
		f, err := os.OpenFile(path, os.O_TRUNC|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		for _, part := range []string{content[:len(content)/2], content[len(content)/2:]} {
			_, err = f.WriteString(part)
			require.NoError(t, err)
			require.NoError(t, f.Sync())
		}
		require.NoError(t, f.Close())
	},
	"put the old aside, write the new": func(t *testing.T, path, content string) {
		require.NoError(t, os.Rename(path, path+"~"))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		require.NoError(t, os.Remove(path+"~"))
	},
	"delete and write": func(t *testing.T, path, content string) {
		require.NoError(t, os.Remove(path))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	},
}

func TestEditsByHandTakeEffect(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			s := openSettings(t, `{"timeout_seconds": 10}`)
			write(t, s.path, `{"timeout_seconds": 20}`)
			s.wait(t, isChange)
			require.Equal(t, 20, s.Current().TimeoutSeconds)
			// The watch goes on after each kind of edit.
			write(t, s.path, `{"timeout_seconds": 30}`)
			s.wait(t, func(event.Batch) bool { return s.Current().TimeoutSeconds == 30 })
		})
	}
}

func TestAnEditThatMakesNoSenseIsReported(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			s := openSettings(t, `{"timeout_seconds": 10}`)
			write(t, s.path, `{"timeout_seconds": -4}`)
			s.wait(t, isError)
			require.ErrorIs(t, s.Problem(), app.ErrSettingsInvalid)
			require.Equal(t, 10, s.Current().TimeoutSeconds, "the last good settings stay")
			write(t, s.path, `{"timeout_seconds": 10}`)
			s.wait(t, isChange)
			require.NoError(t, s.Problem(), "mending it by hand is noticed")
		})
	}
}

func TestDeletingTheFileChangesNothing(t *testing.T) {
	s := openSettings(t, `{"timeout_seconds": 10}`)
	require.NoError(t, os.Remove(s.path))
	require.NoError(t, s.Set(t.Context(), "retry_attempts", "2"))
	require.Equal(t, 10, s.Current().TimeoutSeconds)
	require.Equal(t, 10, openSettingsAt(t, s.path).Current().TimeoutSeconds, "the settings in force are written again")
}

func TestOwnWritesDoNotComeBack(t *testing.T) {
	s := openSettings(t, `{"timeout_seconds": 10}`)
	var mu sync.Mutex
	var heard []int
	stop := s.OnChange(func(n model.Settings) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, n.TimeoutSeconds)
	})
	require.NoError(t, s.Set(t.Context(), "timeout_seconds", "11"))
	require.NoError(t, s.Set(t.Context(), "timeout_seconds", "11")) // nothing new
	writers["rename over it"](t, s.path, `{"timeout_seconds": 12}`)
	s.wait(t, func(event.Batch) bool { return s.Current().TimeoutSeconds == 12 })
	mu.Lock()
	require.Equal(t, []int{11, 12}, heard)
	mu.Unlock()
	stop()
	require.NoError(t, s.Set(t.Context(), "timeout_seconds", "13"))
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, []int{11, 12}, heard, "after stop nothing is heard")
}

func TestSetKeepsAnEditThatWasNotNoticedYet(t *testing.T) {
	s := openSettings(t, `{"timeout_seconds": 10}`)
	require.NoError(t, os.WriteFile(s.path, []byte(`{"timeout_seconds": 10, "limit_messages": 7}`), 0o600))
	require.NoError(t, s.Set(t.Context(), "timeout_seconds", "20"))
	require.Equal(t, 7, s.Current().LimitMessages)
	require.Equal(t, 20, s.Current().TimeoutSeconds)
}

func TestGetAndSetByName(t *testing.T) {
	s := openSettings(t, "")
	for key, set := range map[string]struct {
		text string
		want any
	}{
		"base_url": {"https://gw.example/wa", "https://gw.example/wa"}, "enabled": {"no", false}, "auto_sync": {"off", false},
		"limit_contacts": {" 0 ", 0}, "language": {"es", "es"}, "enter_sends": {"FALSE", false},
	} {
		require.NoError(t, s.Set(t.Context(), key, set.text), key)
		got, err := s.Get(key)
		require.NoError(t, err, key)
		require.Equal(t, set.want, got, key)
	}
	for _, key := range app.SettingKeys() {
		_, err := s.Get(key)
		require.NoError(t, err, key)
	}
	require.NotContains(t, app.SettingKeys(), "version")
}

func TestSetSaysWhatIsWrong(t *testing.T) {
	s := openSettings(t, "")
	for _, c := range []struct{ key, value, code string }{
		{"nonsense", "1", "unknown"}, {"version", "2", "unknown"}, {"api_key", "x", "unknown"},
		{"timeout_seconds", "soon", "number"}, {"enabled", "maybe", "boolean"},
		{"timeout_seconds", "0", "range"}, {"base_url", "gateway", "url"}, {"theme", "pink", "choice"},
	} {
		err := s.Set(t.Context(), c.key, c.value)
		var fields *model.SettingsError
		require.True(t, errors.As(err, &fields), "%s=%s: %v", c.key, c.value, err)
		require.Equal(t, c.key, fields.Fields[0].Field)
		require.Equal(t, c.code, fields.Fields[0].Code, "%s=%s", c.key, c.value)
	}
	_, err := s.Get("nonsense")
	require.Error(t, err)
}

func TestSettingsAreReadWhereNothingElseCanBeOpened(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, model.DefaultSettings(), app.SettingsOf(t.Context(), dir), "there are none")
	paths, err := app.NewPaths(dir)
	require.NoError(t, err)
	require.NoError(t, paths.Ensure())
	require.NoError(t, os.WriteFile(paths.SettingsFile, []byte(`{"language": "es", "theme": "dark"}`), 0o600))
	require.NoError(t, os.WriteFile(paths.StoreFile, []byte("not a store"), 0o600))
	held := app.SettingsOf(t.Context(), dir)
	require.Equal(t, "es", held.Language)
	require.Equal(t, "dark", held.Theme)
	require.NoError(t, os.WriteFile(paths.SettingsFile, []byte("{"), 0o600))
	require.Equal(t, model.DefaultSettings(), app.SettingsOf(t.Context(), dir))
}
