package ui

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // what the gateway sends as pictures of people and groups
	_ "image/jpeg" // the usual one
	_ "image/png"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// The bounds of Images. Pictures come from strangers: a small file can unpack
// to more pixels than there is memory.
const (
	MaxImageBytes  = 5 << 20    // of a file
	MaxImagePixels = 40_000_000 // after decoding, read from the header before that

	imagesHeld      = 512      // scaled pictures that are kept
	imageBytesHeld  = 32 << 20 // their pixels
	imageWorkers    = 2
	imageRetryAfter = time.Minute // a picture that failed is not read again before
)

// Images decodes and scales pictures in at most two goroutines of the Context
// and keeps the most recently used ones. The latest request is served first,
// since it is what the owner looks at.
type Images struct {
	ctx  *Context
	path func(string) string

	mu      sync.Mutex
	held    map[imageKey]*list.Element // of *heldImage
	recent  *list.List                 // front: used last
	bytes   int
	jobs    map[imageKey]*imageJob
	stack   []*imageJob
	workers int
}

type imageKey struct {
	hash string
	side int
}

type heldImage struct {
	key    imageKey
	img    image.Image // nil: it could not be read
	failed time.Time
	bytes  int
}

type imageJob struct {
	key     imageKey
	path    string
	waiting map[int]func(image.Image)
	next    int
}

func newImages(c *Context, path func(string) string) *Images {
	return &Images{
		ctx: c, path: path,
		held: map[imageKey]*list.Element{}, recent: list.New(), jobs: map[imageKey]*imageJob{},
	}
}

// Avatar returns a square picture of side pixels when it is held already.
// Otherwise it returns nil and calls done with the picture on the UI goroutine
// once it is decoded; never when there is none, it cannot be read, or cancel
// was called. An empty hash is no picture.
func (m *Images) Avatar(hash string, side int, done func(image.Image)) (held image.Image, cancel func()) {
	if !plainName(hash) || side <= 0 {
		return nil, func() {}
	}
	key := imageKey{hash: hash, side: min(side, 1024)}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.held[key]; ok {
		h := e.Value.(*heldImage)
		if h.img != nil || m.ctx.Now().Sub(h.failed) < imageRetryAfter {
			m.recent.MoveToFront(e)
			return h.img, func() {}
		}
		m.drop(e)
	}
	job := m.jobs[key]
	if job == nil {
		path := m.path(hash)
		if path == "" {
			return nil, func() {}
		}
		job = &imageJob{key: key, path: path, waiting: map[int]func(image.Image){}}
		m.jobs[key] = job
		m.stack = append(m.stack, job)
	}
	job.next++
	n := job.next
	job.waiting[n] = done
	if m.workers < imageWorkers {
		m.workers++
		m.ctx.Go(m.run)
	}
	return nil, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(job.waiting, n)
	}
}

// plainName tells whether a hash is one: it becomes part of a path.
func plainName(hash string) bool {
	if hash == "" || len(hash) > 128 {
		return false
	}
	for _, r := range hash {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// run is one worker: it ends when nothing is left to do.
func (m *Images) run(ctx context.Context) {
	for {
		job := m.take(ctx)
		if job == nil {
			return
		}
		img, err := readSquare(job.path, job.key.side)
		m.ctx.Do(func() { m.finish(job, img, err) })
	}
}

func (m *Images) take(ctx context.Context) *imageJob {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ctx.Err() == nil && len(m.stack) > 0 {
		job := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if len(job.waiting) > 0 {
			return job
		}
		delete(m.jobs, job.key) // its row was scrolled away
	}
	m.workers--
	return nil
}

// finish runs on the UI goroutine.
func (m *Images) finish(job *imageJob, img image.Image, err error) {
	m.mu.Lock()
	h := &heldImage{key: job.key, img: img}
	if err != nil {
		h.img, h.failed = nil, m.ctx.Now()
	} else {
		h.bytes = job.key.side * job.key.side * 4
	}
	m.keep(h)
	delete(m.jobs, job.key)
	waiting := job.waiting
	job.waiting = map[int]func(image.Image){}
	m.mu.Unlock()
	if err != nil {
		return
	}
	for _, done := range waiting {
		done(img)
	}
}

func (m *Images) keep(h *heldImage) {
	m.held[h.key] = m.recent.PushFront(h)
	m.bytes += h.bytes
	for m.recent.Len() > imagesHeld || m.bytes > imageBytesHeld {
		m.drop(m.recent.Back())
	}
}

func (m *Images) drop(e *list.Element) {
	h := m.recent.Remove(e).(*heldImage)
	delete(m.held, h.key)
	m.bytes -= h.bytes
}

// Held returns how many pictures are kept and how many bytes they take.
func (m *Images) Held() (count, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recent.Len(), m.bytes
}

// ErrImageTooLarge says that a picture is beyond the bounds.
var ErrImageTooLarge = errors.New("picture too large")

// readSquare reads a picture, cuts the middle square out and scales it.
func readSquare(path string, side int) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil { // a decoder that trips over a crafted file must not end the program
			img, err = nil, fmt.Errorf("decode picture: %v", p)
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxImageBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if len(data) > MaxImageBytes {
		return nil, ErrImageTooLarge
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read picture header: %w", err)
	}
	if conf.Width <= 0 || conf.Height <= 0 || conf.Width > MaxImagePixels/conf.Height {
		return nil, ErrImageTooLarge
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode picture: %w", err)
	}
	dst := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(dst, dst.Bounds(), src, middleSquare(src.Bounds()), draw.Src, nil)
	return dst, nil
}

func middleSquare(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	x, y := r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2
	return image.Rect(x, y, x+side, y+side)
}
