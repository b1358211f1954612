package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The property list of macOS is checked here on every system.
func TestAgent(t *testing.T) {
	a := &Autostart{ID: "com.example.box", Name: "Box", Program: filepath.Join(t.TempDir(), `b & <o> "x"`), Args: []string{"--background"}}
	data, err := a.agent()
	require.NoError(t, err)
	require.False(t, agentOn(data), "the program is not there")
	require.NoError(t, os.WriteFile(a.Program, nil, 0o700))
	require.True(t, agentOn(data))
	require.Contains(t, string(data), "b &amp; &lt;o&gt;")
	require.False(t, agentOn([]byte(strings.Replace(string(data), "<key>RunAtLoad</key>", "<key>Disabled</key>", 1))))
	require.False(t, agentOn(nil))
	require.False(t, agentOn([]byte("<plist><dict><key>x")))
	a.Args = []string{"a\x00b"}
	_, err = a.agent()
	require.ErrorIs(t, err, ErrArgument)
}
