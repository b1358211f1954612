// Package audio decodes voice messages and sound files and plays them; it
// knows nothing of ours.
//
// Contract: Open reads Opus in Ogg, MP3 and WAV without C; a file is hostile
// until its end was reached: what a decoder trips over becomes an error, and
// nothing is held of a file but what is about to be heard. A Player plays one
// file at a time; all of its methods are safe for concurrent use, Play and
// Close may take as long as the sound system takes to answer, at most a second
// or two, and the goroutine that feeds the sound system ends before Pause, the
// next Play and Close return.
package audio
