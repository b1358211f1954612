//go:build !linux || !cgo || ci

package main

import "fyne.io/fyne/v2"

// minimise does nothing where there is always a tray to begin in.
func minimise(fyne.Window) {}
