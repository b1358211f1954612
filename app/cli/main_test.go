package cli_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/cli"
)

const raceOptions = "atexit_sleep_ms=0"

// TestMain lets the test's own program be called as "buzon".
func TestMain(m *testing.M) {
	// With the race detector, a program waits a second before it ends. Those that
	// the tests start need not.
	if err := os.Setenv("GORACE", raceOptions); err != nil {
		panic(err)
	}
	testscript.Main(leakless{m}, map[string]func(){"buzon": buzon, hastyProgram: hasty, actProgram: act})
}

// leakless proves after the tests that every goroutine was waited for.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	status := l.m.Run()
	// The log rotation library keeps one for as long as the process lives.
	err := goleak.Find(goleak.IgnoreTopFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
	if status == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// buzon is the program as main builds it, with a window that only says that it
// was opened.
func buzon() { runProgram(app.Options{}) }

func runProgram(options app.Options) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	window := func(_ context.Context, o cli.WindowOptions) error {
		fmt.Printf("window demo=%t language=%q\n", o.Demo, o.Language)
		return nil
	}
	os.Exit(cli.RunWith(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, window, options))
}
