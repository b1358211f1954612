package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/sync/gateway"
)

const testKey = `k3y "with" & everything/é`

func openLog(t *testing.T, level string, json bool) (*app.Log, *bytes.Buffer) {
	t.Helper()
	r := &app.Redactor{}
	r.Hide(testKey)
	var out bytes.Buffer
	l, err := app.OpenLog(app.LogConfig{Level: level, JSON: json, Console: &out, Redactor: r})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l, &out
}

// hidden are texts that must not be found in a line at info and above, each with
// the part that gives it away.
var hidden = []struct{ text, secret string }{
	{"call +34 600 111 222 now", "600"},
	{"call 34600111222 now", "600111"},
	{"call (0034) 600-111-222", "111"},
	{"call 600.111.222", "600.111"},
	{"call +34\u00a0600\u2009111\u2009222", "111"},
	{"call ٣٤٦٠٠١١١٢٢٢", "٦٠٠"},
	{"tel34600111222x", "600111"},
	{"chat 34600111222@c.us failed", "34600111222"},
	{"chat 120363041234567890@g.us failed", "120363041234567890"},
	{"chat 34600111222-1612345678@g.us failed", "1612345678"},
	{"who 98765@lid", "98765"},
	{"who ana@s.whatsapp.net", "ana"},
	{`{"chatId":"34600111222@c.us"}`, "34600111222"},
	{"open http://user:pa55@gateway:3000/x", "pa55"},
	{"open https://tok3n@gateway/x", "tok3n"},
	{"open http://user:p@ss3@gateway/x", "ss3"},
}

func TestLogHidesWhatIsPrivate(t *testing.T) {
	for _, json := range []bool{false, true} {
		for _, h := range hidden {
			for how, write := range map[string]func(*app.Log){
				"message": func(l *app.Log) { l.Info(h.text) },
				"field":   func(l *app.Log) { l.WithField("what", h.text).Warn("x") },
				"error":   func(l *app.Log) { l.WithError(fmt.Errorf("do it: %w", errors.New(h.text))).Error("x") },
				"bytes":   func(l *app.Log) { l.WithField("what", struct{ A string }{h.text}).Info("x") },
				"url": func(l *app.Log) {
					l.WithField("what", &url.URL{Scheme: "http", Host: "h", Path: "/" + h.text}).Info("x")
				},
			} {
				if how == "url" && strings.Contains(h.text, " ") {
					continue // escaped, and no longer what it was
				}
				l, out := openLog(t, "info", json)
				write(l)
				require.NotEmpty(t, out.String())
				require.NotContains(t, out.String(), h.secret, "%s in a %s", h.text, how)
			}
		}
	}
}

func TestLogNeverHoldsTheKey(t *testing.T) {
	for _, json := range []bool{false, true} {
		l, out := openLog(t, "debug", json)
		l.Debug("the key is " + testKey)
		l.Info(testKey)
		l.WithField("what", testKey).Error("x")
		l.WithField("what", []string{testKey}).Error("x")
		l.WithField("what", fmt.Sprintf("%q", testKey)).Error("x")
		l.WithError(errors.New("call /?k=" + url.QueryEscape(testKey))).Warn("x")
		l.WithField("what", url.PathEscape(testKey)).Warn("x")
		for _, name := range []string{"key", "API_KEY", "x-api-key", "token", "password"} {
			l.WithField(name, "another-one").Debug("x")
		}
		l.Debug(`headers: map[X-Api-Key:[another-one] Accept:[*/*]]`)
		l.Debug(`{"x-api-key":"another-one"}`)
		for _, part := range []string{"k3y", "another-one", "everything"} {
			require.NotContains(t, out.String(), part)
		}
	}
}

func TestLogKeepsWhatIsNotPrivate(t *testing.T) {
	l, out := openLog(t, "info", false)
	l.WithFields(logrus.Fields{"messages": 1000000, "size": int64(12345678), "ok": true}).
		Info("synced 640 of 1000 at 2026-11-23 10:42:05 from 192.168.100.200:8084 in 1.5s with go1.26.8")
	for _, kept := range []string{"1000000", "12345678", "640 of 1000", "2026-11-23 10:42:05", "192.168.100.200:8084", "1.5s", "go1.26.8"} {
		require.Contains(t, out.String(), kept)
	}
}

func TestLogHidesFieldsByTheirName(t *testing.T) {
	l, out := openLog(t, "info", false)
	l.WithFields(logrus.Fields{"text": "see you at five", "push_name": "Ana García"}).Info("x")
	require.NotContains(t, out.String(), "five")
	require.NotContains(t, out.String(), "Ana")
}

func TestLogHidesWhatTheGatewayQuotes(t *testing.T) {
	said := &gateway.Error{Op: "Chats", Kind: gateway.KindServer, Status: 500, Message: "cannot send «see you at five»"}
	for _, err := range []error{said, fmt.Errorf("sync: %w", said), errors.Join(errors.New("x"), fmt.Errorf("sync: %w", errors.Join(said)))} {
		l, out := openLog(t, "debug", false)
		l.WithError(err).Warn("x")
		require.NotContains(t, out.String(), "five")
		require.Contains(t, out.String(), "Chats: server (500)")
		l.WithError(err).Debug("x")
		require.Contains(t, out.String(), "five")
	}
	l, out := openLog(t, "info", false)
	l.WithError(&gateway.Error{Op: "Chats", Status: 502, Message: "Bad Gateway"}).Warn("x")
	require.Contains(t, out.String(), "Bad Gateway")
}

func TestLogDoesNotChangeTheEntry(t *testing.T) {
	l, _ := openLog(t, "info", false)
	entry := l.WithField("chat", "34600111222@c.us")
	entry.Info("x")
	require.Equal(t, "34600111222@c.us", entry.Data["chat"])
}

func TestLogLevels(t *testing.T) {
	for level, want := range map[string]int{"debug": 4, "": 3, "info": 3, "WARN": 2, "warning": 2, "error": 1} {
		l, out := openLog(t, level, false)
		l.Debug("a")
		l.Info("a")
		l.Warn("a")
		l.Error("a")
		require.Equal(t, want, strings.Count(out.String(), "\n"), level)
	}
	_, err := app.OpenLog(app.LogConfig{Level: "loud"})
	require.ErrorIs(t, err, app.ErrLogLevel)
}

func TestLogFile(t *testing.T) {
	p := newPaths(t)
	require.NoError(t, os.WriteFile(p.LogFile, []byte("older\n"), 0o644))
	l, err := app.OpenLog(app.LogConfig{File: p.LogFile, JSON: true, Console: brokenWriter{}})
	require.NoError(t, err)
	l.Info("hello")
	require.NoError(t, l.Close())
	l.Info("too late")
	data, err := os.ReadFile(p.LogFile)
	require.NoError(t, err)
	require.Contains(t, string(data), "older")
	require.Contains(t, string(data), `"msg":"hello"`)
	require.NotContains(t, string(data), "too late")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(p.LogFile)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	_, err = app.OpenLog(app.LogConfig{File: p.Logs})
	require.ErrorContains(t, err, "open the log file")
}

// brokenWriter is a terminal that was closed.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestCrashFile(t *testing.T) {
	p := newPaths(t)
	require.NoError(t, os.WriteFile(p.CrashFile, bytes.Repeat([]byte("x"), 2<<20), 0o600))
	stop, err := app.OpenCrashFile(p.CrashFile)
	require.NoError(t, err)
	require.NoError(t, stop())
	require.FileExists(t, p.CrashFile+".old", "a large one is put aside")
	info, err := os.Stat(p.CrashFile)
	require.NoError(t, err)
	require.Zero(t, info.Size())
}

func TestShortSecretsDoNotSpoilTexts(t *testing.T) {
	r := &app.Redactor{}
	r.Hide("a")
	r.Hide("")
	require.Equal(t, "banana", r.Text("banana"))
}
