internal import CMalloc
internal import CProcess
internal import Dispatch
internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#endif

/// Where the process begins: what has to be right before anything else runs.
@main
enum Program {
  static func main() {
    openStandardDescriptors()
    ignoreSignalsOfWrites()
    do {
      try Surroundings.check()
    } catch {
      Console.error(error.message)
      exit(error.status.rawValue)
    }
    // Lists of a million members grow by large pieces: what was outgrown goes back.
    cmalloc_map_from(1 << 20)
    Idsync.run(arguments, watching: SignalWatch())
  }

  /// The words behind the program's name.
  private static var arguments: [String] {
    var words: [String] = []
    var next = cprocess_arguments()
    while let word = next?.pointee {
      words.append(String(cString: word))
      next = next?.successor()
    }
    return Array(words.dropFirst())
  }

  /// Puts the null device where standard input, output or error is closed, lest the next file opened takes its number and
  /// what is printed goes into it.
  private static func openStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is this one: those below are open by now.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
