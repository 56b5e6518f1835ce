internal import CProcess
internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#endif

/// What the system has to give before anything begins: open files, threads, memory, and an owner's rights on new files.
///
/// Where one of them is missing in the middle of the work, the libraries below stop or wait for ever; so it is asked for
/// first, and what is missing is named.
enum Surroundings {
  /// What is missing.
  struct Shortage: Error {
    var status: ExitStatus
    var message: String
  }

  /// Open files beside those there are: a store with its readers, and some connections for each of a few sources.
  private static let files = 64
  /// Threads beside those of the pool, of which the system has one for each processor: libcurl's, timers, resolvers.
  private static let threads = 6
  /// Memory in one piece, with which a run over a few thousand people ends.
  private static let memory = 256 << 20
  /// What is said when memory ends later.
  private static let exhaustion =
    "idsync: There is no memory left. Raise the limit (ulimit -v, MemoryMax= of the service) or free some.\n"

  /// Looks once, while no other thread runs.
  static func check() throws(Shortage) {
    try checkMask()
    try checkFiles()
    try checkMemory()
    try checkThreads()
    cprocess_tell_exhaustion(exhaustion, ExitStatus.scarce.rawValue)
  }

  private static func checkMask() throws(Shortage) {
    let mask = umask(0o077)
    umask(mask)
    guard mask & 0o700 == 0 else {
      throw Shortage(
        status: .configuration,
        message:
          "The umask 0\(String(mask, radix: 8)) takes from idsync the rights on its own new files. Set one that leaves"
          + " them to the owner: umask 077")
    }
  }

  private static func checkFiles() throws(Shortage) {
    raiseFileLimit()
    var opened: [Int32] = []
    defer { opened.forEach { close($0) } }
    while opened.count < files {
      let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
      guard descriptor >= 0 else {
        throw Shortage(
          status: .scarce,
          message:
            "The system lets idsync open \(opened.count) files more, and it needs \(files). Raise the limit: ulimit -n"
            + " 1024, or LimitNOFILE=1024 of the service.")
      }
      opened.append(descriptor)
    }
  }

  /// Takes what the user may have without asking anybody.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < 1024
    else { return }
    limit.rlim_cur = min(limit.rlim_max, 1024)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  private static func checkMemory() throws(Shortage) {
    guard cprocess_try_memory(memory) != 0 else { return }
    throw Shortage(
      status: .scarce,
      message:
        "The system gives idsync less than the \(memory >> 20) MiB of memory that it needs. Raise the limit (ulimit -v,"
        + " MemoryMax= of the service) or free some.")
  }

  private static func checkThreads() throws(Shortage) {
    let count = min(ProcessInfo.processInfo.activeProcessorCount, 64) + threads
    guard cprocess_try_threads(Int32(count)) != 0 else { return }
    throw Shortage(
      status: .scarce,
      message:
        "The system gives idsync fewer than the \(count) threads that it needs. Raise the limit: ulimit -u, or TasksMax= of"
        + " the service.")
  }
}
