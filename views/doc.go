// Package views is the window: the navigation rail, the status strip, the
// banner of the demo, the shortcuts, and the screens of the areas, which it
// builds when they are first shown.
//
// Contract: every method runs on the UI goroutine. Only the screen that is
// shown is active; the others neither follow events nor read anything. Close
// deactivates everything; the ui.Context, which owns the goroutines, is closed
// by its owner afterwards. Another language or theme in the settings builds
// the content anew.
package views
