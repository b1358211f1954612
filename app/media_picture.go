package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the first picture of an animation
	_ "image/jpeg" // photographs
	_ "image/png"  // drawings and screenshots
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // stickers

	"github.com/xappiens/buzon/model"
)

// Bounds of decoding. A picture of 40 megapixels takes 160 MB while it is
// decoded, so only one large one is worked on at a time.
const (
	maxPixels     = 40_000_000
	manyPixels    = 8_000_000
	decodeTime    = 20 * time.Second
	decodeWorkers = 2
)

var (
	// ErrNoPicture says that a message has no picture that could be shown now.
	ErrNoPicture = errors.New("there is no picture to show")
	// ErrPictureTooLarge says that a picture has more pixels than are ever decoded.
	ErrPictureTooLarge = errors.New("the picture has too many pixels")
)

// studio bounds how many pictures are decoded at once.
type studio struct {
	places chan struct{}
	large  chan struct{}
}

func newStudio() studio {
	return studio{make(chan struct{}, decodeWorkers), make(chan struct{}, 1)}
}

// Picture returns the picture of a message, upright and at most maxSide pixels
// wide and high (zero: as it is): of the stored file, or its small picture while
// that is not stored or is no picture. ErrNoPicture when there is neither. It
// waits for a free place and decodes, bounded in pixels, bytes and time: call it
// from any goroutine but the one of the window.
func (m *Media) Picture(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error) {
	ref, err := m.ref(ctx, id)
	if err != nil {
		return nil, err
	}
	if ref.State != model.MediaStored || !strings.HasPrefix(ref.MimeType, "image/") {
		return m.thumb(ctx, ref, maxSide)
	}
	picture, err := m.studio.decode(ctx, m.a.media.path(ref.SHA256), maxSide)
	if errors.Is(err, os.ErrNotExist) {
		m.lost(ctx, ref)
		return m.thumb(ctx, ref, maxSide)
	}
	return picture, err
}

// Thumb returns the small picture that came with a message, at most maxSide
// pixels wide and high. ErrNoPicture when none came.
func (m *Media) Thumb(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error) {
	ref, err := m.ref(ctx, id)
	if err != nil {
		return nil, err
	}
	return m.thumb(ctx, ref, maxSide)
}

func (m *Media) ref(ctx context.Context, id model.MessageID) (model.MediaRef, error) {
	ref, err := m.a.Store.MediaRef(ctx, id)
	if err != nil {
		return ref, fmt.Errorf("load the record of the file: %w", err)
	}
	return ref, nil
}

func (m *Media) thumb(ctx context.Context, ref model.MediaRef, maxSide int) (image.Image, error) {
	path := m.a.media.thumbs.path(ref.Thumb)
	if path == "" {
		return nil, ErrNoPicture
	}
	picture, err := m.studio.decode(ctx, path, maxSide)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoPicture
	}
	return picture, err
}

// contextReader ends a decoder whose time is over.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// decode reads a picture from a file.
func (s studio) decode(ctx context.Context, path string, maxSide int) (picture image.Image, err error) {
	defer func() {
		if p := recover(); p != nil { // a decoder that trips over a crafted file must not end the program
			picture, err = nil, fmt.Errorf("decode a picture: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a picture: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	source, config, turn, err := examinePicture(f)
	if err != nil {
		return nil, err
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width <= 0 || config.Height <= 0 || pixels > maxPixels {
		return nil, ErrPictureTooLarge
	}
	leave, err := s.enter(ctx, pixels > manyPixels)
	if err != nil {
		return nil, err
	}
	defer leave()
	picture, _, err = image.Decode(contextReader{ctx, source})
	if err != nil {
		return nil, fmt.Errorf("decode a picture: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return turn.apply(shrink(picture, maxSide)), nil
}

// enter waits for a place.
func (s studio) enter(ctx context.Context, large bool) (leave func(), err error) {
	places := []chan struct{}{s.places}
	if large {
		places = []chan struct{}{s.large, s.places}
	}
	for i, place := range places {
		select {
		case place <- struct{}{}:
		case <-ctx.Done():
			for _, taken := range places[:i] {
				<-taken
			}
			return nil, ctx.Err()
		}
	}
	return func() {
		for _, place := range places {
			<-place
		}
	}, nil
}

// examinePicture reads how large a picture is before anything of it is decoded,
// and how it must be turned. What it returns is to be decoded.
func examinePicture(f *os.File) (io.Reader, image.Config, orientation, error) {
	fail := func(err error) (io.Reader, image.Config, orientation, error) {
		return nil, image.Config{}, 0, fmt.Errorf("read the size of a picture: %w", err)
	}
	head := make([]byte, exifBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fail(err)
	}
	head = head[:n]
	if model.SniffMedia(head[:min(n, model.SniffBytes)]) == "image/webp" {
		data, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(head), f), model.MaxMediaFile))
		if err != nil {
			return fail(err)
		}
		plain, err := firstWebP(data)
		if err != nil {
			return fail(err)
		}
		config, _, err := image.DecodeConfig(bytes.NewReader(plain))
		if err != nil {
			return fail(err)
		}
		return bytes.NewReader(plain), config, 0, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fail(err)
	}
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return fail(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fail(err)
	}
	return io.LimitReader(f, model.MaxMediaFile), config, orientationOf(head), nil
}

// shrink makes a picture at most side pixels wide and high; zero leaves it as it is.
func shrink(picture image.Image, side int) image.Image {
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	if side <= 0 || w <= side && h <= side {
		return picture
	}
	if w >= h {
		w, h = side, max(h*side/w, 1)
	} else {
		w, h = max(w*side/h, 1), side
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(small, small.Bounds(), picture, b, draw.Src, nil)
	return small
}
