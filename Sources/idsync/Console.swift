internal import Foundation
internal import Reports

#if canImport(Glibc)
  internal import Glibc
#endif

/// Standard output and standard error as this process has them.
enum Console {
  /// Whether standard error is a terminal, so that progress can be shown.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether somebody sits there who can be asked.
  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Waits for something to read on standard input, be it its end.
  static func hasInput(within limit: Duration) -> Bool {
    var place = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&place, 1, Int32(limit / .milliseconds(1))) > 0
  }

  /// The user of the operating system this process runs for.
  static var user: String {
    guard let entry = getpwuid(getuid()) else { return String(getuid()) }
    return String(cString: entry.pointee.pw_name)
  }

  /// Whether this process has the rights of root, which it needs for nothing.
  static var isRoot: Bool { geteuid() == 0 }

  /// How tables look on standard output: as wide as the terminal and coloured, or plain.
  static func style(_ environment: [String: String]) -> TerminalStyle {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    return TerminalStyle(
      width: isTerminal ? width(environment) : nil,
      palette: .fitting(isTerminal: isTerminal, environment: environment))
  }

  /// The columns of the terminal, from its size, `COLUMNS`, or 100.
  private static func width(_ environment: [String: String]) -> Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return environment["COLUMNS"].flatMap { Int($0) } ?? 100
  }

  /// Writes a piece of output; a reader that went away ends the program quietly.
  static func output(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(
        STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        Foundation.exit(errno == EPIPE ? 0 : ExitStatus.internalError.rawValue)
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Writes a line to standard output; hostile characters are the caller's matter.
  static func line(_ text: String = "") {
    var copy = text + "\n"
    copy.withUTF8 { output(UnsafeRawBufferPointer($0)) }
  }

  /// Writes an error to standard error, control characters made visible.
  static func error(_ text: String) {
    note("idsync: \(text)")
  }

  /// Writes a piece of a line to standard error, control characters made visible.
  static func piece(_ text: String) {
    complaint(InertText.make(text, for: .terminal))
  }

  /// Writes a line to standard error, control characters made visible.
  static func note(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let inert =
      lines.map { InertText.make(String($0), for: .terminal) }.joined(separator: "\n") + "\n"
    complaint(inert)
  }

  /// Writes text to standard error as it is; where nobody can be told, because it is closed or full, nobody is.
  static func complaint(_ text: String) {
    var copy = text
    copy.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let written = write(STDERR_FILENO, piece.baseAddress, piece.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
      }
    }
  }
}

/// A reader that goes away (`idsync status | head`) and a file that may not grow any more are seen at the write, not
/// as a signal.
func ignoreSignalsOfWrites() {
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
}
