package cli_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/sync/simulator"
)

const (
	sessionName = "empresa"
	apiKey      = "a-key-for-tests-0123456789"
	patience    = 3 * time.Minute // for what comes within a second, where nobody else works
)

// stage is what a script plays with: a gateway, and a lock that it holds.
type stage struct {
	server *simulator.Server
	last   simulator.MessageRef
	lock   *app.Instance
}

type stageKey struct{}

func of(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) close() error {
	var errs []error
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// TestScripts runs the scenarios of testdata/script. Each has its own folder and
// its own simulated gateway.
func TestScripts(t *testing.T) {
	t.Parallel()
	type command = func(ts *testscript.TestScript, neg bool, args []string)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: false,
		Setup: func(e *testscript.Env) error {
			s := &stage{}
			e.Values[stageKey{}] = s
			e.Setenv("KEY", apiKey)
			e.Setenv("GORACE", raceOptions)
			e.Defer(func() {
				if err := s.close(); err != nil {
					t.Error(err)
				}
			})
			return nil
		},
		Cmds: map[string]command{
			"gateway":      gatewayCommand,
			"phone":        phoneCommand,
			"faults":       faultsCommand,
			"requests":     requestsCommand,
			"pick":         pickCommand,
			"own":          ownCommand,
			"accepted":     acceptedCommand,
			"truth":        truthCommand,
			"json":         jsonCommand,
			"entries":      entriesCommand,
			"qr":           qrCommand,
			"status":       statusCommand,
			"unprivileged": unprivilegedCommand,
			"hold":         holdCommand,
			"schema":       schemaCommand,
			"nowhere":      nowhereCommand,
			"website":      websiteCommand,
		},
	})
}

func usage(ts *testscript.TestScript, neg bool, args []string, n int, text string) {
	if neg || len(args) < n {
		ts.Fatalf("usage: %s", text)
	}
}

// gatewayCommand starts a simulated gateway and sets $GATEWAY; "gateway stop" ends it.
func gatewayCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 0, "gateway [flags] | gateway stop")
	s := of(ts)
	if len(args) == 1 && args[0] == "stop" {
		ts.Check(s.server.Close())
		return
	}
	config := simulator.Config{APIKey: apiKey, QRInterval: time.Hour, AckDelay: time.Hour, Contacts: 60, Conversations: 12, Messages: 300}
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.StringVar(&config.BasePath, "base-path", "", "")
	flags.IntVar(&config.Contacts, "contacts", config.Contacts, "")
	flags.IntVar(&config.Conversations, "conversations", config.Conversations, "")
	flags.IntVar(&config.Messages, "messages", config.Messages, "")
	flags.BoolVar(&config.DollarIDs, "dollar-ids", false, "")
	flags.BoolVar(&config.Paired, "paired", false, "")
	flags.BoolVar(&config.SendWithoutMessage, "send-without-message", false, "")
	flags.DurationVar(&config.PairAfter, "pair-after", 0, "")
	flags.DurationVar(&config.StartDelay, "start-delay", 0, "")
	flags.DurationVar(&config.ReadyDelay, "ready-delay", 0, "")
	flavour := flags.String("flavour", "", "")
	ts.Check(flags.Parse(args))
	config.Flavour = simulator.Flavour(*flavour)
	server, err := simulator.New(config)
	ts.Check(err)
	s.server = server
	ts.Check(server.Listen("127.0.0.1:0"))
	ts.Setenv("GATEWAY", server.URL())
}

// websiteCommand serves a page that is no gateway and sets $WEBSITE.
func websiteCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 0, "website")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "<html><body>Welcome</body></html>")
	}))
	ts.Defer(page.Close)
	ts.Setenv("WEBSITE", page.URL)
}

// phoneCommand is what happens on the phone.
func phoneCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 1, "phone look | scan | receive CHAT TEXT | edit TEXT | logout | crash")
	s := of(ts)
	phone := s.server.Phone(sessionName)
	switch args[0] {
	case "look":
		waitForQRs(ts, s.server)
	case "scan":
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, err := phone.WaitForQR(ctx)
		ts.Check(err)
		ts.Check(phone.Scan())
	case "receive":
		ref, err := phone.Receive(args[1], args[2])
		ts.Check(err)
		s.last = ref
		ts.Setenv("LAST", ref.ID)
	case "edit":
		ts.Check(phone.Edit(s.last, args[1]))
	case "logout":
		ts.Check(phone.Logout())
	case "crash":
		ts.Check(phone.Crash())
	default:
		ts.Fatalf("the phone cannot %s", args[0])
	}
}

// waitForQRs waits until a client that was just started was given the QR twice:
// by then it shows it.
func waitForQRs(ts *testscript.TestScript, server *simulator.Server) {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		given := 0
		for _, r := range server.Requests() {
			if strings.HasPrefix(r.Route, "GET /session/qr") && r.Status == http.StatusOK {
				given++
			}
		}
		if given >= 2 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	ts.Fatalf("nobody asked for the QR")
}

// faultsCommand replaces the faults; each strikes so many times.
func faultsCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 0, "faults [KIND:TIMES:ROUTE]...")
	var faults []simulator.Fault
	for _, arg := range args {
		parts := strings.SplitN(arg, ":", 3)
		if len(parts) != 3 {
			ts.Fatalf("fault %q: want KIND:TIMES:ROUTE", arg)
		}
		times, err := strconv.Atoi(parts[1])
		ts.Check(err)
		faults = append(faults, simulator.Fault{Kind: simulator.FaultKind(parts[0]), Times: times, Route: parts[2]})
	}
	ts.Check(of(ts).server.SetFaults(faults...))
}

// requestsCommand checks how many requests a route has had.
func requestsCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 1, "requests ROUTE N | requests forget")
	if args[0] == "forget" {
		of(ts).server.ResetRequests()
		return
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := of(ts).server.Count(args[0]); got != want {
		ts.Fatalf("%d requests to %q, want %d", got, args[0], want)
	}
}

// pickCommand sets a variable to the id of a conversation with messages.
func pickCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "pick VARIABLE person|group")
	for c := range of(ts).server.TruthConversations(sessionName) {
		user, server, _ := strings.Cut(c.ID, "@")
		person := server == "c.us" && user != "0" && user != of(ts).server.Phone(sessionName).Number()
		if c.Messages > 0 && (args[1] == "group" && c.Group || args[1] == "person" && person) {
			ts.Setenv(args[0], c.ID)
			return
		}
	}
	ts.Fatalf("no conversation with a %s", args[1])
}

// acceptedCommand checks how many messages of a type and with a text, and with a
// quote when one is named, WhatsApp took.
func acceptedCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 3, "accepted TYPE TEXT N [QUOTED]")
	n := 0
	for _, a := range of(ts).server.Accepted() {
		if a.Type == args[0] && a.Text == args[1] && (len(args) < 4 || a.Quoted == args[3]) {
			n++
		}
	}
	if strconv.Itoa(n) != args[2] {
		ts.Fatalf("%d accepted, want %s: %+v", n, args[2], of(ts).server.Accepted())
	}
}

// ownCommand checks how many own messages of a conversation have a text.
func ownCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 3, "own CHAT TEXT N")
	if got := strconv.Itoa(ownTexts(of(ts).server, args[0], args[1])); got != args[2] {
		ts.Fatalf("%s own messages with that text, want %s", got, args[2])
	}
}

func ownTexts(server *simulator.Server, chat, text string) int {
	n := 0
	for m := range server.TruthMessages(sessionName, chat) {
		if m.FromMe && m.Body == text {
			n++
		}
	}
	return n
}

// statusCommand runs a command that must end with an exit status.
func statusCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "status N COMMAND...")
	checkStatus(ts, args[0], ts.Exec(args[1], args[2:]...))
}

func checkStatus(ts *testscript.TestScript, want string, err error) {
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != want {
		ts.Fatalf("exit status %d, want %s\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// holdCommand is another Buzón that works on a data folder.
func holdCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 1, "hold DIR | hold release")
	s := of(ts)
	if args[0] == "release" {
		ts.Check(s.lock.Close())
		s.lock = nil
		return
	}
	paths, err := app.NewPaths(ts.MkAbs(args[0]))
	ts.Check(err)
	s.lock, err = app.AcquireInstance(paths, nil)
	ts.Check(err)
}

// nowhereCommand checks that no file below a folder holds a text, apart from the named ones.
func nowhereCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "nowhere DIR TEXT [FILE]...")
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, name := range args[2:] {
			if name == d.Name() {
				return nil
			}
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(content), args[1]) {
			return fmt.Errorf("%s holds %q", path, args[1])
		}
		return nil
	}))
}
