//go:build unix

package cli_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/sync/simulator"
)

// The canaries: what must not be found outside its place.
const (
	canaryKey  = "canary-key-9b7f3e51c0"
	canaryText = "canary: the quokka sleeps at five"
)

// canaryHome is the home of a user whose program writes for everybody to read, if it
// does not take care itself.
type canaryHome struct {
	t         *testing.T
	dir, temp string
	private   []string // phone numbers and texts
	hits      hits
	backups   int
	dumps     int
}

type hits struct{ key, private, modes, temporary int }

// run runs the program with a wide open umask. What it says of itself on standard
// error must hold no canary; so must its output, when it is a report.
func (h *canaryHome) run(input string, report bool, args ...string) {
	h.t.Helper()
	cmd := h.command(args...)
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &said
	watched, stop := context.WithCancel(h.t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for watched.Err() == nil { // files that are there only while it runs count too
			h.modes()
			<-tick.C
		}
	})
	_ = cmd.Run() // some are meant to fail
	stop()
	group.Wait()
	for line := range strings.Lines(said.String()) {
		if !strings.HasPrefix(line, "time=") && strings.Contains(line, "gateway: ") {
			// An error, told to the owner with the gateway's own sentence; it may quote a text.
			line = strings.ReplaceAll(line, canaryText, "")
		}
		h.look("standard error of "+strings.Join(args, " "), line)
	}
	if report {
		h.look("the report of "+strings.Join(args, " "), out.String())
	}
	if strings.Contains(out.String(), canaryKey) {
		h.hits.key++
		h.t.Errorf("%v shows the key: %s", args, out.String())
	}
}

func (h *canaryHome) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(h.t.Context(), "sh", append([]string{"-c", `umask 000; exec "$0" "$@"`, hastyProgram}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "TMPDIR=" + h.temp, "LC_ALL=C", "GORACE=" + raceOptions,
		"XDG_CONFIG_HOME=" + filepath.Join(h.dir, "config"), "XDG_DATA_HOME=" + filepath.Join(h.dir, "data"), "XDG_STATE_HOME=" + filepath.Join(h.dir, "state"),
	}
	return cmd
}

// crash ends the program as a fault of its own would, once it is at work, and wants
// what the Go runtime then writes of it in a file.
func (h *canaryHome) crash(works func() bool, args ...string) {
	h.t.Helper()
	cmd := h.command(args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(h.t, cmd.Start())
	require.Eventually(h.t, works, patience, 20*time.Millisecond)
	require.NoError(h.t, cmd.Process.Signal(syscall.SIGQUIT))
	require.Error(h.t, cmd.Wait())
	h.look("what the runtime says of a crash", said.String())
	dump, err := os.ReadFile(filepath.Join(h.dir, "state", "buzon", "crash.log"))
	require.NoError(h.t, err, said.String())
	require.Contains(h.t, string(dump), "goroutine ")
	h.dumps++
}

// look counts the canaries in a text.
func (h *canaryHome) look(where, text string) {
	h.t.Helper()
	if strings.Contains(text, canaryKey) {
		h.hits.key++
		h.t.Errorf("%s holds the key", where)
	}
	for _, p := range h.private {
		if i := strings.Index(text, p); i >= 0 {
			h.hits.private++
			h.t.Errorf("%s holds %q: …%s…", where, p, text[max(0, i-200):min(len(text), i+100)])
		}
	}
}

// modes counts files and folders that others could look into.
func (h *canaryHome) modes() {
	_ = filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == h.dir {
			return nil // gone meanwhile
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		// Folders of the system's own, between the home and ours, are not ours to close.
		if ours := strings.Contains(path, "buzon"); ours && info.Mode().Perm()&0o077 != 0 {
			h.hits.modes++
			h.t.Errorf("%s is %v", path, info.Mode())
		}
		return nil
	})
}

// files looks for canaries in all files: the key belongs into its own alone, and
// numbers and texts into the store and the media alone.
func (h *canaryHome) files() {
	h.t.Helper()
	require.NoError(h.t, filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "api-key" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h.content(path, d.Name(), content)
		return nil
	}))
	left, err := os.ReadDir(h.temp)
	require.NoError(h.t, err)
	for _, e := range left {
		h.hits.temporary++
		h.t.Errorf("left in the temporary folder: %s", e.Name())
	}
}

// content looks into a file: a store holds numbers and texts, a backup holds a store.
func (h *canaryHome) content(path, name string, content []byte) {
	h.t.Helper()
	switch {
	case filepath.Ext(name) == backup.Extension:
		h.backups++
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		require.NoError(h.t, err)
		for _, member := range archive.File {
			in, err := member.Open()
			require.NoError(h.t, err)
			unpacked, err := io.ReadAll(in)
			require.NoError(h.t, err)
			h.content(path+": "+member.Name, member.Name, unpacked)
		}
	case strings.HasPrefix(name, "buzon.db"), filepath.Ext(name) == ".db":
		if bytes.Contains(content, []byte(canaryKey)) {
			h.hits.key++
			h.t.Errorf("%s holds the key", path)
		}
	default:
		h.look(path, string(content))
	}
}

// TestDrillSecrets plants a key, numbers and texts, lets the program do its work and
// fail at it, and looks for them in its logs, errors, reports and files.
func TestDrillSecrets(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 13, "canaries in logs, errors, reports, files, backups and crash dumps")
	server, err := simulator.New(simulator.Config{APIKey: canaryKey, Paired: true, Contacts: 30, Conversations: 8, Messages: 120})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	require.NoError(t, server.Listen("127.0.0.1:0"))
	h := &canaryHome{t: t, dir: t.TempDir(), temp: t.TempDir(), private: []string{canaryText}}
	levels, faults := []string{"info"}, []simulator.FaultKind{simulator.Fault500}
	if drill.Full() {
		levels = []string{"info", "warning", "error"}
		faults = []simulator.FaultKind{simulator.Fault500, simulator.FaultHTML, simulator.FaultTruncate, simulator.FaultWrongTypes, simulator.FaultReset, simulator.Fault403}
	}
	runs := 0
	for _, level := range levels {
		do := func(input string, args ...string) {
			runs++
			h.run(input, args[0] == "doctor", append([]string{"--log-level", level}, args...)...)
		}
		do("", "settings", "set", "base_url", server.URL())
		do("", "settings", "set", "retry_attempts", "1")
		do(canaryKey+"\n", "settings", "set", "api_key")
		do("", "session", "start", sessionName, "--wait")
		require.NoError(t, server.SetFaults())
		do("", "sync", sessionName, "--all")
		chat := personalChats(server)[0]
		for jid := range server.TruthContacts(sessionName) {
			if user, _, _ := strings.Cut(jid, "@"); len(user) > 8 {
				h.private = append(h.private, user)
			}
		}
		_, err := server.Phone(sessionName).Receive(chat, canaryText)
		require.NoError(t, err)
		do("", "send", sessionName, chat, canaryText+", sent")
		do("", "--json", "send", sessionName, "+34 600 11", canaryText)
		do("", "send", sessionName, "12345678901234567@lid", canaryText)
		do("", "search", "quokka")
		echo := fmt.Sprintf("cannot do it for %s with %s: %s", chat, canaryKey, canaryText)
		for _, fault := range faults {
			for _, route := range []string{"getContacts", "getChats", "fetchMessages", "sendMessage"} {
				require.NoError(t, server.SetFaults(simulator.Fault{Kind: fault, Rate: 1, Route: route, Message: echo, Status: 200}))
				if route == "sendMessage" {
					do("", "send", sessionName, chat, canaryText)
				} else {
					do("", "sync", sessionName, "--all")
				}
			}
			do("", "doctor")
		}
		require.NoError(t, server.SetFaults())
		do("", "doctor")
		do("", "outbox", "list")
		copied := filepath.Join(h.dir, "buzon-"+level+backup.Extension)
		do("", "backup")
		do("", "backup", copied, "--media")
		do("", "verify", copied)
		do("", "restore", copied)
		do("", "restore", copied, "--yes")
		do("", "repair", "--from-backup")
		looks := server.Count("GET /session/status")
		h.crash(func() bool { return server.Count("GET /session/status") > looks }, "--log-level", level, "sync", "--watch")
	}
	h.modes()
	h.files()
	figures.Told("runs", runs)
	figures.Told("canaries", len(h.private)+1)
	figures.Told("backups looked into", h.backups)
	figures.Told("crash dumps", h.dumps)
	figures.Zero("key found", h.hits.key)
	figures.Zero("numbers or texts found", h.hits.private)
	figures.Zero("open to others", h.hits.modes)
	figures.Zero("left behind", h.hits.temporary)
}
