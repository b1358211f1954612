package ui

import "sync/atomic"

// Gate hands functions to the UI goroutine until it is closed; after that it
// drops them, also those that are on their way. It is safe for concurrent use.
type Gate struct {
	dispatch func(func())
	closed   atomic.Bool
}

// NewGate returns an open gate before dispatch, which must run the functions
// one at a time on the UI goroutine and return at once.
func NewGate(dispatch func(func())) *Gate { return &Gate{dispatch: dispatch} }

// Do runs f on the UI goroutine, or never when the gate is closed by then.
func (g *Gate) Do(f func()) {
	if g.closed.Load() {
		return
	}
	g.dispatch(func() {
		if !g.closed.Load() {
			f()
		}
	})
}

// Close shuts the gate; it may be called again.
func (g *Gate) Close() { g.closed.Store(true) }

// Closed tells whether the gate is shut.
func (g *Gate) Closed() bool { return g.closed.Load() }
