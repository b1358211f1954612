// Package drill gives the drills of the program one form: how many rounds are
// asked for, and one line of figures at the end of each, which "make drill"
// collects into a table. It is for tests; nothing of ours is known here.
//
// A drill is a test named TestDrill… that the suite runs too, in a few rounds.
package drill

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The environment of a drill.
const (
	// FullEnv, when it is not empty, asks for the full numbers.
	FullEnv = "BUZON_DRILL"
	// RoundsEnv is a number of rounds in place of any drill's own.
	RoundsEnv = "BUZON_DRILL_ROUNDS"
	// TableEnv names the file to which every drill adds its Line.
	TableEnv = "BUZON_DRILL_TABLE"
)

// Full reports whether the full numbers are asked for, and not those of the suite.
func Full() bool { return os.Getenv(FullEnv) != "" }

// Rounds is how many rounds to do: short of them in the suite, full of them in
// "make drill", or what RoundsEnv says.
func Rounds(t testing.TB, short, full int) int {
	t.Helper()
	if text := os.Getenv(RoundsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", RoundsEnv, err)
		}
		return n
	}
	if Full() {
		return full
	}
	return short
}

// Line is what a drill found, as it is written to the file of TableEnv, in JSON.
type Line struct {
	Row     int           `json:"row"`
	Name    string        `json:"name"`
	Figures string        `json:"figures"`
	Bad     bool          `json:"bad"` // a figure is not what it must be, or the test failed
	Took    time.Duration `json:"took"`
}

// Drill collects the figures of one drill. It may be used by many goroutines.
type Drill struct {
	t     testing.TB
	line  Line
	began time.Time

	mu      sync.Mutex
	figures []string
	bad     bool
}

// Start begins a drill with its number and name in the table. When the test ends,
// in whatever way, its line is logged and added to the table.
func Start(t testing.TB, row int, name string) *Drill {
	t.Helper()
	d := &Drill{t: t, line: Line{Row: row, Name: name}, began: time.Now()}
	t.Cleanup(d.end)
	return d
}

// Zero adds a figure that must be 0; if it is not, the test fails.
func (d *Drill) Zero(name string, n int) {
	d.t.Helper()
	d.add(fmt.Sprintf("%s %d", name, n), n != 0)
}

// All adds a figure "n of all", which must be all of at least one; if it is not,
// the test fails.
func (d *Drill) All(name string, n, all int) {
	d.t.Helper()
	d.add(fmt.Sprintf("%s %d/%d", name, n, all), n != all || all < 1)
}

// AtMost adds a figure that must not be above limit; if it is, the test fails.
func (d *Drill) AtMost(name string, n, limit int) {
	d.t.Helper()
	d.add(fmt.Sprintf("%s %d (at most %d)", name, n, limit), n > limit)
}

// Explained adds a figure that ought to be 0 and cannot be, with the reason.
func (d *Drill) Explained(name string, n int, why string) {
	d.add(fmt.Sprintf("%s %d (%s)", name, n, why), false)
}

// Told adds a figure that may have any value.
func (d *Drill) Told(name string, value any) { d.add(fmt.Sprintf("%s %v", name, value), false) }

func (d *Drill) add(figure string, bad bool) {
	d.t.Helper()
	d.mu.Lock()
	d.figures = append(d.figures, figure)
	d.bad = d.bad || bad
	d.mu.Unlock()
	if bad {
		d.t.Errorf("drill %d, %s: %s", d.line.Row, d.line.Name, figure)
	}
}

// end writes the line.
func (d *Drill) end() {
	d.mu.Lock()
	line := d.line
	line.Figures, line.Bad, line.Took = strings.Join(d.figures, ", "), d.bad || d.t.Failed(), time.Since(d.began)
	d.mu.Unlock()
	d.t.Log(line)
	path := os.Getenv(TableEnv)
	if path == "" {
		return
	}
	b, err := json.Marshal(line)
	if err != nil {
		d.t.Errorf("writing the line of a drill: %v", err)
		return
	}
	// One write of an appending file: drills of several processes do not mix.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(append(b, '\n'))
		err = closed(f, err)
	}
	if err != nil {
		d.t.Errorf("writing the line of a drill: %v", err)
	}
}

func closed(f *os.File, err error) error {
	if c := f.Close(); err == nil {
		return c
	}
	return err
}

// String is the line as people read it.
func (l Line) String() string {
	verdict := "good"
	if l.Bad {
		verdict = "BAD"
	}
	return fmt.Sprintf("%2d  %-4s  %s: %s (%v)", l.Row, verdict, l.Name, l.Figures, l.Took.Round(time.Second/10))
}
