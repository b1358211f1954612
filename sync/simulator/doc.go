// Package simulator is an in-process imitation of the self-hosted WhatsApp REST
// gateway, faithful to its order and bodies of refusals, its session life cycle,
// its data traps and its WebSocket. It serves the demo, the "simulate" command
// and every test that needs a gateway.
//
// # Data
//
// Base data (contacts, conversations, messages) are functions of the seed, the
// session name and an index; nothing of them is held in memory, so that a million
// messages cost no more than ten. Only changes (new messages, read marks, edits …)
// are held, per session. The same Config gives the same bytes.
//
// Sessions share one shape (how many conversations, how many messages in each,
// what is unread, pinned, muted) and differ in the account: its own number, the
// ids and the texts depend on the session name.
//
// # Time
//
// The life cycle is evaluated when somebody looks: each request, each call of a
// Phone method and each tick of an open WebSocket moves the session to Config.Now.
// There are no free-running timers.
//
// # Goroutines and locking
//
// Every exported method may be called from any goroutine. Goroutines are started
// by Listen, Serve and Chatter and by open WebSockets; Close ends them and waits
// for them. A Server that is used through Handler alone starts none.
package simulator
