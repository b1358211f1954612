package audio_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/audio"
)

// A sound server that hangs up at once, as one that is just being restarted
// does, is no sound and nothing worse.
func TestSoundServerThatHangsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "native")
	server, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	defer func() {
		require.NoError(t, server.Close())
		<-ended
	}()
	t.Setenv("PULSE_SERVER", "unix:"+path)
	for range 20 {
		_, err = audio.System("test").Start(t.Context(), func([]int16) (int, error) { return 0, nil })
		require.ErrorIs(t, err, audio.ErrNoDevice)
	}
}

// A sound server that accepts and says nothing must not outlast who asked.
func TestSoundServerThatSaysNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "native")
	server, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Close()) }()
	t.Setenv("PULSE_SERVER", "{elsewhere}unix:/nowhere rubbish: "+path)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err = audio.System("test").Start(ctx, func([]int16) (int, error) { return 0, nil })
	require.Error(t, err)
}
