//go:build linux && cgo && !ci

package main

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>

static void minimise(Window w) {
	Display *d = XOpenDisplay(NULL);
	if (d == NULL) return;
	XIconifyWindow(d, w, DefaultScreen(d));
	XCloseDisplay(d);
}
*/
import "C"

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// minimise puts a window that is shown into the task bar. The toolkit has no call
// for it.
func minimise(win fyne.Window) {
	native, ok := win.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok {
			C.minimise(C.Window(x.WindowHandle))
		}
	})
}
