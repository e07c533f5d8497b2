// Package analysis says of object files what they need, who has it, and which systems they run on.
//
// Files are looked at in groups: the object files of a wheel, of a directory, or of a program that oxgen built are joined
// with each other, files of the file system also with what lies beside them and in their run paths.
package analysis
