package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

// attaching opens a Buzón of its own, with that limit on files in MB.
func attaching(t *testing.T, limit int) *app.App {
	t.Helper()
	dir := t.TempDir()
	storetest.Fresh(t, filepath.Join(dir, "buzon.db"))
	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeCommand})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	s := a.Settings.Get()
	s.MaxSendMB = limit
	require.NoError(t, a.Settings.Save(t.Context(), s, nil))
	return a
}

func writeTo(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func refusal(t *testing.T, err error) *model.FileError {
	t.Helper()
	var refused *model.FileError
	require.ErrorAs(t, err, &refused)
	return refused
}

func TestWhatIsNoFileToSendIsRefusedBeforeItIsRead(t *testing.T) {
	a := attaching(t, 1)
	dir := t.TempDir()
	one, other := filepath.Join(dir, "one"), filepath.Join(dir, "other")
	require.NoError(t, os.Symlink(other, one))
	require.NoError(t, os.Symlink(one, other))
	cases := map[model.FileRefusal]string{
		model.FileMissing:  filepath.Join(dir, "nothing"),
		model.FileFolder:   dir,
		model.FileEmpty:    writeTo(t, "empty.txt", nil),
		model.FileTooLarge: writeTo(t, "large.bin", make([]byte, 1_000_001)),
	}
	if runtime.GOOS == "linux" {
		socket := filepath.Join(dir, "socket")
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
		require.NoError(t, err)
		defer listener.Close() //nolint:errcheck // nobody has called
		cases[model.FileLoop], cases[model.FileSpecial] = one, socket
	}
	for reason, path := range cases {
		_, err := a.Attach.Look(t.Context(), path)
		require.Equal(t, reason, refusal(t, err).Reason)
		_, err = a.Attach.Take(t.Context(), path, model.TakeOptions{})
		require.Equal(t, reason, refusal(t, err).Reason)
		require.NotContains(t, err.Error(), dir, "a name may be a person's")
	}
	_, err := a.Attach.Look(t.Context(), cases[model.FileTooLarge])
	require.Equal(t, int64(1_000_000), refusal(t, err).Limit)
	_, err = a.Attach.Take(t.Context(), "/dev/zero", model.TakeOptions{})
	if runtime.GOOS == "linux" {
		require.Equal(t, model.FileSpecial, refusal(t, err).Reason)
	}
}

func TestAFileIsCopiedUnderItsDigest(t *testing.T) {
	a := attaching(t, 8)
	data := bytes.Repeat([]byte("pan y harina\n"), 300_000)
	path := writeTo(t, "precios de 2026.txt", data)
	var steps []int64
	taken, err := a.Attach.Take(t.Context(), path, model.TakeOptions{Progress: func(done, total int64) {
		require.Equal(t, int64(len(data)), total)
		steps = append(steps, done)
	}})
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	require.Equal(t, model.OutgoingFile{SHA256: hex.EncodeToString(sum[:]), MimeType: "text/plain", FileName: "precios de 2026.txt", Size: int64(len(data))}, taken)
	require.Greater(t, len(steps), 2)
	require.Equal(t, int64(len(data)), steps[len(steps)-1])
	require.NoError(t, os.Remove(path))
	held, err := os.ReadFile(filepath.Join(a.Paths.Media, taken.SHA256))
	require.NoError(t, err)
	require.Equal(t, data, held)
}

func TestAFileThatChangesWhileItIsCopiedIsRefused(t *testing.T) {
	a := attaching(t, 8)
	path := writeTo(t, "growing.log", bytes.Repeat([]byte("x"), 3_000_000))
	_, err := a.Attach.Take(t.Context(), path, model.TakeOptions{Progress: func(int64, int64) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteString("more")
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}})
	require.Equal(t, model.FileChanged, refusal(t, err).Reason)
}

func TestPicturesAreMadeSmaller(t *testing.T) {
	a := attaching(t, 1)
	picture := image.NewNRGBA(image.Rect(0, 0, 2400, 1200)) // transparent
	for x := range 1200 {
		for y := range 1200 {
			picture.SetNRGBA(x, y, color.NRGBA{uint8(x * y * 7919 >> 5), uint8(x*x ^ y*31), uint8(x*y ^ y*y), 255})
		}
	}
	var large bytes.Buffer
	require.NoError(t, png.Encode(&large, picture))
	require.Greater(t, large.Len(), 1_000_000, "over the limit as it is")
	path := writeTo(t, "pan.png", large.Bytes())

	look, err := a.Attach.Look(t.Context(), path)
	require.NoError(t, err, "it can be made smaller")
	require.Equal(t, model.FileLook{Name: "pan.png", Size: int64(large.Len()), MimeType: "image/png", Width: 2400, Height: 1200}, look)
	_, err = a.Attach.Take(t.Context(), path, model.TakeOptions{})
	require.Equal(t, model.FileTooLarge, refusal(t, err).Reason)

	taken, err := a.Attach.Take(t.Context(), path, model.TakeOptions{MaxSide: 800})
	require.NoError(t, err)
	require.Equal(t, "pan.jpg", taken.FileName)
	require.Equal(t, "image/jpeg", taken.MimeType)
	f, err := os.Open(filepath.Join(a.Paths.Media, taken.SHA256))
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // it was only read
	small, err := jpeg.Decode(f)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 800, 400), small.Bounds())
	r, g, b, _ := small.At(700, 200).RGBA()
	require.Greater(t, min(r, g, b), uint32(0xf000), "white where it was transparent")

	shown, err := a.Attach.Preview(t.Context(), taken, 64)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 64, 32), shown.Bounds())
	shown, err = a.Attach.PreviewPath(t.Context(), path, 64)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 64, 32), shown.Bounds())
	_, err = a.Attach.PreviewPath(t.Context(), writeTo(t, "a.txt", []byte("text")), 64)
	require.ErrorIs(t, err, app.ErrNoPicture)
	_, err = a.Attach.Take(t.Context(), writeTo(t, "a.jpg", []byte("no picture at all")), model.TakeOptions{MaxSide: 800})
	require.Equal(t, model.FileNoPicture, refusal(t, err).Reason)
}

func TestTheTypeOfAFileIsWhatItIs(t *testing.T) {
	a := attaching(t, 8)
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	for _, c := range []struct {
		name, want string
		data       []byte
		voice      bool
	}{
		{"nota.ogg", "audio/ogg; codecs=opus", []byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01"), true},
		{"foto.txt", "image/png", picture.Bytes(), false},
		{"carta.pdf", "application/pdf", []byte("%PDF-1.7\n"), false},
		{"falsa.jpg", "text/plain", []byte("just words\n"), false},
	} {
		look, err := a.Attach.Look(t.Context(), writeTo(t, c.name, c.data))
		require.NoError(t, err)
		require.Equal(t, c.want, look.MimeType, c.name)
		require.Equal(t, c.voice, look.Voice, c.name)
	}
}
