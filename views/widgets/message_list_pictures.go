package widgets

import (
	"container/list"
	"context"
	"image"
)

// Pictures loads the picture of a Card by its key, no side longer than maxSide
// pixels. It is called in a goroutine of its own and may block; when ctx ends
// nobody wants the picture any more. A picture that there is none of is nil
// without an error.
type Pictures func(ctx context.Context, key string, maxSide int) (image.Image, error)

// Bounds of what a list holds of pictures.
const (
	picturesHeld     = 200
	pictureBytesHeld = 48 << 20
	pictureLoads     = 3   // at a time
	pictureStep      = 128 // sides are rounded up to this, so that a resize loads few anew
)

// pictureCache keeps the pictures that were seen last. All of it belongs to the
// UI goroutine; loading happens in goroutines of the Context.
type pictureCache struct {
	load   Pictures
	start  func(ctx context.Context, work func(context.Context) func())
	shown  func(key string) // a picture came
	held   map[pictureKey]*list.Element
	recent *list.List // of *heldPicture; front: used last
	bytes  int
	jobs   map[pictureKey]context.CancelFunc // on their way; nil: waits in queue
	queue  []pictureKey
	active int
}

type pictureKey struct {
	key  string
	side int
}

type heldPicture struct {
	key   pictureKey
	img   image.Image // nil: there is none
	bytes int
}

func newPictureCache(start func(context.Context, func(context.Context) func()), shown func(string)) *pictureCache {
	c := &pictureCache{start: start, shown: shown}
	c.clear()
	return c
}

func (c *pictureCache) clear() {
	for _, cancel := range c.jobs {
		if cancel != nil {
			cancel()
		}
	}
	c.held, c.recent, c.bytes = map[pictureKey]*list.Element{}, list.New(), 0
	c.jobs, c.queue = map[pictureKey]context.CancelFunc{}, nil
}

// get returns a picture that is held; otherwise it is asked for.
func (c *pictureCache) get(key string, side int) image.Image {
	if c.load == nil || key == "" {
		return nil
	}
	k := pictureKey{key, (side + pictureStep - 1) / pictureStep * pictureStep}
	if e, ok := c.held[k]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*heldPicture).img
	}
	if _, ok := c.jobs[k]; !ok {
		c.jobs[k] = nil
		c.queue = append(c.queue, k)
		c.next()
	}
	return nil
}

// next starts as many loads as may run at a time, the latest wish first.
func (c *pictureCache) next() {
	for c.active < pictureLoads && len(c.queue) > 0 {
		k := c.queue[len(c.queue)-1]
		c.queue = c.queue[:len(c.queue)-1]
		ctx, cancel := context.WithCancel(context.Background())
		c.jobs[k] = cancel
		c.active++
		load := c.load
		c.start(context.Background(), func(life context.Context) func() {
			stop := context.AfterFunc(life, cancel)
			img, err := load(ctx, k.key, k.side)
			stop()
			gone := ctx.Err() != nil
			cancel()
			return func() { c.came(k, img, err, gone) }
		})
	}
}

func (c *pictureCache) came(k pictureKey, img image.Image, err error, gone bool) {
	c.active--
	if _, wanted := c.jobs[k]; wanted && !gone {
		if err != nil {
			img = nil // the card keeps its sign
		}
		delete(c.jobs, k)
		c.keep(&heldPicture{key: k, img: img})
		if img != nil {
			c.shown(k.key)
		}
	}
	c.next()
}

func (c *pictureCache) keep(h *heldPicture) {
	if h.img != nil {
		b := h.img.Bounds()
		h.bytes = b.Dx() * b.Dy() * 4
	}
	c.held[h.key] = c.recent.PushFront(h)
	c.bytes += h.bytes
	for c.recent.Len() > picturesHeld || c.bytes > pictureBytesHeld && c.recent.Len() > 1 {
		last := c.recent.Remove(c.recent.Back()).(*heldPicture)
		delete(c.held, last.key)
		c.bytes -= last.bytes
	}
}

// want cancels the loads of pictures that are not wanted any more.
func (c *pictureCache) want(wanted func(key string) bool) {
	if len(c.jobs) == 0 {
		return
	}
	for k, cancel := range c.jobs {
		if wanted(k.key) {
			continue
		}
		if cancel != nil {
			cancel()
		}
		delete(c.jobs, k)
	}
	kept := c.queue[:0]
	for _, k := range c.queue {
		if _, ok := c.jobs[k]; ok {
			kept = append(kept, k)
		}
	}
	c.queue = kept
}

// SetPictures says where the pictures of Cards come from.
func (l *MessageList) SetPictures(load Pictures) {
	l.pictures.clear()
	l.pictures.load = load
	for _, s := range l.seen {
		s.row.Refresh()
	}
}

// pictureCame draws the rows in view that wait for a picture.
func (l *MessageList) pictureCame(key string) {
	for _, s := range l.seen {
		if s.row != nil && s.row.shows(key) {
			s.row.Refresh()
		}
	}
}

// wantPictures lets go of loads of rows that were scrolled away.
func (l *MessageList) wantPictures() {
	l.pictures.want(func(key string) bool {
		for _, s := range l.seen {
			if s.row.shows(key) {
				return true
			}
		}
		return false
	})
}

// shows tells whether the row has that picture.
func (b *bubble) shows(key string) bool {
	for i := range b.layout.pictures {
		if b.layout.pictures[i].key == key {
			return true
		}
	}
	return false
}
