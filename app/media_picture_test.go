package app_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// plant stores a file as that of a message, past the gateway.
func (r *mediaRig) plant(id model.MessageID, mime string, data []byte) {
	r.t.Helper()
	hash := app.Digest(data)
	require.NoError(r.t, os.WriteFile(r.Media.Path(hash), data, 0o600))
	_, _, err := r.Store.UpdateMedia(r.t.Context(), id, 1, func(m *model.Media) {
		m.State, m.SHA256, m.MimeType, m.Size, m.Thumb = model.MediaStored, hash, mime, int64(len(data)), ""
	})
	require.NoError(r.t, err)
}

// hugePNG is a valid beginning of a picture of 50,000 × 50,000.
func hugePNG() []byte {
	chunk := append([]byte("IHDR"), 0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50, 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

func TestPicturesThatAreNone(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	var whole bytes.Buffer
	require.NoError(t, jpeg.Encode(&whole, image.NewRGBA(image.Rect(0, 0, 300, 200)), nil))

	r.plant(id, "image/png", hugePNG())
	_, err := r.Media.Picture(t.Context(), id, 500)
	require.ErrorIs(t, err, app.ErrPictureTooLarge)
	require.Equal(t, model.ProblemPictureTooLarge, app.Describe(err).Kind)
	for name, data := range map[string][]byte{
		"cut": whole.Bytes()[:whole.Len()/2], "empty": {}, "noise": bytes.Repeat([]byte{7, 99}, 500),
		"webp without picture": []byte("RIFF\x04\x00\x00\x00WEBP"), "webp with a long chunk": []byte("RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\xffxx"),
		"animation cut in its frame": []byte("RIFF\x20\x00\x00\x00WEBPANMF\x10\x00\x00\x000123456789abcdef"),
	} {
		r.plant(id, "image/jpeg", data)
		_, err := r.Media.Picture(t.Context(), id, 500)
		require.Error(t, err, name)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.plant(id, "image/jpeg", whole.Bytes())
	_, err = r.Media.Picture(ended, id, 500)
	require.Error(t, err)
}

func TestPicturesAreTurnedUpright(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	// The left half is red: held at 90°, that half must come up at the top.
	picture := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			picture.SetRGBA(x, y, color.RGBA{255 * uint8(1-x/32), 0, 255 * uint8(x/32), 255})
		}
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, picture, &jpeg.Options{Quality: 95}))
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"), 0, 6, 0, 0, 0, 0, 0, 0)
	turned := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	turned = append(turned, plain.Bytes()[2:]...)
	r.plant(id, "image/jpeg", turned)
	upright, err := r.Media.Picture(t.Context(), id, 0)
	require.NoError(t, err)
	require.Equal(t, image.Pt(32, 64), upright.Bounds().Size())
	red, _, blue, _ := upright.At(16, 5).RGBA()
	require.Greater(t, red, blue)
	red, _, blue, _ = upright.At(16, 60).RGBA()
	require.Greater(t, blue, red)
}

func TestFirstPictureOfAnAnimation(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	sticker := model.MessageID(0)
	_, rows := r.conversation()
	for _, row := range rows {
		if row.Type == model.TypeSticker {
			sticker = row.ID
		}
	}
	require.NoError(t, r.Media.Download(t.Context(), sticker))
	plain, err := os.ReadFile(r.Media.Path(r.row(sticker).MediaHash))
	require.NoError(t, err)
	frame := append(make([]byte, 16), plain[12:]...)
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00ANMF"),
		binary.LittleEndian.AppendUint32(nil, uint32(len(frame)))...)
	body = append(body, frame...)
	animation := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
	r.plant(sticker, "image/webp", animation)
	first, err := r.Media.Picture(t.Context(), sticker, 0)
	require.NoError(t, err)
	require.Equal(t, image.Pt(1, 1), first.Bounds().Size())
}

func TestLargePicturesAreShrunk(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3000, 20))))
	r.plant(id, "image/png", b.Bytes())
	small, err := r.Media.Picture(t.Context(), id, 100)
	require.NoError(t, err)
	require.Equal(t, image.Pt(100, 1), small.Bounds().Size())
}

// A fault in a decoder, as crafted files have found before, spoils one picture.
func TestDecoderThatTripsEndsNothing(t *testing.T) {
	image.RegisterFormat("tripping", "TRIP", func(io.Reader) (image.Image, error) { panic("index out of range") },
		func(io.Reader) (image.Config, error) { return image.Config{Width: 10, Height: 10}, nil })
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	r.plant(id, "image/jpeg", []byte("TRIP over this"))
	for range 5 { // the place is given back
		_, err := r.Media.Picture(t.Context(), id, 100)
		require.ErrorContains(t, err, "index out of range")
	}
}
