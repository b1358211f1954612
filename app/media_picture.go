package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the first picture of an animation
	_ "image/jpeg" // photographs
	_ "image/png"  // drawings and screenshots
	"io"
	"os"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // stickers

	"github.com/xappiens/buzon/model"
)

// Bounds of decoding: a picture of 40 megapixels takes 160 MB.
const (
	maxPixels     = 40_000_000
	decodeTime    = 20 * time.Second
	decodeWorkers = 2
)

var (
	// ErrNoPicture says that a message has no picture that could be shown now.
	ErrNoPicture = errors.New("there is no picture to show")
	// ErrPictureTooLarge says that a picture has more pixels than are ever decoded.
	ErrPictureTooLarge = errors.New("the picture has too many pixels")
)

// Picture returns the picture of a message, at most maxSide pixels wide and
// high: the stored file, or its small picture while that is not stored. It
// decodes on a worker, bounded in pixels, bytes and time; it may be called from
// any goroutine but the one of the window.
func (m *Media) Picture(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error) {
	ref, err := m.a.Store.MediaRef(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load the record of the file: %w", err)
	}
	if ref.State != model.MediaStored {
		return m.thumb(ctx, ref, maxSide)
	}
	return m.decode(ctx, m.a.media.path(ref.SHA256), maxSide)
}

// Thumb returns the small picture that came with a message, at most maxSide
// pixels wide and high. ErrNoPicture when none came.
func (m *Media) Thumb(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error) {
	ref, err := m.a.Store.MediaRef(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load the record of the file: %w", err)
	}
	return m.thumb(ctx, ref, maxSide)
}

func (m *Media) thumb(ctx context.Context, ref model.MediaRef, maxSide int) (image.Image, error) {
	if ref.Thumb == "" {
		return nil, ErrNoPicture
	}
	return m.decode(ctx, m.a.media.path(ref.Thumb), maxSide)
}

func (m *Media) decode(ctx context.Context, path string, maxSide int) (image.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a picture: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return nil, fmt.Errorf("read the size of a picture: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, ErrPictureTooLarge
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	picture, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("decode a picture: %w", err)
	}
	return shrink(picture, maxSide), ctx.Err()
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
