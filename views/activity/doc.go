// Package activity is the screen with what Buzón did: each operation with its
// outcome, its counts and, when it failed, why.
//
// Contract: every exported method runs on the UI goroutine. The list is read
// by pages, newest first, off the UI goroutine; answers that a later request
// has made old are dropped, and the selection is kept by id.
package activity
