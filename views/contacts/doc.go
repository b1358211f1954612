// Package contacts is the screen with the people that the phone knows: a list
// that is searched as one types, and the detail of the chosen one.
//
// Contract: every exported method runs on the UI goroutine. The screen reads
// the store only through its Service, off the UI goroutine, and shows nothing
// that a later request has made old. The list holds the pages that were
// scrolled to; the selection is kept by id.
package contacts
