// Package sync is the engine: it keeps the store in step with the gateway and
// carries the owner's commands to it. Import it under the alias wasync.
//
// Contract:
//   - One goroutine, the loop, owns each session; what an owner asks for goes
//     between the calls of a running sync. Beside it one lane carries what goes
//     out and one fetches files; together they make at most two calls at a time
//     that use the session's page (contract §3 Concurrency). A start or restart
//     of a session, which can block for minutes, waits on a goroutine of its own.
//   - Where the gateway tells events, two more goroutines serve a session: one
//     holds the socket and never waits for the store, one applies what came, in
//     any order, twice or of messages that are not held. What needs the page is
//     left to the loop. A message counts as live when the socket was open and all
//     that was missed before has been fetched: after every opening, after the
//     page was away and after an event was dropped a catch-up reads the list once
//     and fetches what is not held. The scheduled syncs go on, as no event tells
//     of names, pins or stars, and as a socket may be open and silent: that is
//     noticed by what they find. Without events the gateway is asked more often
//     while the owner looks at the program.
//   - The watchdog looks at every session once a minute, in seconds while the gateway
//     is away, and after the computer slept or its clock was set. What stays wrong is
//     a condition with a name. One thing it does by itself: it restarts a session
//     whose page is gone, once, and again only after that has held for a while.
//   - New starts nothing. Start begins the goroutines, Close cancels them and
//     waits for them. Methods that take a context may block for as long as the
//     gateway takes; cancelling the context ends the wait and the call.
//   - Every step can be killed at any point and done again: what is written is
//     written in whole transactions, and a list that came short, empty or not
//     at all deletes nothing.
//   - Sends and session commands are never repeated by themselves. What is
//     certain not to have been sent, because the gateway or the session could not
//     be reached, stays queued; what was refused has failed; all else is unknown.
//   - A message of unknown fate is looked for in its conversation, ever more
//     seldom. A look that failed proves nothing. One that reads back to the
//     attempt counts, and for more when it shows news from after it: the page is
//     up to date then. A call of the page can go on for three minutes, so nothing
//     is said to be missing before that, nor in the first minute of a connection.
//     What was not found holds nobody, is offered to the owner, and still becomes
//     sent when any sync brings it. It is told from others by what it says, by
//     its time and by the form of its id; what was held before the attempt and
//     what another row became is never it. Where that does not tell, the match
//     is unsure.
//   - Errors keep the gateway's error in their chain. Every operation leaves one
//     activity row, which holds no text of a message and no secret.
package sync
