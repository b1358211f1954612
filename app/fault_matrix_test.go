package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/sync/gateway"
)

// onlyOnce are the calls that start, stop, send or change a message: they go out
// once, whatever comes back.
var onlyOnce = []string{
	"StartSession", "Restart", "Stop", "Terminate", "RequestPairingCode", "SendMessage", "Reply", "Forward", "React",
	"DeleteMessage", "EditMessage",
}

// gatewayCall is one method of the client, with arguments that its types give.
type gatewayCall struct {
	name string
	make func(context.Context, *gateway.Client) error
}

// gatewayCalls are all methods of the client that ask the gateway something, so
// that a new one is drilled without being named here.
func gatewayCalls(t *testing.T) []gatewayCall {
	t.Helper()
	var calls []gatewayCall
	client := reflect.TypeFor[*gateway.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumIn() < 2 || m.Type.In(1) != reflect.TypeFor[context.Context]() || m.Name == "DownloadProfilePic" {
			continue // that one asks another host, and brings no key
		}
		calls = append(calls, gatewayCall{m.Name, func(ctx context.Context, c *gateway.Client) error {
			in := []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(ctx)}
			for n := 2; n < m.Type.NumIn(); n++ {
				in = append(in, argument(m.Type.In(n), n == 2))
			}
			for _, out := range m.Func.Call(in) {
				switch v := out.Interface().(type) {
				case error:
					return v
				case gateway.ProbeResult:
					return v.Err
				}
			}
			return nil
		}})
	}
	require.Greater(t, len(calls), 50)
	return calls
}

// argument makes a value of a type; the first text is the session's name.
func argument(typ reflect.Type, first bool) reflect.Value {
	switch typ {
	case reflect.TypeFor[gateway.Content]():
		return reflect.ValueOf(gateway.Text("Private text"))
	case reflect.TypeFor[gateway.MessageRef]():
		return reflect.ValueOf(gateway.MessageRef{ChatID: "34600111222@c.us", ShortID: "3EB0"})
	case reflect.TypeFor[gateway.MediaTarget]():
		return reflect.ValueOf(&sink{})
	case reflect.TypeFor[[]string]():
		return reflect.ValueOf([]string{"1@lid"})
	}
	switch typ.Kind() {
	case reflect.String:
		if first {
			return reflect.ValueOf("s1")
		}
		return reflect.ValueOf("34600111222@c.us")
	case reflect.Func:
		return reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value {
			var out []reflect.Value
			for o := range typ.NumOut() {
				out = append(out, reflect.Zero(typ.Out(o)))
			}
			return out
		})
	}
	return reflect.Zero(typ)
}

// sink takes a file and forgets it.
type sink struct{ n int64 }

func (s *sink) Begin(int64) error { s.n = 0; return nil }
func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return len(p), nil
}

// TestDrillFaultMatrix makes every call of the client against every fault: it must
// come back in time, with the right kind of error and words for it in each language,
// without having shown the key to anybody else, and without a send going out twice.
func TestDrillFaultMatrix(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 3, "every call against every fault")
	calls, faults := gatewayCalls(t), gatewayFaults(t)
	if !drill.Full() { // each fault with some calls, those that send among them
		rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		slices.SortStableFunc(calls, func(a, b gatewayCall) int { return rank(a) - rank(b) })
		calls = calls[:10]
	}
	printers := map[string]*translations.Printer{}
	for _, lang := range translations.Languages() {
		var err error
		printers[lang], err = translations.New(lang)
		require.NoError(t, err)
	}
	var mu sync.Mutex
	var tally matrixTally
	limit := make(chan struct{}, 24)
	var wg sync.WaitGroup
	for _, f := range faults {
		for i, c := range calls {
			if f.costly && !drill.Full() && i > 0 {
				break
			}
			wg.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				got := tryFault(t, f, c, printers)
				mu.Lock()
				defer mu.Unlock()
				tally.add(got)
			})
		}
	}
	wg.Wait()
	figures.Told("cases", tally.cases)
	figures.Zero("panics", tally.panics)
	figures.Zero("past their deadline", tally.late)
	figures.Zero("of the wrong kind", tally.wrongKind)
	figures.Zero("without words", tally.wordless)
	figures.Zero("keys shown elsewhere", tally.leaks)
	figures.Zero("sends repeated", tally.repeated)
}

// rank puts the calls first that every short drill makes.
func rank(c gatewayCall) int {
	if i := slices.Index([]string{"SendMessage", "Chats", "FetchMessages", "SessionStatus", "Listen"}, c.name); i >= 0 {
		return i
	}
	return 99
}

type matrixTally struct{ cases, panics, late, wrongKind, wordless, leaks, repeated int }

func (m *matrixTally) add(o matrixTally) {
	m.cases, m.panics, m.late, m.wrongKind = m.cases+o.cases, m.panics+o.panics, m.late+o.late, m.wrongKind+o.wrongKind
	m.wordless, m.leaks, m.repeated = m.wordless+o.wordless, m.leaks+o.leaks, m.repeated+o.repeated
}

// grace is how long after its deadline a call may still be on its way back; only
// one that hangs takes so long, on however busy a machine.
const grace = time.Minute

func tryFault(t *testing.T, f gatewayFault, c gatewayCall, printers map[string]*translations.Printer) (got matrixTally) {
	got.cases = 1
	place := f.place()
	defer place.close()
	cfg := gateway.Config{BaseURL: place.url, APIKey: matrixKey, Timeout: f.patience(), FileTimeout: f.patience(),
		RetryAttempts: 2, RetryWait: time.Millisecond, Transport: place.transport}
	client, err := gateway.New(cfg)
	if err != nil {
		t.Error(err)
		return got
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), f.patience())
	defer cancel()
	ended := make(chan error, 1)
	panicked := make(chan any, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				panicked <- r
			}
		}()
		ended <- c.make(ctx, client)
	}()
	select {
	case r := <-panicked:
		t.Errorf("%s, %s: panic: %v", f.name, c.name, r)
		got.panics++
		return got
	case <-time.After(f.patience() + grace):
		t.Errorf("%s, %s: did not come back", f.name, c.name)
		got.late++
		return got
	case err = <-ended:
	}
	if want := f.kinds(c.name); !slices.Contains(want, gateway.KindOf(err)) {
		t.Errorf("%s, %s: want %q, got %q: %v", f.name, c.name, want, gateway.KindOf(err), err)
		got.wrongKind++
	}
	if why := wordsMissing(printers, err); why != "" {
		t.Errorf("%s, %s: %s", f.name, c.name, why)
		got.wordless++
	}
	if n := place.stolen.Load(); n > 0 || err != nil && strings.Contains(err.Error(), matrixKey) {
		t.Errorf("%s, %s: the key went to another host, or is in the error: %v", f.name, c.name, err)
		got.leaks++
	}
	if n := place.asked.Load(); slices.Contains(onlyOnce, c.name) && n > 1 {
		t.Errorf("%s, %s: went out %d times", f.name, c.name, n)
		got.repeated++
	}
	return got
}

// wordsMissing says which words an owner would miss for an error.
func wordsMissing(printers map[string]*translations.Printer, err error) string {
	if err == nil {
		return ""
	}
	p := app.Describe(err)
	if p.Kind == model.ProblemInternal {
		return fmt.Sprintf("shown as a fault of Buzón: %v", err)
	}
	for lang, text := range printers {
		for _, half := range []string{"why", "do"} {
			key := "problem." + string(p.Kind) + "." + half
			if s := text.T(key); s == "" || s == key {
				return fmt.Sprintf("no %s in %s", key, lang)
			}
		}
	}
	return ""
}
