// Package gallery shows the pictures, files and links of one conversation.
//
// Contract: every exported method runs on the UI goroutine. Each part is read
// by pages, newest first, off the UI goroutine; pictures are decoded in workers
// and only a bounded number of them is held.
package gallery
