// Package about is the screen that says what Buzón is, what it does not do,
// where its data are and what it is made of.
//
// Contract: every method runs on the UI goroutine. The screen reads nothing
// and never changes. Web pages are opened only through the Context.
package about
