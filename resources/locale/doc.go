// Package locale keeps the window toolkit from complaining of the C locale, in
// which programs run on servers and from scheduled jobs.
//
// Fyne reads the system's language while the program is loaded, before any
// function of ours runs, and prints three lines on standard error for a locale
// that names no language. Importing this package, which needs nothing but os
// and is therefore loaded before Fyne's language package, gives such a process
// English instead. It changes only the variable that says C or POSIX.
package locale
