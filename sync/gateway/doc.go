// Package gateway speaks with a self-hosted WhatsApp REST gateway: either
// avoylenko/wwebjs-api (generation A here) or its predecessor
// chrishubert/whatsapp-api (generation C). It knows HTTP, JSON and the
// gateway's habits, and nothing about what is stored or shown.
//
// A [Client] may be used by many goroutines at once. The gateway does all work
// of one session in one browser page, so callers should keep to one call per
// session for lists and two for the rest (contract §3 Concurrency); the client
// does not queue.
//
// Every failure is an [*Error] with a [Kind], the gateway's own sentence and
// what was being done; [KindOf] reads the kind through any wrapping. The API
// key travels only in the x-api-key header of requests to the configured host.
// It is in no URL, error or log line, and no redirect to another host, or from
// https to http, is followed.
//
// Only calls that read are repeated by themselves, and changes that leave the
// same state when made twice are repeated at most once. Whatever starts, stops
// or sends goes out exactly once, over a connection of its own, so that
// net/http does not repeat it either (contract §12). [NotSent] tells whether a
// failed send provably never reached WhatsApp.
//
// Answers are read as untrusted input: each has a cap in bytes, members may be
// missing, null or of a second type, and a bad item in a list is counted in the
// [ListReport] and never spoils the list. Lists are handed over item by item
// while they arrive. When a list is cut in the middle it is asked for again, so
// a callback can see the same item twice: consumers must be idempotent.
//
// The client starts a goroutine only for a session start that is under way
// (owned by the Client: [Client.Close] cancels it and waits) and, during
// [Client.Listen], for keep-alive pings (ended before Listen returns).
package gateway
