// Package desktop is what the desktop offers a program beside its window: a
// place in the tray, notifications that can be clicked, and to be started with
// the system.
//
// Contract: no Fyne and nothing of ours. No text ever goes through a shell: on
// Linux and the BSDs tray and notifications speak the session bus directly;
// where there is none (Windows, macOS), the window's toolkit does it, and what
// it is handed goes through Plain. Functions that are called back run on a
// goroutine of this package, which Close of the Bus ends; they must not wait for it.
package desktop
