// Package app is Buzón without a window: it puts store, gateway and engine
// together and offers the use cases that the window and the command line share.
//
// Contract: New opens and starts nothing; Start begins the work; Close cancels
// it, waits for every goroutine and closes what New opened. Use cases may block
// for as long as the disk or the gateway takes, unless their comment says
// otherwise, and end when their context does. Errors keep their cause in the
// chain; Describe puts them into an owner's terms. Nothing here knows Fyne.
package app
