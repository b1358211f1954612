package drill_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
)

// fake is a test that may fail without failing this one.
type fake struct {
	testing.TB
	failed   bool
	cleanups []func()
}

func (f *fake) Helper()               {}
func (f *fake) Log(...any)            {}
func (f *fake) Errorf(string, ...any) { f.failed = true }
func (f *fake) Failed() bool          { return f.failed }
func (f *fake) Cleanup(c func())      { f.cleanups = append(f.cleanups, c) }

func (f *fake) end() {
	for _, c := range f.cleanups {
		c()
	}
}

func TestFiguresAreWrittenHoweverTheTestEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table")
	t.Setenv(drill.TableEnv, path)
	for _, c := range []struct {
		do     func(*fake, *drill.Drill)
		line   string
		failed bool
	}{
		{func(_ *fake, d *drill.Drill) { d.Zero("lost", 0); d.All("whole", 3, 3); d.Told("cases", "many") }, "lost 0, whole 3/3, cases many", false},
		{func(_ *fake, d *drill.Drill) { d.Zero("lost", 1) }, "lost 1", true},
		{func(_ *fake, d *drill.Drill) { d.All("whole", 2, 3) }, "whole 2/3", true},
		{func(_ *fake, d *drill.Drill) { d.All("whole", 0, 0) }, "whole 0/0", true},
		{func(_ *fake, d *drill.Drill) { d.AtMost("pages", 1, 1) }, "pages 1 (at most 1)", false},
		{func(_ *fake, d *drill.Drill) { d.AtMost("pages", 2, 1) }, "pages 2 (at most 1)", true},
		{func(_ *fake, d *drill.Drill) { d.Explained("late", 2, "the clock of the phone") }, "late 2 (the clock of the phone)", false},
		{func(f *fake, _ *drill.Drill) { f.failed = true }, "", true},
	} {
		require.NoError(t, os.RemoveAll(path))
		f := &fake{TB: t}
		c.do(f, drill.Start(f, 7, "of a test"))
		f.end()
		require.Equal(t, c.failed, f.failed, c.line)
		lines := readTable(t, path)
		require.Len(t, lines, 1)
		require.Equal(t, drill.Line{Row: 7, Name: "of a test", Figures: c.line, Bad: c.failed, Took: lines[0].Took}, lines[0])
	}
}

func readTable(t *testing.T, path string) []drill.Line {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	var lines []drill.Line
	for dec := json.NewDecoder(f); ; {
		var l drill.Line
		err := dec.Decode(&l)
		if errors.Is(err, io.EOF) {
			return lines
		}
		require.NoError(t, err)
		lines = append(lines, l)
	}
}

func TestRounds(t *testing.T) {
	t.Setenv(drill.FullEnv, "")
	t.Setenv(drill.RoundsEnv, "")
	require.Equal(t, 5, drill.Rounds(t, 5, 1000))
	t.Setenv(drill.FullEnv, "full")
	require.Equal(t, 1000, drill.Rounds(t, 5, 1000))
	t.Setenv(drill.RoundsEnv, "12")
	require.Equal(t, 12, drill.Rounds(t, 5, 1000))
}
