// Package widgets holds the parts that screens are made of.
//
// Contract: every method runs on the UI goroutine. A widget that a list
// recycles has a Set method that returns at once when nothing changed and
// otherwise resets all of its state. Colours come from the theme at every
// Refresh. A widget starts no goroutine of its own: what takes long goes
// through the ui.Context.
package widgets
