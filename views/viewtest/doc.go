// Package viewtest helps to test screens without a display: a context whose
// way to the UI goroutine is a queue that the test drains, a clock that the
// test moves, and pictures of what was drawn.
//
// Contract: the goroutine of the test is the UI goroutine. Goroutines of the
// screen put their results into the Queue; nothing runs until the test calls
// Drain or WaitFor. No test needs a sleep. Tests that use it do not run in
// parallel, because Fyne's current application is one for the process.
package viewtest
