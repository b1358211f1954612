// Package backup writes and reads backups: one file that holds the store, the
// settings without any secret and, by choice, the files of messages.
//
// It is a zip archive, so that its content can be had without this program too.
// manifest.json says what is in it, with the digest of each member; the comment
// at the end of the archive holds the digest of every byte before it. A reader
// believes nothing but what these two confirm: a member has one of a few names,
// none of which leads out of its place, exactly the size that the manifest says,
// and its digest.
package backup
