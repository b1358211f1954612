// Package cli is the command line: the twin of the window, on the same use cases.
//
// Contract: Run interprets arguments, does one command and returns its exit
// status. Results go to standard output, as text or, with --json, as one JSON
// value; logs and errors go to standard error. Nothing is kept between runs.
package cli
