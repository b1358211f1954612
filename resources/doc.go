// Package resources holds the pictures that are built into the program: the
// icons and the mark of the application. The icons are drawn for Buzón and are
// under the licence of the program (MIT). Nothing here depends on a toolkit.
package resources
