// Package sync is the engine: it keeps the store in step with the gateway and
// carries the owner's commands to it. Import it under the alias wasync.
//
// Contract:
//   - One goroutine owns each session. All calls that read the session's page
//     run on it, one at a time (contract §3 Concurrency); what an owner asks
//     for goes between the calls of a running sync. A start or restart of a
//     session, which can block for minutes, waits on a goroutine of its own.
//   - New starts nothing. Start begins the goroutines, Close cancels them and
//     waits for them. Methods that take a context may block for as long as the
//     gateway takes; cancelling the context ends the wait and the call.
//   - Every step can be killed at any point and done again: what is written is
//     written in whole transactions, and a list that came short, empty or not
//     at all deletes nothing.
//   - Sends and session commands are never repeated by themselves. A send whose
//     fate is not known is read back from the conversation before anything is
//     said about it.
//   - Errors keep the gateway's error in their chain. Every operation leaves one
//     activity row, which holds no text of a message and no secret.
package sync
