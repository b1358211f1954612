// Package conversations is the screen of the conversations: the list with its
// filters, and the messages of the chosen one with where to write.
//
// Contract: everything runs on the UI goroutine; the service is asked in
// goroutines of the ui.Context, and an answer for what is no longer shown is
// dropped. The screen reads the store again when an event names what it shows;
// it keeps no more of a conversation than a window of messages. Opening a
// conversation marks nothing as read. Deactivate stores the draft, so the
// window deactivates the screen before it closes the Context.
package conversations
