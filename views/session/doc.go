// Package session is the page of the sessions: what each one's state is in
// words, its figures, everything that can be done with it, and the pairing of
// a phone by QR or by number.
//
// Contract: every method runs on the UI goroutine. Calls of the services run
// in goroutines of the ui.Context; what the owner asked for (connect, log out…)
// goes on when the page is left, what only fills the page is cancelled. The
// page ticks once a second only while a QR is on the screen.
package session
