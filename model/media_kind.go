package model

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SniffBytes is how much of the beginning of a file SniffMedia wants to see.
const SniffBytes = 4096

// UnknownMedia is the type of bytes that are of no known kind.
const UnknownMedia = "application/octet-stream"

// signature is how files of one type begin.
type signature struct {
	at     int
	magic  string
	answer string
}

// signatures are looked through in this order. Sources: the registrations of the
// types at IANA and the specifications of the formats.
var signatures = []signature{
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "GIF87a", "image/gif"},
	{0, "GIF89a", "image/gif"},
	{8, "WEBP", "image/webp"},
	{8, "WAVE", "audio/wav"},
	{8, "AVI ", "video/x-msvideo"},
	{0, "OggS", "audio/ogg"},
	{0, "ID3", "audio/mpeg"},
	{0, "#!AMR", "audio/amr"},
	{0, "fLaC", "audio/flac"},
	{0, "\x1a\x45\xdf\xa3", "video/webm"},
	{0, "%PDF-", "application/pdf"},
	{0, "BM", "image/bmp"},
	{0, "II*\x00", "image/tiff"},
	{0, "MM\x00*", "image/tiff"},
	{0, "MZ", "application/x-msdownload"},
	{0, "\x7fELF", "application/x-executable"},
	{0, "\xfe\xed\xfa\xce", "application/x-mach-binary"},
	{0, "\xfe\xed\xfa\xcf", "application/x-mach-binary"},
	{0, "\xcf\xfa\xed\xfe", "application/x-mach-binary"},
	{0, "\xca\xfe\xba\xbe", "application/x-mach-binary"},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"},
	{0, "#!", "text/x-shellscript"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{0, "Rar!\x1a\x07", "application/vnd.rar"},
	{0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{0, "\x1f\x8b", "application/gzip"},
	{0, "BZh", "application/x-bzip2"},
	{0, "\xfd7zXZ\x00", "application/x-xz"},
	{0, "{\\rtf", "application/rtf"},
	{0, "BEGIN:VCARD", "text/vcard"},
}

// SniffMedia tells of what type a file is by how it begins: the sender's word for
// it is not trusted. UnknownMedia when it is of no known kind.
func SniffMedia(head []byte) string {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return sniffZip(head)
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return sniffISO(string(head[8:12]))
	}
	for _, s := range signatures {
		if s.at == 8 && !bytes.HasPrefix(head, []byte("RIFF")) {
			continue
		}
		if len(head) >= s.at+len(s.magic) && string(head[s.at:s.at+len(s.magic)]) == s.magic {
			return s.answer
		}
	}
	if len(head) >= 2 && head[0] == 0xff && head[1]&0xe0 == 0xe0 {
		return sniffMPEG(binary.BigEndian.Uint16(head))
	}
	return sniffText(head)
}

// sniffISO tells the relatives of MP4 apart by their brand.
func sniffISO(brand string) string {
	switch {
	case strings.HasPrefix(brand, "hei"), strings.HasPrefix(brand, "hev"), brand == "mif1", brand == "msf1":
		return "image/heic"
	case strings.HasPrefix(brand, "avi"):
		return "image/avif"
	case strings.HasPrefix(brand, "M4A"), strings.HasPrefix(brand, "M4B"):
		return "audio/mp4"
	case strings.HasPrefix(brand, "3g"):
		return "video/3gpp"
	case strings.HasPrefix(brand, "qt"):
		return "video/quicktime"
	}
	return "video/mp4"
}

// sniffMPEG reads the first bits of a frame: layer 0 is AAC.
func sniffMPEG(frame uint16) string {
	if frame>>1&3 == 0 {
		return "audio/aac"
	}
	return "audio/mpeg"
}

// sniffZip tells office documents from other archives by what they begin with.
func sniffZip(head []byte) string {
	for _, s := range []struct{ sign, answer string }{
		{"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"},
		{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"},
		{"mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"},
		{"vbaProject", "application/zip"},
		{"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	} {
		if bytes.Contains(head, []byte(s.sign)) {
			return s.answer
		}
	}
	return "application/zip"
}

// sniffText tells pages and starters of programs from text, and text from the rest.
func sniffText(head []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 {
		return UnknownMedia
	}
	lower := bytes.ToLower(text)
	for _, s := range []struct{ sign, answer string }{
		{"<svg", "image/svg+xml"}, {"<!doctype html", "text/html"}, {"<html", "text/html"}, {"<script", "text/html"},
		{"<body", "text/html"}, {"<head", "text/html"}, {"<iframe", "text/html"}, {"<hta:", "text/html"},
	} {
		if bytes.Contains(lower, []byte(s.sign)) {
			return s.answer
		}
	}
	switch {
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return "text/xml"
	case bytes.HasPrefix(lower, []byte("[desktop entry]")), bytes.HasPrefix(lower, []byte("[internetshortcut]")):
		return "application/x-desktop"
	}
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 && len(head) >= utf8.UTFMax || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' {
			return UnknownMedia
		}
		head = head[size:]
	}
	return "text/plain"
}

// mediaExtensions gives the file name extension of each type that may be handed
// to another program. Types that are not here never are.
var mediaExtensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
	"image/tiff": ".tif", "image/heic": ".heic", "image/avif": ".avif",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/x-msvideo": ".avi",
	"audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/amr": ".amr",
	"audio/flac": ".flac", "audio/wav": ".wav",
	"application/pdf": ".pdf", "text/plain": ".txt", "text/vcard": ".vcf",
	"application/vnd.oasis.opendocument.text":                                   ".odt",
	"application/vnd.oasis.opendocument.spreadsheet":                            ".ods",
	"application/vnd.oasis.opendocument.presentation":                           ".odp",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

// oldOffice are the documents that share one container with installers, so that
// only the name tells them apart.
var oldOffice = []string{".doc", ".xls", ".ppt"}

// harmfulExtensions are those of programs, scripts, starters, pages and archives
// on any system. A name that has one anywhere is not opened.
var harmfulExtensions = " .exe .bat .cmd .com .scr .pif .cpl .msi .msp .mst .msc .dll .sys .drv .js .jse .mjs .vbs .vbe .wsf .wsh .wsc .ps1 .psm1 .ps2 .psc1 " +
	".lnk .url .desktop .webloc .website .reg .inf .hta .htm .html .xhtml .shtml .mht .mhtml .svg .svgz .xml .xsl .swf .sh .bash .zsh .csh .ksh .command .tool .app .action .workflow " +
	".jar .jnlp .class .apk .ipa .deb .rpm .run .bin .appimage .flatpakref .snap .dmg .pkg .iso .img .vhd .vhdx .py .pyc .pyw .pl .rb .php .lua .so .dylib .elf .out " +
	".zip .rar .7z .gz .tgz .bz2 .xz .tar .cab .ace .arj .docm .dotm .xlsm .xltm .xlam .xll .pptm .potm .ppam .ppsm .sldm .rtf .chm .hlp .scf .library-ms .search-ms .settingcontent-ms .application .gadget .theme "

// OpenAs returns the extension under which a file may be handed to another
// program, by what its bytes are and how the sender named it. ok is false for
// whatever could run, or load something from elsewhere.
func OpenAs(mimeType, name string) (extension string, ok bool) {
	folded := strings.ToLower(strings.TrimFunc(stripInvisible(name), func(r rune) bool { return r == '.' || unicode.IsSpace(r) }))
	_, dotted, _ := strings.Cut(folded, ".")
	for _, part := range strings.Split(dotted, ".") {
		if part = strings.TrimSpace(part); part != "" && strings.Contains(harmfulExtensions, " ."+part+" ") {
			return "", false
		}
	}
	if mimeType == "application/x-ole-storage" {
		for _, ext := range oldOffice {
			if strings.HasSuffix(folded, ext) {
				return ext, true
			}
		}
		return "", false
	}
	extension, ok = mediaExtensions[mimeType]
	return extension, ok
}

// maxCleanName is the longest name that is given to a file, in bytes: systems
// allow 255, and some programs put something behind it.
const maxCleanName = 160

// CleanFileName makes a sender's file name fit for every system: no folders, no
// invisible or forbidden characters, no reserved name, neither hidden nor ending
// in dots or spaces, and bounded. With an extension (".pdf") the name ends in it,
// in place of a different one; without, its own stays. Empty names become fallback.
func CleanFileName(name, extension, fallback string) string {
	name = stripInvisible(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimFunc(name, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	base, own := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 16 {
		base, own = name[:i], name[i:]
	}
	if extension != "" {
		own = extension
	}
	base = strings.TrimRightFunc(cutBytes(base, maxCleanName-len(own)), func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	if base == "" {
		base = fallback
	}
	if reserved(base) {
		base = "_" + base
	}
	return base + own
}

// stripInvisible takes out what cannot be seen in a name, and could turn it round.
func stripInvisible(s string) string {
	s = strings.ToValidUTF8(s, "_")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', unicode.Is(unicode.Co, r), r == 0x034f, r == 0x115f, r == 0x1160, r == 0x3164:
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

// reserved tells whether Windows takes a name for a device, with any extension.
func reserved(base string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(base), ".")
	first = strings.TrimSpace(first)
	switch first {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	digits, isPort := strings.CutPrefix(first, "COM")
	if !isPort {
		digits, isPort = strings.CutPrefix(first, "LPT")
	}
	return isPort && utf8.RuneCountInString(digits) == 1 && strings.ContainsAny(digits, "0123456789¹²³")
}

// cutBytes cuts a text to at most n bytes, between characters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
