// Package ui is what every screen needs of its surroundings: the Context with
// the window, the way to the UI goroutine, texts, events, pictures, dialogs
// and toasts, the formatting of times, numbers and previews, and the Probes that
// keep the window painted.
//
// Contract: everything here is called on the UI goroutine, unless its comment
// says otherwise. Work that may block runs in goroutines that the Context owns:
// Close cancels them and waits for them. Results come back through Do, which
// drops them once Close was called. Nothing outside of this package calls
// fyne.Do.
package ui
