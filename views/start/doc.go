// Package start is the first start: three steps that lead from an empty
// program to a linked phone. Where the gateway is and its key, the name of the
// session, then the QR and the first sync.
//
// Contract: every method runs on the UI goroutine. Each step keeps what was
// given as soon as it is complete, so leaving at any point loses nothing and
// coming back goes on at the first step that is not done. Calls of the
// services run in goroutines of the ui.Context.
package start
