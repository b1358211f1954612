package audio_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/audio"
)

func fixture(name string) string { return filepath.Join("testdata", name) }

// readAll reads a track to its end, the left channel only.
func readAll(t *testing.T, track *audio.Track) []float32 {
	t.Helper()
	var all []float32
	buf := make([]float32, 3000)
	for {
		n, err := track.Read(buf)
		for i := range n {
			all = append(all, buf[i*track.Channels()])
		}
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		require.Positive(t, n)
	}
}

// pitch counts how often a tone goes through zero, in waves a second.
func pitch(samples []float32, rate int) float64 {
	crossings := 0
	for i := 1; i < len(samples); i++ {
		if samples[i-1] < 0 && samples[i] >= 0 {
			crossings++
		}
	}
	return float64(crossings) * float64(rate) / float64(len(samples))
}

func level(samples []float32) float64 {
	sum := 0.0
	for _, v := range samples {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// wav returns a sound file with a tone.
func wav(t *testing.T, seconds float64, rate, channels, bits int) string {
	t.Helper()
	var data bytes.Buffer
	for i := range int(seconds * float64(rate)) {
		v := 0.5 * math.Sin(2*math.Pi*440*float64(i)/float64(rate))
		for range channels {
			switch bits {
			case 8:
				data.WriteByte(byte(128 + 127*v))
			case 16:
				require.NoError(t, binary.Write(&data, binary.LittleEndian, int16(32767*v)))
			default:
				require.NoError(t, binary.Write(&data, binary.LittleEndian, int32(math.MaxInt32*v)))
			}
		}
	}
	var file bytes.Buffer
	file.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00")
	for _, v := range []any{uint16(channels), uint32(rate), uint32(rate * channels * bits / 8), uint16(channels * bits / 8), uint16(bits)} {
		require.NoError(t, binary.Write(&file, binary.LittleEndian, v))
	}
	file.WriteString("LIST\x03\x00\x00\x00abc\x00data")
	require.NoError(t, binary.Write(&file, binary.LittleEndian, uint32(data.Len())))
	file.Write(data.Bytes())
	path := filepath.Join(t.TempDir(), "tone.wav")
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
	return path
}

func TestTrackDecodesEveryKind(t *testing.T) {
	for name, path := range map[string]string{
		"speech at few bits": fixture("tone-silk.opus"), "speech at more bits": fixture("tone-hybrid.opus"), "music": fixture("tone-celt.opus"),
		"mp3": fixture("tone.mp3"), "wav of 8 bits": wav(t, 2, 8000, 1, 8), "wav of 16 bits": wav(t, 2, 44_100, 2, 16), "wav of 32 bits": wav(t, 2, 48_000, 1, 32),
	} {
		t.Run(name, func(t *testing.T) {
			track, err := audio.Open(path)
			require.NoError(t, err)
			defer func() { require.NoError(t, track.Close()) }()
			require.InDelta(t, 2, track.Length().Seconds(), 0.1)
			all := readAll(t, track)
			require.InDelta(t, 2, float64(len(all))/float64(track.Rate()), 0.1)
			middle := all[len(all)/4 : 3*len(all)/4]
			require.InDelta(t, 440, pitch(middle, track.Rate()), 2)
			require.InDelta(t, 0.35, level(middle), 0.05)

			require.NoError(t, track.Seek(1500*time.Millisecond))
			rest := readAll(t, track)
			require.InDelta(t, 0.5, float64(len(rest))/float64(track.Rate()), 0.1)
			require.InDelta(t, 440, pitch(rest[:len(rest)/2], track.Rate()), 30)

			require.NoError(t, track.Seek(time.Hour))
			require.Less(t, len(readAll(t, track)), track.Rate()/10, "a decoder may have a little left")
		})
	}
}

func TestOpenRefusesWhatItCannotDecode(t *testing.T) {
	for name, data := range map[string]string{
		"nothing": "", "a text": "this is no sound at all", "a page of ogg without sound": "OggS\x00\x02aaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"a wav without samples": "RIFF\x00\x00\x00\x00WAVEfmt ", "id3 and no more": "ID3\x03\x00\x00\x00\x00\x00\x00", "mp4": "\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.ogg")
			require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
			_, err := audio.Open(path)
			require.ErrorIs(t, err, audio.ErrFormat)
		})
	}
	_, err := audio.Open(filepath.Join(t.TempDir(), "gone.ogg"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCutFileIsHeardUpToTheCut(t *testing.T) {
	data, err := os.ReadFile(fixture("tone-celt.opus"))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cut.ogg")
	for cut := len(data) - 1; cut > 0; cut -= 97 {
		require.NoError(t, os.WriteFile(path, data[:cut], 0o600))
		track, err := audio.Open(path)
		if err != nil {
			require.ErrorIs(t, err, audio.ErrFormat)
			continue
		}
		readAll(t, track)
		require.NoError(t, track.Close())
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"tone-silk.opus", "tone-hybrid.opus", "tone-celt.opus", "tone.mp3"} {
		data, err := os.ReadFile(fixture(name))
		require.NoError(f, err)
		f.Add(data[:min(len(data), 3000)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		track, err := audio.Open(path)
		if err != nil {
			return
		}
		defer func() { require.NoError(t, track.Close()) }()
		buf := make([]float32, 4096)
		for range 1000 {
			if _, err := track.Read(buf); err != nil {
				break
			}
		}
		_ = track.Seek(track.Length() / 2)
		_, _ = track.Read(buf)
	})
}

// speaker is a sound system that plays when the test pulls.
type speaker struct {
	mu     sync.Mutex
	err    error
	voices []*voice
}

type voice struct {
	read   func([]int16) (int, error)
	err    error
	closed bool
	ended  bool
	heard  []float32 // left channel
}

func (s *speaker) Start(_ context.Context, read func([]int16) (int, error)) (audio.Voice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	v := &voice{read: read}
	s.voices = append(s.voices, v)
	return v, nil
}

func (s *speaker) last() *voice { return s.voices[len(s.voices)-1] }

func (v *voice) Latency() time.Duration { return 100 * time.Millisecond }
func (v *voice) Err() error             { return v.err }
func (v *voice) Close() error           { v.closed = true; return nil }

// pull plays so much, or to the end.
func (v *voice) pull(d time.Duration) {
	buf := make([]int16, 2*480)
	for range int(d / (10 * time.Millisecond)) {
		n, err := v.read(buf)
		for i := range n {
			v.heard = append(v.heard, float32(buf[2*i])/32768)
		}
		if err != nil {
			v.ended = true
			return
		}
	}
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newPlayer(t *testing.T) (*audio.Player, *speaker, *clock) {
	s, c := &speaker{}, &clock{at: time.Unix(1_700_000_000, 0)}
	p := audio.NewPlayer(s, c.now)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p, s, c
}

func TestPlayerPlaysToTheEnd(t *testing.T) {
	p, s, c := newPlayer(t)
	require.NoError(t, p.Play(t.Context(), fixture("tone-silk.opus"), 0, 1))
	require.True(t, p.Status().Playing)
	require.InDelta(t, 2, p.Status().Length.Seconds(), 0.1)
	s.last().pull(time.Second)
	require.InDelta(t, 0.9, p.Status().Position.Seconds(), 0.02, "what waits in the sound system was not heard yet")
	s.last().pull(5 * time.Second)
	require.True(t, s.last().ended)
	require.True(t, p.Status().Playing, "the last bit is still to be heard")
	c.at = c.at.Add(200 * time.Millisecond)
	st := p.Status()
	require.False(t, st.Playing)
	require.True(t, st.Ended)
	require.Equal(t, st.Length, st.Position)
}

func TestPlayerPausesSeeksAndGoesOn(t *testing.T) {
	p, s, _ := newPlayer(t)
	require.NoError(t, p.Play(t.Context(), fixture("tone-celt.opus"), 1500*time.Millisecond, 1))
	s.last().pull(300 * time.Millisecond)
	p.Pause()
	require.True(t, s.last().closed)
	st := p.Status()
	require.False(t, st.Playing)
	require.False(t, st.Ended)
	require.InDelta(t, 1.7, st.Position.Seconds(), 0.02)
	n, err := s.last().read(make([]int16, 100))
	require.Zero(t, n)
	require.ErrorIs(t, err, io.EOF, "nothing is read of a file that was closed")

	require.NoError(t, p.Play(t.Context(), fixture("tone-celt.opus"), st.Position, 1))
	require.Len(t, s.voices, 2)
	s.last().pull(time.Second)
	require.InDelta(t, 0.3, float64(len(s.last().heard))/audio.OutRate, 0.1)
}

func TestSpeedKeepsThePitch(t *testing.T) {
	for _, speed := range []float64{1.5, 2, 0.5} {
		p, s, _ := newPlayer(t)
		require.NoError(t, p.Play(t.Context(), wav(t, 4, 44_100, 1, 16), 0, speed))
		s.last().pull(20 * time.Second)
		heard := s.last().heard
		require.InDelta(t, 4/speed, float64(len(heard))/audio.OutRate, 0.1)
		require.InDelta(t, 440, pitch(heard[4800:len(heard)-4800], audio.OutRate), 6)
		require.InDelta(t, 0.35, level(heard[4800:len(heard)-4800]), 0.05)
	}
}

func TestPlayerSaysWhyItIsSilent(t *testing.T) {
	p, s, _ := newPlayer(t)
	s.err = audio.ErrNoDevice
	require.ErrorIs(t, p.Play(t.Context(), fixture("tone-silk.opus"), time.Second, 1), audio.ErrNoDevice)
	require.False(t, p.Status().Playing)

	s.err = nil
	require.NoError(t, p.Play(t.Context(), fixture("tone-silk.opus"), 0, 1))
	s.last().err = audio.ErrNoDevice
	require.ErrorIs(t, p.Status().Err, audio.ErrNoDevice)
	require.False(t, p.Status().Playing)

	require.ErrorIs(t, p.Play(t.Context(), filepath.Join("testdata", "README.md"), 0, 1), audio.ErrFormat)
	require.Equal(t, audio.Status{}, p.Status())
}

func BenchmarkDecodeVoice(b *testing.B) {
	track, err := audio.Open(fixture("tone-hybrid.opus"))
	require.NoError(b, err)
	defer func() { require.NoError(b, track.Close()) }()
	buf := make([]float32, 960)
	for b.Loop() {
		if _, err := track.Read(buf); err != nil {
			require.NoError(b, track.Seek(0))
		}
	}
}
