package sync_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// gatewayVariable makes the test's program a gateway: see serveGateway.
const gatewayVariable = "BUZON_TEST_GATEWAY"

// serveGateway lets a second process of the test's program be the gateway, so
// that its work does not show in profiles and in memory. It serves the
// simulator whose sizes the environment names until its input ends.
func serveGateway() bool {
	text := os.Getenv(gatewayVariable)
	if text == "" {
		return false
	}
	config := simulator.Config{APIKey: apiKey, Paired: true}
	_, err := fmt.Sscan(text, &config.Contacts, &config.Conversations, &config.Messages)
	if err == nil {
		var server *simulator.Server
		if server, err = simulator.New(config); err == nil {
			if err = server.Listen("127.0.0.1:0"); err == nil {
				fmt.Println(server.URL())
				_, _ = io.Copy(io.Discard, os.Stdin)
				err = server.Close()
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// startGateway starts the second process and returns its address.
func startGateway(b *testing.B, contacts, conversations, messages int) (address string, cpu func() time.Duration) {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0]) // ended by stop
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d %d", gatewayVariable, contacts, conversations, messages))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			require.NoError(b, in.Close())
			require.NoError(b, cmd.Wait())
		}
	}
	b.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(line), func() time.Duration {
		stop()
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
}

// bench is an engine on a store on disk and a gateway in another process.
type bench struct {
	path    string
	store   *store.Store
	client  *gateway.Client
	engine  *wasync.Engine
	session model.Session
}

func newBench(b *testing.B, address string) *bench {
	b.Helper()
	ctx := b.Context()
	r := &bench{path: filepath.Join(b.TempDir(), "buzon.db")}
	settings := model.DefaultSettings()
	settings.LimitContacts, settings.LimitConversations, settings.LimitMessages = 0, 0, 0
	var err error
	r.client, err = gateway.New(gateway.Config{BaseURL: address, APIKey: apiKey})
	require.NoError(b, err)
	r.store, err = store.Open(ctx, store.Options{Path: r.path})
	require.NoError(b, err)
	r.session, err = r.store.EnsureSession(ctx, sessionName)
	require.NoError(b, err)
	r.engine = wasync.New(wasync.Params{
		Store: r.store, Gateway: func() wasync.Gateway { return r.client },
		Settings: func() model.Settings { return settings }, Bus: &event.Bus{}, Media: &thumbFolder{dir: b.TempDir()},
	})
	require.NoError(b, r.engine.Start(ctx))
	b.Cleanup(r.close)
	require.NoError(b, r.engine.Connect(ctx, r.session.ID))
	require.NoError(b, r.engine.WaitLaunch(ctx, r.session.ID))
	return r
}

// thumbFolder keeps small pictures as the program does, and no files.
type thumbFolder struct{ dir string }

func (f *thumbFolder) Create() (wasync.MediaFile, error) { return nil, errors.ErrUnsupported }
func (f *thumbFolder) Free() (uint64, error)             { return 0, nil }

func (f *thumbFolder) SaveThumb(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	path := filepath.Join(f.dir, digest)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return digest, nil
	}
	return digest, os.WriteFile(path, data, 0o600)
}

// close may be called again.
func (r *bench) close() {
	r.engine.Close()
	r.client.Close()
	_ = r.store.Close()
}

func (r *bench) sync(b *testing.B, scope model.SyncScope) model.SyncReport {
	b.Helper()
	report, err := r.engine.RunSync(b.Context(), r.session.ID, scope)
	require.NoError(b, err)
	return report
}

// benchMessages is how many messages BenchmarkGatewayToStore brings over.
const benchMessages = 200_000

// BenchmarkGatewayToStore brings 200,000 messages of 1,000 conversations, with
// their raw models of about 1.5 KB, from the gateway's JSON into an indexed
// store on disk. Beside it stands what the sqlite3 command line takes to import
// the same rows into the same schema; and gateway-cpu-s is the time that the
// simulated gateway, on the same cores, took of the whole.
func BenchmarkGatewayToStore(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		address, cpu := startGateway(b, 5000, 1000, benchMessages)
		r := newBench(b, address)
		r.sync(b, model.SyncScope{Contacts: true, Conversations: true})
		b.StartTimer()
		began := time.Now()
		report := r.sync(b, model.SyncScope{Messages: true, AllMessages: true})
		took := time.Since(began)
		b.StopTimer()
		require.Equal(b, benchMessages, report.Phases[model.PhaseMessages].Created)
		b.ReportMetric(benchMessages/took.Seconds(), "messages/s")
		r.close()
		b.ReportMetric(cpu().Seconds(), "gateway-cpu-s")
		if cli := importWithCLI(b, r.path); cli > 0 {
			b.ReportMetric(benchMessages/cli.Seconds(), "cli-rows/s")
			b.ReportMetric(cli.Seconds()/took.Seconds(), "ratio-to-cli")
		}
		b.StartTimer()
	}
}

// importWithCLI lets the sqlite3 command line import the messages of a store
// into a new one of the same schema, conversation by conversation as a gateway
// gives them. Without sqlite3 it takes no time.
func importWithCLI(b *testing.B, path string) time.Duration {
	b.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		b.Log("the sqlite3 command line is not installed: no comparison")
		return 0
	}
	dir := b.TempDir()
	rows := filepath.Join(dir, "rows.csv")
	run := func(file, script string) time.Duration {
		cmd := exec.CommandContext(b.Context(), program, "-bail", file)
		cmd.Stdin = strings.NewReader(script)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		began := time.Now()
		require.NoError(b, cmd.Run(), said.String())
		return time.Since(began)
	}
	run(path, ".mode csv\n.once "+rows+"\nSELECT * FROM messages ORDER BY conversation_id, id;\n")
	// Without the tables that an index makes for itself.
	file := filepath.Join(dir, "schema.sql")
	run(path, ".mode list\n.once "+file+`
		SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND NOT (type = 'table' AND name GLOB '*_fts_*') ORDER BY rowid;`)
	schema, err := os.ReadFile(file)
	require.NoError(b, err)
	db := filepath.Join(dir, "cli.db")
	run(db, "PRAGMA journal_mode = WAL;\n"+string(schema)+"\nATTACH '"+path+"' AS synced;\n"+
		"INSERT INTO sessions SELECT * FROM synced.sessions;\n"+
		"INSERT INTO conversations (id, session_id, jid) SELECT id, session_id, jid FROM synced.conversations;\n")
	return run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000;\n"+
		".import --csv "+rows+" messages\n")
}

// bookkeeping is what a sync that changes nothing writes all the same: its line
// in the activity log and the session's time of the last sync.
const bookkeeping = 2

// BenchmarkUnchangedSync syncs 5,000 contacts and 1,000 conversations that are
// held already, and in between only downloads and decodes the same two lists.
// The ratio may be 1.3 at the most, and writes must be 0.
func BenchmarkUnchangedSync(b *testing.B) {
	address, _ := startGateway(b, 5000, 1000, 20_000)
	r := newBench(b, address)
	r.sync(b, model.Full())
	scope := model.SyncScope{Contacts: true, Conversations: true, Messages: true}
	for range 4 { // until what may be asked about hidden ids within an hour has been asked
		r.sync(b, scope)
	}
	before, err := r.store.Changes(b.Context())
	require.NoError(b, err)
	var synced, alone time.Duration
	rounds := 0
	for b.Loop() {
		began := time.Now()
		report := r.sync(b, scope)
		synced += time.Since(began)
		b.StopTimer()
		require.Zero(b, report.Phases[model.PhaseContacts].Created+report.Phases[model.PhaseContacts].Updated)
		require.Zero(b, report.Phases[model.PhaseConversations].Created+report.Phases[model.PhaseConversations].Updated)
		alone += r.download(b)
		rounds++
		b.StartTimer()
	}
	after, err := r.store.Changes(b.Context())
	require.NoError(b, err)
	b.ReportMetric(float64(synced.Milliseconds())/float64(rounds), "sync-ms")
	b.ReportMetric(float64(alone.Milliseconds())/float64(rounds), "download-ms")
	b.ReportMetric(synced.Seconds()/alone.Seconds(), "ratio")
	b.ReportMetric(float64(after-before)/float64(rounds)-bookkeeping, "writes/op")
}

// download reads and decodes both lists and keeps nothing.
func (r *bench) download(b *testing.B) time.Duration {
	b.Helper()
	began := time.Now()
	_, err := r.client.Contacts(b.Context(), sessionName, func(*gateway.Contact) error { return nil })
	require.NoError(b, err)
	_, err = r.client.Chats(b.Context(), sessionName, func(*gateway.Chat) error { return nil })
	require.NoError(b, err)
	return time.Since(began)
}
