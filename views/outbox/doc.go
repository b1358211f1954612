// Package outbox is the screen of what goes out: everything that waits, is being
// sent, was refused or of which nobody knows whether it was sent, of all sessions.
//
// Contract: every exported method runs on the UI goroutine. Nothing is sent twice
// from here without asking, and no text goes away before the owner has agreed.
package outbox
