internal import CProcess
internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#endif

/// A program under way in a process group of its own, and what it has written so far.
///
/// It inherits nothing but standard input (the null device), output and error.
final class CommandGroup {
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private let id: pid_t
  private let pipes: [Int32]
  private var ended: Int32?

  /// Starts a program; nil when the system does not let it.
  init?(_ program: String, _ arguments: [String], _ environment: [String: String]) {
    var out: [Int32] = [-1, -1]
    var err: [Int32] = [-1, -1]
    guard cprocess_pipe(&out) == 0 else { return nil }
    guard cprocess_pipe(&err) == 0 else {
      for descriptor in out { close(descriptor) }
      return nil
    }
    let started = Self.spawn(program, arguments, environment, out[1], err[1])
    close(out[1])
    close(err[1])
    pipes = [out[0], err[0]]
    for descriptor in pipes { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    id = started ?? 0
    guard started != nil else {
      for descriptor in pipes { close(descriptor) }
      return nil
    }
  }

  /// How the program ended, as `waitpid` has it; nil while it runs.
  func status() -> Int32? {
    if let ended { return ended }
    var status: Int32 = 0
    // Not reaped by anybody else: whoever has no child of that number any more knows no status either.
    let answer = waitpid(id, &status, WNOHANG)
    if answer == id { ended = status }
    if answer < 0, errno != EINTR { ended = -1 }
    return ended
  }

  /// Takes what is in the pipes, a little more than `most` bytes of each.
  func read(most: Int) {
    output += Self.drain(pipes[0], room: most + 1 - output.count)
    errors += Self.drain(pipes[1], room: most + 1 - errors.count)
  }

  /// Waits until there may be something new.
  func wait(atMost limit: Duration) {
    // The end of the program shows in no pipe that a child of it keeps open: hence the short step.
    let step = min(limit, .milliseconds(20))
    var places = pipes.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&places, nfds_t(places.count), Int32(step / .milliseconds(1)) + 1)
    // A closed pipe is always ready; without this the loop would spin until the program ends.
    if places.allSatisfy({ $0.revents & Int16(POLLIN) == 0 }) { usleep(5_000) }
  }

  /// Kills whatever is left of the group.
  func end() {
    kill(-id, SIGKILL)
    if ended == nil {
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
    for descriptor in pipes { close(descriptor) }
  }

  private static func drain(_ descriptor: Int32, room: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 8192)
    while bytes.count < room {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    return bytes
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], _ out: Int32,
    _ err: Int32
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
    defer { posix_spawn_file_actions_destroy(&actions) }
    guard posix_spawnattr_init(&attributes) == 0 else { return nil }
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, out, 1)
    posix_spawn_file_actions_adddup2(&actions, err, 2)
    cprocess_close_from(&actions, 3)
    // Signals that this process ignores are no habit to hand on.
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var id: pid_t = 0
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    return posix_spawn(&id, program, &actions, &attributes, words, variables) == 0 ? id : nil
  }
}
