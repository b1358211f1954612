// Package storage is the page that says what the files of messages weigh, and
// lets old ones be removed.
//
// Contract: every exported method runs on the UI goroutine. Nothing is removed
// before the owner has seen how much it is and has confirmed it; messages are
// never removed here.
package storage
